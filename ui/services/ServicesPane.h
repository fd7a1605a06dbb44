// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/Pane.h"
#include "ui/services/ServiceTables.h"

class QCheckBox;
class QPushButton;

namespace quorate::ui {

class FilterBar;
class NoticeBar;
class TableView;
class TextLabel;

/// Workloads and events of a cluster that lists them; "Redeploy" of the chosen workload.
class ServicesPane final : public Pane {
    Q_OBJECT

public:
    ServicesPane(const UiContext& context, QWidget* parent);
    void focusFilter() override;

protected:
    void refresh() override;
    void onOtherCluster() override;

private:
    QWidget* makeWorkloads();
    QWidget* makeEvents();
    void ask();
    void onInventory(const Result<Inventory>& answer);
    void showInventory();
    void refreshAge();
    [[nodiscard]] QString whyNotRedeploy() const; ///< empty: it can be asked for
    void askRedeploy();
    void redeploy(const ClusterId& id, const act::Redeploy& act);

    const UiContext& m_context;
    FilterBar* m_filter = nullptr;
    QCheckBox* m_warningsOnly = nullptr;
    QPushButton* m_redeploy = nullptr;
    NoticeBar* m_notice = nullptr;
    TextLabel* m_age = nullptr;
    TableView* m_workloads = nullptr;
    TableView* m_events = nullptr;
    WorkloadTableModel* m_workloadModel = nullptr;
    EventTableModel* m_eventModel = nullptr;
    std::optional<Inventory> m_inventory;
    std::optional<TimePoint> m_askedAt;
    bool m_asking = false;
    bool m_hasError = false;
};

} // namespace quorate::ui
