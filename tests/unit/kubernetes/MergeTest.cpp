// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Quorum.h"
#include "tests/unit/kubernetes/NodeSamples.h"

#include "tests/support/Test.h"

namespace quorate::platform::kubernetes {
namespace {

using namespace samples;

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}
                     + std::chrono::hours(10)};

QStringList conditionIds(const std::vector<Condition>& conditions)
{
    QStringList ids;
    for (const Condition& condition : conditions) {
        ids.append(condition.id);
    }
    return ids;
}

/// Replaces one node of the answers.
void change(ServerAnswers& answers, int number, const std::function<void(NodeObject&)>& edit)
{
    std::vector<NodePtr> nodes = *answers.nodes;
    NodePtr& place = nodes[static_cast<std::size_t>(number - 1)];
    NodeObject changed = *place;
    edit(changed);
    place = std::make_shared<const NodeObject>(std::move(changed));
    answers.nodes = std::make_shared<const std::vector<NodePtr>>(std::move(nodes));
}

void setReady(NodeObject& node, std::optional<bool> status) { node.conditions[0].status = status; }

/// What the console knows when these servers answer and the others do not.
ClusterSnapshot snapshotOf(const std::vector<ServerAnswers>& answering, int nodes = 3)
{
    ClusterSnapshot snapshot;
    for (int number = 1; number <= nodes; ++number) {
        NodeRecord record;
        record.id = NodeId{QStringLiteral("node-%1").arg(number)};
        record.name = record.id.value;
        record.address = QStringLiteral("10.0.0.%1:6443").arg(number);
        record.attemptedAt = kNow;
        record.error = makeError(ErrorKind::Transport, text("x"), text("x"));
        for (const ServerAnswers& answers : answering) {
            if (answers.node == record.id.value) {
                record.last = merge(answers);
                record.error.reset();
            }
        }
        if (record.error) { // it answered a minute ago
            ServerAnswers old = threeNodes(kNow - Seconds(60));
            old.node = record.id.value;
            record.last = merge(old);
            record.failingSince = kNow - Seconds(2);
        }
        snapshot.nodes.push_back(std::move(record));
    }
    return snapshot;
}

ServerAnswers from(int number)
{
    ServerAnswers answers = threeNodes(kNow);
    answers.node = QStringLiteral("node-%1").arg(number);
    return answers;
}

TEST(KubeMerge, AllWell)
{
    const Observation seen = merge(threeNodes(kNow));
    EXPECT_EQ(seen.node, NodeId{text("node-1")});
    EXPECT_EQ(seen.observedAt, kNow);
    EXPECT_EQ(seen.self.state, NodeState::Ready);
    EXPECT_EQ(seen.self.version.toString(), text("1.20.2"));
    EXPECT_EQ(seen.self.bootId, text("boot-1"));
    EXPECT_TRUE(seen.self.voter);
    EXPECT_TRUE(seen.self.conditions.empty());
    EXPECT_EQ(seen.cluster.majority, std::optional(true));
    ASSERT_EQ(seen.cluster.members.size(), 3u);
    const PeerView& peer = seen.cluster.members[1];
    EXPECT_EQ(peer.state, PeerState::Ready);
    EXPECT_EQ(peer.lastContactAt,
              std::optional(kNow - Seconds(3))); // by our clock, not by the server's
    EXPECT_EQ(peer.graceEndsAt, std::optional(kNow + Seconds(37)));
    EXPECT_EQ(peer.address, text("10.0.0.2"));
    EXPECT_EQ(peer.stateText, text("Ready"));
}

TEST(KubeMerge, AServerThatAnswersWithoutAMajorityIsNotReady)
{
    ServerAnswers answers = threeNodes(kNow);
    answers.quorum = QuorumRead::NoMajority; // though readyz still says yes
    const Observation seen = merge(answers);
    EXPECT_EQ(seen.self.state, NodeState::NotReady);
    EXPECT_EQ(conditionIds(seen.self.conditions), QStringList{text("etcd-no-majority")});
    EXPECT_EQ(seen.cluster.majority, std::optional(false));
    // What it remembers of the others is no news.
    EXPECT_EQ(seen.cluster.members[1].state, PeerState::Unknown);
    EXPECT_EQ(seen.cluster.members[1].stateText, text("Ready (remembered)"));
}

