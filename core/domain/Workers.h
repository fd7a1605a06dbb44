// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterSnapshot.h"

namespace quorate {

/// The workers as the newest answer of any reached node has them, of one that has a majority where
/// one has: they have nothing of their own to ask. Points into the snapshot that it was made from;
/// one pass, for there may be thousands.
struct WorkerViews {
    const Observation* by = nullptr; ///< that answer; null: no node is reached
    /// One for each node of the snapshot, in its order; null when the node has answered for itself,
    /// or is no worker that is known.
    std::vector<const PeerView*> views{};
};
WorkerViews workersIn(const ClusterSnapshot& snapshot);

/// What a member reported to its cluster, in one line; empty: nothing.
QString troublesOf(const PeerView& view);

} // namespace quorate
