// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

namespace quorate::procedure::detail {

/// What a person does in place of an act that the platform cannot perform: exact instructions and
/// the question that proves it. `where` is the node's name, or empty for the cluster.
act::Manual manualFor(const Act& act, const QString& where, SystemKind system);

} // namespace quorate::procedure::detail