TEST(KubeMerge, ItsEtcdStoppedIsAnotherTrouble)
{
    ServerAnswers answers = threeNodes(kNow);
    answers.quorum = QuorumRead::StoreDown;
    answers.readyz = readHealth(500, "[-]etcd failed: reason withheld");
    const Observation seen = merge(answers);
    EXPECT_EQ(seen.self.state, NodeState::NotReady);
    EXPECT_EQ(conditionIds(seen.self.conditions), QStringList{text("etcd-down")});
    EXPECT_EQ(seen.cluster.majority, std::nullopt);
    EXPECT_EQ(seen.cluster.members[1].state, PeerState::Unknown) << "it only remembers it";
}

TEST(KubeMerge, ReadyzSpeaksWhereTheReadWasNotAllowed)
{
    ServerAnswers answers = threeNodes(kNow);
    answers.quorum = QuorumRead::NotTold;
    EXPECT_EQ(merge(answers).cluster.majority, std::optional(true));
    answers.readyz = readHealth(500, "[-]etcd failed: reason withheld");
    Observation seen = merge(answers);
    EXPECT_EQ(seen.self.state, NodeState::NotReady);
    EXPECT_EQ(conditionIds(seen.self.conditions), QStringList{text("etcd-check")});
    answers.readyz.reset();
    EXPECT_EQ(merge(answers).self.state, NodeState::Unrecognised);
}

TEST(KubeMerge, ReadyzBesideEtcd)
{
    ServerAnswers answers = threeNodes(kNow);
    answers.readyz = readHealth(500, "[+]etcd ok\n[-]poststarthook/x failed: not finished");
    EXPECT_EQ(merge(answers).self.state, NodeState::Starting);
    answers.readyz = readHealth(500, "[+]etcd ok\n[-]shutdown failed: reason withheld");
    Observation seen = merge(answers);
    EXPECT_EQ(seen.self.state, NodeState::NotReady);
    EXPECT_TRUE(seen.self.conditions[0].text.contains(text("shutting down")));
    // A kept result of the check lags behind the read that has just shown the opposite.
    answers.readyz = readHealth(500, "[-]etcd failed: reason withheld");
    EXPECT_EQ(merge(answers).self.state, NodeState::Ready);
}

TEST(KubeMerge, PeersByLeaseAndCondition)
{
    ServerAnswers answers = threeNodes(kNow);
    answers.leases[text("node-2")].renewedAt = answers.serverNow - Seconds(20);
    change(answers, 3, [](NodeObject& node) { setReady(node, std::nullopt); });
    Observation seen = merge(answers);
    EXPECT_EQ(seen.cluster.members[1].state, PeerState::Grace);
    EXPECT_EQ(seen.cluster.members[1].graceEndsAt, std::optional(kNow + Seconds(20)));
    EXPECT_EQ(seen.cluster.members[2].state, PeerState::Down);
    EXPECT_EQ(conditionIds(seen.cluster.members[2].conditions),
              QStringList{text("kubelet-silent")});

    change(answers, 3, [](NodeObject& node) { setReady(node, false); });
    seen = merge(answers);
    EXPECT_EQ(seen.cluster.members[2].state, PeerState::Busy);
    EXPECT_EQ(seen.cluster.members[2].stateText, text("not-ready"));

    answers.version = text("v1.33.0"); // the default grew to 50 s
    EXPECT_EQ(merge(answers).cluster.members[1].graceEndsAt, std::optional(kNow + Seconds(30)));
}

TEST(KubeMerge, ACordonedNodeStillVotes)
{
    ServerAnswers answers = threeNodes(kNow);
    change(answers, 1, [](NodeObject& node) { node.unschedulable = true; });
    const Observation seen = merge(answers);
    EXPECT_EQ(seen.self.state, NodeState::Ready);
    EXPECT_TRUE(seen.self.cordoned);
    EXPECT_EQ(conditionIds(seen.self.conditions), QStringList{text("cordoned")});
    EXPECT_EQ(seen.cluster.members[0].stateText, text("Ready,SchedulingDisabled"));

    auto snapshot = snapshotOf({answers, from(2), from(3)});
    quorum::GateRequest request;
    request.leaving = NodeId{text("node-2")};
    const auto gate = quorum::decideLeave(snapshot, kNow, request);
    EXPECT_EQ(gate.verdict, quorum::Verdict::No);
    EXPECT_TRUE(gate.refusal.contains(text("node-1 is cordoned"))) << gate.refusal.toStdString();
    request.leaving = NodeId{text("node-1")};
    EXPECT_EQ(quorum::decideLeave(snapshot, kNow, request).verdict, quorum::Verdict::Yes);
}

