// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/upgrade/PlanFacts.h"

#include "ui/upgrade/UpgradeController.h"

#include "ui/common/Format.h"

#include <QCoreApplication>

namespace quorate::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("PlanFacts", text); }

using Row = StepRow;

Column<Row> numberColumn()
{
    return {.info = {.id = QStringLiteral("number"), .title = tr("#"), .numeric = true},
            .text = [](const Row& row) { return QString::number(row.number); },
            .sortValue = [](const Row& row) { return QVariant(row.number); }};
}

Column<Row> titleColumn()
{
    return {.info = {.id = QStringLiteral("step"), .title = tr("Step"), .stretch = true},
            .text = [](const Row& row) { return row.title; },
            .toolTip = [](const Row& row) { return row.title; }};
}

Column<Row> nodeColumn()
{
    return {.info = {.id = QStringLiteral("node"), .title = tr("Node")},
            .text = [](const Row& row) { return row.node; }};
}

Column<Row> waitingColumn(const QString& title)
{
    return {.info = {.id = QStringLiteral("waiting"), .title = title, .stretch = true},
            .text = [](const Row& row) { return row.waitingFor; },
            .toolTip = [](const Row& row) { return row.waitingFor; }};
}

template <typename Get>
QVariant sortTime(const Get& at)
{
    return QVariant(at ? qint64(at->time_since_epoch().count()) : qint64(0));
}

StateMark markOf(run::StepState state)
{
    using run::StepState;
    switch (state) {
    case StepState::Planned: return {Glyph::None, Tone::Muted, tr("planned")};
    case StepState::Next: return {Glyph::None, Tone::Muted, tr("next")};
    case StepState::Running: return {Glyph::Turning, Tone::Accent, tr("running")};
    case StepState::Waiting: return {Glyph::Turning, Tone::Accent, tr("waiting")};
    case StepState::Done: return {Glyph::Check, Tone::Ok, tr("done")};
    case StepState::Skipped: return {Glyph::ArrowRight, Tone::Muted, tr("skipped")};
    case StepState::Failed: return {Glyph::Cross, Tone::Bad, tr("failed")};
    }
    return {};
}

} // namespace

bool waitsForPerson(const run::RunView& view, const run::StepView& step)
{
    const bool waits = step.state == run::StepState::Waiting;
    if (view.phase == run::RunPhase::Paused) {
        return waits || step.state == run::StepState::Running;
    }
    return waits && step.kind == procedure::StepKind::Manual && !run::isEnded(view.phase);
}

StateMark markOf(run::RunPhase phase)
{
    using run::RunPhase;
    switch (phase) {
    case RunPhase::Ready: return {Glyph::Ring, Tone::Muted, tr("not started")};
    case RunPhase::Resuming: return {Glyph::Turning, Tone::Accent, tr("resuming")};
    case RunPhase::Running: return {Glyph::Turning, Tone::Accent, tr("running")};
    case RunPhase::Pausing: return {Glyph::Pause, Tone::Accent, tr("pausing")};
    case RunPhase::Paused: return {Glyph::Pause, Tone::Warn, tr("waits for you")};
    case RunPhase::Cancelling: return {Glyph::Stop, Tone::Warn, tr("cancelling")};
    case RunPhase::Succeeded: return {Glyph::Check, Tone::Ok, tr("succeeded")};
    case RunPhase::Failed: return {Glyph::Cross, Tone::Bad, tr("failed")};
    case RunPhase::Cancelled: return {Glyph::Stop, Tone::Muted, tr("cancelled")};
    }
    return {};
}

