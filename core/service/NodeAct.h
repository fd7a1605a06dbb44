// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/ClusterService.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <stop_token>

namespace quorate::service {

/// What a single act needs of its cluster.
struct NodeActEnvironment {
    platform::Platform& platform;
    const Clock& clock;
    QString leaseOwner{};
    QString nodeName{};
    double speed = 1;
    bool byHand = false;  ///< a person does it: nothing is sent, so it can be stopped at any time
    bool canStop = false; ///< the platform stops it when it is told to
    std::optional<Millis> limit{}; ///< instead of the act's own; for tests
    /// Observes every node; answers the refusal, or nothing when the act may go on. Nothing was
    /// sent by then.
    std::function<Async<std::optional<Error>>()> askGate{};
    /// Durable when it returns.
    std::function<Result<void>(const QString& text)> note{};
    std::function<std::optional<Observation>()> lastObservation{};
};

/// Carries one act on one node from the lease to its end: lease, fresh gate, durable activity
/// entry, send, follow, activity entry, lease back. A send without a certain answer is probed; what
/// would take a node away is sent again only under the lease, taken once more, and after the gate
/// said yes once more. Ends by itself, at the latest after the act's limit; deletes nothing, keeps
/// nothing.
class NodeAct final : public QObject {
    Q_OBJECT
public:
    NodeAct(NodeActEnvironment environment, NodeId node, Act act, QObject* parent);
    ~NodeAct() override;

    [[nodiscard]] Async<OperationStatus> start();
    [[nodiscard]] const ActProgress& progress() const { return m_progress; }
    /// Only of what can be stopped (ActProgress::canStop): answers Cancelled and gives the lease
    /// back, also one that is just being taken.
    void stopWaiting();

Q_SIGNALS:
    void changed();
    void ended(); ///< once, when it needs nothing more of the cluster

private:
    void takeLease(); ///< whoever holds it already renews it so
    void onLease(Result<platform::Lease> lease);
    void askGate();
    void onAllowed();
    void send();
    void onSent(Result<OperationId> answer);
    void goOn(); ///< after the pause
    void follow();
    void onFollowed(Result<OperationStatus> answer);
    void probe();
    void onProbed(Result<ProbeOutcome> answer);
    void onNotBegun();
    void followLater();
    void onLimit();
    [[nodiscard]] Millis limit() const;
    [[nodiscard]] QString whom() const;
    [[nodiscard]] Error stoppedError() const;
    [[nodiscard]] Error afterSend(Error error) const;
    [[nodiscard]] QString
    endText(const Result<OperationStatus>& outcome) const; ///< for the activity
    void renewLease();
    void say(const QString& message, double progress);
    void finish(Result<OperationStatus> outcome);
    void releaseLease();
    void tellOutcome();
    void tellEnd();
    [[nodiscard]] ActTarget target() const
    {
        return {.node = m_progress.node.isEmpty() ? std::nullopt : std::optional(m_progress.node)};
    }

    NodeActEnvironment m_environment;
    ActProgress m_progress;
    platform::IdempotencyKey m_key;
    std::optional<Observation> m_before;
    std::optional<OperationId> m_operation;
    Resolver<OperationStatus> m_resolver;
    std::optional<Result<OperationStatus>> m_outcome; ///< until it is told
    std::stop_source m_stop;
    QTimer* m_again = nullptr;
    QTimer* m_limit = nullptr;
    QTimer* m_renew = nullptr;
    int m_sends = 0;
    double m_farthest = 0;             ///< the most progress that was reported
    std::optional<Error> m_unanswered; ///< of the last send without a certain answer
    bool m_sendNext = false;           ///< after the pause
    bool m_leaseAsked = false;         ///< and not answered for yet
    bool m_leaseHeld = false;
    bool m_sent = false; ///< the request may have reached the node
    bool m_done = false;
    bool m_endTold = false;
};

} // namespace quorate::service
