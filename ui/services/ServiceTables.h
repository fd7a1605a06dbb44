// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/Inventory.h"
#include "ui/common/SnapshotTableModel.h"

namespace quorate::ui {

struct WorkloadRow {
    QString id; ///< "deployment shop/web"
    Workload workload;
    bool operator==(const WorkloadRow&) const = default;
};
struct EventRow {
    QString id;
    ClusterEvent event;
    bool operator==(const EventRow&) const = default;
};

[[nodiscard]] std::vector<WorkloadRow> workloadRows(const Inventory& inventory);
/// `warningsOnly` leaves out what is merely told.
[[nodiscard]] std::vector<EventRow> eventRows(const Inventory& inventory, bool warningsOnly);

using WorkloadTableModel = SnapshotTableModel<WorkloadRow>;
using EventTableModel = SnapshotTableModel<EventRow>;
[[nodiscard]] WorkloadTableModel* makeWorkloadTableModel(QObject* parent);
[[nodiscard]] EventTableModel* makeEventTableModel(QObject* parent);

} // namespace quorate::ui
