// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/StatusWords.h"

#include "tests/support/Test.h"

#include <algorithm>
#include <random>

namespace quorate::service {
namespace {

NodeId named(unsigned index) { return NodeId{QStringLiteral("node-%1").arg(index)}; }

ClusterSnapshot anySnapshot(std::mt19937& random)
{
    ClusterSnapshot snapshot;
    const auto listed = unsigned(random() % 5);
    for (unsigned index = 0; index < listed; ++index) {
        NodeRecord& record = snapshot.nodes.emplace_back();
        record.id = named(index);
        record.name = QStringLiteral("as the file names it");
        record.address = QStringLiteral("10.0.0.1:443");
        if (random() % 4 == 0) {
            continue; // it never answered
        }
        record.last = Observation{.node = record.id};
        const auto members = unsigned(random() % 40);
        for (unsigned member = 0; member < members; ++member) {
            PeerView view;
            view.id = named(unsigned(random() % 30)); // some twice, some listed
            view.name = QStringLiteral("as %1 names it").arg(index);
            record.last->cluster.members.push_back(view);
        }
        if (random() % 4 == 0) {
            record.error = makeError(ErrorKind::Timeout, QStringLiteral("timeout"), QString());
        }
    }
    return snapshot;
}

/// One by one, as the sentence says it.
ClusterSnapshot completed(const ClusterSnapshot& snapshot)
{
    ClusterSnapshot all = snapshot;
    for (const NodeRecord& record : snapshot.nodes) {
        for (const PeerView& member :
             record.isReachable() ? record.last->cluster.members : std::vector<PeerView>()) {
            if (all.node(member.id) == nullptr) {
                NodeRecord added;
                added.id = member.id;
                added.name = member.name;
                all.nodes.push_back(added);
            }
        }
    }
    return all;
}

TEST(StatusWords, EveryMemberThatAReachedNodeNamesIsInTheSnapshotOnce)
{
    std::mt19937 random(13);
    std::size_t added = 0;
    for (int round = 0; round < 500; ++round) {
        const ClusterSnapshot before = anySnapshot(random);
        ClusterSnapshot after = before;
        addUnlistedMembers(after);
        ASSERT_EQ(after, completed(before)) << round;
        added += after.nodes.size() - before.nodes.size();
        const ClusterSnapshot once = after;
        addUnlistedMembers(after);
        ASSERT_EQ(after, once) << round;
    }
    EXPECT_GT(added, 2000U); // the property is not empty
}

} // namespace
} // namespace quorate::service