std::vector<StepRow> stepRows(const procedure::Plan& plan)
{
    std::vector<StepRow> rows;
    for (const auto& step : plan.steps) {
        StepRow row;
        row.id = step.id.value;
        row.number = static_cast<int>(rows.size()) + 1;
        row.title = step.title;
        row.node = step.node ? step.node->value : tr("cluster");
        row.state = step.takesVoterAway ? StateMark{Glyph::Triangle, Tone::Warn, tr("voter out")}
                                        : StateMark{Glyph::None, Tone::Muted, {}};
        row.waitingFor = step.waitsFor;
        row.expected = step.expected;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<StepRow> stepRows(const run::RunView& view)
{
    std::vector<StepRow> rows;
    for (const auto& step : view.steps) {
        StepRow row;
        row.id = step.id.value;
        row.number = static_cast<int>(rows.size()) + 1;
        row.title = step.title;
        row.node = step.node ? step.node->value : tr("cluster");
        row.state = waitsForPerson(view, step) ? markOf(run::RunPhase::Paused) : markOf(step.state);
        const bool over = step.state == run::StepState::Done
                          || step.state == run::StepState::Skipped
                          || step.state == run::StepState::Failed;
        row.waitingFor = over ? step.result : step.waitingFor;
        row.since = step.startedAt;
        row.limitAt = step.limitAt;
        row.expected = step.expected;
        rows.push_back(std::move(row));
    }
    return rows;
}

SnapshotTableModel<StepRow>* makePlanTableModel(QObject* parent)
{
    std::vector<Column<Row>> columns{numberColumn(), titleColumn(), nodeColumn()};
    columns.push_back({.info = {.id = QStringLiteral("effect"), .title = tr("Effect")},
                       .text = [](const Row& row) { return row.state.word; },
                       .tone = [](const Row& row) { return row.state.tone; },
                       .glyph = [](const Row& row) { return row.state.glyph; }});
    columns.push_back(waitingColumn(tr("Ends when")));
    columns.push_back(
        {.info = {.id = QStringLiteral("expected"), .title = tr("About"), .numeric = true},
         .text =
             [](const Row& row) {
                 return row.expected.count() > 0 ? durationText(row.expected) : QString();
             },
         .sortValue = [](const Row& row) { return QVariant(qint64(row.expected.count())); }});
    return new SnapshotTableModel<Row>(
        std::move(columns), [](const Row& row) { return row.id; }, parent);
}

SnapshotTableModel<StepRow>* makeRunTableModel(QObject* parent)
{
    std::vector<Column<Row>> columns{numberColumn(), titleColumn(), nodeColumn()};
    columns.push_back({.info = {.id = QStringLiteral("state"), .title = tr("State")},
                       .text = [](const Row& row) { return row.state.word; },
                       .tone = [](const Row& row) { return row.state.tone; },
                       .glyph = [](const Row& row) { return row.state.glyph; }});
    columns.push_back(waitingColumn(tr("Waiting for")));
    columns.push_back(
        {.info = {.id = QStringLiteral("since"), .title = tr("Since"), .numeric = true},
         .text =
             [](const Row& row) { return row.since ? clockSecondsText(*row.since) : QString(); },
         .sortValue = [](const Row& row) { return sortTime(row.since); }});
    columns.push_back(
        {.info = {.id = QStringLiteral("limit"), .title = tr("Limit"), .numeric = true},
         .text =
             [](const Row& row) {
                 return row.limitAt ? clockSecondsText(*row.limitAt) : QString();
             },
         .sortValue = [](const Row& row) { return sortTime(row.limitAt); }});
    return new SnapshotTableModel<Row>(
        std::move(columns), [](const Row& row) { return row.id; }, parent);
}

std::vector<CheckRow> checkRows(const std::vector<procedure::CheckResult>& results)
{
    using procedure::CheckOutcome;
    std::vector<CheckRow> rows;
    for (const auto& result : results) {
        CheckRow row;
        row.id =
            QStringLiteral("%1/%2").arg(result.id, result.node ? result.node->value : QString());
        row.title = result.title;
        row.node = result.node ? result.node->value : QString();
        row.found = result.text;
        row.cure = result.outcome == CheckOutcome::Passed ? QString() : result.cure;
        if (result.outcome == CheckOutcome::Passed) {
            row.state = {Glyph::Check, Tone::Ok, tr("passed")};
        } else if (UpgradeController::isSettledByStaging(result)) {
            row.state = {Glyph::Ring, Tone::Muted, tr("at staging")};
        } else if (result.outcome == CheckOutcome::Unknown) {
            row.state = {Glyph::Ring, Tone::Unknown, tr("not known")};
        } else if (result.severity == Severity::Error) {
            row.state = {Glyph::Cross, Tone::Bad, tr("failed")};
        } else {
            row.state = {Glyph::Triangle, Tone::Warn, tr("warning")};
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

SnapshotTableModel<CheckRow>* makeCheckTableModel(QObject* parent)
{
    std::vector<Column<CheckRow>> columns;
    columns.push_back(
        {.info = {.id = QStringLiteral("state"), .title = tr("Result")},
         .text = [](const CheckRow& row) { return row.state.word; },
         .sortValue =
             [](const CheckRow& row) { return QVariant(-static_cast<int>(row.state.tone)); },
         .tone = [](const CheckRow& row) { return row.state.tone; },
         .glyph = [](const CheckRow& row) { return row.state.glyph; }});
    columns.push_back({.info = {.id = QStringLiteral("check"), .title = tr("Check")},
                       .text = [](const CheckRow& row) { return row.title; }});
    columns.push_back({.info = {.id = QStringLiteral("node"), .title = tr("Node")},
                       .text = [](const CheckRow& row) { return row.node; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("found"), .title = tr("Found"), .stretch = true},
         .text = [](const CheckRow& row) { return row.found; },
         .toolTip = [](const CheckRow& row) { return row.found; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("cure"), .title = tr("What to do"), .stretch = true},
         .text = [](const CheckRow& row) { return row.cure; },
         .toolTip = [](const CheckRow& row) { return row.cure; }});
    return new SnapshotTableModel<CheckRow>(
        std::move(columns), [](const CheckRow& row) { return row.id; }, parent);
}

} // namespace quorate::ui
