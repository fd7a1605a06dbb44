// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/Observation.h"
#include "core/platform/kubernetes/KubeStatus.h"
#include "core/platform/kubernetes/NodeRoles.h"

#include <memory>

/// What one API server says, as the domain's observation of its node. Pure.
namespace quorate::platform::kubernetes {

/// How a read went that the API server may only answer with the consent of etcd's majority (a GET
/// without resourceVersion). `readyz` alone is no proof: some releases answer it from a result that
/// they keep.
enum class QuorumRead {
    Proved,     ///< answered, also by "not found"
    NoMajority, ///< no answer in time, or etcd says so: it has no contact with a majority
    StoreDown,  ///< the API server cannot even connect to its etcd
    NotTold,    ///< not asked, not allowed, or answered in a way that says nothing of etcd
};
/// `status` 0: no answer within our limit. `message`: of its Status.
QuorumRead quorumReadOf(int status, const QString& message);
/// The server told that its etcd is of no use to it.
inline bool isWithoutEtcd(QuorumRead read)
{
    return read == QuorumRead::NoMajority || read == QuorumRead::StoreDown;
}

using NodeList = std::shared_ptr<const std::vector<NodePtr>>;
[[nodiscard]] NodeList nodeList(std::vector<NodeObject> nodes);

/// Everything that one API server answered in one round.
struct ServerAnswers {
    QString node; ///< the Node that it runs on
    std::optional<HealthReport> livez;
    std::optional<HealthReport> readyz;
    QString version; ///< gitVersion of /version; empty: no answer
    QuorumRead quorum = QuorumRead::NotTold;
    NodeList nodes;          ///< null: it could not list them
    bool remembered = false; ///< we are out of touch with the list of nodes: it may be old
    std::map<QString, LeaseObject> leases; ///< of kube-node-lease, by node
    RoleHints hints;
    std::optional<EtcdStatus> etcd; ///< of the etcd on this node, where we may ask it
    std::optional<HealthCheck> etcdHealth;
    std::optional<Error>
        etcdTrouble;              ///< why we could not ask it, though we have a certificate for it
    bool anyEtcdAnswered = false; ///< of the cluster, ever: the silence of this one is news then
    std::optional<Millis> grace;  ///< what the operator says of this cluster; its API does not tell
    TimePoint serverNow{};        ///< by the server's own clock (Date), for ages of what it wrote
    TimePoint now{};              ///< by ours
};

/// Times of the cluster. Source: peers.md section 8; Kubernetes' own defaults.
struct NodeTimes {
    Millis lateAfter{
        15'000}; ///< kubelets renew each 10 s; half of that again before we call it late
    Millis graceAfter{40'000}; ///< node-monitor-grace-period
};
/// 50 s since 1.32, 40 s before.
NodeTimes timesOf(const QString& version);

/// `self` is this server's own word, `cluster` how it sees all nodes. What a server without a
/// majority remembers of its peers is kept out of their states: it may be hours old.
Observation merge(const ServerAnswers& answers);
/// A worker, as the cluster sees it: it has no API server to ask. NotFound "unknown-node" when it
/// is not listed, Timeout "no-node-list" when there is no list.
Error noNodeList(const QString& server);
[[nodiscard]] Result<Observation> mergeWorker(const ServerAnswers& answers, const QString& worker);

} // namespace quorate::platform::kubernetes
