// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Settings.h"

#include <QStringList>

#include <optional>
#include <sys/types.h>

namespace quorate::sandbox {

/// Starts this program again with `arguments`, in a session of its own with no inherited files:
/// whoever started us does not wait for it. Its messages go to `logPath`.
[[nodiscard]] Result<pid_t> startDetached(const QStringList& arguments, const QString& logPath);
/// The same as a child that ends when we do.
[[nodiscard]] Result<pid_t> startChild(const QStringList& arguments);

/// The process of a pid file if it runs and is ours (its command line names this program, the
/// folder and the node); a pid that someone else has by now is never touched.
[[nodiscard]] std::optional<pid_t> processOf(const Settings& settings, const QString& node,
                                             const char* pidFile);
/// Ends supervisor and node of `node`, the hard way (a power cut) or by SIGTERM with a limit and
/// then the hard way.
void endNode(const Settings& settings, const QString& node, bool hard);
[[nodiscard]] bool portIsFree(int port);

inline constexpr const char* kSupervisorPid = "supervisor.pid";
inline constexpr const char* kNodePid = "node.pid";

} // namespace quorate::sandbox
