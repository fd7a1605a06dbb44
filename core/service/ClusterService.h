// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Secret.h"
#include "core/domain/ClusterSnapshot.h"
#include "core/platform/Platform.h"
#include "core/quorum/Quorum.h"
#include "core/store/Store.h"

#include <QObject>

namespace quorate::service {

enum class ConnectionState {
    Connecting,
    Connected,
    Partly,
    Disconnected,
    NeedsPassword,
    NeedsTrust
};

/// What windows show of one cluster; immutable, complete, timestamped.
struct ClusterStatus {
    ClusterIdentity identity;
    SnapshotPtr snapshot;          ///< never null
    quorum::Assessment assessment; ///< as of `assessedAt`
    TimePoint assessedAt;
    ConnectionState connection = ConnectionState::Connecting;
    int nodesReachable = 0;
    std::optional<Error>
        connectionError; ///< the one that matters most: trust, password, then transport
    QString user;
    bool readOnly = false;
    bool practice = false;
    double speed = 1;
    std::vector<store::HistoryPoint> history; ///< last 24 h, oldest first
    std::optional<platform::Lease> lease;
    QString leaseNamespace{}; ///< where the lease is kept; empty: there is but one place for it
    bool asksEtcd = false;    ///< with a certificate for etcd itself
    std::optional<Error>
        etcdError{}; ///< why etcd is not asked though a certificate for it was given once
    bool operator==(const ClusterStatus&) const = default;
};
using StatusPtr = std::shared_ptr<const ClusterStatus>;

/// One act on one node, from "what would it mean" to its end.
struct ActPreview {
    quorum::GateVerdict gate;    ///< verdict Yes for acts that take nobody away
    QString title;               ///< "Reboot node-2"
    QString consequence;         ///< what will be sent, and what it does to users
    bool needsTypedName = false; ///< production and destructive (design section 7)
    bool byHand =
        false; ///< a person does it on the node; Quorate sends nothing and watches until it is done
    bool canStop =
        false; ///< `stopWaiting` ends it: what is done by hand, and what the platform stops
    bool operator==(const ActPreview&) const = default;
};
struct ActProgress {
    NodeId node;
    Act act;
    double progress = 0;
    QString message;
    bool ended = false;
    std::optional<Error> error;
    TimePoint startedAt;
    bool byHand = false;
    bool canStop = false; ///< as in ActPreview
};

/// One connected cluster: polls every node (2 s in the foreground, 10 s in the background; peers.md
/// section 8), publishes ClusterStatus, carries out single acts behind the gate. Lives on the GUI
/// thread; owned by ClusterRegistry.
class ClusterService : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    ~ClusterService() override = default;
    [[nodiscard]] virtual StatusPtr status() const = 0;
    /// What connects it, to connect it once more; as a cluster file it holds no secret.
    [[nodiscard]] virtual ClusterFile clusterFile() const = 0;
    [[nodiscard]] virtual platform::Platform& platform() = 0;
    virtual void setForeground(bool foreground) = 0;
    /// Observes every node now; answers when all have answered or failed.
    [[nodiscard]] virtual Async<StatusPtr> refresh() = 0;
    /// Judged on the present status; drain, resume, reboot, shutdown, start/stop service.
    [[nodiscard]] virtual ActPreview preview(const NodeId& node, const Act& act) const = 0;
    /// Observes afresh, asks the gate, journals to the activity, sends, follows to the end.
    /// Precondition error
    /// ("gate-refused", "read-only", "run-active", "lease-held") when not allowed: then nothing was
    /// sent. Conflict "gate-refused" or "lease-held" when it got no clear answer and may not be
    /// sent again.
    [[nodiscard]] virtual Async<OperationStatus> perform(NodeId node, Act act) = 0;
    [[nodiscard]] virtual std::vector<ActProgress> activeActs() const = 0;
    /// Stops waiting for what a person does on the node, or stops an act that can be stopped; its
    /// `perform` answers Cancelled. What was done until then stays. False when there is no such
    /// act: what was sent to a node cannot be taken back.
    [[nodiscard]] virtual bool stopWaiting(const NodeId& node)
    {
        Q_UNUSED(node)
        return false;
    }
    virtual void setReadOnly(bool readOnly) = 0;
    /// Where the lease is kept from now on. Validation "bad-namespace"; Precondition "run-active",
    /// "act-active" or "lease-held" while somebody may hold the lease in the present place; errors
    /// of reading it there.
    [[nodiscard]] virtual Async<bool> setLeaseNamespace(QString nameSpace) = 0;
    /// Answers NeedsPassword; kept in the keychain when `remember`.
    [[nodiscard]] virtual Async<bool> signIn(QString user, Secret password, bool remember) = 0;

Q_SIGNALS:
    void statusChanged();
    void actChanged(quorate::service::ActProgress progress);
};

} // namespace quorate::service
