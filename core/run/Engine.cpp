// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/detail/Engine.h"

#include "core/run/detail/Timing.h"

#include <algorithm>

namespace quorate::run {
namespace detail {

using procedure::Plan;
using procedure::PlanStep;
using procedure::StepKind;

const PlanStep& stepAt(const Plan& plan, int index)
{
    return plan.steps[static_cast<std::size_t>(index)];
}

bool takesAway(const PlanStep& step)
{
    if (step.kind != StepKind::Act && step.kind != StepKind::Manual) {
        return false;
    }
    return step.node.has_value()
           && (step.takesVoterAway || (step.act && quorate::takesVoterAway(*step.act)));
}

bool isInstall(const PlanStep& step)
{
    // What a platform cannot install by machine a person installs, under the same condition.
    const bool byHand = step.kind == StepKind::Manual && step.when == procedure::When::NotOnTarget;
    return step.node
           && (byHand || (step.act && std::holds_alternative<act::InstallPackage>(*step.act)));
}

bool takesBackup(const PlanStep& step)
{
    return step.act && std::holds_alternative<act::TakeBackup>(*step.act);
}

namespace {

const StepProgress& progressAt(const RunState& state, int index)
{
    return state.steps[static_cast<std::size_t>(index)];
}

int sizeOf(const Plan& plan) { return static_cast<int>(plan.steps.size()); }

/// Asking about a lost act has to outlast what the act may have begun: a restart ends with the
/// node's next WaitBack.
Millis probeLimit(const Plan& plan, const RunState& state)
{
    const PlanStep& step = stepAt(plan, state.current);
    Millis limit = std::max(scaled(kProbeLimit, plan.speed, kProbeLimitMin), stepLimit(plan, step));
    for (int index = state.current + 1; step.node && index < sizeOf(plan); ++index) {
        const PlanStep& later = stepAt(plan, index);
        if (later.node == step.node && later.kind == StepKind::WaitBack) {
            return std::max(limit, stepLimit(plan, later));
        }
    }
    return limit;
}

} // namespace

std::optional<TimePoint> deadlineOf(const Plan& plan, const RunState& state)
{
    switch (state.stage) {
    case Stage::Idle:
    case Stage::Between:
    case Stage::RetryPause:
    case Stage::Ask: return std::nullopt;
    case Stage::Lease:
        // The lease lies on the cluster: while its only node restarts nobody can give it.
        return state.stageSince + (state.nodeOut ? probeLimit(plan, state) : lookLimit(plan));
    case Stage::LookAll: return state.stageSince + lookLimit(plan);
    case Stage::Look: {
        const PlanStep& step = stepAt(plan, state.current);
        const bool mayBeAway = step.node && state.nodeOut == step.node;
        return state.stageSince
               + (mayBeAway ? std::max(lookLimit(plan), stepLimit(plan, step)) : lookLimit(plan));
    }
    case Stage::Probe: return state.stageSince + probeLimit(plan, state);
    case Stage::Sent:
    case Stage::Follow:
    case Stage::WaitBack:
    case Stage::WaitReady: return state.limitFrom + stepLimit(plan, stepAt(plan, state.current));
    case Stage::Verify: return state.stageSince + lookLimit(plan);
    }
    return std::nullopt;
}

std::vector<NodeId> stillToLeave(const Plan& plan, const RunState& state, const NodeId& leaving)
{
    std::vector<NodeId> nodes;
    for (int index = state.current + 1; index < sizeOf(plan); ++index) {
        const PlanStep& later = stepAt(plan, index);
        if (takesAway(later) && *later.node != leaving
            && std::ranges::find(nodes, *later.node) == nodes.end()) {
            nodes.push_back(*later.node);
        }
    }
    return nodes;
}

std::vector<NodeId> doneNodes(const Plan& plan, const RunState& state)
{
    std::vector<NodeId> nodes;
    for (int index = 0; index < sizeOf(plan); ++index) {
        const StepProgress& progress = progressAt(state, index);
        if (isInstall(stepAt(plan, index))
            && (progress.state == StepState::Done || progress.onTarget)) {
            nodes.push_back(*stepAt(plan, index).node);
        }
    }
    return nodes;
}

namespace {

bool installsUpdates(const PlanStep& step)
{
    return step.act && std::holds_alternative<act::InstallUpdates>(*step.act);
}

bool looksForUpdates(const PlanStep& step)
{
    return step.act && std::holds_alternative<act::LookForUpdates>(*step.act);
}

bool isOfUpdates(const PlanStep& step) { return installsUpdates(step) || looksForUpdates(step); }

/// The node's updates were installed, or looked for, in a later round.
bool isMadeGood(const Plan& plan, const RunState& state, int skipped)
{
    const PlanStep& missing = stepAt(plan, skipped);
    for (int index = skipped + 1; index < sizeOf(plan); ++index) {
        const PlanStep& later = stepAt(plan, index);
        if (isOfUpdates(missing) && later.act == missing.act && later.node == missing.node
            && progressAt(state, index).state == StepState::Done) {
            return true;
        }
    }
    return false;
}

/// Of a step without which a run has not done what it was for; empty when it was not left out.
QString leftOutText(const Plan& plan, const RunState& state, int index)
{
    const PlanStep& planned = stepAt(plan, index);
    if (!progressAt(state, index).leftOut || isMadeGood(plan, state, index)) {
        return {};
    }
    if (isOfUpdates(planned) && planned.node) {
        return QStringLiteral("\"%1\" left out on %2").arg(planned.title, planned.node->value);
    }
    const bool scales = planned.act && std::holds_alternative<act::ScaleCluster>(*planned.act);
    return scales || isOfUpdates(planned) || planned.kind == StepKind::WaitAllReady
               ? QStringLiteral("\"%1\" left out").arg(planned.title)
               : QString();
}

} // namespace

bool areUpdatesLookedFor(const Plan& plan, const RunState& state, const NodeId& node)
{
    bool known = true;
    for (int index = 0; index < state.current; ++index) {
        if (looksForUpdates(stepAt(plan, index)) && stepAt(plan, index).node == node) {
            known = !progressAt(state, index).leftOut;
        }
    }
    return known;
}

QStringList leftOut(const Plan& plan, const RunState& state)
{
    const std::vector<NodeId> done = doneNodes(plan, state);
    QStringList old;
    QStringList parts;
    for (int index = 0; index < sizeOf(plan); ++index) {
        const PlanStep& planned = stepAt(plan, index);
        if (plan.package && isInstall(planned) && !old.contains(planned.node->value)
            && std::ranges::find(done, *planned.node) == done.end()) {
            old.append(planned.node->value);
        }
        if (const QString text = leftOutText(plan, state, index); !text.isEmpty()) {
            parts.append(text);
        }
    }
    if (!old.isEmpty()) {
        parts.prepend(QStringLiteral("%1 not upgraded").arg(old.join(QStringLiteral(", "))));
    }
    return parts;
}

std::optional<Version> expectedVersion(const Plan& plan, const RunState& state, const NodeId& node)
{
    const std::vector<NodeId> done = doneNodes(plan, state);
    if (std::ranges::find(done, node) == done.end() || plan.targetVersion.isNull()) {
        return std::nullopt;
    }
    return plan.targetVersion;
}

std::optional<NodeId> nextToLeave(const Plan& plan, const RunState& state)
{
    for (int index = std::max(state.current, 0); index < sizeOf(plan); ++index) {
        const PlanStep& later = stepAt(plan, index);
        const bool begun =
            index == state.current && state.stage != Stage::Look && state.stage != Stage::Between;
        if (takesAway(later) && later.node != state.nodeOut && !begun) {
            return later.node;
        }
    }
    return std::nullopt;
}

QString keyOf(const RunState& state, const PlanStep& step)
{
    return QStringLiteral("%1/%2/%3").arg(state.id.value, step.id.value).arg(state.generation);
}

QString verbOf(const PlanStep& step)
{
    if (!step.act || std::holds_alternative<act::Reboot>(*step.act)) {
        return QStringLiteral("restarts");
    }
    if (std::holds_alternative<act::Drain>(*step.act)) {
        return QStringLiteral("is drained");
    }
    if (std::holds_alternative<act::Shutdown>(*step.act)) {
        return QStringLiteral("is shut down");
    }
    return QStringLiteral("is updated");
}

Engine::Engine(const Guards& guards, const Plan& plan, RunState state, TimePoint at)
    : m_guards(guards)
    , m_plan(plan)
    , m_state(std::move(state))
    , m_at(at)
{}

Transition Engine::run(const RunEvent& occurred)
{
    if (occurred.memory) {
        m_state.live.memory = *occurred.memory;
    }
    const Memory decidedOn = m_state.live.memory;
    m_state.live.lastEventAt = m_at;
    const bool accepted =
        std::visit([this](const auto& body) { return handle(body); }, occurred.body);
    Transition transition;
    transition.accepted = accepted;
    if (m_durable) {
        transition.record = RunEvent{m_at, occurred.body, decidedOn};
    }
    transition.effects = std::move(m_effects);
    transition.state = std::move(m_state);
    return transition;
}

Transition stepWith(const Guards& guards, const Plan& plan, RunState state,
                    const RunEvent& occurred)
{
    return Engine(guards, plan, std::move(state), occurred.at).run(occurred);
}

} // namespace detail

Transition step(const procedure::Plan& plan, RunState state, const RunEvent& occurred)
{
    static const detail::Guards all;
    return detail::stepWith(all, plan, std::move(state), occurred);
}

RunState initialState(const procedure::Plan& plan, const RunId& id)
{
    RunState state;
    state.id = id;
    state.steps.resize(plan.steps.size());
    for (const procedure::ObligationSpec& spec : plan.obligations) {
        ObligationView obligation{spec.id, spec.title, {}, {}, {}, {}};
        for (const procedure::PlanStep& planned : plan.steps) {
            if (planned.opensObligation == spec.id && !obligation.node) {
                obligation.node = planned.node;
            }
            if (planned.closesObligation == spec.id) {
                obligation.closesAtStep = planned.id;
            }
        }
        state.obligations.push_back(obligation);
    }
    return state;
}

std::optional<TimePoint> wakeAt(const procedure::Plan& plan, const RunState& state)
{
    if (isEnded(state.phase) || state.phase == RunPhase::Ready || state.live.overlay) {
        return std::nullopt;
    }
    std::optional<TimePoint> earliest = state.live.memory.leaseRenewAt;
    const auto consider = [&earliest](std::optional<TimePoint> candidate) {
        if (candidate && (!earliest || *candidate < *earliest)) {
            earliest = candidate;
        }
    };
    if (state.phase != RunPhase::Paused) {
        consider(state.stage == Stage::RetryPause ? state.retryAt : std::nullopt);
        consider(detail::deadlineOf(plan, state));
    }
    return earliest;
}

Millis observeInterval(const procedure::Plan& plan) { return detail::pollPause(plan); }

QString leaseOwner(const RunState& state)
{
    return QStringLiteral("%1, run %2").arg(state.startedBy, state.id.value);
}

bool sameProgress(const RunState& left, const RunState& right)
{
    return left.id == right.id && left.phase == right.phase && left.returnTo == right.returnTo
           && left.startedAt == right.startedAt && left.endedAt == right.endedAt
           && left.steps == right.steps && left.current == right.current
           && left.stage == right.stage && left.stageBefore == right.stageBefore
           && left.serial == right.serial && left.stageSince == right.stageSince
           && left.limitFrom == right.limitFrom && left.retryAt == right.retryAt
           && left.tries == right.tries && left.generation == right.generation
           && left.newKey == right.newKey && left.operation == right.operation
           && left.before == right.before && left.nodeOut == right.nodeOut
           && left.installedInHold == right.installedInHold
           && left.bootIdBeforeReboot == right.bootIdBeforeReboot
           && left.bootIdAtGate == right.bootIdAtGate && left.obligations == right.obligations
           && left.attention == right.attention && left.pauseWished == right.pauseWished
           && left.problem == right.problem && left.lease == right.lease
           && left.votersSeen == right.votersSeen && left.acceptedWarnings == right.acceptedWarnings
           && left.lookAllAfterLease == right.lookAllAfterLease && left.startedBy == right.startedBy
           && left.pausedBefore == right.pausedBefore;
}

} // namespace quorate::run
