// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Checks.h"
#include "core/run/RunView.h"
#include "ui/cluster/StateWords.h"
#include "ui/common/LaneChart.h"
#include "ui/common/Lists.h"
#include "ui/common/SnapshotTableModel.h"

namespace quorate::ui {

/// What plans, checks and runs say, worked out without widgets.
struct StepRow {
    QString id;
    int number = 0;
    QString title;
    QString node;
    StateMark state;
    QString waitingFor; ///< or the result, when it is done
    std::optional<TimePoint> since;
    std::optional<TimePoint> limitAt;
    Millis expected{0};
    bool operator==(const StepRow&) const = default;
};
[[nodiscard]] std::vector<StepRow> stepRows(const procedure::Plan& plan);
[[nodiscard]] std::vector<StepRow> stepRows(const run::RunView& view);
[[nodiscard]] SnapshotTableModel<StepRow>* makePlanTableModel(QObject* parent);
[[nodiscard]] SnapshotTableModel<StepRow>* makeRunTableModel(QObject* parent);

struct CheckRow {
    QString id;
    QString title;
    QString node;
    StateMark state;
    QString found;
    QString cure;
    bool operator==(const CheckRow&) const = default;
};
[[nodiscard]] std::vector<CheckRow> checkRows(const std::vector<procedure::CheckResult>& results);
[[nodiscard]] SnapshotTableModel<CheckRow>* makeCheckTableModel(QObject* parent);

/// Nothing happens at this step before a person does something: the run is paused there, or the
/// step is their own work. Else a step that waits does so for the cluster, and nobody needs to do
/// anything.
[[nodiscard]] bool waitsForPerson(const run::RunView& view, const run::StepView& step);
[[nodiscard]] StateMark markOf(run::RunPhase phase);
/// The lanes of a run: solid as it was, dashed as it is expected.
[[nodiscard]] LaneChartData lanesOf(const run::RunView& view, const std::optional<NodeId>& leader,
                                    TimePoint now);
/// The lanes of a plan as if it were started at `start`.
[[nodiscard]] LaneChartData lanesOf(const procedure::Plan& plan,
                                    const std::optional<NodeId>& leader, TimePoint start);

} // namespace quorate::ui
