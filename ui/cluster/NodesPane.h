// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/NodeTable.h"
#include "ui/cluster/Pane.h"

class QMenu;

namespace quorate::ui {

class Card;
class FilterBar;
class KeyValueList;
class NodeActions;
class TableView;
class TextLabel;

/// All nodes with filter, and all that is known of the chosen one, with the actions on it.
class NodesPane final : public Pane {
    Q_OBJECT

public:
    NodesPane(const UiContext& context, NodeActions& actions, QWidget* parent);
    void focusFilter() override;
    void setRowMenu(std::function<void(QMenu& menu, const QStringList& ids)> fill);

protected:
    void refresh() override;

private:
    void refreshDetail();
    void refreshWhyNot();
    QWidget* makeDetail();

    const UiContext& m_context;
    NodeActions& m_actions;
    FilterBar* m_filter = nullptr;
    TableView* m_table = nullptr;
    NodeTableModel* m_model = nullptr;
    Card* m_detailCard = nullptr;
    KeyValueList* m_facts = nullptr;
    KeyValueList* m_peers = nullptr;
    TextLabel* m_whyNot = nullptr; ///< under the buttons: what cannot be chosen, and why
};

} // namespace quorate::ui
