// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/NodeRoles.h"

#include <QUrl>

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

constexpr char kRolePrefix[] = "node-role.kubernetes.io/";
constexpr char kControlPlane[] = "node-role.kubernetes.io/control-plane";
constexpr char kMaster[] = "node-role.kubernetes.io/master"; ///< before 1.24; OpenShift to this day
constexpr char kEtcd[] = "node-role.kubernetes.io/etcd";     ///< k3s and RKE2
constexpr char kArbiter[] =
    "node-role.kubernetes.io/arbiter"; ///< OpenShift: a vote without a control plane

bool isMarkedControlPlane(const NodeObject& node)
{
    return node.hasMark(kControlPlane) || node.hasMark(kMaster)
           || node.mark("kubernetes.io/role") == QLatin1String("master");
}

/// k3s and RKE2 write a condition; its reason tells a learner from one that was removed.
EtcdRole rancherRole(const NodeObject& node)
{
    const NodeCondition* voter = node.condition("EtcdIsVoter");
    if (voter == nullptr || !voter->status) {
        return node.hasMark(kEtcd) ? EtcdRole::Voter : EtcdRole::None;
    }
    if (*voter->status) {
        return EtcdRole::Voter;
    }
    const bool learns = voter->reason.contains(QLatin1String("Learner"));
    return learns ? EtcdRole::Learner : EtcdRole::None;
}

EtcdRole markedRole(const NodeObject& node, bool controlPlane)
{
    switch (distributionOf(node)) {
    case Distribution::K3s:
    case Distribution::Rke2: return rancherRole(node);
    case Distribution::OpenShift:
        return controlPlane || node.hasMark(kArbiter) ? EtcdRole::Voter : EtcdRole::None;
    case Distribution::Kubeadm:
    case Distribution::Talos:
    case Distribution::Other: break;
    }
    if (node.condition("EtcdIsVoter") != nullptr || node.hasMark(kEtcd)) {
        return rancherRole(node);
    }
    return controlPlane ? EtcdRole::Voter : EtcdRole::None;
}

QStringList wordsFor(const NodeObject& node, const NodeRole& role)
{
    QStringList words;
    const QString prefix = QLatin1String(kRolePrefix);
    for (const auto& [key, value] : node.marks) {
        if (key.startsWith(prefix) && key.size() > prefix.size()) {
            words.append(key.mid(prefix.size()));
        }
    }
    if (role.controlPlane && !words.contains(QLatin1String("control-plane"))
        && !words.contains(QLatin1String("master"))) {
        words.append(QStringLiteral("control-plane"));
    }
    if (words.isEmpty() && role.isWorker()) {
        words.append(QStringLiteral("worker"));
    }
    words.sort();
    return words;
}

} // namespace

QString toString(Distribution value)
{
    switch (value) {
    case Distribution::Kubeadm: return QStringLiteral("kubeadm");
    case Distribution::K3s: return QStringLiteral("k3s");
    case Distribution::Rke2: return QStringLiteral("rke2");
    case Distribution::Talos: return QStringLiteral("talos");
    case Distribution::OpenShift: return QStringLiteral("openshift");
    case Distribution::Other: return QStringLiteral("other");
    }
    return {};
}

Distribution distributionOf(const NodeObject& node)
{
    const auto anyMark = [&node](const char* prefix) {
        return std::ranges::any_of(node.marks, [prefix](const auto& mark) {
            return mark.first.startsWith(QLatin1String(prefix));
        });
    };
    if (node.kubeletVersion.contains(QLatin1String("+rke2"))
        || node.providerId.startsWith(QLatin1String("rke2://"))) {
        return Distribution::Rke2;
    }
    if (node.kubeletVersion.contains(QLatin1String("+k3s"))
        || node.providerId.startsWith(QLatin1String("k3s://"))) {
        return Distribution::K3s;
    }
    if (node.osImage.startsWith(QLatin1String("Talos")) || anyMark("talos.dev/")
        || anyMark("extensions.talos.dev/")) {
        return Distribution::Talos;
    }
    if (anyMark("node.openshift.io/") || anyMark("machineconfiguration.openshift.io/")) {
        return Distribution::OpenShift;
    }
    return anyMark("kubeadm.alpha.kubernetes.io/") ? Distribution::Kubeadm : Distribution::Other;
}

const EtcdMember* memberOf(const NodeObject& node, const std::vector<EtcdMember>& members)
{
    const auto isHere = [&node](const EtcdMember& member) {
        if (!member.name.isEmpty()
            && (member.name == node.meta.name
                || member.name == node.mark("etcd.k3s.cattle.io/node-name")
                || member.name == node.mark("etcd.rke2.cattle.io/node-name"))) {
            return true;
        }
        return std::ranges::any_of(member.peerUrls, [&node](const QString& text) {
            return node.hasAddress(QUrl(text).host());
        });
    };
    const auto found = std::ranges::find_if(members, isHere);
    return found == members.end() ? nullptr : &*found;
}

NodeRole Roles::of(const QString& node) const
{
    const auto found = byNode.find(node);
    return found == byNode.end() ? NodeRole{} : found->second;
}

QStringList Roles::controlPlane() const
{
    QStringList names;
    for (const auto& [name, role] : byNode) {
        if (role.controlPlane) {
            names.append(name);
        }
    }
    return names;
}

bool isControlPlaneMarked(const std::vector<NodePtr>& nodes)
{
    return std::ranges::any_of(nodes,
                               [](const NodePtr& node) { return isMarkedControlPlane(*node); });
}

Roles rolesOf(const std::vector<NodePtr>& nodes, const RoleHints& hints)
{
    Roles roles;
    const bool anyMarked = isControlPlaneMarked(nodes);
    bool anyVoter = false;
    for (const NodePtr& shared : nodes) {
        const NodeObject& node = *shared;
        NodeRole role;
        const bool serves = std::ranges::any_of(
            hints.apiServers, [&node](const QString& address) { return node.hasAddress(address); });
        role.controlPlane = isMarkedControlPlane(node) || (!anyMarked && serves);
        if (hints.members) {
            const EtcdMember* member = memberOf(node, *hints.members);
            role.etcd = member == nullptr   ? EtcdRole::None
                        : member->isLearner ? EtcdRole::Learner
                                            : EtcdRole::Voter;
        } else {
            role.etcd = markedRole(node, role.controlPlane);
        }
        anyVoter = anyVoter || role.etcd == EtcdRole::Voter;
        roles.byNode[node.meta.name] = std::move(role);
    }
    for (const NodePtr& shared : nodes) {
        const NodeObject& node = *shared;
        NodeRole& role = roles.byNode[node.meta.name];
        if (!anyVoter && role.controlPlane && role.etcd == EtcdRole::None) {
            role.etcd = EtcdRole::Voter;
            roles.votersAssumed = true;
        }
        role.words = wordsFor(node, role);
    }
    return roles;
}

} // namespace quorate::platform::kubernetes
