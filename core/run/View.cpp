// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/detail/Engine.h"

#include <algorithm>

namespace quorate::run {

using procedure::Plan;
using procedure::PlanStep;

namespace {

QString nodeOf(const PlanStep& step)
{
    return step.node ? step.node->value : QStringLiteral("the cluster");
}

QString lastSeen(const RunState& state, const PlanStep& step, TimePoint now)
{
    const NodeRecord* record =
        step.node && state.live.snapshot ? state.live.snapshot->node(*step.node) : nullptr;
    if (record == nullptr || record->isReachable() || !record->last) {
        return {};
    }
    return QStringLiteral("; %1 answered last %2 ago")
        .arg(step.node->value, toDurationText(now - record->last->observedAt));
}

QString waitingFor(const RunState& state, const PlanStep& step, TimePoint now)
{
    const QString& missing = state.live.memory.missing;
    switch (state.stage) {
    case Stage::Lease: return QStringLiteral("the right to coordinate the cluster");
    case Stage::LookAll: return QStringLiteral("an answer of every node after the interruption");
    case Stage::Look:
        return missing.isEmpty() ? QStringLiteral("a fresh look at the cluster") : missing;
    case Stage::Sent: return QStringLiteral("%1 to accept it").arg(nodeOf(step));
    case Stage::Follow:
        return (state.live.progressText.isEmpty()
                    ? QStringLiteral("%1 to finish it").arg(nodeOf(step))
                    : state.live.progressText)
               + lastSeen(state, step, now);
    case Stage::Probe:
        return QStringLiteral("word of whether it was done") + lastSeen(state, step, now);
    case Stage::RetryPause:
        return state.retryAt
                   ? QStringLiteral("the next try in %1").arg(toDurationText(*state.retryAt - now))
                   : QString();
    case Stage::WaitBack:
    case Stage::WaitReady:
    case Stage::Verify:
        return (missing.isEmpty() ? step.waitsFor
                                  : QStringLiteral("still missing: %1").arg(missing))
               + lastSeen(state, step, now);
    case Stage::Ask: return QStringLiteral("a person to say that it is done");
    case Stage::Idle:
    case Stage::Between: return {};
    }
    return {};
}

StepView viewOfStep(const Plan& plan, const RunState& state, int index, TimePoint now)
{
    const PlanStep& step = detail::stepAt(plan, index);
    StepView view;
    view.id = step.id;
    view.title = step.title;
    view.node = step.node;
    view.kind = step.kind;
    view.expected = step.expected;
    if (static_cast<std::size_t>(index) >= state.steps.size()) {
        return view;
    }
    const StepProgress& progress = state.steps[static_cast<std::size_t>(index)];
    view.state = progress.state;
    view.result = progress.result;
    view.startedAt = progress.startedAt;
    view.endedAt = progress.endedAt;
    view.attempts = progress.attempts;
    const int next = state.current + (state.stage == Stage::Between || state.current < 0 ? 1 : 0);
    if (index == std::max(next, state.current + 1) && progress.state == StepState::Planned
        && !isEnded(state.phase)) {
        view.state = StepState::Next;
    }
    if (index == state.current && !isEnded(state.phase) && state.stage != Stage::Between) {
        if (progress.state != StepState::Failed) {
            view.waitingFor = waitingFor(state, step, now);
        }
        view.limitAt =
            state.phase == RunPhase::Paused ? std::nullopt : detail::deadlineOf(plan, state);
        view.progress = state.live.progress;
        if (step.warnAfter > Millis(0) && now - state.limitFrom > step.warnAfter
            && !view.waitingFor.isEmpty()) {
            view.waitingFor +=
                QStringLiteral(" (longer than the usual %1)").arg(toDurationText(step.warnAfter));
        }
    }
    return view;
}

Millis spent(const PlanStep& step, const RunState& state, TimePoint now)
{
    return std::min(step.expected, std::max(Millis(0), now - state.limitFrom));
}

/// Ready voters from now on: what is left of the plan, at its expected pace.
void forecastFrom(const Plan& plan, const RunState& state, TimePoint now, RunView& view)
{
    const TimePoint start = state.startedAt.value_or(now);
    Millis at = now - start;
    std::optional<NodeId> out = state.nodeOut;
    const auto point = [&] {
        view.votersForecast.push_back({at, plan.voters - (out ? 1 : 0), out});
    };
    point();
    for (int index = std::max(state.current, 0); index < static_cast<int>(plan.steps.size());
         ++index) {
        const PlanStep& step = detail::stepAt(plan, index);
        const StepState stepState = state.steps[static_cast<std::size_t>(index)].state;
        if (stepState == StepState::Done || stepState == StepState::Skipped
            || stepState == StepState::Failed) {
            continue;
        }
        if (detail::takesAway(step) && out != step.node
            && (step.when == procedure::When::Always || step.round == 1)) {
            out = step.node;
            point();
        }
        if (step.round == 1 || step.when == procedure::When::Always) {
            at += step.expected - (index == state.current ? spent(step, state, now) : Millis(0));
        }
        if (step.kind == procedure::StepKind::WaitBack && out == step.node) {
            out.reset();
            point();
        }
    }
    if (state.phase != RunPhase::Paused) {
        view.expectedEnd = start + at;
    }
    if (view.votersForecast.back().at != at) {
        point();
    }
}

QString leftBehind(const RunState& state)
{
    std::map<QString, QStringList> byVersion;
    if (state.live.snapshot) {
        for (const NodeRecord& record : state.live.snapshot->nodes) {
            if (record.last) {
                byVersion[record.last->self.version.toString()].append(record.id.value);
            }
        }
    }
    QStringList parts;
    if (byVersion.size() > 1) {
        QStringList versions;
        for (const auto& [version, nodes] : byVersion) {
            versions.append(
                QStringLiteral("%1 on %2").arg(version, nodes.join(QStringLiteral(", "))));
        }
        parts.append(QStringLiteral("mixed versions: %1").arg(versions.join(QStringLiteral("; "))));
    }
    for (const ObligationView& obligation : state.obligations) {
        if (obligation.isOpen()) {
            parts.append(QStringLiteral("not undone: %1").arg(obligation.text()));
        }
    }
    if (state.nodeOut) {
        parts.append(QStringLiteral("%1 was left out").arg(state.nodeOut->value));
    }
    return parts.isEmpty()
               ? QStringLiteral("It leaves nothing behind")
               : QStringLiteral("It leaves behind %1").arg(parts.join(QStringLiteral("; ")));
}

/// Every node that the plan names was upgraded, or found on the version already. Without a package
/// nothing was installed.
bool isUpgraded(const Plan& plan, const RunState& state)
{
    const std::vector<NodeId> done = detail::doneNodes(plan, state);
    return plan.package && std::ranges::all_of(plan.order, [&done](const NodeId& node) {
               return std::ranges::find(done, node) != done.end();
           });
}

/// A run has failed because a person ended it after a problem, or left something out of it.
QString endOf(const Plan& plan, const RunState& state)
{
    const QStringList missing = detail::leftOut(plan, state);
    return state.problem || missing.isEmpty()
               ? QStringLiteral("Ended after a problem. ")
               : QStringLiteral("Ended with %1. ").arg(missing.join(QStringLiteral(" and ")));
}

QString sentenceOf(const Plan& plan, const RunState& state, const RunView& view)
{
    const PlanStep* step = state.current >= 0 ? &detail::stepAt(plan, state.current) : nullptr;
    const QString at = step == nullptr ? QString()
                                       : QStringLiteral("Step %1 of %2, \"%3\" on %4")
                                             .arg(state.current + 1)
                                             .arg(plan.steps.size())
                                             .arg(step->title, nodeOf(*step));
    switch (view.phase) {
    case RunPhase::Ready: return QStringLiteral("Planned, not started");
    case RunPhase::Resuming:
        return QStringLiteral("Resuming: every node is observed before anything is sent");
    case RunPhase::Running: return at.isEmpty() ? QStringLiteral("Starting") : at;
    case RunPhase::Pausing:
        return at
               + (view.pauseBefore
                      ? QStringLiteral(". It pauses before %1").arg(view.pauseBefore->value)
                      : QStringLiteral(". It pauses before the next step"));
    case RunPhase::Paused: return view.attention ? view.attention->title : QStringLiteral("Paused");
    case RunPhase::Cancelling: return QStringLiteral("Cancelling. %1").arg(at).trimmed();
    case RunPhase::Succeeded:
        return isUpgraded(plan, state) ? QStringLiteral("Finished: %1 nodes on %2")
                                             .arg(plan.order.size())
                                             .arg(plan.targetVersion.toString())
                                       : QStringLiteral("Finished");
    case RunPhase::Failed: return endOf(plan, state) + leftBehind(state);
    case RunPhase::Cancelled: return QStringLiteral("Cancelled. %1").arg(leftBehind(state));
    }
    return {};
}

} // namespace

RunView viewOf(const Plan& plan, const RunState& state, TimePoint now)
{
    RunView view;
    view.id = state.id;
    view.cluster = plan.cluster;
    view.title = plan.targetVersion.isNull() || !plan.package // then nothing is installed
                     ? plan.procedureTitle
                     : QStringLiteral("Upgrade to %1 · %2")
                           .arg(plan.targetVersion.toString(), plan.procedureTitle);
    view.startedBy = state.startedBy;
    view.phase = state.live.overlay ? RunPhase::Paused : state.phase;
    view.startedAt = state.startedAt;
    view.endedAt = state.endedAt;
    view.order = plan.order;
    view.nodeOut = state.nodeOut;
    view.obligations = state.obligations;
    view.votersSeen = state.votersSeen;
    view.majority = quorum::majorityOf(plan.voters);
    view.acceptedWarnings = state.acceptedWarnings;
    view.stepNumber = isEnded(state.phase) && state.phase == RunPhase::Succeeded
                          ? static_cast<int>(plan.steps.size())
                          : state.current + 1;
    for (int index = 0; index < static_cast<int>(plan.steps.size()); ++index) {
        view.steps.push_back(viewOfStep(plan, state, index, now));
    }
    if (view.phase == RunPhase::Paused) {
        view.attention = state.live.overlay ? state.live.overlay : state.attention;
    } else if (state.stage == Stage::Ask) {
        view.attention = detail::attentionFor(plan, state, QStringLiteral("manual"), QString());
        view.attention->title = view.steps[static_cast<std::size_t>(state.current)].title;
        const auto* manual = std::get_if<act::Manual>(&*detail::stepAt(plan, state.current).act);
        view.attention->next = manual != nullptr ? manual->instructions : QString();
    }
    if (view.phase == RunPhase::Pausing) {
        view.pauseBefore = detail::nextToLeave(plan, state);
    }
    view.offers = offersOf(plan, state);
    if (!isEnded(state.phase)) {
        forecastFrom(plan, state, now, view);
    }
    view.sentence = sentenceOf(plan, state, view);
    return view;
}

} // namespace quorate::run
