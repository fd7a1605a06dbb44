// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/fixtures/FixtureClusters.h"
#include "tests/support/ModelDump.h"
#include "ui/cluster/NodeTable.h"

namespace quorate::ui {
namespace {

using fixtures::sceneTime;

QStringList dump(const service::ClusterStatus& status, TimePoint now = sceneTime())
{
    QObject owner;
    auto* model = makeNodeTableModel(&owner);
    const test::ModelTester tester(model);
    model->setRows(nodeRows(status, now));
    QStringList lines;
    for (const QString& line : test::dumpModel(*model)) {
        lines.append(line.section(QStringLiteral(" · "), 0, 3)); // node, state, role, version
    }
    return lines;
}

TEST(NodeTable, ShowsWhatHealthyNodesSay)
{
    EXPECT_EQ(dump(fixtures::gatewayProd()),
              (QStringList{QStringLiteral("node-1 · Ready · voter, leader · 14.1.0"),
                           QStringLiteral("node-2 · Ready · voter · 14.1.0"),
                           QStringLiteral("node-3 · Ready · voter · 14.1.0")}));
}

TEST(NodeTable, KeepsTheThreeTruthsApart)
{
    auto nodes = std::vector<fixtures::NodeFixture>(3);
    for (int index = 0; index < 3; ++index) {
        nodes[static_cast<size_t>(index)].name = QStringLiteral("node-%1").arg(index + 1);
    }
    nodes[0].leader = true;
    nodes[2].reachable = false;
    const ClusterIdentity identity = fixtures::gatewayProd().identity;
    const auto stateOfThird = [&](PeerState seen) {
        nodes[2].seenByPeers = seen;
        return dump(fixtures::makeStatus(identity, nodes))
            .at(2)
            .section(QStringLiteral(" · "), 1, 1);
    };
    EXPECT_EQ(stateOfThird(PeerState::Ready), QStringLiteral("Cannot be reached"));
    EXPECT_EQ(stateOfThird(PeerState::Grace), QStringLiteral("Cannot be reached, in grace"));
    EXPECT_EQ(stateOfThird(PeerState::Down), QStringLiteral("Down"));
}

/// The status with a worker that only the cluster knows, as the newest answer sees it.
service::ClusterStatus withWorker(PeerState state)
{
    service::ClusterStatus status = fixtures::gatewayProd();
    auto snapshot = std::make_shared<ClusterSnapshot>(*status.snapshot);
    for (NodeRecord& record : snapshot->nodes) {
        PeerView view;
        view.id = NodeId{QStringLiteral("worker-1")};
        view.name = QStringLiteral("worker-1");
        view.worker = true;
        view.state = state;
        view.version = Version{.major = 1, .minor = 29, .patch = 4, .build = 0};
        record.last->cluster.members.push_back(view);
    }
    NodeRecord worker;
    worker.id = NodeId{QStringLiteral("worker-1")};
    worker.name = QStringLiteral("worker-1");
    snapshot->nodes.push_back(worker);
    status.snapshot = std::move(snapshot);
    return status;
}

TEST(NodeTable, ShowsWorkersAsTheClusterSeesThem)
{
    EXPECT_EQ(dump(withWorker(PeerState::Ready)).at(3),
              QStringLiteral("worker-1 · Ready · worker · 1.29.4"));
    EXPECT_EQ(dump(withWorker(PeerState::Down)).at(3),
              QStringLiteral("worker-1 · Down · worker · 1.29.4"));
    EXPECT_EQ(dump(withWorker(PeerState::Unknown)).at(3),
              QStringLiteral("worker-1 · Not heard of lately · worker · 1.29.4"));
}

TEST(NodeTable, KnowsNothingOfWorkersWhenNothingAnswers)
{
    service::ClusterStatus status = withWorker(PeerState::Ready);
    auto snapshot = std::make_shared<ClusterSnapshot>(*status.snapshot);
    for (NodeRecord& record : snapshot->nodes) {
        record.error = makeError(ErrorKind::Timeout, QStringLiteral("no-answer"), QString());
    }
    status.snapshot = std::move(snapshot);
    EXPECT_TRUE(dump(status).at(3).startsWith(QStringLiteral("worker-1 · Cannot be reached")));
}

TEST(NodeTable, NeverCallsANodeReadyWhenNothingAnswers)
{
    for (const QString& line : dump(fixtures::gatewayProdCutOff())) {
        EXPECT_FALSE(line.contains(QStringLiteral("Ready"))) << line.toStdString();
    }
}

TEST(NodeTable, MarksTheVersionThatDiffersAndTheFullDisk)
{
    const auto rows = nodeRows(fixtures::gatewayProdUpgrading(), sceneTime());
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_FALSE(rows[0].versionDiffers);
    EXPECT_TRUE(rows[2].versionDiffers);
    EXPECT_TRUE(nodeRows(fixtures::gatewayProd(), sceneTime())[2].diskLow);
}

TEST(NodeTable, CountsTheReachablePeersThatSeeANode)
{
    auto nodes = std::vector<fixtures::NodeFixture>(3);
    for (int index = 0; index < 3; ++index) {
        nodes[static_cast<size_t>(index)].name = QStringLiteral("node-%1").arg(index + 1);
    }
    nodes[1].seenByPeers = PeerState::Busy;
    nodes[2].seenByPeers = PeerState::Down;
    const ClusterIdentity identity = fixtures::gatewayProd().identity;
    const auto peersOf = [&](size_t node) {
        return nodeRows(fixtures::makeStatus(identity, nodes), sceneTime())[node].peers;
    };
    EXPECT_EQ(peersOf(0), (PeerCount{2, 2}));
    EXPECT_EQ(peersOf(1), (PeerCount{2, 2}));
    EXPECT_EQ(peersOf(2), (PeerCount{0, 2}));
    nodes[2].reachable = false;
    EXPECT_EQ(peersOf(0), (PeerCount{1, 1})) << "a node that cannot be asked sees nobody";
    EXPECT_EQ(peersOf(2), (PeerCount{0, 2}));
}

TEST(NodeTable, GrowsOlderByItself)
{
    const auto status = fixtures::gatewayProd();
    EXPECT_EQ(nodeRows(status, sceneTime() + Seconds(30))[0].age, Seconds(31));
}

} // namespace
} // namespace quorate::ui
