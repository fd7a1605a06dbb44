// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/StateWords.h"
#include "ui/common/SnapshotTableModel.h"

namespace quorate::ui {

/// One row of the node table: values ready to be shown and sorted.
struct NodeRow {
    Millis age{
        0}; ///< at the time the rows were made; first, for there most comparisons of two rows end
    QString id;
    QString name;
    bool leader = false;
    StateMark state;
    QString stateDetail; ///< the verdict's sentence: the tool tip
    QString role;        ///< "voter, leader"
    Version version;
    bool versionDiffers = false; ///< from most of the others
    QString address;
    std::optional<qint64> diskFreeBytes;
    bool diskLow = false;
    std::optional<double> load;
    PeerCount peers;
    std::optional<TimePoint> answeredAt;
    QString bootId;
    std::optional<TimePoint> startedAt;
    bool operator==(const NodeRow&) const = default;
};

/// Free space below this is marked. Source: domain.md, CM (12 GB free beside the package).
inline constexpr qint64 kDiskLowBytes = 12'000'000'000;

[[nodiscard]] std::vector<NodeRow> nodeRows(const service::ClusterStatus& status, TimePoint now);

using NodeTableModel = SnapshotTableModel<NodeRow>;
/// The columns of the targets, and some more that are hidden at first.
[[nodiscard]] NodeTableModel* makeNodeTableModel(QObject* parent);

} // namespace quorate::ui
