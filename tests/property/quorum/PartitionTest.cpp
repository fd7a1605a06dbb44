// SPDX-License-Identifier: GPL-3.0-or-later
// Every cut of up to 7 voters into two sides, and every set of nodes that the console still
// reaches. All nodes run and call themselves ready, so that only their views tell the truth.
#include "tests/property/quorum/Worlds.h"

#include "core/quorum/Quorum.h"
#include "tests/support/Test.h"

#include <algorithm>
#include <bit>

using namespace quorate;
using namespace quorate::quorum;
using namespace quorate::test;

namespace {

bool isIn(unsigned set, int node) { return ((set >> node) & 1U) != 0; }

ClusterSnapshot cutWorld(int voters, unsigned left, unsigned reached, PeerState acrossTheCut)
{
    World world;
    world.count = voters;
    world.isReached = [reached](int i) { return isIn(reached, i); };
    world.saysOfItself = [](int) { return NodeState::Ready; };
    world.saysOf = [left, acrossTheCut](int viewer, int peer) {
        return isIn(left, viewer) == isIn(left, peer) ? PeerState::Ready : acrossTheCut;
    };
    world.names = [voters,
                   left](int viewer) { // only a side with a majority has a leader: its first node
        const unsigned all = (1U << voters) - 1;
        const unsigned side = isIn(left, viewer) ? left : all & ~left;
        return 2 * std::popcount(side) > voters ? std::countr_zero(side) : -1;
    };
    return snapshotOf(world);
}

void forEachCut(const std::function<void(int, unsigned, unsigned, PeerState)>& visit)
{
    for (int voters = 1; voters <= 7; ++voters) {
        for (unsigned left = 0; left < (1U << voters);
             left += 2) { // node-1 is always on the right side
            for (unsigned reached = 0; reached < (1U << voters); ++reached) {
                visit(voters, left, reached, PeerState::Grace);
                visit(voters, left, reached, PeerState::Down);
            }
        }
    }
}

} // namespace

TEST(QuorumPartition, OnlyASideWithAMajorityEverCounts)
{
    int quorate = 0;
    forEachCut([&](int voters, unsigned left, unsigned reached, PeerState across) {
        const Assessment a = assess(cutWorld(voters, left, reached, across), kWorldNow);
        const int leftSize = std::popcount(left);
        const int larger = std::max(leftSize, voters - leftSize);
        const bool serves = a.state == ClusterState::Quorate || a.state == ClusterState::AtRisk;
        ASSERT_TRUE(!serves || 2 * larger > voters) << voters << ' ' << left << ' ' << reached;
        ASSERT_TRUE(!serves || a.ready <= larger) << voters << ' ' << left << ' ' << reached;
        quorate += serves ? 1 : 0;
        if (reached == 0) {
            ASSERT_EQ(a.state, ClusterState::Unknown);
        }
        // With everybody reached a majority side is always recognised.
        if (reached == (1U << voters) - 1 && 2 * larger > voters) {
            ASSERT_TRUE(serves) << voters << ' ' << left;
            ASSERT_EQ(a.ready, larger) << voters << ' ' << left;
        }
    });
    EXPECT_GT(quorate, 1000); // the property is not empty
}

TEST(QuorumPartition, NobodyLeavesAcrossACut)
{
    forEachCut([&](int voters, unsigned left, unsigned reached, PeerState across) {
        if (left == 0 || voters > 5) {
            return;
        }
        const ClusterSnapshot snapshot = cutWorld(voters, left, reached, across);
        for (int leaving = 0; leaving < voters; ++leaving) {
            GateRequest request;
            request.leaving = worldNode(leaving);
            ASSERT_NE(decideLeave(snapshot, kWorldNow, request).verdict, Verdict::Yes)
                << voters << ' ' << left << ' ' << reached << ' ' << leaving;
        }
    });
}
