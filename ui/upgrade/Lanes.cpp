// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Format.h"
#include "ui/upgrade/PlanFacts.h"

#include <QCoreApplication>

#include <algorithm>

namespace quorate::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("Lanes", text); }

constexpr Millis kShortest{1000}; ///< a segment that took no time is still drawn

struct LanesBuilder {
    LaneChartData data;

    Lane& laneOf(const std::optional<NodeId>& node)
    {
        const QString id = node ? node->value : QStringLiteral("cluster");
        const auto found = std::ranges::find(data.lanes, id, &Lane::id);
        return found != data.lanes.end() ? *found : data.lanes.back();
    }
    void addLanes(const std::vector<NodeId>& order, const std::optional<NodeId>& leader)
    {
        for (const NodeId& node : order) {
            data.lanes.push_back({node.value, node.value, leader == node, {}});
        }
        data.lanes.push_back({QStringLiteral("cluster"), tr("cluster"), false, {}});
    }
};

SegmentState segmentOf(run::StepState state)
{
    using run::StepState;
    switch (state) {
    case StepState::Planned:
    case StepState::Next: return SegmentState::Planned;
    case StepState::Running:
    case StepState::Waiting: return SegmentState::Running;
    case StepState::Done: return SegmentState::Done;
    case StepState::Skipped: return SegmentState::Skipped;
    case StepState::Failed: return SegmentState::Failed;
    }
    return SegmentState::Planned;
}

QString detailOf(const run::StepView& step)
{
    QStringList parts{step.endedAt ? step.result : step.waitingFor};
    if (step.startedAt) {
        parts.append(tr("since %1").arg(clockSecondsText(*step.startedAt)));
    }
    if (step.limitAt && !step.endedAt) {
        parts.append(tr("limit %1").arg(clockSecondsText(*step.limitAt)));
    }
    return dotted(parts);
}

} // namespace

LaneChartData lanesOf(const run::RunView& view, const std::optional<NodeId>& leader, TimePoint now)
{
    LanesBuilder builder;
    builder.addLanes(view.order, leader);
    LaneChartData& data = builder.data;
    data.start = view.startedAt.value_or(now);
    TimePoint planned = std::max(now, data.start);
    if (view.endedAt) {
        planned = *view.endedAt;
    }
    for (const auto& step : view.steps) {
        if (step.state == run::StepState::Skipped || (view.endedAt && !step.startedAt)) {
            continue;
        }
        const SegmentState state =
            waitsForPerson(view, step) ? SegmentState::Waiting : segmentOf(step.state);
        LaneSegment segment{step.id.value, step.title, {}, {}, state, detailOf(step)};
        if (step.startedAt) {
            segment.start = *step.startedAt;
            segment.end = step.endedAt.value_or(std::max(now, segment.start + step.expected));
            planned = std::max(planned, segment.end);
        } else {
            segment.start = planned;
            segment.end = planned + step.expected;
            planned = segment.end;
        }
        segment.end = std::max(segment.end, segment.start + kShortest);
        builder.laneOf(step.node).segments.push_back(std::move(segment));
    }
    data.end = std::max(view.endedAt.value_or(planned), data.start + Seconds(10));
    if (!view.endedAt) {
        data.now = now;
    }
    for (const auto& seen : view.votersSeen) {
        data.voters.observed.push_back({seen.at, seen.known ? seen.ready : kNotKnown});
        data.voters.voters = std::max(data.voters.voters, seen.voters);
    }
    for (const auto& point : view.votersForecast) {
        data.voters.forecast.push_back({data.start + point.at, point.ready});
        data.voters.voters = std::max(data.voters.voters, point.ready);
    }
    data.voters.majority = view.majority;
    data.voters.start = data.start;
    data.voters.end = data.end;
    return data;
}

LaneChartData lanesOf(const procedure::Plan& plan, const std::optional<NodeId>& leader,
                      TimePoint start)
{
    LanesBuilder builder;
    builder.addLanes(plan.order, leader);
    LaneChartData& data = builder.data;
    data.start = start;
    TimePoint at = start;
    for (const auto& step : plan.steps) {
        if (step.round > 1 || step.expected.count() == 0) {
            continue;
        }
        builder.laneOf(step.node).segments.push_back({step.id.value, step.title, at,
                                                      at + step.expected, SegmentState::Planned,
                                                      step.waitsFor});
        at += step.expected;
    }
    data.end = std::max(at, start + Seconds(10));
    for (const auto& point : procedure::forecast(plan)) {
        data.voters.forecast.push_back({start + point.at, point.ready});
    }
    data.voters.majority = quorum::majorityOf(plan.voters);
    data.voters.voters = plan.voters;
    data.voters.start = data.start;
    data.voters.end = data.end;
    return data;
}

} // namespace quorate::ui
