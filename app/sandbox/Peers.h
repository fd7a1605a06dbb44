// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Node.h"

#include <thread>
#include <vector>

namespace quorate::sandbox {

/// The connections of one node to the others: one thread and one HTTPS connection a peer, over
/// which the heartbeats go.
class Peers {
public:
    Peers(Node& node, QByteArray clusterSecret);
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;
    ~Peers();

    void start();
    /// A single request to another node, on a connection of its own.
    [[nodiscard]] Result<QJsonObject> call(const QString& peer, const QString& path,
                                           const QJsonObject& body) const;

private:
    void talk(const std::stop_token& stop, const QString& peer);

    Node& m_node;
    QByteArray m_secret;
    std::vector<std::jthread> m_threads;
};

} // namespace quorate::sandbox
