// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Settings.h"

namespace quorate::sandbox {

/// Starts the node's process, and starts it again after the time the machine would be off when it
/// ended for a restart. Ends when the node was shut down, crashed, or must not come back (fault
/// never-returns).
int superviseNode(const Settings& settings, const QString& node, bool fast);
/// The node's process itself.
int runNode(const Settings& settings, const QString& node, bool fast);

} // namespace quorate::sandbox
