// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/LaneChart.h"
#include "ui/common/Lists.h"
#include "ui/common/QuorumBanner.h"
#include "ui/common/QuorumRing.h"
#include "ui/common/SnapshotTableModel.h"

#include <memory>

namespace quorate::ui::samples {

/// Sample values for pictures and for the tests of the widgets, in the words of the drawn targets.
struct NodeRow {
    QString name;
    QString state;
    Tone tone = Tone::Ok;
    Glyph glyph = Glyph::Check;
    QString role;
    QString address;
    double freeGigabytes = 0;
    double load = 0;
    int age = 1;
    bool leader = false;
    bool operator==(const NodeRow&) const = default;
};

[[nodiscard]] TimePoint at(int hour, int minute); ///< local time of one fixed day
[[nodiscard]] QuorumBannerText banner(bool isRunning);
[[nodiscard]] RingData ring(int nodes, bool isBroken = false);
[[nodiscard]] StepChartData voters();
[[nodiscard]] LaneChartData lanes();
[[nodiscard]] std::vector<AttentionItem> attention();
[[nodiscard]] std::vector<EventItem> events();
[[nodiscard]] std::vector<KeyValueItem> certificate();
[[nodiscard]] std::vector<NodeRow> nodeRows();
[[nodiscard]] std::unique_ptr<SnapshotTableModel<NodeRow>> nodeModel();

} // namespace quorate::ui::samples
