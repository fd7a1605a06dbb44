// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/Pane.h"

#include <QStackedWidget>

#include <functional>
#include <vector>

namespace quorate::ui {

/// The panes of the window, one page each. A pane is made when it is first asked for, or when the
/// window has been painted and has nothing else to do: a window with all its panes is there twice
/// as late as one with the first of them.
class PaneStack final : public QStackedWidget {
    Q_OBJECT

public:
    struct Entry {
        QString name; ///< object name of the pane, and by which it is asked for
        QString title;
        std::function<Pane*(QWidget* parent)> make{};
    };

    explicit PaneStack(QWidget* parent = nullptr);

    /// Its index. `make` runs once, later, on the GUI thread.
    int add(Entry entry);
    [[nodiscard]] const Entry& entry(int index) const
    {
        return m_entries[static_cast<size_t>(index)];
    }
    [[nodiscard]] int indexOfName(const QString& name) const; ///< -1: there is none
    /// Makes it if need be.
    Pane* pane(int index);
    /// Makes it if need be, and shows it.
    void showPane(int index);
    /// Null only when nothing was added.
    [[nodiscard]] Pane* shownPane() { return count() == 0 ? nullptr : pane(currentIndex()); }
    /// Of all panes, also of those that are made later; null: none.
    void setCluster(service::ClusterService* cluster);
    /// Makes what is not made yet, one pane in each turn of the event loop.
    void makeRest();

Q_SIGNALS:
    void paneMade(Pane* pane);

private:
    std::vector<Entry> m_entries;
    std::vector<Pane*> m_panes; ///< null: a page without content holds its place
    QPointer<service::ClusterService> m_cluster;
};

} // namespace quorate::ui
