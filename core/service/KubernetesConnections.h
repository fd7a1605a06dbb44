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
/// The names of a kubeconfig's contexts, the current one first. Errors of Kubeconfig.
[[nodiscard]] Result<QStringList> kubeconfigContexts(const QStringList& files);

} // namespace quorate::service
