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
        return dump(fixtures::makeStatus(identity, nodes)).at(2).section(QStringLiteral(" · "), 1, 1);
    };
    EXPECT_EQ(stateOfThird(PeerState::Ready), QStringLiteral("Cannot be reached"));
    EXPECT_EQ(stateOfThird(PeerState::Grace), QStringLiteral("Cannot be reached, in grace"));
    EXPECT_EQ(stateOfThird(PeerState::Down), QStringLiteral("Down"));
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
