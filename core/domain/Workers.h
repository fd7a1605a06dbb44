// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterSnapshot.h"

#include <QHash>

namespace quorate {

/// The workers as the newest answer of any reached node has them: they have nothing of their own to
/// ask. Points into the snapshot that it was made from; one pass, for there may be thousands.
struct WorkerViews {
    const Observation* by = nullptr; ///< that answer; null: no node is reached, and `views` is empty
    QHash<QString, const PeerView*> views{};

    /// Null when the node has answered for itself, or is no worker that is known.
    [[nodiscard]] const PeerView* of(const NodeRecord& record) const;
};
WorkerViews workersIn(const ClusterSnapshot& snapshot);

/// What a member reported to its cluster, in one line; empty: nothing.
QString troublesOf(const PeerView& view);

} // namespace quorate
