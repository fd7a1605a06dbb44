// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/integration/sandbox/PracticeCluster.h"

#include <QElapsedTimer>

#include <curl/curl.h>

namespace quorate::sandboxtest {

TEST(PracticeFault, aHungNodeAcceptsAndNeverAnswersAndItsPeersNotice)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    cluster.fault(1, "hang");
    const Reply reply = cluster.node(1).send({"GET", QStringLiteral("/ping"), {}, {}, 700, false});
    EXPECT_EQ(reply.curl, CURLE_OPERATION_TIMEDOUT);
    EXPECT_EQ(reply.status, 0);
    EXPECT_TRUE(eventually([&] {
        return cluster.node(2).memberState(QStringLiteral("node-1")) == QLatin1String("down");
    }));
    EXPECT_TRUE(eventually([&] { return cluster.leader(2) > 1; }));
    cluster.fault(1, "hang", false);
    EXPECT_TRUE(eventually([&] {
        return cluster.node(2).memberState(QStringLiteral("node-1")) == QLatin1String("ready");
    }));
    EXPECT_EQ(cluster.node(1).get(QStringLiteral("/ping")).status, 200);
}

TEST(PracticeFault, answersOfTheWrongKind)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    const ApiClient& node = cluster.node(1);
    cluster.fault(1, "garbage");
    int cut = 0;
    int notJson = 0;
    for (int asked = 0; asked < 6; ++asked) {
        const Reply reply = node.get(QStringLiteral("/node"));
        cut += reply.curl != 0 ? 1 : 0;
        notJson += reply.curl == 0 && reply.json().isEmpty() ? 1 : 0;
        EXPECT_FALSE(reply.json().value(QStringLiteral("state")).isString());
    }
    EXPECT_EQ(cut, 2);
    EXPECT_EQ(notJson, 2);
    cluster.fault(1, "garbage", false);
    cluster.fault(1, "http-500");
    EXPECT_EQ(node.get(QStringLiteral("/node")).status, 500);
    EXPECT_EQ(node.act("POST", QStringLiteral("/node/drain")).code(),
              QStringLiteral("internal-error"));
    cluster.fault(1, "http-500", false);
    EXPECT_EQ(node.node().value(QStringLiteral("drained")).toBool(true), false)
        << "a refused act was carried out";
    cluster.fault(1, "slow");
    QElapsedTimer timer;
    timer.start();
    EXPECT_EQ(node.get(QStringLiteral("/ping")).status, 200);
    EXPECT_GE(timer.elapsed(), 2900);
}

TEST(PracticeFault, anotherCertificateIsServedAtOnce)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    const ApiClient& node = cluster.node(1);
    EXPECT_EQ(node.get(QStringLiteral("/ping")).curl, CURLE_OK);
    cluster.fault(1, "other-certificate");
    EXPECT_EQ(node.get(QStringLiteral("/ping")).curl, CURLE_PEER_FAILED_VERIFICATION);
    cluster.fault(1, "other-certificate", false);
    EXPECT_EQ(node.get(QStringLiteral("/ping")).curl, CURLE_OK);
}

} // namespace quorate::sandboxtest
