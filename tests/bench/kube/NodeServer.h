// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <optional>

/// An API server of recorded answers over TLS, for a process of its own.
namespace quorate::bench {

struct NodeServerOptions {
    QString
        folder; ///< with the certificate of makeCertificates; `ready` is made there when it listens
    int nodes = 5000;
    int controlPlane = 1; ///< of them, at most 3: 127.0.0.1 to .3
    int port = 28600;
    int changesPerSecond = 0; ///< on every watch of the nodes
};

QStringList toArguments(const NodeServerOptions& options);

/// Serves until it is killed: lists of nodes in pages (limit, continue) as objects or as a Table,
/// watches with bookmarks, single nodes and leases, health, version, discovery, reviews of access.
/// A program that was started with the arguments of `toArguments` does only this, and ends with the
/// code; others get none.
std::optional<int> serveIfAsked(int argc, char** argv);

/// A kubeconfig for it, with a token. `folder`/kubeconfig.
bool writeKubeconfig(const NodeServerOptions& options);
QString kubeconfigOf(const NodeServerOptions& options);

} // namespace quorate::bench
