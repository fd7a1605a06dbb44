// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"

#include <QObject>

namespace quorate::service {
class ClusterService;
struct ActProgress;
} // namespace quorate::service

namespace quorate::ctl {

/// The wish to stop an act on one node, which may come before the act is there: the cluster is
/// asked for the user's rights and for the lease first. Then it is kept until the act shows itself.
class StopWish final : public QObject {
    Q_OBJECT

public:
    StopWish(service::ClusterService& cluster, NodeId node, QObject* parent);
    /// True when this is the first wish that has to wait for the act.
    bool stop();

private:
    void onActChanged(const service::ActProgress& progress);

    service::ClusterService& m_cluster;
    NodeId m_node;
    bool m_waits = false;
};

} // namespace quorate::ctl