TEST(KubeMerge, EtcdSpeaksForItselfWhereItMayBeAsked)
{
    ServerAnswers answers = threeNodes(kNow);
    EtcdMember one{text("11"), text("m1"), {text("http://10.0.0.1:2380")}, {}, false};
    EtcdMember two{text("12"), text("m2"), {text("http://10.0.0.2:2380")}, {}, true};
    EtcdMember far{text("13"), text("far"), {text("http://10.9.9.9:2380")}, {}, false};
    answers.hints.members = std::vector{one, two, far};
    EtcdStatus status;
    status.memberId = text("11");
    status.leaderId = text("11");
    status.raftTerm = 4;
    status.appliedIndex = 77;
    status.errors = QStringList{text("NOSPACE")};
    answers.etcd = status;
    Observation seen = merge(answers);
    EXPECT_TRUE(seen.self.leader);
    EXPECT_EQ(seen.self.appliedIndex, std::optional<qint64>(77));
    EXPECT_EQ(seen.cluster.term, 4);
    EXPECT_EQ(seen.cluster.leader, std::optional(NodeId{text("node-1")}));
    EXPECT_EQ(conditionIds(seen.self.conditions), QStringList{text("etcd-alarm")});
    ASSERT_EQ(seen.cluster.members.size(), 4u);
    EXPECT_TRUE(seen.cluster.members[1].learner);
    EXPECT_FALSE(seen.cluster.members[1].voter);
    EXPECT_EQ(seen.cluster.members[3].id, NodeId{text("far")}); // it votes, and is no node
    EXPECT_TRUE(seen.cluster.members[3].voter);

    answers.etcd->leaderId = text("0");
    answers.quorum = QuorumRead::NotTold;
    EXPECT_EQ(merge(answers).cluster.majority, std::optional(false));
}

TEST(Merge, TellsWhenEtcdItselfCannotBeAsked)
{
    ServerAnswers answers = threeNodes(kNow);
    answers.etcdTrouble =
        makeError(ErrorKind::Transport, text("refused"), text("Connection refused"));
    Observation seen = merge(answers);
    ASSERT_EQ(conditionIds(seen.self.conditions), QStringList{text("etcd-not-asked")});
    EXPECT_EQ(seen.self.conditions[0].severity, Severity::Info)
        << "its API server says that it works";
    EXPECT_TRUE(seen.self.conditions[0].text.contains(text("Connection refused")));
    EXPECT_EQ(seen.self.state, NodeState::Ready);
    answers.etcdTrouble->kind = ErrorKind::Tls;
    EXPECT_EQ(merge(answers).self.conditions[0].severity, Severity::Warning)
        << "our certificate is wrong";
}

/// Where API servers are given all members of etcd, the read proves that of somebody only.
TEST(KubeMerge, ItsOwnEtcdDecidesAboutItsVoteThoughAnotherAnsweredTheRead)
{
    ServerAnswers answers = threeNodes(kNow);
    answers.etcd.emplace();
    answers.etcd->leaderId = text("0");
    EXPECT_EQ(merge(answers).self.state, NodeState::NotReady) << "it knows no leader";
    EXPECT_EQ(merge(answers).cluster.majority, std::optional(true)) << "the cluster has one";

    answers.etcd->leaderId = text("11");
    EXPECT_EQ(merge(answers).self.state, NodeState::Ready);
    answers.etcdHealth = HealthCheck{.name = text("etcd"), .ok = false, .text = text("no")};
    EXPECT_EQ(merge(answers).self.state, NodeState::NotReady);
    answers.etcdHealth->text = text("ALARM NOSPACE");
    EXPECT_EQ(merge(answers).self.state, NodeState::Ready) << "the alarm of another, and it votes";
    answers.etcdHealth->text.clear();
    answers.etcd->errors = QStringList{text("memberID:12 alarm:NOSPACE ")};
    EXPECT_EQ(merge(answers).self.state, NodeState::Ready) << "etcd 3.4 gives no reason";
    EXPECT_EQ(merge(answers).self.conditions.back().severity, Severity::Error) << "no run goes on";

    answers.etcd.reset();
    answers.etcdHealth.reset();
    answers.etcdTrouble = makeError(ErrorKind::Transport, text("refused"), text("refused"));
    EXPECT_EQ(merge(answers).self.state, NodeState::Ready)
        << "perhaps no etcd can be reached from here";
    answers.anyEtcdAnswered = true;
    EXPECT_EQ(merge(answers).self.state, NodeState::Unrecognised);
    answers.etcdTrouble->kind = ErrorKind::Tls;
    EXPECT_EQ(merge(answers).self.state, NodeState::Ready) << "our certificate is no trouble of it";
}

