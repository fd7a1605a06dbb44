// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sandbox/LiveWindow.h"

#include "ui/common/QuorumBanner.h"

#include <QElapsedTimer>

namespace quorate::ui {
namespace {

/// A look begins each 300 ms here; the node that was killed is told within 3 s of the next one.
constexpr Millis kToldWithin{3300};

class LiveTruth : public LiveWindow {
protected:
    QuorumBanner& banner() { return *window().findChild<QuorumBanner*>(); }
    const quorum::Assessment& assessment() { return service()->status()->assessment; }
    bool isReady(const QString& node)
    {
        const auto* verdict = assessment().verdictOf(NodeId{node});
        return verdict != nullptr && verdict->state == quorum::VoterState::Ready;
    }
    bool isDown(const QString& node)
    {
        const auto* verdict = assessment().verdictOf(NodeId{node});
        return verdict != nullptr && verdict->state == quorum::VoterState::Down;
    }
    /// Of the node that is off: what one of its peers says.
    bool peersSayDown(const QString& node)
    {
        return cluster().node(1).memberState(node) == QLatin1String("down")
               || cluster().node(2).memberState(node) == QLatin1String("down");
    }
};

TEST_F(LiveTruth, AKilledNodeIsToldAtOnceAndCalledDownOnlyWhenItsPeersSaySo)
{
    const QString node = QStringLiteral("node-3");
    openProgram();
    connectCluster();
    QElapsedTimer since;
    cluster().power(3, "off");
    since.start();
    ASSERT_TRUE(test::waitUntil(
        [&] {
            const bool down = isDown(node);
            if (down) { // asked afterwards: a word once given is kept while the node is off
                EXPECT_TRUE(peersSayDown(node));
            }
            return !isReady(node) && banner().sentence().contains(node);
        },
        kStepLimit))
        << banner().sentence().toStdString();
    EXPECT_LE(since.elapsed(), kToldWithin.count());
    EXPECT_NE(banner().text().tone, Tone::Ok);
    ASSERT_TRUE(test::waitUntil([&] { return isDown(node); }, kStepLimit));
    EXPECT_TRUE(peersSayDown(node));
}

TEST_F(LiveTruth, WithEveryNodeGoneNothingOnTheScreenSaysThatAllIsWell)
{
    openProgram();
    connectCluster();
    EXPECT_EQ(banner().text().tone, Tone::Ok);
    const QString well = banner().sentence();
    for (const int node : {1, 2, 3}) {
        cluster().power(node, "off");
    }
    ASSERT_TRUE(test::waitUntil(
        [&] {
            return assessment().ready == 0 && assessment().state == quorum::ClusterState::Unknown;
        },
        kStepLimit))
        << banner().sentence().toStdString();
    ASSERT_TRUE(
        test::waitUntil([&] { return banner().text().tone == Tone::Unknown; }, kToldWithin));
    const QString shown = everyTextOf(window());
    EXPECT_FALSE(shown.contains(well)) << well.toStdString();
    EXPECT_TRUE(banner().sentence().contains(QStringLiteral("nothing about the cluster")))
        << banner().sentence().toStdString();
}

} // namespace
} // namespace quorate::ui
