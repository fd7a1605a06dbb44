// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/StopWish.h"

#include "core/service/ClusterService.h"

#include <utility>

namespace quorate::ctl {

StopWish::StopWish(service::ClusterService& cluster, NodeId node, QObject* parent)
    : QObject(parent)
    , m_cluster(cluster)
    , m_node(std::move(node))
{
    connect(&cluster, &service::ClusterService::actChanged, this, &StopWish::onActChanged);
}

bool StopWish::stop()
{
    // What cannot be stopped is not there yet, or is over by now: then its end is on its way.
    return !m_cluster.stopWaiting(m_node) && !std::exchange(m_waits, true);
}

void StopWish::onActChanged(const service::ActProgress& progress)
{
    if (progress.node == m_node && !progress.ended && std::exchange(m_waits, false)) {
        static_cast<void>(m_cluster.stopWaiting(m_node));
    }
}

} // namespace quorate::ctl
