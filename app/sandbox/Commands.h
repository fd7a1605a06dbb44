// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Options.h"
#include "app/sandbox/Settings.h"

namespace quorate::sandbox {

/// The whole program without main(). Exit code: 0 done, 1 refused or failed, 2 wrong usage.
int run(const QStringList& arguments);

[[nodiscard]] Result<void> up(const Options& options);
[[nodiscard]] Result<void> down(const Options& options);
[[nodiscard]] Result<void> power(const Options& options);
[[nodiscard]] Result<void> switchFault(const Options& options);
[[nodiscard]] Result<void> package(const Options& options);
[[nodiscard]] Result<void> status(const Options& options);

/// Starts the supervisor of one node.
[[nodiscard]] Result<void> startNode(const Settings& settings, const QString& node, bool fast);
/// Waits until all of `nodes` answer and name a leader; an error that says who does not.
[[nodiscard]] Result<void> waitForNodes(const Settings& settings, const QStringList& nodes);

} // namespace quorate::sandbox
