// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/Context.h"

class QObject;

namespace quorate::service {

/// Fills in how a context reaches clusters that speak the Node Admin API. What it makes lives below
/// `root`.
void useNodeAdmin(Context& context, QObject* root);

} // namespace quorate::service
