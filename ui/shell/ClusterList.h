// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/StateWords.h"
#include "ui/common/UiContext.h"

#include <QListWidget>
#include <QWidget>

class QPushButton;

namespace quorate::ui {

/// The left side: clusters with state, name and margin; below it work that is going on. Keyboard:
/// arrow keys, Enter.
class ClusterList final : public QWidget {
    Q_OBJECT

public:
    ClusterList(const UiContext& context, QWidget* parent);
    void setCurrent(const ClusterId& id);
    [[nodiscard]] std::optional<ClusterId> current() const;
    void refresh();     ///< words, ages, counts
    void refreshWork(); ///< counts of runs and obligations alone

Q_SIGNALS:
    void clusterChosen(const quorate::ClusterId& id);
    void workChosen(const QString& target); ///< "upgrade", "activity"
    void connectRequested();

private:
    void rebuildClusters();
    void refreshCluster(const ClusterId& id);
    void refreshItem(QListWidgetItem& item);
    QListWidget* makeList(const QString& name, const QString& spoken);
    [[nodiscard]] int activeRuns() const;
    [[nodiscard]] int openObligations() const;

    const UiContext& m_context;
    QListWidget* m_clusters = nullptr;
    QListWidget* m_work = nullptr;
    QPushButton* m_connect = nullptr;
    bool m_filling = false;
};

} // namespace quorate::ui
