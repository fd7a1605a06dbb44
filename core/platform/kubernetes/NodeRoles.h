// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Health.h"
#include "core/platform/kubernetes/NodeObject.h"

#include <set>

/// Who holds a vote in etcd, who learns, who only works: read from the marks of each distribution.
/// Pure.
namespace quorate::platform::kubernetes {

enum class Distribution { Kubeadm, K3s, Rke2, Talos, OpenShift, Other };
QString toString(Distribution value); ///< "kubeadm", "k3s"
Distribution distributionOf(const NodeObject& node);

enum class EtcdRole { None, Learner, Voter };

struct NodeRole {
    bool controlPlane = false; ///< it serves the API
    EtcdRole etcd = EtcdRole::None;
    QStringList words; ///< for people: "control-plane", "etcd", or "worker" when there are none
    bool operator==(const NodeRole&) const = default;
    [[nodiscard]] bool isWorker() const { return !controlPlane && etcd == EtcdRole::None; }
};

/// What helps to tell the roles, beside the Node itself.
struct RoleHints {
    QStringList
        apiServers; ///< addresses of the Endpoints "kubernetes": for clusters that mark nothing
    std::optional<std::vector<EtcdMember>> members; ///< etcd's own list: nothing beats it
};

/// The roles of all nodes, by name. When no mark and no list says who holds etcd (another
/// datastore, an unknown distribution), the nodes that serve the API count as the voters, which is
/// the careful choice.
struct Roles {
    std::map<QString, NodeRole> byNode;
    bool votersAssumed = false;
    [[nodiscard]] NodeRole of(const QString& node) const;
    [[nodiscard]] QStringList controlPlane() const;
};
Roles rolesOf(const std::vector<NodePtr>& nodes, const RoleHints& hints);
/// Any of them is marked as control plane: then `RoleHints::apiServers` are not looked at.
bool isControlPlaneMarked(const std::vector<NodePtr>& nodes);

/// The member of etcd that runs on this node: by name, by k3s' and RKE2's annotation, or by
/// address.
const EtcdMember* memberOf(const NodeObject& node, const std::vector<EtcdMember>& members);

} // namespace quorate::platform::kubernetes
