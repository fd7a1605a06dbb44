// SPDX-License-Identifier: GPL-3.0-or-later
// What the platform says of a real cluster while its nodes lose their power, their network or their
// etcd.
#include "tests/integration/kubernetes/LabPlatform.h"

#include <QFile>
#include <QSslCertificate>

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
    ASSERT_NO_FATAL_FAILURE(expectSoonMissed(3, 2));
    EXPECT_EQ(assess().state, ClusterState::AtRisk);
    EXPECT_EQ(assess().margin, 0);
    EXPECT_TRUE(verdict(3).reason == VoterReason::CannotReach
                || verdict(3).reason == VoterReason::InGrace);
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
    const auto took = lookUntil([](const Assessment& a) { return a.state == ClusterState::Lost; });
    ASSERT_TRUE(took);
    EXPECT_LE(*took, Seconds(5));
    EXPECT_TRUE(look().nodes[0].isReachable()) << "it should still answer";
    EXPECT_EQ(verdict(1).reason, VoterReason::NoMajority) << verdict(1).text.toStdString();
    // Lists from its memory end a few seconds after the majority is gone; that it lives it goes on
    // saying.
    EXPECT_EQ(lab().get(1, QStringLiteral("/version")).status, 200)
        << "it should still serve something, or this test shows nothing";
    lab().on(2);
    lab().on(3);
    EXPECT_TRUE(lookUntil(isWhole));
}

TEST_F(LabPlatform, CutFromItsPeersButNotFromUs)
{
    lab().cut(3, LabCut::Peers);
    // Had it been the leader, the other two are without one until they have chosen: the truth of
    // that moment is "lost".
    ASSERT_TRUE(lookUntil([](const Assessment& a) {
        return a.verdictOf(nodeId(3))->reason == VoterReason::NoMajority && a.ready == 2
               && a.state == ClusterState::AtRisk;
    }));
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

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
    return file.readAll();
}

// The last of this file: the learner stays.
TEST_F(LabPlatform, ALearnerIsNoVoter)
{
    const QString added = lab().act({QStringLiteral("learner")});
    const NodeId learner{QStringLiteral("node-") + added};
    KubernetesOptions options = optionsFor(QStringLiteral("admin"));
    const auto identity =
        readClientIdentity(Secret(contentOf(lab().path(QStringLiteral("pki/etcd-client.crt")))),
                           Secret(contentOf(lab().path(QStringLiteral("pki/etcd-client.key")))));
    ASSERT_TRUE(identity) << describe(identity.error()).toStdString();
    EtcdAccess etcd;
    etcd.identity = *identity;
    etcd.trust.authorities =
        QSslCertificate::fromData(contentOf(lab().path(QStringLiteral("pki/etcd-ca.crt"))));
    options.etcd = etcd;
    const auto asked = makeKubernetesPlatform(options);
    Result<Observation> seen = fail(cancelledError());
    ASSERT_TRUE(test::waitUntil(
        [&] {
            seen = test::waitFor(asked->observe(nodeId(1), {}), Millis(20'000));
            return seen && seen->viewOf(learner) && seen->viewOf(learner)->learner;
        },
        kSettled))
        << (seen ? std::string("no learner") : describe(seen.error()).toStdString());
    EXPECT_FALSE(seen->viewOf(learner)->voter);
    EXPECT_TRUE(seen->viewOf(nodeId(1))->voter);
    EXPECT_GT(seen->cluster.term, 0);
    EXPECT_TRUE(seen->cluster.leader.has_value());
    EXPECT_TRUE(seen->self.appliedIndex.has_value());
    ClusterSnapshot snapshot;
    for (const ClusterFileNode& node : nodes()) {
        NodeRecord record;
        record.id = node.id;
        record.name = node.name;
        record.address = node.address.host();
        auto answer = test::waitFor(asked->observe(node.id, {}), Millis(20'000));
        ASSERT_TRUE(answer) << describe(answer.error()).toStdString();
        record.last = *std::move(answer);
        snapshot.nodes.push_back(std::move(record));
    }
    const Assessment a = quorum::assess(snapshot, now());
    EXPECT_EQ(a.voters, 3);
    EXPECT_EQ(a.verdictOf(learner), nullptr);
    EXPECT_EQ(a.leader, seen->cluster.leader);
}

} // namespace
} // namespace quorate::platform::kubernetes
