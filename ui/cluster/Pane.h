// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/UiContext.h"

#include <QWidget>

namespace quorate::ui {

/// One tab of the main window. The window knows panes only by this.
class Pane : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;
    [[nodiscard]] virtual QString title() const = 0;
    /// The cluster that is shown from now on; null: none.
    virtual void setCluster(service::ClusterService* cluster) = 0;
    /// Ctrl+F.
    virtual void focusFilter() {}
    /// Once a second while visible: ages move.
    virtual void tick() {}

Q_SIGNALS:
    void nodeChosen(const QString& nodeId);
    /// A link in a pane that leads to another one: "upgrade", "nodes", "activity", "run:7f3a".
    void linkChosen(const QString& target);
};

} // namespace quorate::ui
