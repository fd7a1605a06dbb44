// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/NodeTable.h"
#include "ui/cluster/OverviewFacts.h"
#include "ui/cluster/Pane.h"

class QMenu;

namespace quorate::ui {

class Card;
class KeyValueList;
class TableView;
class TextLabel;

/// The cluster at a glance: ring, history, what wants attention, nodes, work, events
/// (look/overview.png).
class OverviewPane final : public Pane {
    Q_OBJECT

public:
    OverviewPane(const UiContext& context, QWidget* parent);
    void setRowMenu(std::function<void(QMenu& menu, const QStringList& ids)> fill);

protected:
    void refresh() override;

private:
    void refreshWork();
    void refreshEvents();
    void fitTable(int rows);
    QWidget* makeTopRow();
    QWidget* makeBottomRow();

    const UiContext& m_context;
    QuorumRing* m_ring = nullptr;
    TextLabel* m_ringCaption = nullptr;
    Card* m_historyCard = nullptr;
    StepChart* m_history = nullptr;
    TextLabel* m_historyCaption = nullptr;
    TextLabel* m_versions = nullptr;
    AttentionList* m_attention = nullptr;
    TableView* m_table = nullptr;
    NodeTableModel* m_model = nullptr;
    KeyValueList* m_work = nullptr;
    EventList* m_events = nullptr;
    int m_rowsShown = 0; ///< that the table was made high enough for; 0: none yet
};

} // namespace quorate::ui
