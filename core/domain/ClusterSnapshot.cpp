// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/ClusterSnapshot.h"

#include <algorithm>

namespace quorate {

const NodeRecord* ClusterSnapshot::node(const NodeId& id) const
{
    const auto found = std::ranges::find(nodes, id, &NodeRecord::id);
    return found == nodes.end() ? nullptr : &*found;
}

std::optional<TimePoint> ClusterSnapshot::oldestAnswer() const
{
    std::optional<TimePoint> oldest;
    for (const NodeRecord& record : nodes) {
        if (record.isReachable() && (!oldest || record.last->observedAt < *oldest)) {
            oldest = record.last->observedAt;
        }
    }
    return oldest;
}

std::optional<TimePoint> ClusterSnapshot::newestAnswer() const
{
    std::optional<TimePoint> newest;
    for (const NodeRecord& record : nodes) {
        if (record.last && (!newest || record.last->observedAt > *newest)) {
            newest = record.last->observedAt;
        }
    }
    return newest;
}

} // namespace quorate
