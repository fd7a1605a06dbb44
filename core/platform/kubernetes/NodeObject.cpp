// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/NodeObject.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace quorate::platform::kubernetes {
namespace {

/// Labels and annotations by which kubeadm, k3s, RKE2, Talos and OpenShift mark their nodes. The
/// "etcd." ones are etcd.k3s.cattle.io/ and etcd.rke2.cattle.io/.
constexpr std::array kMarkPrefixes{"node-role.kubernetes.io/",
                                   "node.kubernetes.io/instance-type",
                                   "kubernetes.io/role",
                                   "etcd.",
                                   "k3s.io/",
                                   "rke2.io/",
                                   "talos.dev/",
                                   "extensions.talos.dev/",
                                   "kubeadm.alpha.kubernetes.io/",
                                   "node.openshift.io/",
                                   "machineconfiguration.openshift.io/"};

bool isMark(const QString& key)
{
    return std::ranges::any_of(kMarkPrefixes, [&key](const char* prefix) {
        return key.startsWith(QLatin1String(prefix));
    });
}

void addMarks(std::map<QString, QString>& marks, const QJsonObject& object)
{
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (isMark(it.key())) {
            marks.emplace(it.key().left(kTextMax), it.value().toString().left(kTextMax));
        }
    }
}

NodeCondition conditionFrom(const QJsonObject& object)
{
    NodeCondition condition;
    condition.type = textOf(object, "type");
    condition.status = statusOf(textOf(object, "status"));
    condition.reason = textOf(object, "reason");
    condition.message = textOf(object, "message");
    condition.changedAt = timeOf(object, "lastTransitionTime");
    return condition;
}

void addAddresses(NodeObject& node, const QJsonObject& status)
{
    const QJsonArray list = listOf(status, "addresses");
    const auto take = [&list](const char* type, QStringList& out) {
        for (const QJsonValue& value : list) {
            const QJsonObject one = value.toObject();
            const QString address = textOf(one, "address");
            if (textOf(one, "type") == QLatin1String(type) && !address.isEmpty()
                && !out.contains(address)) {
                out.append(address);
            }
        }
    };
    take("InternalIP", node.internalAddresses);
    take("InternalDNS", node.internalAddresses);
    take("Hostname", node.internalAddresses);
    take("ExternalIP", node.externalAddresses);
    take("ExternalDNS", node.externalAddresses);
}

[[nodiscard]] Result<NodeObject> decodeAlone(const QJsonObject& object)
{
    NodeObject node;
    node.meta = metaOf(object);
    if (node.meta.name.isEmpty()) {
        return fail(ErrorKind::Protocol, QStringLiteral("bad-node"),
                    QStringLiteral("The API server lists a node without a name"));
    }
    const QJsonObject meta = objectOf(object, "metadata");
    addMarks(node.marks, objectOf(meta, "labels"));
    addMarks(node.marks, objectOf(meta, "annotations"));
    const QJsonObject spec = objectOf(object, "spec");
    node.unschedulable = truthOf(spec, "unschedulable");
    node.providerId = textOf(spec, "providerID");
    for (const QJsonValue& value : listOf(spec, "taints")) {
        const QJsonObject taint = value.toObject();
        node.taints.push_back(
            Taint{textOf(taint, "key"), textOf(taint, "value"), textOf(taint, "effect")});
    }
    const QJsonObject status = objectOf(object, "status");
    for (const QJsonValue& value : listOf(status, "conditions")) {
        node.conditions.push_back(conditionFrom(value.toObject()));
    }
    addAddresses(node, status);
    const QJsonObject info = objectOf(status, "nodeInfo");
    node.kubeletVersion = textOf(info, "kubeletVersion");
    node.osImage = textOf(info, "osImage");
    node.bootId = textOf(info, "bootID");
    return node;
}