TEST(KubeMerge, WorkersAreNoPartOfTheQuestion)
{
    ServerAnswers answers = threeNodes(kNow);
    std::vector<NodePtr> nodes = *answers.nodes;
    NodeObject away = node(kKubeadmWorker); // cordoned and silent
    away.marks.clear();
    nodes.push_back(std::make_shared<const NodeObject>(std::move(away)));
    answers.nodes = std::make_shared<const std::vector<NodePtr>>(std::move(nodes));
    const Observation seen = merge(answers);
    EXPECT_TRUE(seen.cluster.members[3].worker);
    EXPECT_EQ(seen.cluster.members[3].state, PeerState::Down);

    ServerAnswers second = answers;
    second.node = text("node-2");
    ServerAnswers third = answers;
    third.node = text("node-3");
    ClusterSnapshot snapshot = snapshotOf({answers, second, third});
    NodeRecord worker;
    worker.id = NodeId{text("w-1")};
    snapshot.nodes.push_back(worker);
    const auto assessment = quorum::assess(snapshot, kNow);
    EXPECT_EQ(assessment.voters, 3);
    EXPECT_EQ(assessment.state, quorum::ClusterState::Quorate);
    EXPECT_TRUE(assessment.disagreements.empty());
    quorum::GateRequest request;
    request.leaving = NodeId{text("node-3")};
    EXPECT_EQ(quorum::decideLeave(snapshot, kNow, request).verdict, quorum::Verdict::Yes);
    request.leaving = NodeId{text("w-1")};
    EXPECT_EQ(quorum::decideLeave(snapshot, kNow, request).verdict, quorum::Verdict::Yes);

    const auto own = mergeWorker(answers, text("w-1"));
    ASSERT_TRUE(own);
    EXPECT_TRUE(own->self.worker);
    EXPECT_TRUE(own->self.cordoned);
    EXPECT_EQ(own->self.state, NodeState::NotReady);
    EXPECT_TRUE(own->cluster.members.empty());
    EXPECT_FALSE(mergeWorker(answers, text("nobody")));
}

TEST(KubeMerge, OneOfThreePoweredOff)
{
    const auto a = quorum::assess(snapshotOf({from(1), from(2)}), kNow);
    EXPECT_EQ(a.state, quorum::ClusterState::AtRisk);
    EXPECT_EQ(a.margin, 0);
    const auto* gone = a.verdictOf(NodeId{text("node-3")});
    EXPECT_EQ(gone->reason, quorum::VoterReason::CannotReach);
    EXPECT_EQ(gone->graceEndsAt, std::optional(kNow + Seconds(37)));
    EXPECT_TRUE(gone->text.endsWith(text("its peers wait until 10:00:37 UTC")))
        << gone->text.toStdString();
    quorum::GateRequest request;
    request.leaving = NodeId{text("node-1")};
    EXPECT_NE(quorum::decideLeave(snapshotOf({from(1), from(2)}), kNow, request).verdict,
              quorum::Verdict::Yes);
}

TEST(KubeMerge, TwoOfThreePoweredOffIsLostThoughOneStillAnswers)
{
    ServerAnswers alone = from(1);
    alone.quorum = QuorumRead::NoMajority;
    const auto a = quorum::assess(snapshotOf({alone}), kNow);
    EXPECT_EQ(a.state, quorum::ClusterState::Lost);
    EXPECT_EQ(a.verdictOf(NodeId{text("node-1")})->reason, quorum::VoterReason::NoMajority);
    EXPECT_EQ(a.verdictOf(NodeId{text("node-2")})->reason, quorum::VoterReason::CannotReach);
    EXPECT_TRUE(a.sentence.text().contains(text("has lost its majority")));
    // Its own etcd being stopped says nothing of the others.
    alone.quorum = QuorumRead::StoreDown;
    EXPECT_EQ(quorum::assess(snapshotOf({alone}), kNow).state, quorum::ClusterState::Unknown);
}

TEST(KubeMerge, TwoOfFivePoweredOnIsLostThoughNobodyListsTheNodes)
{
    ServerAnswers answers = from(1);
    answers.quorum = QuorumRead::NoMajority;
    answers.nodes = nullptr;
    EtcdMember odd;
    odd.id = odd.name = text("odd");
    answers.hints.members = std::vector<EtcdMember>{odd};
    const Observation seen = merge(answers);
    EXPECT_TRUE(seen.self.voter); // as the assessment counts it
    EXPECT_EQ(conditionIds(seen.self.conditions),
              (QStringList{text("etcd-no-majority"), text("nodes-not-listed")}));
    EXPECT_TRUE(seen.cluster.members.empty());
    ServerAnswers other = answers;
    other.node = text("node-2");
    ClusterSnapshot snapshot = snapshotOf({answers, other}, 5);
    for (std::size_t at = 2; at < 5; ++at) {
        snapshot.nodes[at].last.reset(); // the console has just begun
    }
    const auto a = quorum::assess(snapshot, kNow);
    EXPECT_EQ(a.state, quorum::ClusterState::Lost);
    EXPECT_EQ(a.voters, 5);
    EXPECT_EQ(a.verdictOf(NodeId{text("node-2")})->reason, quorum::VoterReason::NoMajority);
    EXPECT_EQ(a.verdictOf(NodeId{text("node-3")})->reason, quorum::VoterReason::NeverSeen);
}

