// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Refusal.h"
#include "core/run/detail/Engine.h"
#include "core/run/detail/Timing.h"

#include <algorithm>

namespace quorate::run::detail {
namespace {

/// Before that the count only says who was quick. A member without an address cannot be asked.
bool everyNodeWasAsked(const ClusterSnapshot& snapshot)
{
    return std::ranges::all_of(snapshot.nodes, [](const NodeRecord& record) {
        return record.last || record.error || record.address.isEmpty();
    });
}

/// A majority that was counted is known, and so is a loss that the nodes themselves attest. Any
/// other count below the majority only says whom we did not hear: a console that is cut off has
/// lost no voter. The same when a node has proved a majority that the count does not show.
bool isCountKnown(const quorum::VoterCount& now)
{
    return now.ready >= now.majority || now.state == quorum::ClusterState::Lost;
}

/// All that is not known is one point, whoever of them was heard in between.
bool saysTheSame(const VotersPoint& left, const VotersPoint& right)
{
    return left.known == right.known
           && (!left.known || (left.ready == right.ready && left.voters == right.voters));
}

} // namespace

bool Engine::handle(const event::Started& started)
{
    if (m_state.phase != RunPhase::Ready) {
        return false;
    }
    m_state.id = started.run;
    m_state.startedBy = started.startedBy;
    m_state.acceptedWarnings = started.acceptedWarnings;
    m_state.startedAt = m_at;
    m_state.phase = RunPhase::Running;
    takeLease(Stage::Between, false);
    m_effects.push_back(effect::LookNow{});
    return true;
}

bool Engine::handle(const event::Observed& observed)
{
    if (m_state.phase == RunPhase::Ready || isEnded(m_state.phase) || !observed.snapshot) {
        return false;
    }
    m_state.live.snapshot = observed.snapshot;
    if (m_state.live.overlay) {
        return true; // only shown: a replay, which has no overlay, would judge it
    }
    // At every look: the count can change by the peers' word, or by time alone.
    if (everyNodeWasAsked(*observed.snapshot)) {
        countVoters();
    }
    if (m_state.phase == RunPhase::Paused) {
        return true;
    }
    switch (m_state.stage) {
    case Stage::LookAll:
        if (isRoundComplete()) {
            reenter(m_state.stageBefore);
        }
        break;
    case Stage::Look: judgeLook(); break;
    case Stage::WaitBack: judgeWaitBack(); break;
    case Stage::WaitReady: judgeWaitReady(); break;
    case Stage::Verify: judgeVerify(); break;
    case Stage::Idle:
    case Stage::Between:
    case Stage::Lease:
    case Stage::Sent:
    case Stage::Follow:
    case Stage::Probe:
    case Stage::RetryPause:
    case Stage::Ask: break;
    }
    checkDeadline();
    return true;
}

void Engine::countVoters()
{
    const quorum::VoterCount now = quorum::countVoters(*m_state.live.snapshot, m_at, m_plan.policy);
    const VotersPoint point{m_at, now.ready, now.voters, isCountKnown(now)};
    std::vector<VotersPoint>& seen = m_state.votersSeen;
    if (seen.empty() || !saysTheSame(seen.back(), point)) {
        seen.push_back(point);
        touch();
    }
}

bool Engine::isWaitedFor(int serial, Stage stage) const
{
    return !isEnded(m_state.phase) && m_state.phase != RunPhase::Paused && !m_state.live.overlay
           && m_state.stage == stage && m_state.serial == serial;
}

bool Engine::handle(const event::Performed& performed)
{
    if (!isWaitedFor(performed.serial, Stage::Sent)) {
        return false;
    }
    if (performed.answer) {
        m_state.operation = *performed.answer;
        enterStage(Stage::Follow);
        m_effects.push_back(effect::Follow{target(), *performed.answer, m_state.serial, Millis(0)});
    } else if (isRefusal(performed.answer.error())) {
        failOperation(performed.answer.error());
    } else if (!m_guards.probeBeforeResend) {
        m_state.newKey = true; // the planted defect: an unanswered act counts as not begun
        enterStage(Stage::Look);
        m_effects.push_back(effect::LookNow{});
    } else {
        startProbe(pollPause(m_plan));
    }
    return true;
}

bool Engine::handle(const event::Followed& followed)
{
    if (!isWaitedFor(followed.serial, Stage::Follow)) {
        return false;
    }
    const auto again = [this] {
        m_effects.push_back(effect::Follow{target(), m_state.operation.value_or(OperationId{}),
                                           m_state.serial, pollPause(m_plan)});
    };
    if (!followed.answer) {
        if (followed.answer.error().kind == ErrorKind::NotFound) {
            m_state.operation.reset();
            startProbe(Millis(0)); // a node that lost its list of operations still knows keys, or
                                   // shows the outcome
            return true;
        }
        m_state.live.progressText = describe(followed.answer.error());
        again(); // a node that restarts does not answer for minutes; the step's limit ends this
        checkDeadline();
        return true;
    }
    const OperationStatus& status = *followed.answer;
    m_state.live.progress = status.progress;
    m_state.live.progressText = status.message;
    switch (status.state) {
    case OperationStatus::State::Running: again(); break;
    case OperationStatus::State::Succeeded: operationSucceeded(status.message); break;
    case OperationStatus::State::Failed:
        failOperation(status.error.value_or(
            makeError(ErrorKind::Server, QStringLiteral("operation-failed"),
                      status.message.isEmpty() ? QStringLiteral("The node reports a failure")
                                               : status.message)));
        break;
    }
    checkDeadline();
    return true;
}

bool Engine::handle(const event::Probed& probed)
{
    if (!isWaitedFor(probed.serial, Stage::Probe)) {
        return false;
    }
    const auto again = [this] {
        m_effects.push_back(effect::Probe{target(), *step().act, keyOf(m_state, step()),
                                          m_state.before, m_state.serial, pollPause(m_plan)});
    };
    if (!probed.answer) {
        m_state.live.memory.missing = describe(probed.answer.error());
        again();
        checkDeadline();
        return true;
    }
    switch (*probed.answer) {
    case ProbeOutcome::Done: operationSucceeded(QStringLiteral("found done when asked")); break;
    case ProbeOutcome::Running:
        if (m_state.operation) {
            enterStage(Stage::Follow);
            m_effects.push_back(
                effect::Follow{target(), *m_state.operation, m_state.serial, pollPause(m_plan)});
        } else {
            m_state.live.memory.missing = QStringLiteral("it is still at work");
            again();
        }
        break;
    case ProbeOutcome::NotDone:
        if (m_state.newKey && m_state.tries > 0 && progress().state == StepState::Failed) {
            // It has failed, and nobody has said that it is to be sent again.
            failOperation(makeError(ErrorKind::Server, {}, progress().result));
        } else if (m_state.tries >= std::max(step().retry.attemptsMax, 1)) {
            failOperation(makeError(
                ErrorKind::Server, QStringLiteral("not-begun"),
                QStringLiteral("It was sent %1 times and never begun").arg(m_state.tries)));
        } else if (m_state.phase == RunPhase::Cancelling
                   && !isWantedWhenCancelling(m_state.current)) {
            finishStep(StepState::Skipped, QStringLiteral("never begun; the run was cancelled"));
            nextStep();
        } else {
            enterStage(Stage::Look); // certain: the same key may be sent again, after the gate was
                                     // asked again
            m_effects.push_back(effect::LookNow{});
        }
        break;
    case ProbeOutcome::Unknown:
        m_state.live.memory.missing =
            QStringLiteral("the cluster cannot tell yet whether it was done");
        again();
        break;
    }
    checkDeadline();
    return true;
}

bool Engine::handle(const event::LeaseAnswered& answered)
{
    if (isEnded(m_state.phase) || m_state.live.overlay) {
        return false;
    }
    Memory& memory = m_state.live.memory;
    if (answered.expiresAt) {
        memory.leaseExpiresAt = *answered.expiresAt;
        memory.leaseRenewAt.reset();
        if (memory.leaseExpiresAt) {
            memory.leaseRenewAt =
                m_at + (*memory.leaseExpiresAt - m_at) / 3; // a third of its life: two more tries
        }
        if (!answered.renewal && m_state.stage == Stage::Lease
            && m_state.phase != RunPhase::Paused) {
            leaseTaken();
        }
        return true;
    }
    const Error& error = answered.expiresAt.error();
    if (answered.renewal) {
        const bool expired = memory.leaseExpiresAt && m_at >= *memory.leaseExpiresAt;
        if (m_state.lease == LeaseState::Held && (error.kind == ErrorKind::Conflict || expired)) {
            m_state.lease =
                error.kind == ErrorKind::Conflict ? LeaseState::Lost : LeaseState::Expired;
            memory.leaseRenewAt.reset();
            touch();
        } else if (m_state.lease == LeaseState::Held) {
            memory.leaseRenewAt = m_at + pollPause(m_plan) * 2;
        }
        return true;
    }
    if (m_state.stage != Stage::Lease || m_state.phase == RunPhase::Paused) {
        return false;
    }
    memory.missing = describe(error);
    if (error.kind == ErrorKind::Conflict) {
        pause(attentionFor(m_plan, m_state, QStringLiteral("lease-held"), error.message, error));
    } else {
        m_effects.push_back(
            effect::AcquireLease{leaseOwner(m_state), m_plan.procedureTitle, pollPause(m_plan)});
        checkDeadline();
    }
    return true;
}

bool Engine::handle(const event::LeaseReleased&) { return true; }

void Engine::renewLeaseIfDue()
{
    std::optional<TimePoint>& renewAt = m_state.live.memory.leaseRenewAt;
    if (renewAt && m_at >= *renewAt) {
        renewAt.reset();
        if (m_state.lease == LeaseState::Held) {
            m_effects.push_back(effect::RenewLease{leaseOwner(m_state)});
        }
    }
}

bool Engine::handle(const event::Woke&)
{
    if (m_state.phase == RunPhase::Ready || isEnded(m_state.phase) || m_state.live.overlay) {
        return false;
    }
    renewLeaseIfDue();
    if (m_state.phase != RunPhase::Paused && m_state.stage == Stage::RetryPause && m_state.retryAt
        && m_at >= *m_state.retryAt) {
        enterStage(Stage::Look);
        m_effects.push_back(effect::LookNow{});
    }
    checkDeadline();
    return true;
}

void Engine::checkDeadline()
{
    if (m_state.phase == RunPhase::Paused || isEnded(m_state.phase) || !m_guards.limits) {
        return;
    }
    const std::optional<TimePoint> deadline = deadlineOf(m_plan, m_state);
    if (deadline && m_at >= *deadline) {
        limitPassed();
    }
}

bool Engine::handle(const event::Interrupted&)
{
    if (m_state.phase == RunPhase::Ready || isEnded(m_state.phase)) {
        return false;
    }
    const bool waits = m_state.phase == RunPhase::Paused && m_state.attention;
    m_state.live.overlay = waits ? *m_state.attention
                                 : attentionFor(m_plan, m_state, QStringLiteral("interrupted"),
                                                QStringLiteral("Nobody carries out this run now"));
    return true;
}

bool Engine::handle(const event::JournalFailed& failed)
{
    m_state.live.overlay = attentionFor(m_plan, m_state, QStringLiteral("journal-failed"),
                                        failed.error.message, failed.error);
    return true;
}

} // namespace quorate::run::detail