void share(NodeObject& node, TextPool& texts)
{
    std::map<QString, QString> marks;
    for (const auto& [key, value] : node.marks) {
        marks.emplace(texts.shared(key), texts.shared(value));
    }
    node.marks = std::move(marks);
    for (Taint& taint : node.taints) {
        for (QString* text : {&taint.key, &taint.value, &taint.effect}) {
            *text = texts.shared(*text);
        }
    }
    for (NodeCondition& condition : node.conditions) {
        for (QString* text : {&condition.type, &condition.reason, &condition.message}) {
            *text = texts.shared(*text);
        }
    }
    node.kubeletVersion = texts.shared(node.kubeletVersion);
    node.osImage = texts.shared(node.osImage);
}

} // namespace

const NodeCondition* NodeObject::condition(const char* type) const
{
    const auto found = std::ranges::find(conditions, QLatin1String(type), &NodeCondition::type);
    return found == conditions.end() ? nullptr : &*found;
}

Kubelet NodeObject::kubelet() const
{
    const NodeCondition* ready = condition("Ready");
    if (ready == nullptr) {
        return Kubelet::Unreported;
    }
    if (!ready->status) {
        return Kubelet::Silent;
    }
    return *ready->status ? Kubelet::Ready : Kubelet::NotReady;
}

QString NodeObject::mark(const char* key) const
{
    const auto found = marks.find(QLatin1String(key));
    return found == marks.end() ? QString() : found->second;
}

bool NodeObject::hasMark(const char* key) const { return marks.contains(QLatin1String(key)); }

bool NodeObject::hasAddress(const QString& host) const
{
    return internalAddresses.contains(host) || externalAddresses.contains(host);
}

Result<NodeObject> decodeNodeObject(const QJsonObject& object, TextPool* texts)
{
    auto node = decodeAlone(object);
    if (node && texts != nullptr) {
        share(*node, *texts);
    }
    return node;
}

Result<LeaseObject> decodeLeaseObject(const QJsonObject& object)
{
    LeaseObject lease;
    lease.meta = metaOf(object);
    if (lease.meta.name.isEmpty()) {
        return fail(ErrorKind::Protocol, QStringLiteral("bad-lease"),
                    QStringLiteral("The API server gives a lease without a name"));
    }
    const QJsonObject spec = objectOf(object, "spec");
    lease.holder = textOf(spec, "holderIdentity");
    lease.durationSeconds = static_cast<int>(
        std::clamp<qint64>(integerOf(spec, "leaseDurationSeconds").value_or(0), 0, 24 * 3600));
    lease.acquiredAt = timeOf(spec, "acquireTime");
    lease.renewedAt = timeOf(spec, "renewTime");
    const QJsonObject annotations = objectOf(objectOf(object, "metadata"), "annotations");
    for (auto it = annotations.begin(); it != annotations.end(); ++it) {
        lease.annotations.emplace(it.key().left(kTextMax), it.value().toString().left(kTextMax));
    }
    return lease;
}

QStringList decodeEndpointAddresses(const QJsonObject& object)
{
    QStringList out;
    for (const QJsonValue& subset : listOf(object, "subsets")) {
        for (const QJsonValue& value : listOf(subset.toObject(), "addresses")) {
            const QString address = textOf(value.toObject(), "ip");
            if (!address.isEmpty() && !out.contains(address)) {
                out.append(address);
            }
        }
    }
    return out;
}

std::optional<Version> kubeVersion(const QString& text)
{
    static const QRegularExpression form(
        QStringLiteral("^v?([0-9]{1,9}[.][0-9]{1,9}[.][0-9]{1,9})(-[0-9A-Za-z.-]*)?"
                       "([+][0-9A-Za-z.-]*?([0-9]{0,9}))?$"));
    const auto match = form.match(text);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    auto version = Version::parse(match.captured(1));
    if (!version) {
        return std::nullopt;
    }
    version->build = match.captured(4).toInt();
    return *version;
}

} // namespace quorate::platform::kubernetes
