// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/domain/Act.h"
#include "core/domain/Inventory.h"
#include "core/domain/Observation.h"
#include "core/domain/Package.h"

#include <functional>
#include <map>
#include <set>
#include <stop_token>

namespace quorate::platform {

/// Same key = same intent: a node that has seen it answers with the first outcome and does not act
/// again.
struct IdempotencyKey {
    QString value;
    bool operator==(const IdempotencyKey&) const = default;
};

/// What a platform can do by machine; acts outside the list become manual steps.
struct Capabilities {
    std::set<QString> acts; ///< names by quorate::actName
    bool lease = false;     ///< it can hold the coordinator lease on the cluster itself
    bool staging = false;   ///< packages can be put on nodes ahead of time
    /// What it could do, but may not here, with the reason: by act name, or "lease". For disabled
    /// actions.
    std::map<QString, QString> forbidden{};
    QString leaseNamespace{}; ///< where the lease is kept; empty: there is but one place for it
    /// What a person does on the node itself while `perform` sends nothing and watches until it is
    /// done; not in `acts`, so that plans take them for the manual steps that they are.
    std::set<QString> byHand{};
    /// Acts that end when the stop token of `perform` is requested, also after it has answered.
    /// What was done until then stays.
    std::set<QString> stoppable{};
    [[nodiscard]] bool isByHand(const Act& value) const { return byHand.contains(actName(value)); }
    [[nodiscard]] bool canStop(const Act& value) const
    {
        return stoppable.contains(actName(value));
    }
    [[nodiscard]] bool can(const Act& value) const { return acts.contains(actName(value)); }
};

/// The right to coordinate changes of a cluster. Default life 180 s, renewed (design section 6;
/// seeds/001).
struct Lease {
    QString owner; ///< "ops1@workstation, run 7f3a"
    TimePoint acquiredAt;
    TimePoint expiresAt;
    QString note;
    bool ours = false;
    bool operator==(const Lease&) const = default;
};

/// Bytes at rest on a node, and the speed of the last moment.
struct StagingProgress {
    NodeId node;
    qint64 bytesDone = 0;
    qint64 bytesTotal = 0;
    double bytesPerSecond = 0; ///< over the last 2 s
    enum class Phase { Waiting, Sending, Verifying, Done, Failed } phase = Phase::Waiting;
    std::optional<Error> error;
};
using StagingListener =
    std::function<void(const StagingProgress&)>; ///< called on the platform's thread

/// How Quorate talks to one cluster. Every call answers on the thread that made the platform (the
/// GUI thread); none blocks. Each has its own limit of time inside, so that a node which hangs
/// becomes a Timeout, never silence. The stop token cancels: the answer is then a Cancelled error.
/// Errors carry the node in their context.
class Platform {
public:
    Platform() = default;
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;
    virtual ~Platform() = default;

    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    /// Asks the cluster what this user may do; `capabilities` is complete once it has answered. A
    /// platform that knows by itself has nothing to ask.
    [[nodiscard]] virtual Async<bool> prepare(std::stop_token stop)
    {
        return stop.stop_requested() ? ready<bool>(fail(cancelledError())) : ready<bool>(true);
    }
    /// What this node says of itself and of every peer.
    [[nodiscard]] virtual Async<Observation> observe(NodeId node, std::stop_token stop) = 0;
    /// Starts an act. The gate was asked already; the platform does not judge. Conflict when the
    /// node refuses.
    [[nodiscard]] virtual Async<OperationId> perform(ActTarget target, Act act, IdempotencyKey key,
                                                     std::stop_token stop) = 0;
    /// One look at an operation. NotFound when the node does not know it. The caller polls (a
    /// rebooting node does not answer for minutes: that is a Transport error, not a failed
    /// operation).
    [[nodiscard]] virtual Async<OperationStatus> follow(ActTarget target, OperationId operation,
                                                        std::stop_token stop) = 0;
    /// Is it done? Asked by key first (did the node ever get it?), then by the state of the world.
    /// `before` is the last observation of the node from before the act, when there is one (boot
    /// id, version).
    [[nodiscard]] virtual Async<ProbeOutcome> probe(ActTarget target, Act act, IdempotencyKey key,
                                                    std::optional<Observation> before,
                                                    std::stop_token stop) = 0;
    /// Puts the package on all `nodes` at the same time, reading the file once; resumes what an
    /// earlier try left. Succeeds when each node has it and verified it; otherwise the first error,
    /// after all have ended.
    [[nodiscard]] virtual Async<std::vector<StagedPackage>> stage(Package package,
                                                                  std::vector<NodeId> nodes,
                                                                  StagingListener listener,
                                                                  std::stop_token stop) = 0;

    /// Workloads and events, for platforms that run such things; Validation "no-inventory" on
    /// others.
    [[nodiscard]] virtual Async<Inventory> inventory(std::stop_token stop)
    {
        Q_UNUSED(stop)
        return ready<Inventory>(
            fail(ErrorKind::Validation, QStringLiteral("no-inventory"),
                 QStringLiteral("This kind of cluster does not list its workloads")));
    }

    /// The lease: acquire (Conflict names the owner and its age), renew, release. `owner` must be
    /// the same text.
    [[nodiscard]] virtual Async<Lease> acquireLease(QString owner, QString note,
                                                    std::stop_token stop) = 0;
    [[nodiscard]] virtual Async<Lease> renewLease(QString owner, std::stop_token stop) = 0;
    [[nodiscard]] virtual Async<bool> releaseLease(QString owner, std::stop_token stop) = 0;
    /// nullopt: nobody holds it.
    [[nodiscard]] virtual Async<std::optional<Lease>> readLease(std::stop_token stop) = 0;
};

} // namespace quorate::platform