TEST(KubeMerge, OneAnswerThatProvesTheMajorityIsEnoughToKnow)
{
    const auto a = quorum::assess(snapshotOf({from(2)}), kNow);
    EXPECT_EQ(a.state, quorum::ClusterState::AtRisk);
    EXPECT_EQ(a.ready, 1);
    EXPECT_TRUE(a.sentence.text().contains(text("node-2 has contact with a majority")))
        << a.sentence.text().toStdString();
    quorum::GateRequest request;
    request.leaving = NodeId{text("node-2")};
    EXPECT_EQ(quorum::decideLeave(snapshotOf({from(2)}), kNow, request).verdict,
              quorum::Verdict::Unknown);
}

TEST(KubeMerge, CutFromItsPeersOrFromUs)
{
    // From its peers: it answers us, without a majority; they have not heard of it lately.
    ServerAnswers cut = from(3);
    cut.quorum = QuorumRead::NoMajority;
    ServerAnswers one = from(1);
    one.leases[text("node-3")].renewedAt = one.serverNow - Seconds(25);
    ServerAnswers two = one;
    two.node = text("node-2");
    auto a = quorum::assess(snapshotOf({one, two, cut}), kNow);
    EXPECT_EQ(a.state, quorum::ClusterState::AtRisk);
    EXPECT_EQ(a.verdictOf(NodeId{text("node-3")})->reason, quorum::VoterReason::NoMajority);
    // From us: its peers hear it.
    a = quorum::assess(snapshotOf({from(1), from(2)}), kNow);
    EXPECT_EQ(a.verdictOf(NodeId{text("node-3")})->reason, quorum::VoterReason::CannotReach);
    // After the grace its peers call it down.
    change(one, 3, [](NodeObject& node) { setReady(node, std::nullopt); });
    change(two, 3, [](NodeObject& node) { setReady(node, std::nullopt); });
    a = quorum::assess(snapshotOf({one, two}), kNow);
    EXPECT_EQ(a.verdictOf(NodeId{text("node-3")})->reason, quorum::VoterReason::PeersSayDown);
}

TEST(KubeMerge, ASilentKubeletTakesNoVote)
{
    std::vector<ServerAnswers> all{from(1), from(2), from(3)};
    for (ServerAnswers& answers : all) {
        change(answers, 3, [](NodeObject& node) { setReady(node, std::nullopt); });
    }
    const auto a = quorum::assess(snapshotOf(all), kNow);
    EXPECT_EQ(a.state, quorum::ClusterState::Quorate);
    EXPECT_EQ(a.ready, 3);
    EXPECT_TRUE(a.disagreements.empty());
}

TEST(KubeMerge, WhatTheReadThatNeedsAMajorityMeans)
{
    EXPECT_EQ(quorumReadOf(200, {}), QuorumRead::Proved);
    EXPECT_EQ(quorumReadOf(404, text("nodes \"x\" not found")), QuorumRead::Proved);
    EXPECT_EQ(quorumReadOf(0, {}), QuorumRead::NoMajority);
    EXPECT_EQ(quorumReadOf(504, text("Timeout")), QuorumRead::NoMajority);
    EXPECT_EQ(quorumReadOf(500, text("etcdserver: request timed out")), QuorumRead::NoMajority);
    EXPECT_EQ(quorumReadOf(500, text("etcdserver: no leader")), QuorumRead::NoMajority);
    EXPECT_EQ(
        quorumReadOf(
            500,
            text("rpc error: code = Unavailable desc = connection error: desc = \"transport: "
                 "Error while dialing dial tcp 127.0.0.1:2379: connect: connection refused\"")),
        QuorumRead::StoreDown);
    EXPECT_EQ(quorumReadOf(403, {}), QuorumRead::NotTold);
    EXPECT_EQ(quorumReadOf(401, {}), QuorumRead::NotTold);
    EXPECT_EQ(quorumReadOf(500, text("panic")), QuorumRead::NotTold);
}

} // namespace
} // namespace quorate::platform::kubernetes
