// SPDX-License-Identifier: GPL-3.0-or-later
// What the platform says of a real cluster while its nodes lose their power, their network or their etcd.
#include "tests/integration/kubernetes/LabPlatform.h"

namespace quorate::platform::kubernetes {
namespace {

using labtest::LabCut;
using labtest::LabProcess;
using quorum::Assessment;
using quorum::ClusterState;
using quorum::VoterReason;

bool isWhole(const Assessment& a) { return a.ready == 3 && a.state == ClusterState::Quorate; }

TEST_F(LabPlatform, AllWell)
{
    const ClusterSnapshot& seen = look();
    ASSERT_TRUE(seen.nodes[0].last);
    const Observation& first = *seen.nodes[0].last;
    EXPECT_EQ(first.self.version.toString(), QStringLiteral("1.20.2"));
    EXPECT_EQ(first.cluster.majority, std::optional(true));
    ASSERT_EQ(first.cluster.members.size(), 4u);
    EXPECT_TRUE(first.cluster.members[3].worker);
    EXPECT_TRUE(first.cluster.members[1].graceEndsAt.has_value());
    const Assessment a = assess();
    EXPECT_EQ(a.state, ClusterState::Quorate);
    EXPECT_EQ(a.margin, 1);
    EXPECT_TRUE(a.disagreements.empty()) << a.disagreements[0].text.toStdString();
    EXPECT_EQ(gate(2).verdict, quorum::Verdict::Yes) << gate(2).refusal.toStdString();
}

TEST_F(LabPlatform, OneOfThreePoweredOff)
{
    lab().off(3);
    const auto took = lookUntil([](const Assessment& a) { return a.ready == 2; });
    ASSERT_TRUE(took);
    EXPECT_LE(*took, Seconds(3));
    EXPECT_EQ(assess().state, ClusterState::AtRisk);
    EXPECT_EQ(assess().margin, 0);
    EXPECT_TRUE(verdict(3).reason == VoterReason::CannotReach || verdict(3).reason == VoterReason::InGrace);
    EXPECT_TRUE(verdict(3).graceEndsAt.has_value()) << verdict(3).text.toStdString();
    EXPECT_NE(gate(1).verdict, quorum::Verdict::Yes);
    EXPECT_NE(gate(2).verdict, quorum::Verdict::Yes);
    ASSERT_TRUE(lookUntil([](const Assessment& a) {
        return a.verdictOf(nodeId(3))->reason == VoterReason::PeersSayDown;
    }));
    lab().on(3);
    EXPECT_TRUE(lookUntil(isWhole));
}

TEST_F(LabPlatform, TwoOfThreePoweredOffIsLostThoughTheLastStillAnswers)
{
    lab().off(2);
    lab().off(3);
    const auto took =
        lookUntil([](const Assessment& a) { return a.state == ClusterState::Lost; });
    ASSERT_TRUE(took);
    EXPECT_LE(*took, Seconds(5));
    EXPECT_TRUE(look().nodes[0].isReachable()) << "it should still answer";
    EXPECT_EQ(verdict(1).reason, VoterReason::NoMajority) << verdict(1).text.toStdString();
    EXPECT_EQ(lab().get(1, QStringLiteral("/api/v1/nodes?resourceVersion=0")).status, 200)
        << "a stale read should still be served, or this test shows nothing";
    lab().on(2);
    lab().on(3);
    EXPECT_TRUE(lookUntil(isWhole));
}

TEST_F(LabPlatform, CutFromItsPeersButNotFromUs)
{
    lab().cut(3, LabCut::Peers);
    ASSERT_TRUE(lookUntil([](const Assessment& a) {
        return a.verdictOf(nodeId(3))->reason == VoterReason::NoMajority;
    }));
    EXPECT_EQ(assess().ready, 2);
    EXPECT_EQ(assess().state, ClusterState::AtRisk);
    lab().mend(3, LabCut::Peers);
    EXPECT_TRUE(lookUntil(isWhole));
}

TEST_F(LabPlatform, CutFromUsButNotFromItsPeers)
{
    lab().cut(3, LabCut::Console);
    ASSERT_TRUE(lookUntil([](const Assessment& a) { return a.ready == 2; }));
    EXPECT_EQ(verdict(3).reason, VoterReason::CannotReach) << verdict(3).text.toStdString();
    EXPECT_TRUE(verdict(3).text.contains(QStringLiteral("its peers")));
    lab().mend(3, LabCut::Console);
    EXPECT_TRUE(lookUntil(isWhole));
}

TEST_F(LabPlatform, OnlyEtcdStopped)
{
    lab().stop(2, LabProcess::Etcd);
    ASSERT_TRUE(lookUntil([](const Assessment& a) { return a.ready == 2; }));
    EXPECT_TRUE(look().nodes[1].isReachable());
    EXPECT_EQ(verdict(2).state, quorum::VoterState::Down) << verdict(2).text.toStdString();
    EXPECT_EQ(lab().readyCondition(2, 1), QStringLiteral("True")) << "its kubelet is well";
    lab().start(2, LabProcess::Etcd);
    EXPECT_TRUE(lookUntil(isWhole));
}

TEST_F(LabPlatform, AStandingEtcdIsNoMajorityEither)
{
    lab().freeze(2, LabProcess::Etcd);
    ASSERT_TRUE(lookUntil([](const Assessment& a) { return a.ready == 2; }));
    EXPECT_EQ(verdict(2).state, quorum::VoterState::Down) << verdict(2).text.toStdString();
    lab().thaw(2, LabProcess::Etcd);
    EXPECT_TRUE(lookUntil(isWhole));
}

} // namespace
} // namespace quorate::platform::kubernetes
