// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/detail/Engine.h"
#include "core/run/detail/Timing.h"

namespace quorate::run::detail {

using procedure::StepKind;

void Engine::enterStage(Stage stage)
{
    m_state.stage = stage;
    m_state.stageSince = m_at;
    ++m_state.serial;
    m_state.retryAt.reset();
    m_state.live.memory.missing.clear();
    touch();
}

void Engine::enterStep(int index)
{
    m_state.current = index;
    m_state.attention.reset();
    m_state.limitFrom = m_at;
    m_state.tries = 0;
    m_state.generation = 0;
    m_state.newKey = false;
    m_state.operation.reset();
    m_state.before.reset();
    m_state.live.progress.reset();
    m_state.live.progressText.clear();
    m_state.live.memory.back = {};
    StepProgress& entered = progress();
    entered.state = StepState::Running;
    if (!entered.startedAt) {
        entered.startedAt = m_at;
    }
    enterStage(Stage::Look);
    m_effects.push_back(effect::LookNow{});
}

/// Goes on where a pause or an interruption left off: what may have changed meanwhile is asked
/// again.
void Engine::reenter(Stage stage)
{
    if (m_state.phase == RunPhase::Resuming) {
        m_state.phase = m_state.pausedBefore ? RunPhase::Paused : m_state.returnTo;
        touch();
        if (std::exchange(m_state.pausedBefore, false)) {
            m_state.stage = stage;
            return;
        }
    }
    m_state.attention.reset();
    m_state.limitFrom = m_at;
    m_state.live.memory.back = {};
    const bool sent = stage == Stage::Sent || stage == Stage::Follow || stage == Stage::Probe
                      || stage == Stage::RetryPause;
    if (m_state.phase == RunPhase::Cancelling && m_state.current >= 0 && stage != Stage::Between
        && !sent && !isWantedWhenCancelling(m_state.current)) {
        finishStep(StepState::Skipped, QStringLiteral("the run was cancelled"));
        nextStep();
        return;
    }
    switch (stage) {
    case Stage::Idle:
    case Stage::Lease:
    case Stage::LookAll:
    case Stage::Between: nextStep(); return;
    case Stage::Look:
    case Stage::Verify:
    case Stage::WaitBack:
    case Stage::WaitReady:
        enterStage(stage);
        m_effects.push_back(effect::LookNow{});
        return;
    case Stage::Sent:
    case Stage::Follow:
    case Stage::Probe:
    case Stage::RetryPause: startProbe(Millis(0)); return;
    case Stage::Ask: enterStage(Stage::Ask); return;
    }
}

void Engine::takeLease(Stage after, bool lookAll)
{
    m_state.stageBefore = after;
    m_state.lookAllAfterLease = lookAll;
    m_state.lease = LeaseState::None;
    enterStage(Stage::Lease);
    m_effects.push_back(
        effect::AcquireLease{leaseOwner(m_state), m_plan.procedureTitle, Millis(0)});
}

void Engine::leaseTaken()
{
    m_state.lease = LeaseState::Held;
    if (m_state.lookAllAfterLease) {
        m_state.lookAllAfterLease = false;
        enterStage(Stage::LookAll);
        m_effects.push_back(effect::LookNow{});
    } else {
        reenter(m_state.stageBefore);
    }
}

void Engine::finishStep(StepState outcome, const QString& result)
{
    StepProgress& done = progress();
    done.state = outcome;
    done.result = result;
    done.endedAt = m_at;
    if (!done.startedAt) {
        done.startedAt = m_at;
    }
    m_state.stage = Stage::Between;
    m_state.stageSince = m_at;
    ++m_state.serial;
    touch();
}

bool Engine::isWantedWhenCancelling(int index) const
{
    const procedure::PlanStep& candidate = stepAt(m_plan, index);
    if (candidate.closesObligation) {
        for (const ObligationView& obligation : m_state.obligations) {
            if (obligation.id == *candidate.closesObligation && obligation.isOpen()) {
                return true;
            }
        }
    }
    if (!m_state.nodeOut || candidate.node != m_state.nodeOut) {
        return false;
    }
    if (candidate.kind == StepKind::WaitBack) {
        return true;
    }
    if (candidate.kind != StepKind::Act || !candidate.act) {
        return false;
    }
    return std::holds_alternative<act::Resume>(*candidate.act)
           || (std::holds_alternative<act::Reboot>(*candidate.act) && m_state.installedInHold);
}

void Engine::nextStep()
{
    const int count = static_cast<int>(m_plan.steps.size());
    for (int index = m_state.current + 1; index < count; ++index) {
        if (m_state.phase == RunPhase::Cancelling && !isWantedWhenCancelling(index)) {
            m_state.current = index;
            finishStep(StepState::Skipped, QStringLiteral("the run was cancelled"));
            continue;
        }
        if (m_state.pauseWished && !m_state.nodeOut && m_state.phase != RunPhase::Cancelling) {
            m_state.stage = Stage::Between;
            pause(attentionFor(
                m_plan, m_state, QStringLiteral("paused"),
                QStringLiteral("Paused before \"%1\"").arg(stepAt(m_plan, index).title)));
            return;
        }
        enterStep(index);
        return;
    }
    if (m_state.phase == RunPhase::Cancelling) {
        finish(m_state.problem ? RunPhase::Failed : RunPhase::Cancelled);
        return;
    }
    for (const ObligationView& obligation : m_state.obligations) {
        if (obligation.isOpen()) {
            pause(
                attentionFor(m_plan, m_state, QStringLiteral("obligation-open"),
                             QStringLiteral("\"%1\" is still to be undone").arg(obligation.title)));
            return;
        }
    }
    finish(leftOut(m_plan, m_state).isEmpty() ? RunPhase::Succeeded : RunPhase::Failed);
}

void Engine::finish(RunPhase phase)
{
    m_state.phase = phase;
    m_state.endedAt = m_at;
    if (phase == RunPhase::Succeeded) {
        m_state.attention.reset();
    }
    enterStage(Stage::Idle);
    m_state.live.memory.leaseRenewAt.reset();
    if (m_state.lease == LeaseState::Held) {
        m_state.lease = LeaseState::None;
        m_effects.push_back(effect::ReleaseLease{leaseOwner(m_state)});
    }
}

void Engine::pause(Attention attention)
{
    const bool resumes = m_state.phase == RunPhase::Resuming;
    if (!resumes) {
        m_state.returnTo =
            m_state.phase == RunPhase::Cancelling ? RunPhase::Cancelling : RunPhase::Running;
    }
    // Who resumes goes on to what the run was in before, a wished pause included.
    m_state.pauseWished = m_state.pauseWished && resumes;
    m_state.pausedBefore = false;
    m_state.phase = RunPhase::Paused;
    m_state.attention = std::move(attention);
    touch();
}

void Engine::limitPassed()
{
    const QString missing = m_state.live.memory.missing;
    const auto stop = [&](const char* code) {
        pause(attentionFor(m_plan, m_state, QString::fromLatin1(code), missing));
    };
    switch (m_state.stage) {
    case Stage::Lease: stop("lease-unreachable"); return;
    case Stage::LookAll:
        reenter(m_state.stageBefore);
        return; // the gates judge what is known and what is not
    case Stage::Look:
        if (step().kind == StepKind::Gate || takesAway(step())) {
            stop("gate-unknown");
        } else {
            stop(step().kind == StepKind::Checks ? "checks-failed" : "node-silent");
        }
        return;
    case Stage::Probe: stop("outcome-unknown"); return;
    case Stage::Verify: stop("obligation-unverified"); return;
    case Stage::Sent:
    case Stage::Follow:
    case Stage::WaitBack:
    case Stage::WaitReady: stop("limit-passed"); return;
    case Stage::Idle:
    case Stage::Between:
    case Stage::RetryPause:
    case Stage::Ask: return;
    }
}

} // namespace quorate::run::detail
