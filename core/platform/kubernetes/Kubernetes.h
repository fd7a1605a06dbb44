// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterFile.h"
#include "core/net/TrustStore.h"
#include "core/platform/Platform.h"
#include "core/platform/kubernetes/KubeClient.h"
#include "core/platform/kubernetes/NodeRoles.h"

namespace quorate::platform {

/// Etcd's own clients' door, where the operator has a certificate for it (optional).
struct EtcdAccess {
    net::ClientIdentity identity;
    net::TrustPolicy trust; ///< etcd mostly has a CA of its own
    int port = 2379;
};

/// How one Kubernetes cluster is reached. `nodes`: the control plane, each with the address of its
/// own API server, as `discoverKubernetes` finds them.
struct KubernetesOptions {
    QUrl server; ///< of the kubeconfig: asked for the nodes, and by acts when no node's own server
                 ///< answers
    std::vector<ClusterFileNode> nodes;
    net::TrustPolicy trust;
    QString tlsServerName;
    QUrl proxy;
    std::shared_ptr<kubernetes::KubeCredentials> credentials;
    std::shared_ptr<const Clock> clock;
    net::HttpLimits limits;
    QString leaseNamespace =
        QStringLiteral("default"); ///< of the maintenance lease; the operator's choice
    Seconds leaseTtl{180};         ///< design section 6
    Millis pause{1000};            ///< between two looks at work under way; our own choice
    std::optional<Millis>
        grace; ///< node-monitor-grace-period, where it is not the release's own default
    std::optional<EtcdAccess> etcd;
};

/// A cluster whose nodes run Kubernetes. Each control-plane node is asked through its own API
/// server. Lives on the thread that makes it; when it goes, everything under way answers Cancelled,
/// and a drain stops where it is.
[[nodiscard]] std::unique_ptr<Platform> makeKubernetesPlatform(KubernetesOptions options);

/// What the kubeconfig's server says of the cluster, before it is connected.
struct KubernetesCluster {
    std::vector<ClusterFileNode>
        nodes; ///< the control plane; worker nodes are members that are not asked
    QString version;
    kubernetes::Distribution distribution = kubernetes::Distribution::Other;
    int workers = 0;
    QStringList notes; ///< whole sentences: "The kubeconfig names a load balancer: …"
};
/// `options.nodes` is not looked at.
[[nodiscard]] Async<KubernetesCluster> discoverKubernetes(KubernetesOptions options,
                                                          std::stop_token stop);

} // namespace quorate::platform
