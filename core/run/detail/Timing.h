// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

#include <algorithm>

namespace quorate::run::detail {

// The vendor's minutes shrink with a practice cluster's speed; the network between us and it does
// not: hence floors.

/// A fresh look at all nodes must be complete and conclusive within this time. Our own choice: four
/// observation rounds of the 15 s that an answer may take (design section 5).
constexpr Millis kLookLimit = Seconds(60);
constexpr Millis kLookLimitMin = Seconds(20);
/// How long the outcome of a lost act is asked for at the least. Our own choice: the 5 min that MSS
/// needs to notice a lost node (domain.md).
constexpr Millis kProbeLimit = std::chrono::minutes(5);
constexpr Millis kProbeLimitMin = Seconds(30);
/// For steps whose plan has no limit. Source: peers.md section 8, node wait after reboot.
constexpr Millis kStepLimitDefault = std::chrono::minutes(15);
constexpr Millis kStepLimitMin = Seconds(15);
/// Between two looks at an operation, a probe, the lease. Source: peers.md section 8, node poll.
constexpr Millis kPoll = Seconds(2);
constexpr Millis kPollMin = Millis(250);

inline Millis scaled(Millis nominal, double speed, Millis least)
{
    return std::max(
        Millis(static_cast<qint64>(static_cast<double>(nominal.count()) / std::max(speed, 1.0))),
        least);
}
inline Millis lookLimit(const procedure::Plan& plan)
{
    return scaled(kLookLimit, plan.speed, kLookLimitMin);
}
inline Millis pollPause(const procedure::Plan& plan) { return scaled(kPoll, plan.speed, kPollMin); }
inline Millis stepLimit(const procedure::Plan& plan, const procedure::PlanStep& step)
{
    return step.limit > Millis(0) ? step.limit
                                  : scaled(kStepLimitDefault, plan.speed, kStepLimitMin);
}

} // namespace quorate::run::detail
