// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Procedure.h"
#include "core/procedure/YamlReader.h"

namespace quorate::procedure::detail {

/// Reads the `steps` of a procedure: a list of blocks. What is wrong goes to the report.
std::vector<Block> readBlocks(yaml::Report& report, const yaml::Node& list, const Procedure& head);

} // namespace quorate::procedure::detail
