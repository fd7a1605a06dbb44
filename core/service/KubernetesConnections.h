// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/Context.h"

#include <set>

class QObject;

namespace quorate::service {

/// Adds clusters that are reached by a kubeconfig to what `context` can reach; every other platform
/// goes on to what was there before. The secret of such a cluster is a sealed kubeconfig
/// (core/platform/kubernetes/KubeSeal.h). What it makes lives below `root`.
void useKubernetes(Context& context, QObject* root);

/// What connecting with a kubeconfig context begins with: a file of one node without an id, which
/// `Context::lookUp` completes to the control plane of the cluster.
struct KubeconfigRequest {
    ClusterFile file{};
    QString user{};
    secret::SecretPtr sealed{};
    QStringList warnings{}; ///< whole sentences, for the person who connects
    /// A credential plug-in that has to be let run first, as a shell would show it; empty: none, or
    /// one that `approved` holds already.
    QString pluginCommand{};
    QByteArray pluginKey{};
};
/// `files` empty: what the environment names (KUBECONFIG, ~/.kube/config). `context` empty: the
/// current one. `approved`: keys of plug-ins that may be run. Errors of Kubeconfig.
[[nodiscard]] Result<KubeconfigRequest> readKubeconfig(const QStringList& files,
                                                       const QString& context,
                                                       const std::set<QByteArray>& approved);
struct KubeconfigContext {
    QString name{};
    QString cluster{};
    QString user{};
    QString leaseNamespace{}; ///< where the lease is kept unless another place is chosen
    bool operator==(const KubeconfigContext&) const = default;
};
/// The contexts of a kubeconfig, the current one first. Errors of Kubeconfig.
[[nodiscard]] Result<std::vector<KubeconfigContext>> kubeconfigContexts(const QStringList& files);

/// Whether a namespace may be called so; Validation "bad-namespace" says what a name is.
[[nodiscard]] Result<void> checkNamespace(const QString& name);

/// Files of a client certificate of etcd, its key, and the authority of etcd's servers; PEM.
struct EtcdFiles {
    QString certificate{};
    QString key{};
    QString authority{};
    [[nodiscard]] bool isEmpty() const
    {
        return certificate.isEmpty() && key.isEmpty() && authority.isEmpty();
    }
};
/// Reads and checks them, and seals them for the keychain; null without files. Validation errors
/// name the file.
[[nodiscard]] Result<std::shared_ptr<Secret>> readEtcdFiles(const EtcdFiles& files);

} // namespace quorate::service
