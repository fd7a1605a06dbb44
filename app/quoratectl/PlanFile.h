// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

namespace quorate::ctl {

/// Reads a plan that `quoratectl plan` or the wizard wrote.
[[nodiscard]] Result<procedure::Plan> readPlan(const QString& path);

} // namespace quorate::ctl
