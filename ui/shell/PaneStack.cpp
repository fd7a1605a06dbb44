// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/PaneStack.h"

#include <QTimer>

#include <algorithm>

namespace quorate::ui {

PaneStack::PaneStack(QWidget* parent)
    : QStackedWidget(parent)
{}

int PaneStack::add(Entry entry)
{
    m_entries.push_back(std::move(entry));
    m_panes.push_back(nullptr);
    return addWidget(new QWidget(this));
}

int PaneStack::indexOfName(const QString& name) const
{
    const auto found = std::ranges::find(m_entries, name, &Entry::name);
    return found == m_entries.end() ? -1 : static_cast<int>(found - m_entries.begin());
}

Pane* PaneStack::pane(int index)
{
    Pane*& made = m_panes[static_cast<size_t>(index)];
    if (made == nullptr) {
        QWidget* place = widget(index);
        made = entry(index).make(this);
        made->setObjectName(entry(index).name);
        Q_EMIT paneMade(made);
        made->setCluster(m_cluster);
        const bool isShown = currentIndex() == index;
        insertWidget(index, made);
        if (isShown) {
            setCurrentIndex(index);
        }
        removeWidget(place);
        delete place;
    }
    return made;
}

void PaneStack::showPane(int index)
{
    pane(index);
    setCurrentIndex(index);
}

void PaneStack::setCluster(service::ClusterService* cluster)
{
    m_cluster = cluster;
    for (Pane* pane : m_panes) {
        if (pane != nullptr) {
            pane->setCluster(cluster);
        }
    }
}

void PaneStack::makeRest()
{
    const auto missing = std::ranges::find(m_panes, nullptr);
    if (missing != m_panes.end()) {
        pane(static_cast<int>(missing - m_panes.begin()));
        QTimer::singleShot(0, this, &PaneStack::makeRest);
    }
}

} // namespace quorate::ui
