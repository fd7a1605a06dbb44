// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/NodeAct.h"

#include "core/base/Refusal.h"
#include "core/service/ActWords.h"
#include "core/service/Runner.h"

#include <QPointer>
#include <QUuid>

namespace quorate::service {
namespace {

constexpr Millis kReleaseLimit = Seconds(5);   ///< our own; some short requests at most
constexpr int kSendsMax = 3;                   ///< peers.md section 8 (CAU); the same key each time
constexpr Millis kFollowInterval{500};         ///< our own choice
constexpr Millis kRenewInterval = Seconds(60); ///< a third of the lease's life, design section 6

bool isNoAnswer(const Error& error)
{
    return error.kind == ErrorKind::Transport || error.kind == ErrorKind::Timeout;
}

/// No use in looking again: a person must mend it first. Anything else says nothing of the act,
/// which goes on.
bool endsLooking(const Error& error)
{
    switch (error.kind) {
    case ErrorKind::Unauthorized:
    case ErrorKind::Forbidden:
    case ErrorKind::Validation:
    case ErrorKind::Tls:
    case ErrorKind::Cancelled:
    case ErrorKind::Precondition: return true;
    case ErrorKind::Transport:
    case ErrorKind::Timeout:
    case ErrorKind::NotFound:
    case ErrorKind::Conflict:
    case ErrorKind::Server:
    case ErrorKind::Protocol:
    case ErrorKind::Storage:
    case ErrorKind::Internal: return false;
    }
    return false;
}

/// Of taking the lease. Contended is what our own renewal may have changed just then.
bool isHeldByAnother(const Error& error)
{
    return error.kind == ErrorKind::Conflict && error.code != QLatin1String("lease-contended");
}

OperationStatus succeeded(const std::optional<OperationId>& id, const QString& message)
{
    return {.id = id.value_or(OperationId{}),
            .state = OperationStatus::State::Succeeded,
            .progress = 1,
            .message = message,
            .error = {}};
}

} // namespace

NodeAct::NodeAct(NodeActEnvironment environment, NodeId node, Act act, QObject* parent)
    : QObject(parent)
    , m_environment(std::move(environment))
    , m_key{QUuid::createUuid().toString(QUuid::WithoutBraces)}
    , m_again(new QTimer(this))
    , m_limit(new QTimer(this))
    , m_renew(new QTimer(this))
{
    m_progress.node = std::move(node);
    m_progress.act = std::move(act);
    m_progress.startedAt = m_environment.clock.now();
    m_progress.byHand = m_environment.byHand;
    m_progress.canStop = m_environment.byHand || m_environment.canStop;
    m_again->setSingleShot(true);
    m_again->setInterval(kFollowInterval);
    m_limit->setSingleShot(true);
    m_renew->setInterval(kRenewInterval);
    connect(m_limit, &QTimer::timeout, this, &NodeAct::onLimit);
    connect(m_renew, &QTimer::timeout, this, &NodeAct::renewLease);
    connect(m_again, &QTimer::timeout, this, &NodeAct::goOn);
}

NodeAct::~NodeAct()
{
    m_stop.request_stop();
    m_resolver.resolve(fail(cancelledError()));
}

Async<OperationStatus> NodeAct::start()
{
    if (m_environment.platform.capabilities().lease) {
        takeLease();
    } else {
        askGate();
    }
    return m_resolver.future();
}

/// Not with our stop token: what was asked for may be granted all the same, and is given back then.
void NodeAct::takeLease()
{
    say(QStringLiteral("Taking the right to change this cluster"), 0);
    if (m_done) {
        return; // whoever heard that has stopped it
    }
    m_leaseAsked = true;
    deliver(m_environment.platform.acquireLease(
                m_environment.leaseOwner, titleOf(m_environment.nodeName, m_progress.act), {}),
            this, [this](Result<platform::Lease> lease) { onLease(std::move(lease)); });
}

void NodeAct::onLease(Result<platform::Lease> lease)
{
    m_leaseAsked = false;
    m_leaseHeld = lease || (m_leaseHeld && !isHeldByAnother(lease.error()));
    if (m_done) { // stopped meanwhile; without an answer it may be held all the same
        m_leaseHeld = m_leaseHeld || (!lease && isNoAnswer(lease.error()));
        releaseLease();
        return;
    }
    if (lease) {
        m_renew->start();
        askGate();
        return;
    }
    Error error = std::move(lease).error();
    if (m_sends > 0 && !isHeldByAnother(error)) { // sent before: it may yet be done
        say(QStringLiteral("Waiting for the right to change this cluster: %1").arg(error.message),
            0);
        followLater();
        return;
    }
    if (error.kind == ErrorKind::Conflict) {
        error.kind = ErrorKind::Precondition;
        error.code = QStringLiteral("lease-held");
    }
    finish(fail(std::move(error)));
}

void NodeAct::askGate()
{
    say(QStringLiteral("Asking every node how the cluster stands"), 0);
    deliver(m_environment.askGate(), this, [this](Result<std::optional<Error>> refusal) {
        if (m_done) {
            return;
        }
        if (!refusal) {
            finish(fail(std::move(refusal).error()));
        } else if (*refusal) {
            finish(fail(**std::move(refusal)));
        } else {
            onAllowed();
        }
    });
}

void NodeAct::onAllowed()
{
    const bool isAgain = m_sends > 0;
    if (!isAgain) {
        m_before = m_environment.lastObservation();
    }
    const QString line = m_environment.byHand ? QStringLiteral("%1: to be done by hand; watching")
                         : isAgain            ? QStringLiteral("%1: sent again")
                                              : QStringLiteral("%1: sent");
    auto noted = m_environment.note(line.arg(titleOf(m_environment.nodeName, m_progress.act)));
    if (!noted) {
        finish(fail(std::move(noted).error()));
        return;
    }
    if (!isAgain) {
        m_limit->start(limit());
    }
    send();
}

void NodeAct::send()
{
    ++m_sends;
    m_sent = true;
    say((m_environment.byHand ? QStringLiteral("Looking at %1") : QStringLiteral("Sending to %1"))
            .arg(whom()),
        0);
    deliver(m_environment.platform.perform(target(), m_progress.act, m_key, m_stop.get_token()),
            this, [this](Result<OperationId> answer) { onSent(std::move(answer)); });
}

void NodeAct::onSent(Result<OperationId> answer)
{
    if (m_done) {
        return;
    }
    if (answer) {
        m_operation = *answer;
        follow();
    } else if (m_environment.byHand || isRefusal(answer.error())) {
        finish(fail(std::move(answer).error()));
    } else {
        // Time has passed: what takes a node away is probed before it is sent again.
        m_sendNext =
            isNoAnswer(answer.error()) && m_sends < kSendsMax && !takesVoterAway(m_progress.act);
        m_unanswered = std::move(answer).error();
        m_again->start();
    }
}

void NodeAct::goOn()
{
    if (std::exchange(m_sendNext, false)) {
        send(); // the same key: a node that has got it does not act again
    } else {
        follow();
    }
}

void NodeAct::follow()
{
    if (!m_operation) {
        probe();
        return;
    }
    deliver(m_environment.platform.follow(target(), *m_operation, m_stop.get_token()), this,
            [this](Result<OperationStatus> answer) { onFollowed(std::move(answer)); });
}

void NodeAct::onFollowed(Result<OperationStatus> answer)
{
    if (m_done) {
        return;
    }
    if (!answer && answer.error().kind == ErrorKind::NotFound) {
        probe();
        return;
    }
    if (!answer && endsLooking(answer.error())) {
        finish(fail(std::move(answer).error()));
        return;
    }
    if (!answer && isNoAnswer(answer.error())
        && std::holds_alternative<act::Shutdown>(m_progress.act)) {
        finish(succeeded(m_operation,
                         QStringLiteral("%1 accepted and does not answer any more").arg(whom())));
        return;
    }
    if (!answer) {
        say(QStringLiteral("Waiting for %1 to answer again").arg(whom()), m_progress.progress);
        followLater();
        return;
    }
    switch (answer->state) {
    case OperationStatus::State::Running:
        if (std::holds_alternative<act::Redeploy>(m_progress.act)
            && answer->progress > m_farthest) {
            m_farthest = answer->progress;
            m_limit->start(limit()); // as long as it gets on, no rollout is too long
        }
        say(answer->message, answer->progress);
        followLater();
        return;
    case OperationStatus::State::Succeeded: finish(*std::move(answer)); return;
    case OperationStatus::State::Failed:
        finish(fail(answer->error.value_or(
            makeError(ErrorKind::Server, QStringLiteral("operation-failed"), answer->message))));
        return;
    }
}

void NodeAct::probe()
{
    deliver(
        m_environment.platform.probe(target(), m_progress.act, m_key, m_before, m_stop.get_token()),
        this, [this](Result<ProbeOutcome> answer) { onProbed(std::move(answer)); });
}

void NodeAct::onProbed(Result<ProbeOutcome> answer)
{
    if (m_done) {
        return;
    }
    if (!answer && endsLooking(answer.error())) {
        finish(fail(std::move(answer).error()));
        return;
    }
    const ProbeOutcome outcome = answer.value_or(ProbeOutcome::Unknown);
    if (outcome == ProbeOutcome::Done) {
        finish(succeeded(m_operation, QStringLiteral("Done")));
    } else if (outcome == ProbeOutcome::NotDone && !m_operation) {
        onNotBegun();
    } else {
        followLater();
    }
}

/// The same key may be sent again. The lease may have run out while nothing came through: another
/// console may hold it by now and take another node away.
void NodeAct::onNotBegun()
{
    const bool gated = m_sends < kSendsMax && takesVoterAway(m_progress.act);
    if (gated && m_environment.platform.capabilities().lease) {
        takeLease();
    } else if (gated) {
        askGate();
    } else if (m_sends < kSendsMax) {
        send();
    } else if (m_unanswered && !isNoAnswer(*m_unanswered)) {
        finish(fail(*m_unanswered));
    } else {
        finish(fail(ErrorKind::Transport, QStringLiteral("not-sent"),
                    QStringLiteral("%1 never received the request").arg(whom()),
                    QStringLiteral("Check the way to the node and try again")));
    }
}

void NodeAct::followLater() { m_again->start(); }

void NodeAct::onLimit()
{
    const QString title = titleOf(m_environment.nodeName, m_progress.act);
    const QString message = std::holds_alternative<act::Redeploy>(m_progress.act)
                                ? QStringLiteral("%1 has made no progress for %2")
                                : QStringLiteral("%1 has not ended within its limit of %2");
    finish(fail(ErrorKind::Timeout, QStringLiteral("limit-passed"),
                message.arg(title, toDurationText(limit())),
                QStringLiteral("Look at %1; it may still be at work")
                    .arg(isOfNode(m_progress.act) ? QStringLiteral("the node")
                                                  : QStringLiteral("the workload"))));
}

Millis NodeAct::limit() const
{
    const Millis own = m_environment.byHand ? kByHandLimit : timesOf(m_progress.act).limit;
    return m_environment.limit.value_or(scaled(own, m_environment.speed));
}

QString NodeAct::whom() const
{
    return m_environment.nodeName.isEmpty() ? QStringLiteral("the cluster")
                                            : m_environment.nodeName;
}

void NodeAct::stopWaiting()
{
    if (m_done || !m_progress.canStop) {
        return;
    }
    m_stop.request_stop();
    finish(fail(stoppedError()));
}

/// Only drains are stopped by a platform.
Error NodeAct::stoppedError() const
{
    if (m_environment.byHand) {
        return makeError(
            ErrorKind::Cancelled, QStringLiteral("stopped-waiting"),
            QStringLiteral("You stopped waiting for %1").arg(m_environment.nodeName),
            QStringLiteral("Nothing was sent and nothing has to be undone; look at the node "
                           "yourself if you had begun"));
    }
    return makeError(
        ErrorKind::Cancelled, QStringLiteral("drain-stopped"),
        QStringLiteral("You stopped draining %1").arg(m_environment.nodeName),
        m_sent ? QStringLiteral("Pods that have moved stay where they are, and %1 takes no new "
                                "work until it is resumed")
                     .arg(m_environment.nodeName)
               : QStringLiteral("Nothing was sent and nothing has to be undone"));
}

/// Precondition means that nothing was sent, which is not certain any more.
Error NodeAct::afterSend(Error error) const
{
    if (error.kind == ErrorKind::Precondition && !m_environment.byHand
        && (m_operation || m_unanswered)) {
        error.kind = ErrorKind::Conflict;
        if (!m_operation) {
            error.cure = QStringLiteral("A request was sent before and got no clear "
                                        "answer; look at %1 before you try again")
                             .arg(whom());
        }
    }
    return error;
}

void NodeAct::renewLease()
{
    // A lost lease does not undo what was sent; the next act will say who holds it.
    deliver(m_environment.platform.renewLease(m_environment.leaseOwner, m_stop.get_token()), this,
            [](const Result<platform::Lease>&) {});
}

void NodeAct::say(const QString& message, double progress)
{
    m_progress.message = message;
    m_progress.progress = progress;
    Q_EMIT changed();
}

QString NodeAct::endText(const Result<OperationStatus>& outcome) const
{
    const QString title = titleOf(m_environment.nodeName, m_progress.act);
    if (outcome) {
        return QStringLiteral("%1: done").arg(title);
    }
    const QString& why = outcome.error().message;
    if (!m_sent) {
        return QStringLiteral("%1: refused, nothing was sent: %2").arg(title, why);
    }
    const QString line =
        m_environment.byHand ? QStringLiteral("%1: not seen done, nothing was sent: %2")
        : outcome.error().kind == ErrorKind::Cancelled ? QStringLiteral("%1: stopped: %2")
                                                       : QStringLiteral("%1: failed: %2");
    return line.arg(title, why);
}

void NodeAct::finish(Result<OperationStatus> outcome)
{
    if (m_done) {
        return;
    }
    m_done = true;
    if (!outcome) {
        outcome = fail(afterSend(std::move(outcome).error()));
    }
    m_again->stop();
    m_limit->stop();
    m_renew->stop();
    m_progress.ended = true;
    m_progress.progress = outcome ? 1 : m_progress.progress;
    m_progress.message = outcome ? outcome->message : outcome.error().message;
    if (!outcome) {
        m_progress.error = outcome.error();
    }
    auto noted = m_environment.note(endText(outcome));
    if (!noted && outcome) {
        outcome = fail(std::move(noted).error());
    }
    m_outcome = std::move(outcome);
    releaseLease();
}

/// Whoever waits for the end may leave the program then, and must not leave the lease behind.
void NodeAct::releaseLease()
{
    if (m_leaseAsked) { // its answer leads here again; nobody is kept longer than by a release
        QTimer::singleShot(kReleaseLimit, this, [this] { tellOutcome(); });
        return;
    }
    if (!std::exchange(m_leaseHeld, false)) {
        tellEnd();
        return;
    }
    // Not with our stop token: it goes out although this object goes. It expires by itself when it
    // is lost.
    deliver(retry(kReleaseRetry,
                  [self = QPointer<NodeAct>(this)] {
                      return self ? self->m_environment.platform.releaseLease(
                                 self->m_environment.leaseOwner, {})
                                  : ready<bool>(fail(cancelledError()));
                  }),
            this, [this](const Result<bool>&) { tellEnd(); });
    QTimer::singleShot(kReleaseLimit, this, [this] { tellEnd(); });
}

void NodeAct::tellOutcome()
{
    if (m_outcome) {
        m_resolver.resolve(*std::exchange(m_outcome, std::nullopt));
    }
}

void NodeAct::tellEnd()
{
    tellOutcome();
    if (!std::exchange(m_endTold, true)) {
        Q_EMIT ended();
    }
}

} // namespace quorate::service
