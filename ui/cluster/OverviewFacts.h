// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/RunView.h"
#include "ui/cluster/StateWords.h"
#include "ui/common/Lists.h"
#include "ui/common/QuorumRing.h"
#include "ui/common/StepChart.h"

namespace quorate::ui {

/// What the overview says, worked out without widgets.
[[nodiscard]] RingData ringOf(const service::ClusterStatus& status, const QString& selectedId);
/// "needs 2 of 3 · leader node-1"
[[nodiscard]] QString ringCaption(const service::ClusterStatus& status);
[[nodiscard]] StepChartData historyOf(const service::ClusterStatus& status, TimePoint now);
/// "1 dip in 24 h: 11 min at margin 0." or "No dip in 24 h."
[[nodiscard]] QString historyCaption(const service::ClusterStatus& status, TimePoint now);
/// "14.1.0 on all", "14.2.0 on node-3, 14.1.0 on node-1, node-2"
[[nodiscard]] QString versionsText(const ClusterSnapshot& snapshot);
/// Who holds the maintenance lease, for how long, and where it is kept: "ops1@host, for 4 min ·
/// namespace ops". Empty: nobody does, and there is but one place for it.
[[nodiscard]] QString leaseText(const service::ClusterStatus& status, TimePoint now);
/// Everything that a person should look at, worst first. Ids are link targets of the panes.
[[nodiscard]] std::vector<AttentionItem> attentionOf(const service::ClusterStatus& status,
                                                     TimePoint now);
[[nodiscard]] std::vector<EventItem> eventsOf(const std::vector<store::ActivityEntry>& entries,
                                              const ClusterId& cluster, TimePoint now);

} // namespace quorate::ui
