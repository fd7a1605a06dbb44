// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Procedure.h"

namespace quorate::procedure {

/// May a node go from one version to the other? At least one path must contain both; with
/// oneMinorAtATime the minor number grows by at most 1 and the major number stays.
[[nodiscard]] bool supportsPath(const std::vector<SupportedPath>& paths, const Version& from,
                                const Version& to);
/// ">=2.8.0 <2.9.0 to >=2.9.0 <2.10.0, one minor at a time; …": for people, checks and plans.
QString pathsText(const std::vector<SupportedPath>& paths);
/// The inverse; parts that are not paths are left out.
std::vector<SupportedPath> pathsFrom(const QString& text);

} // namespace quorate::procedure
