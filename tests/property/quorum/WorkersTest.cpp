// SPDX-License-Identifier: GPL-3.0-or-later
// Workers are no part of any question of quorum: whoever puts any number of them anywhere into what
// the nodes name and into the snapshot gets the same judgement, the same sentence and the same
// gate.
#include "tests/property/quorum/Worlds.h"

#include "core/quorum/Members.h"
#include "core/quorum/Quorum.h"
#include "tests/support/Test.h"

#include <algorithm>
#include <array>
#include <random>

using namespace quorate;
using namespace quorate::quorum;
using namespace quorate::test;
using quorate::quorum::detail::Members;
using quorate::quorum::detail::Role;

namespace {

constexpr int kRounds = 600;

PeerState anyState(std::mt19937& random)
{
    constexpr std::array kStates{PeerState::Ready, PeerState::Busy, PeerState::Grace,
                                 PeerState::Down, PeerState::Unknown};
    return kStates[random() % kStates.size()];
}

ClusterSnapshot votersOnly(std::mt19937& random)
{
    const int leader = int(random() % 4) - 1;
    World world;
    world.count = int(random() % 5) + 1;
    world.isReached = [&random](int) { return random() % 5 != 0; };
    world.saysOfItself = [&random](int) {
        return random() % 5 != 0 ? NodeState::Ready : NodeState::Updating;
    };
    world.saysOf = [&random](int, int) {
        return random() % 2 == 0 ? PeerState::Ready : anyState(random);
    };
    world.names = [leader, count = world.count](int) { return leader < count ? leader : -1; };
    ClusterSnapshot snapshot = snapshotOf(world);
    for (NodeRecord& record : snapshot.nodes) {
        if (random() % 6 == 0) {
            record.last->cluster.majority = random() % 2 == 0;
        }
        for (PeerView& view : record.last->cluster.members) {
            const bool learns =
                view.id == worldNode(world.count - 1) && world.count > 3 && random() % 3 != 0;
            view.voter = !learns;
            view.learner = learns;
        }
    }
    return snapshot;
}

template <typename T>
void putAnywhere(std::vector<T>& list, T value, std::mt19937& random)
{
    list.insert(list.begin() + std::ptrdiff_t(random() % (list.size() + 1)), std::move(value));
}

ClusterSnapshot withWorkers(ClusterSnapshot snapshot, std::mt19937& random)
{
    const auto count = int(random() % 20) + 1;
    for (int index = 0; index < count; ++index) {
        NodeRecord worker;
        worker.id = NodeId{
            (random() % 2 == 0 ? QStringLiteral("a-%1") : QStringLiteral("worker-%1")).arg(index)};
        worker.name = worker.id.value;
        for (NodeRecord& record : snapshot.nodes) {
            if (record.last) {
                PeerView view;
                view.id = worker.id;
                view.worker = true;
                view.state = anyState(random);
                putAnywhere(record.last->cluster.members, view, random);
            }
        }
        putAnywhere(snapshot.nodes, worker, random);
    }
    return snapshot;
}

} // namespace

TEST(QuorumWorkers, ChangeNoJudgementWhereverTheyStand)
{
    std::mt19937 random(5);
    int judged = 0;
    for (int round = 0; round < kRounds; ++round) {
        const ClusterSnapshot plain = votersOnly(random);
        const ClusterSnapshot large = withWorkers(plain, random);
        if (std::ranges::none_of(plain.nodes, &NodeRecord::isReachable)) {
            continue; // nobody says who the members are: then every node may be a voter
        }
        ASSERT_EQ(assess(large, kWorldNow), assess(plain, kWorldNow)) << round;
        for (const NodeRecord& node : plain.nodes) {
            GateRequest request;
            request.leaving = node.id;
            ASSERT_EQ(decideLeave(large, kWorldNow, request),
                      decideLeave(plain, kWorldNow, request))
                << round;
        }
        ++judged;
    }
    EXPECT_GT(judged, kRounds / 2); // the property is not empty
}

TEST(QuorumWorkers, MembersAreWhatAMapOfAllWouldHold)
{
    constexpr std::array kRoles{Role::Worker, Role::Worker, Role::Voter, Role::Learner,
                                Role::Other};
    std::mt19937 random(3);
    for (int round = 0; round < kRounds; ++round) {
        Members members;
        std::map<NodeId, Role> all;
        members.reserve(random() % 30);
        for (unsigned step = 0; step < random() % 60; ++step) {
            const NodeId node{QStringLiteral("node-%1").arg(random() % 20)};
            const Role role = kRoles[random() % kRoles.size()];
            members.set(node, role);
            all[node] = role;
        }
        ASSERT_EQ(members.size(), all.size());
        for (int index = 0; index < 22; ++index) {
            const NodeId node{QStringLiteral("node-%1").arg(index)};
            const auto found = all.find(node);
            const std::optional<Role> role =
                found == all.end() ? std::nullopt : std::optional(found->second);
            ASSERT_EQ(members.roleOf(node), role);
            ASSERT_EQ(members.contains(node), role.has_value());
            ASSERT_EQ(members.isVoter(node), role == Role::Voter);
        }
        std::erase_if(all, [](const auto& each) { return each.second == Role::Worker; });
        ASSERT_EQ(members.butWorkers(), all);
    }
}
