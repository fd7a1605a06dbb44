// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Workers.h"

#include "core/domain/NodePlaces.h"

namespace quorate {

WorkerViews workersIn(const ClusterSnapshot& snapshot)
{
    WorkerViews workers;
    workers.views.assign(snapshot.nodes.size(), nullptr);
    for (const NodeRecord& record : snapshot.nodes) {
        // Who has a majority knows what is; what others say of workers they only remember.
        const auto rank = [](const Observation& answer) {
            const auto& majority = answer.cluster.majority;
            return std::pair(majority.value_or(false) ? 2 : majority ? 0 : 1, answer.observedAt);
        };
        if (record.isReachable() && (!workers.by || rank(*record.last) > rank(*workers.by))) {
            workers.by = &*record.last;
        }
    }
    if (workers.by) {
        NodePlaces places(snapshot.nodes);
        for (const PeerView& view : workers.by->cluster.members) {
            const auto place = view.worker ? places.find(view.id) : std::nullopt;
            if (place && !snapshot.nodes[*place].last) {
                workers.views[*place] = &view;
            }
        }
    }
    return workers;
}

QString troublesOf(const PeerView& view)
{
    QStringList troubles;
    for (const Condition& condition : view.conditions) {
        troubles.append(condition.text);
    }
    return troubles.join(QStringLiteral("; "));
}

} // namespace quorate
