// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Version.h"
#include "core/platform/kubernetes/Fields.h"

#include <memory>
#include <vector>

/// Objects that tell of nodes: Node (v1), Lease (coordination.k8s.io/v1), Endpoints (v1). Pure.
namespace quorate::platform::kubernetes {

struct NodeCondition {
    QString type;
    std::optional<bool> status; ///< nullopt: "Unknown", which is what the cluster writes of a
                                ///< kubelet that is silent
    QString reason;
    QString message;
    std::optional<TimePoint> changedAt;
    bool operator==(const NodeCondition&) const = default;
};

struct Taint {
    QString key;
    QString value;
    QString effect;
    bool operator==(const Taint&) const = default;
};

/// What the cluster has of a node's kubelet: its condition "Ready", of which "Unknown" is written
/// when it is silent.
enum class Kubelet { Unreported, Silent, NotReady, Ready };

/// What we use of a Node. Of its labels and annotations only those by which distributions mark
/// roles.
struct NodeObject {
    Meta meta;
    std::map<QString, QString> marks;
    QString providerId;
    bool unschedulable = false;
    std::vector<Taint> taints;
    std::vector<NodeCondition> conditions;
    QStringList internalAddresses; ///< InternalIP first, then InternalDNS and Hostname
    QStringList externalAddresses;
    QString kubeletVersion; ///< as written: "v1.29.4+k3s1"
    QString osImage;
    QString bootId;
    bool operator==(const NodeObject&) const = default;

    [[nodiscard]] const NodeCondition* condition(const char* type) const;
    [[nodiscard]] Kubelet kubelet() const;
    [[nodiscard]] QString mark(const char* key) const; ///< empty when absent
    [[nodiscard]] bool hasMark(const char* key) const;
    [[nodiscard]] bool hasAddress(const QString& host) const;
};
/// Protocol "bad-node" for an object without a name. `texts`: where the texts are kept that many
/// nodes have in common.
[[nodiscard]] Result<NodeObject> decodeNodeObject(const QJsonObject& object,
                                                  TextPool* texts = nullptr);

/// Shared, since a list of thousands is made anew with each change of one.
using NodePtr = std::shared_ptr<const NodeObject>;

/// A kubelet's sign of life, or the lease that coordinates us.
struct LeaseObject {
    Meta meta;
    QString holder;
    int durationSeconds = 0;
    std::optional<TimePoint> acquiredAt;
    std::optional<TimePoint> renewedAt;
    std::map<QString, QString> annotations;
    bool operator==(const LeaseObject&) const = default;
};
[[nodiscard]] Result<LeaseObject> decodeLeaseObject(const QJsonObject& object);

/// The addresses of the Endpoints object "kubernetes" in namespace default: who serves the API.
[[nodiscard]] QStringList decodeEndpointAddresses(const QJsonObject& object);

/// "v1.29.4+k3s1", "v1.30.0-rc.1", "1.20.2": major.minor.patch, and the number at the end of what
/// follows '+' as build.
[[nodiscard]] std::optional<Version> kubeVersion(const QString& text);

} // namespace quorate::platform::kubernetes
