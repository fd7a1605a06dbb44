// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Kubernetes.h"

namespace quorate::platform::kubernetes {

/// The control plane, and where each of its nodes serves the API. Pure. `server`: the kubeconfig's
/// address; it is kept for the node that has it, and for the only node of a control plane. `port`:
/// of the Endpoints "kubernetes".
KubernetesCluster clusterFrom(const std::vector<NodePtr>& nodes, const QStringList& apiServers,
                              int port, const QUrl& server, const QString& version);
/// The port of the Endpoints object "kubernetes"; 6443 when it names none.
int decodeEndpointPort(const QJsonObject& object);

} // namespace quorate::platform::kubernetes
