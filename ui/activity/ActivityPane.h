// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/Pane.h"
#include "ui/common/SnapshotTableModel.h"

class QCheckBox;

namespace quorate::ui {

class FilterBar;
class TableView;

struct ActivityRow {
    QString id;
    TimePoint at;
    QString actor;
    QString cluster; ///< its name
    QString kind;
    QString text;
    bool operator==(const ActivityRow&) const = default;
};

/// The activity of all clusters, or of the chosen one only.
class ActivityPane final : public Pane {
    Q_OBJECT

public:
    ActivityPane(const UiContext& context, QWidget* parent);
    void focusFilter() override;

protected:
    void refresh() override;
    void onOtherCluster() override;

private:
    void fill();

    const UiContext& m_context;
    FilterBar* m_filter = nullptr;
    QCheckBox* m_onlyThis = nullptr;
    TableView* m_table = nullptr;
    SnapshotTableModel<ActivityRow>* m_model = nullptr;
    bool m_filled = false; ///< the rows are those of the log as it is now
};

} // namespace quorate::ui
