// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/ByHand.h"
#include "core/platform/kubernetes/Servers.h"

#include <QTimer>

#include <functional>

namespace quorate::platform::kubernetes {

/// Watches one node while a person restarts it or switches it off, until that is done, its limit
/// passes or `stop` is asked for. It sends no change: when it goes away nothing has to be undone.
class ByHandAct final : public QObject {
    Q_OBJECT
public:
    /// `before`: the node as it is now.
    ByHandAct(Servers& servers, OperationId id, const NodeObject& before, bool isReboot,
              std::stop_token stop, QObject* parent);

    void start() { look(); }
    [[nodiscard]] OperationStatus status() const;

private:
    void look();
    /// Of whichever API server answers; `take` is not called when none does.
    void askAny(const QString& path, std::function<void(const KubeAnswer&)> take);
    void askNode();
    void askLease();
    void askOwnServer(KubeClient& client);
    void askBootIds();
    void part();

    Servers& m_servers;
    OperationId m_id;
    NodeId m_node;
    QString m_bootId;
    ByHandWatch m_watch;
    NodeGlimpse m_seen; ///< of the present look
    int m_open = 0;     ///< questions of the present look without an answer
    bool m_bootIdShared = false;
    bool m_cancelled = false;
    std::stop_token m_stop;
    QTimer m_next;
};

} // namespace quorate::platform::kubernetes
