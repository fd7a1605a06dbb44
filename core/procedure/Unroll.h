// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Parameters.h"
#include "core/procedure/Planner.h"

namespace quorate::procedure::detail {

/// Steps of one plan; more are not unrolled, and the planner refuses. 7 nodes of the longest
/// procedure: 200. Our own bound.
inline constexpr int kPlanStepsMax = 50'000;

/// What steps are made concrete with.
struct UnrollInput {
    const ClusterSnapshot& snapshot;
    const std::vector<NodeId>& voters;
    const std::set<QString>& capabilities;
    const ParameterValues& parameters;
};

/// Fills `plan.steps` and `plan.obligations` from the procedure's blocks; everything else of the
/// plan must be set.
void unroll(Plan& plan, const Procedure& procedure, const UnrollInput& input);

/// What the operator has to know or accept before the run, most serious first.
std::vector<PlanWarning> warningsFor(const Plan& plan, const std::vector<NodeId>& left,
                                     bool isLeaderKnown);

} // namespace quorate::procedure::detail
