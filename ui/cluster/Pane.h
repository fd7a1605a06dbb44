// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/UiContext.h"

#include <QPointer>
#include <QWidget>

namespace quorate::ui {

/// One tab of the main window. The window knows panes only by this. A pane that is not visible does
/// not follow its cluster; it is refreshed when it is shown.
class Pane : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;
    /// The cluster that is shown from now on; null: none.
    void setCluster(service::ClusterService* cluster);
    /// Ctrl+F.
    virtual void focusFilter() {}
    /// Once a second while visible: ages move.
    void tick() { refresh(); }

Q_SIGNALS:
    void nodeChosen(const QString& nodeId);
    /// A link in a pane that leads to another one: "upgrade", "nodes", "activity", "run:7f3a".
    void linkChosen(const QString& target);

protected:
    [[nodiscard]] service::ClusterService* cluster() const { return m_cluster; }
    /// Shows what is known now; also called when there is no cluster.
    virtual void refresh() = 0;
    /// Before the first refresh with another cluster: drops what belonged to the one before.
    virtual void onOtherCluster() {}
    void showEvent(QShowEvent* event) override;

private:
    QPointer<service::ClusterService> m_cluster;
};

} // namespace quorate::ui
