// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Planner.h"

namespace quorate::procedure::detail {

tl::unexpected<Error> refuse(const char* code, const QString& message, const QString& cure);

/// Whether this procedure fits this cluster, this package and these wishes at all.
[[nodiscard]] Result<void> judgeInput(const Procedure& procedure, const ClusterSnapshot& snapshot,
                                      const std::optional<Package>& package,
                                      const PlanOptions& options);
/// May every node go to the package's version?
[[nodiscard]] Result<void> judgeVersions(const Procedure& procedure, const Package& package,
                                         const std::map<NodeId, Version>& versions);
/// Nothing is installed: each node that is worked on has to be of a version that this was tested
/// with.
[[nodiscard]] Result<void> judgeTested(const Procedure& procedure, const Plan& plan);
/// What an operator's text made of a step has to be readable from the plan's file again.
[[nodiscard]] Result<void> judgeTexts(const Plan& plan);

} // namespace quorate::procedure::detail
