// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/ClusterSnapshot.h"

#include "tests/support/Test.h"

using namespace quorate;

namespace {

const TimePoint kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

NodeRecord record(const char* name, std::optional<int> answeredAfter, bool failing = false)
{
    NodeRecord record;
    record.id = NodeId{QLatin1String(name)};
    if (answeredAfter) {
        record.last =
            Observation{.node = record.id, .observedAt = kStart + Seconds(*answeredAfter)};
    }
    if (failing) {
        record.error =
            makeError(ErrorKind::Timeout, QStringLiteral("timeout"), QStringLiteral("timeout"));
    }
    return record;
}

} // namespace

TEST(ClusterSnapshot, FindsNodesById)
{
    ClusterSnapshot snapshot;
    snapshot.nodes = {record("node-1", 1), record("node-2", 2)};
    ASSERT_NE(snapshot.node(NodeId{QStringLiteral("node-2")}), nullptr);
    EXPECT_EQ(snapshot.node(NodeId{QStringLiteral("node-2")})->id.value, QStringLiteral("node-2"));
    EXPECT_EQ(snapshot.node(NodeId{QStringLiteral("node-3")}), nullptr);
}

TEST(NodeRecord, IsReachableOnlyWhenTheLastTrySucceeded)
{
    EXPECT_TRUE(record("a", 1).isReachable());
    EXPECT_FALSE(record("a", 1, true).isReachable()); // however young the old answer is
    EXPECT_FALSE(record("a", std::nullopt).isReachable());
    EXPECT_FALSE(record("a", std::nullopt, true).isReachable());
}

TEST(ClusterSnapshot, TheOldestAnswerIsOfReachableNodesTheNewestOfAny)
{
    ClusterSnapshot snapshot;
    EXPECT_EQ(snapshot.oldestAnswer(), std::nullopt);
    EXPECT_EQ(snapshot.newestAnswer(), std::nullopt);
    snapshot.nodes = {record("a", 20), record("b", 10), record("c", 1, true), record("d", 30, true),
                      record("e", std::nullopt)};
    EXPECT_EQ(snapshot.oldestAnswer(), kStart + Seconds(10));
    EXPECT_EQ(snapshot.newestAnswer(), kStart + Seconds(30));
}

TEST(Observation, FindsItsViewOfAPeer)
{
    Observation answer;
    answer.cluster.members = {
        PeerView{.id = NodeId{QStringLiteral("a")}, .state = PeerState::Grace}};
    ASSERT_NE(answer.viewOf(NodeId{QStringLiteral("a")}), nullptr);
    EXPECT_EQ(answer.viewOf(NodeId{QStringLiteral("a")})->state, PeerState::Grace);
    EXPECT_EQ(answer.viewOf(NodeId{QStringLiteral("b")}), nullptr);
}
