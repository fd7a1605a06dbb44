// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Back.h"
#include "core/run/detail/Engine.h"
#include "core/run/detail/Timing.h"

#include <algorithm>

namespace quorate::run::detail {

using procedure::StepKind;

void Engine::judgeWaitBack()
{
    const NodeId node = *step().node;
    quorum::BackCriteria criteria;
    criteria.node = node;
    criteria.version = expectedVersion(m_plan, m_state, node);
    criteria.stabilisation = m_plan.stabilisation;
    criteria.greenInterval = m_plan.greenInterval;
    if (m_state.nodeOut == step().node) {
        criteria.bootIdBefore = m_state.bootIdBeforeReboot;
    }
    if (!m_guards.versionCheck) {
        criteria.version.reset();
    }
    const NodeRecord* record = m_state.live.snapshot->node(node);
    const bool fresh =
        record != nullptr && record->attemptedAt && *record->attemptedAt >= m_state.stageSince;
    const bool answered = fresh && record->isReachable();
    const quorum::BackReading reading =
        quorum::readBack(*m_state.live.snapshot, m_at, criteria, m_plan.policy);
    m_state.live.memory.missing = fresh ? reading.missing.join(QStringLiteral(", "))
                                        : QStringLiteral("an answer of %1").arg(node.value);
    if (!m_guards.waitBack) {
        m_state.live.memory.back.greenCount = 1;
    } else {
        if (!fresh) {
            return;
        }
        // Before its restart a node shows the old version for good reason.
        const bool restarted = answered
                               && (criteria.bootIdBefore.isEmpty()
                                   || record->last->self.bootId != criteria.bootIdBefore);
        if (reading.wrongVersion && restarted) {
            pause(attentionFor(m_plan, m_state, QStringLiteral("wrong-version"),
                               m_state.live.memory.missing));
            return;
        }
        if (reading.failed && restarted) {
            pause(attentionFor(m_plan, m_state, QStringLiteral("verification-failed"),
                               m_state.live.memory.missing));
            return;
        }
        const TimePoint observedAt = answered ? record->last->observedAt : m_at;
        m_state.live.memory.back =
            quorum::advance(m_state.live.memory.back, reading, observedAt, criteria);
        if (!quorum::isBack(m_state.live.memory.back, criteria)) {
            if (reading.green) {
                m_state.live.memory.missing =
                    QStringLiteral("stable for %1").arg(toDurationText(criteria.stabilisation));
            }
            return;
        }
    }
    if (m_state.nodeOut == step().node) {
        m_state.nodeOut.reset();
        m_state.installedInHold = false;
        m_state.bootIdBeforeReboot.clear();
        m_state.bootIdAtGate.erase(node);
    }
    finishStep(StepState::Done,
               record != nullptr && record->last
                   ? QStringLiteral("ready on %1").arg(record->last->self.version.toString())
                   : QString());
    nextStep();
}

void Engine::judgeWaitReady()
{
    const quorum::Assessment now = quorum::assess(*m_state.live.snapshot, m_at, m_plan.policy);
    quorum::BackReading reading;
    TimePoint observedAt = m_at;
    if (!isRoundComplete()) {
        reading.missing.append(QStringLiteral("an answer of every node"));
    }
    for (const quorum::VoterVerdict& verdict : now.verdicts) {
        if (verdict.state != quorum::VoterState::Ready) {
            reading.missing.append(verdict.text);
        }
    }
    if (now.voters < m_plan.voters) {
        reading.missing.append(
            QStringLiteral("%1 of %2 voters").arg(now.voters).arg(m_plan.voters));
    }
    for (const NodeId& node : doneNodes(m_plan, m_state)) {
        const NodeRecord* record = m_state.live.snapshot->node(node);
        if (m_guards.versionCheck && record != nullptr && record->last
            && record->last->self.version != m_plan.targetVersion) {
            reading.wrongVersion = true;
            reading.missing.append(QStringLiteral("%1 is on %2, expected %3")
                                       .arg(node.value, record->last->self.version.toString(),
                                            m_plan.targetVersion.toString()));
        }
    }
    for (const NodeRecord& record : m_state.live.snapshot->nodes) {
        if (record.isReachable()) {
            observedAt = std::min(observedAt, record.last->observedAt);
        }
    }
    reading.green = reading.missing.isEmpty();
    m_state.live.memory.missing = reading.missing.join(QStringLiteral(", "));
    if (reading.wrongVersion && isRoundComplete()) {
        pause(attentionFor(m_plan, m_state, QStringLiteral("wrong-version"),
                           m_state.live.memory.missing));
        return;
    }
    quorum::BackCriteria criteria;
    criteria.stabilisation = m_plan.stabilisation;
    criteria.greenInterval = m_plan.greenInterval;
    m_state.live.memory.back =
        quorum::advance(m_state.live.memory.back, reading, observedAt, criteria);
    if (quorum::isBack(m_state.live.memory.back, criteria)) {
        finishStep(StepState::Done,
                   QStringLiteral("%1 of %2 voters ready").arg(now.ready).arg(now.voters));
        nextStep();
    }
}

/// A service that was to be stopped is seen stopped, on every node that was asked for it.
void Engine::judgeVerify()
{
    const auto* stopped = step().act ? std::get_if<act::StopService>(&*step().act) : nullptr;
    if (stopped == nullptr) {
        closeObligation();
        return;
    }
    QStringList running;
    for (const NodeRecord& record : m_state.live.snapshot->nodes) {
        if (step().node && record.id != *step().node) {
            continue;
        }
        const bool fresh =
            record.isReachable() && record.attemptedAt && *record.attemptedAt >= m_state.stageSince;
        if (!fresh) {
            running.append(QStringLiteral("%1 has not answered").arg(record.id.value));
            continue;
        }
        const auto& services = record.last->self.services;
        const auto found = std::ranges::find(services, stopped->service, &ServiceState::id);
        if (found != services.end() && found->running) {
            running.append(
                QStringLiteral("%1 still runs on %2").arg(stopped->service, record.id.value));
        }
    }
    m_state.live.memory.missing = running.join(QStringLiteral(", "));
    if (running.isEmpty()) {
        closeObligation();
    }
}

void Engine::startProbe(Millis after)
{
    enterStage(Stage::Probe);
    m_effects.push_back(effect::Probe{target(), *step().act, keyOf(m_state, step()), m_state.before,
                                      m_state.serial, after});
}

void Engine::failOperation(const Error& error)
{
    const procedure::PlanStep& failed = step();
    m_state.newKey = true;
    touch();
    const bool repeatable = failed.repeatable && failed.act && isRepeatable(*failed.act);
    if (repeatable && m_state.tries < failed.retry.attemptsMax) {
        enterStage(Stage::RetryPause);
        m_state.retryAt = m_at + failed.retry.pause;
        return;
    }
    const QString what = describe(error);
    if (m_state.phase == RunPhase::Cancelling && !failed.closesObligation) {
        finishStep(StepState::Failed, what);
        nextStep();
        return;
    }
    progress().state = StepState::Failed;
    progress().result = what;
    if (!failed.act) {
        m_state.stage = Stage::Look;
    }
    pause(attentionFor(m_plan, m_state, QStringLiteral("operation-failed"), error.message, error));
}

void Engine::operationSucceeded(const QString& text)
{
    progress().result = text;
    if (step().closesObligation && step().act
        && std::holds_alternative<act::StopService>(*step().act)) {
        enterStage(Stage::Verify);
        progress().state = StepState::Waiting;
        m_effects.push_back(effect::LookNow{});
        return;
    }
    closeObligation();
}

void Engine::openObligation()
{
    if (!step().opensObligation) {
        return;
    }
    const auto found =
        std::ranges::find(m_state.obligations, *step().opensObligation, &ObligationView::id);
    if (found != m_state.obligations.end() && !found->openedAt) {
        found->openedAt = m_at;
    }
}

/// The step is done; with it the debt that it had to undo.
void Engine::closeObligation()
{
    if (step().closesObligation) {
        const auto found =
            std::ranges::find(m_state.obligations, *step().closesObligation, &ObligationView::id);
        if (found != m_state.obligations.end() && found->openedAt) {
            found->closedAt = m_at;
        }
    }
    finishStep(StepState::Done,
               progress().result.isEmpty() ? QStringLiteral("done") : progress().result);
    nextStep();
}

} // namespace quorate::run::detail
