// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterSnapshot.h"

#include <functional>
#include <string>

namespace quorate::test {

inline constexpr TimePoint kWorldNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

inline NodeId worldNode(int index) { return NodeId{QStringLiteral("node-%1").arg(index + 1)}; }

/// A snapshot of `count` voters: what each says of itself, whether we reach it, and its word about
/// each peer.
struct World {
    int count = 0;
    std::function<bool(int)> isReached;
    std::function<NodeState(int)> saysOfItself;
    std::function<PeerState(int, int)> saysOf;
    std::function<int(int)> names; ///< the leader that it names; -1: nobody
};

inline ClusterSnapshot snapshotOf(const World& world)
{
    ClusterSnapshot snapshot;
    for (int i = 0; i < world.count; ++i) {
        NodeRecord record;
        record.id = worldNode(i);
        record.name = record.id.value;
        record.address = record.name;
        record.attemptedAt = kWorldNow;
        Observation answer;
        answer.node = record.id;
        answer.observedAt = kWorldNow - Seconds(1);
        answer.self.state = world.saysOfItself(i);
        answer.self.voter = true;
        answer.cluster.term = 1;
        if (world.names(i) >= 0) {
            answer.cluster.leader = worldNode(world.names(i));
            answer.self.leader = world.names(i) == i;
        }
        for (int j = 0; j < world.count; ++j) {
            PeerView view;
            view.id = worldNode(j);
            view.voter = true;
            view.state = i == j ? PeerState::Ready : world.saysOf(i, j);
            answer.cluster.members.push_back(view);
        }
        record.last = answer;
        if (!world.isReached(i)) {
            record.error =
                makeError(ErrorKind::Timeout, QStringLiteral("timeout"), QStringLiteral("timeout"));
            record.failingSince = kWorldNow;
        }
        snapshot.nodes.push_back(std::move(record));
    }
    return snapshot;
}

} // namespace quorate::test
