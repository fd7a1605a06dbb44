// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QNetworkProxy>
#include <QSslCertificate>
#include <QSslKey>

#include <optional>

namespace quorate::net {

/// A client certificate: its chain, leaf first, and the private key of the leaf.
struct ClientIdentity {
    QList<QSslCertificate> chain;
    QSslKey key;
    [[nodiscard]] bool isEmpty() const { return chain.isEmpty(); }
};

/// How connections are made, beyond whom they trust. Fixed for the life of a client.
struct HttpRoute {
    ClientIdentity identity; ///< empty: no certificate is shown
    QString peerName; ///< asked for (SNI) and verified instead of the address's host; empty: that
    std::optional<QNetworkProxy> proxy; ///< also for this machine itself; none: the system's choice
};

} // namespace quorate::net
