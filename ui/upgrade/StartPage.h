// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/SnapshotTableModel.h"
#include "ui/common/UiContext.h"

#include <QWidget>

class QPushButton;
class QVBoxLayout;

namespace quorate::ui {

class Card;
class KeyValueList;
class NoticeBar;
class TableView;
struct RunRowView;

/// What is on the nodes, and which runs there were; the way into the wizard. Closed while a run
/// that cannot be read holds the cluster: here it can be given up.
class StartPage final : public QWidget {
    Q_OBJECT

public:
    StartPage(const UiContext& context, QWidget* parent);
    ~StartPage() override;
    void setCluster(service::ClusterService* cluster);
    void refresh();

Q_SIGNALS:
    void wizardRequested();
    void runChosen(const quorate::RunId& id);

private:
    [[nodiscard]] bool hasPackages() const;
    [[nodiscard]] std::vector<RunId> damagedRuns() const;
    [[nodiscard]] bool isDamaged(const RunId& id) const;
    void refreshDamaged();
    void giveUp(const RunId& id);

    const UiContext& m_context;
    service::ClusterService* m_cluster = nullptr;
    std::vector<std::pair<RunId, NoticeBar*>> m_damaged;
    QVBoxLayout* m_damagedColumn = nullptr;
    Card* m_card = nullptr;
    QPushButton* m_upgrade = nullptr;
    KeyValueList* m_packages = nullptr;
    TableView* m_table = nullptr;
    SnapshotTableModel<RunRowView>* m_model = nullptr;
};

} // namespace quorate::ui
