// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Plan.h"

namespace quorate::procedure {
namespace {

/// Rounds of a repeat after the first are there in case; nobody expects them.
Millis expectedOf(const PlanStep& step) { return step.round > 1 ? Millis(0) : step.expected; }

/// A later point at the same time replaces the earlier one, and a point that changes nothing is
/// left out.
void add(std::vector<ForecastPoint>& points, ForecastPoint point)
{
    if (points.back().at == point.at) {
        points.pop_back();
    }
    if (points.empty() || points.back().ready != point.ready || points.back().out != point.out) {
        points.push_back(std::move(point));
    }
}

} // namespace

Millis Plan::expectedDuration() const
{
    Millis sum(0);
    for (const PlanStep& step : steps) {
        sum += expectedOf(step);
    }
    return sum;
}

std::vector<ForecastPoint> forecast(const Plan& plan)
{
    std::vector<ForecastPoint> points{{Millis(0), plan.voters, std::nullopt}};
    Millis at(0);
    std::optional<NodeId> out;
    for (const PlanStep& step : plan.steps) {
        if (step.takesVoterAway && !out) {
            out = step.node;
            add(points, {at, plan.voters - 1, out});
        }
        at += expectedOf(step);
        if (step.kind == StepKind::WaitBack && out && out == step.node) {
            out.reset();
            add(points, {at, plan.voters, std::nullopt});
        }
    }
    if (points.back().at != at) {
        points.push_back({at, points.back().ready, points.back().out});
    }
    return points;
}

} // namespace quorate::procedure
