// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/detail/Engine.h"

#include <algorithm>

namespace quorate::run::detail {
namespace {

/// Pauses that a problem of the upgrade itself caused: a run that a person ends then has failed.
bool isProblem(const QString& code)
{
    static const QStringList problems{
        QStringLiteral("operation-failed"),    QStringLiteral("wrong-version"),
        QStringLiteral("verification-failed"), QStringLiteral("outcome-unknown"),
        QStringLiteral("limit-passed"),        QStringLiteral("obligation-unverified")};
    return problems.contains(code);
}

/// These need no person once the coordinator is there again.
bool goesOnByItself(const Attention& attention)
{
    return attention.code == QLatin1String("interrupted")
           || attention.code == QLatin1String("paused");
}

} // namespace

bool Engine::handle(const event::Resumed&)
{
    if (m_state.phase == RunPhase::Ready || isEnded(m_state.phase)) {
        return false;
    }
    m_state.live.overlay.reset();
    m_state.live.memory = {};
    m_state.live.progress.reset();
    if (m_state.phase == RunPhase::Paused) {
        m_state.pausedBefore = m_state.attention && !goesOnByItself(*m_state.attention);
    } else if (m_state.phase != RunPhase::Resuming) {
        m_state.returnTo = m_state.phase;
        m_state.pausedBefore = false;
    }
    m_state.phase = RunPhase::Resuming;
    const bool midway = m_state.stage == Stage::Lease || m_state.stage == Stage::LookAll;
    takeLease(midway ? m_state.stageBefore : m_state.stage, true);
    return true;
}

bool Engine::handle(const event::Commanded& commanded)
{
    if (m_state.live.overlay) {
        return false; // nobody carries it out: it has to be taken up (Resumed) first
    }
    const std::vector<CommandOffer> offers = offersOf(m_plan, m_state);
    const bool isOffered =
        std::ranges::find(offers, commanded.command, &CommandOffer::command) != offers.end();
    if (!isOffered) {
        return false;
    }
    touch();
    switch (commanded.command) {
    case RunCommand::Resume: resumeCommanded(); break;
    case RunCommand::Pause:
        m_state.pauseWished = true;
        m_state.phase = RunPhase::Pausing;
        break;
    case RunCommand::Cancel: cancelCommanded(); break;
    case RunCommand::RetryStep:
        m_state.phase = m_state.returnTo;
        m_state.tries = 0;
        reenter(Stage::Probe);
        break;
    case RunCommand::SkipStep: skipCommanded(commanded.by); break;
    case RunCommand::ConfirmDone:
        m_state.phase = m_state.phase == RunPhase::Paused ? m_state.returnTo : m_state.phase;
        m_state.attention.reset();
        operationSucceeded(QStringLiteral("confirmed by %1").arg(commanded.by));
        break;
    case RunCommand::ConfirmNotDone:
        pause(attentionFor(m_plan, m_state, QStringLiteral("not-done"),
                           QStringLiteral("%1 says that it is not done").arg(commanded.by)));
        break;
    }
    return true;
}

void Engine::resumeCommanded()
{
    if (m_state.phase == RunPhase::Pausing) {
        m_state.pauseWished = false;
        m_state.phase = RunPhase::Running;
        return;
    }
    m_state.phase = m_state.returnTo;
    if (m_state.stage == Stage::Lease || m_state.lease != LeaseState::Held) {
        const bool midway = m_state.stage == Stage::Lease || m_state.stage == Stage::LookAll;
        takeLease(midway ? m_state.stageBefore : m_state.stage, m_state.current >= 0);
        return;
    }
    reenter(m_state.stage);
}

void Engine::cancelCommanded()
{
    const bool paused = m_state.phase == RunPhase::Paused;
    const QString code = m_state.attention ? m_state.attention->code : QString();
    m_state.problem = m_state.problem || (paused && isProblem(code));
    m_state.pauseWished = false;
    if (m_state.phase == RunPhase::Resuming) {
        m_state.problem = m_state.problem || (m_state.pausedBefore && isProblem(code));
        m_state.pausedBefore = false;
        m_state.attention.reset();
        m_state.returnTo =
            RunPhase::Cancelling; // first lease and looks, then what is under way is finished
        return;
    }
    if (paused && m_state.returnTo == RunPhase::Cancelling) {
        if (m_state.stage != Stage::Between) {
            finishStep(StepState::Failed,
                       QStringLiteral("given up: the run was ended by a person"));
        }
        finish(m_state.problem ? RunPhase::Failed
                               : RunPhase::Cancelled); // asked for a second time: leave it as it is
        return;
    }
    m_state.phase = RunPhase::Cancelling;
    m_state.attention.reset();
    if (m_state.current < 0) {
        nextStep();
        return;
    }
    if (paused && code == QLatin1String("operation-failed")) {
        finishStep(StepState::Failed, QStringLiteral("failed; the run was cancelled"));
        nextStep();
        return;
    }
    cancelAtWork();
}

/// The step at work is finished when something was sent, dropped when not.
void Engine::cancelAtWork()
{
    const auto drop = [this] {
        finishStep(StepState::Skipped, QStringLiteral("the run was cancelled"));
        nextStep();
    };
    switch (m_state.stage) {
    case Stage::Idle:
    case Stage::Between: nextStep(); return;
    case Stage::Lease:
    case Stage::LookAll:
        m_state.stage = m_state.stageBefore;
        if (m_state.lease == LeaseState::Held
            || (!m_state.nodeOut && m_state.stage != Stage::Sent)) {
            cancelAtWork();
        } else {
            takeLease(m_state.stage,
                      true); // something of ours is under way: only with the lease again
        }
        return;
    case Stage::Look:
    case Stage::WaitBack:
    case Stage::WaitReady:
    case Stage::RetryPause:
    case Stage::Verify:
        if (isWantedWhenCancelling(m_state.current)) {
            reenter(m_state.stage == Stage::RetryPause ? Stage::Probe : m_state.stage);
        } else {
            drop();
        }
        return;
    case Stage::Ask: drop(); return;
    case Stage::Sent:
    case Stage::Follow:
    case Stage::Probe: reenter(Stage::Probe); return;
    }
}

void Engine::skipCommanded(const QString& by)
{
    m_state.phase = m_state.returnTo;
    const bool accepted =
        m_state.attention && m_state.attention->code == QLatin1String("warnings-not-accepted");
    m_state.attention.reset();
    progress().leftOut = !accepted;
    finishStep(accepted ? StepState::Done : StepState::Skipped,
               accepted ? QStringLiteral("warnings accepted by %1").arg(by)
                        : QStringLiteral("skipped by %1").arg(by));
    nextStep();
}

} // namespace quorate::run::detail
