// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/Pane.h"

namespace quorate::ui {

void Pane::setCluster(service::ClusterService* cluster)
{
    if (cluster == m_cluster) {
        return;
    }
    if (m_cluster != nullptr) {
        disconnect(m_cluster, nullptr, this, nullptr);
    }
    m_cluster = cluster;
    if (m_cluster != nullptr) {
        connect(m_cluster, &service::ClusterService::statusChanged, this, [this] {
            if (isVisible()) {
                refresh();
            }
        });
    }
    onOtherCluster();
    refresh();
}

void Pane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

} // namespace quorate::ui
