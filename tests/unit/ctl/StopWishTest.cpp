// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "app/quoratectl/StopWish.h"
#include "tests/fixtures/FixtureServices.h"

namespace quorate::ctl {
namespace {

class StopWishTest : public testing::Test {
protected:
    StopWishTest() { cluster.offline().able = fixtures::kubeCapabilities(); }
    Async<OperationStatus> drain() { return cluster.perform(node, act::Drain{}); }
    [[nodiscard]] bool isDraining() const { return !cluster.underWay.empty(); }

    fixtures::FixtureClusterService cluster{fixtures::shopKube()};
    const NodeId node = cluster.status()->snapshot->nodes.front().id;
    StopWish wish{cluster, node, nullptr};
};

TEST_F(StopWishTest, AnActThatIsThereIsStopped)
{
    auto drained = drain();
    ASSERT_TRUE(isDraining());
    EXPECT_FALSE(wish.stop()) << "nothing has to wait";
    EXPECT_FALSE(isDraining());
    const auto ended = test::waitFor(std::move(drained));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::Cancelled);
}

TEST_F(StopWishTest, AnActThatIsNotThereYetIsStoppedWhenItShowsItself)
{
    EXPECT_TRUE(wish.stop());
    EXPECT_FALSE(wish.stop()) << "said already";
    auto drained = drain();
    ASSERT_TRUE(isDraining());
    cluster.setProgress(QStringLiteral("begun"));
    EXPECT_FALSE(isDraining());
    EXPECT_FALSE(test::waitFor(std::move(drained)));
}

TEST_F(StopWishTest, AnotherNodesActIsLeftAloneAndTheWishIsKept)
{
    EXPECT_TRUE(wish.stop());
    service::ActProgress other;
    other.node = NodeId{QStringLiteral("node-2")};
    cluster.underWay = {other};
    cluster.setProgress(QStringLiteral("begun"));
    EXPECT_TRUE(isDraining());
    cluster.underWay.clear();
    auto drained = drain();
    cluster.setProgress(QStringLiteral("begun"));
    EXPECT_FALSE(isDraining());
    EXPECT_FALSE(test::waitFor(std::move(drained)));
}

TEST_F(StopWishTest, WithoutAWishTheActGoesOn)
{
    auto drained = drain();
    ASSERT_TRUE(isDraining());
    cluster.setProgress(QStringLiteral("half of it"));
    EXPECT_TRUE(isDraining());
}

} // namespace
} // namespace quorate::ctl
