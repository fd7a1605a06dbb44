// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Workers.h"

namespace quorate {

const PeerView* WorkerViews::of(const NodeRecord& record) const
{
    return record.last ? nullptr : views.value(record.id.value);
}

WorkerViews workersIn(const ClusterSnapshot& snapshot)
{
    WorkerViews workers;
    for (const NodeRecord& record : snapshot.nodes) {
        if (record.isReachable()
            && (!workers.by || record.last->observedAt > workers.by->observedAt)) {
            workers.by = &*record.last;
        }
    }
    if (workers.by) {
        for (const PeerView& view : workers.by->cluster.members) {
            if (view.worker) {
                workers.views.insert(view.id.value, &view);
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
