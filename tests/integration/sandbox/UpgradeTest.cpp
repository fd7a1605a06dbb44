// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/integration/sandbox/PracticeCluster.h"

#include <QJsonArray>

namespace quorate::sandboxtest {

namespace {

/// Stages, installs and restarts node 1; what the node says afterwards.
QJsonObject upgrade(PracticeCluster& cluster, const QString& version)
{
    ApiClient& node = cluster.node(1);
    const QString id =
        cluster.stage(1, cluster.package(version)).headers.value(QStringLiteral("quorate-package"));
    const Reply begun =
        node.act("POST", QStringLiteral("/updates/upgrade"),
                 {{QStringLiteral("packageId"), id}, {QStringLiteral("licenceAccepted"), true}});
    EXPECT_EQ(begun.status, 202) << begun.body.toStdString();
    EXPECT_EQ(node.node().value(QStringLiteral("state")).toString(), QStringLiteral("updating"));
    EXPECT_EQ(node.follow(begun).value(QStringLiteral("state")).toString(),
              QStringLiteral("succeeded"));
    EXPECT_TRUE(node.node().value(QStringLiteral("rebootNeeded")).toBool());
    const QJsonObject reboot = node.follow(node.act("POST", QStringLiteral("/node/reboot")));
    EXPECT_EQ(reboot.value(QStringLiteral("state")).toString(), QStringLiteral("succeeded"));
    return node.node();
}

int available(PracticeCluster& cluster)
{
    ApiClient& node = cluster.node(1);
    node.follow(node.act("POST", QStringLiteral("/updates/check")));
    return static_cast<int>(node.get(QStringLiteral("/updates"))
                                .json()
                                .value(QStringLiteral("available"))
                                .toArray()
                                .size());
}

QStringList conditions(const QJsonObject& node)
{
    QStringList ids;
    for (const QJsonValue& condition : node.value(QStringLiteral("conditions")).toArray()) {
        ids.append(condition.toObject().value(QStringLiteral("id")).toString());
    }
    return ids;
}

} // namespace

TEST(PracticeUpgrade, goesTheVendorsWay)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    ApiClient& node = cluster.node(1);
    EXPECT_EQ(available(cluster), 2);
    node.follow(node.act("POST", QStringLiteral("/updates/install")));
    EXPECT_TRUE(node.node().value(QStringLiteral("rebootNeeded")).toBool());
    const QJsonObject after = upgrade(cluster, QStringLiteral("14.2.0"));
    EXPECT_EQ(after.value(QStringLiteral("version")).toString(), QStringLiteral("14.2.0"));
    EXPECT_EQ(after.value(QStringLiteral("verification")).toString(), QStringLiteral("passed"));
    EXPECT_FALSE(after.value(QStringLiteral("rebootNeeded")).toBool());
    EXPECT_EQ(available(cluster), 1) << "one more small update is found after the upgrade";
    node.follow(node.act("POST", QStringLiteral("/updates/install")));
    EXPECT_FALSE(node.node().value(QStringLiteral("rebootNeeded")).toBool());
    EXPECT_EQ(available(cluster), 0);
    const QJsonObject counters = node.node().value(QStringLiteral("sandboxCounters")).toObject();
    EXPECT_EQ(counters.value(QStringLiteral("upgrades")).toInt(), 1);
    EXPECT_EQ(counters.value(QStringLiteral("reboots")).toInt(), 1);
    EXPECT_EQ(counters.value(QStringLiteral("installs")).toInt(), 2);
}

TEST(PracticeUpgrade, comesBackOnTheOldVersionWhenToldTo)
{
    PracticeCluster cluster(QStringLiteral("cm"), 1);
    ASSERT_TRUE(cluster.isUp());
    cluster.fault(1, "returns-old");
    const QJsonObject after = upgrade(cluster, QStringLiteral("2.11.0"));
    EXPECT_EQ(after.value(QStringLiteral("version")).toString(), QStringLiteral("2.10.0"));
    EXPECT_TRUE(conditions(after).contains(QStringLiteral("returned-old")));
    cluster.fault(1, "returns-old", false);
    EXPECT_EQ(
        upgrade(cluster, QStringLiteral("2.11.0")).value(QStringLiteral("version")).toString(),
        QStringLiteral("2.11.0"));
}

TEST(PracticeUpgrade, isNotReadyWhenTheVerificationFailed)
{
    PracticeCluster cluster(QStringLiteral("cm"), 1);
    ASSERT_TRUE(cluster.isUp());
    cluster.fault(1, "verify-fails");
    const QJsonObject after = upgrade(cluster, QStringLiteral("2.11.0"));
    EXPECT_EQ(after.value(QStringLiteral("verification")).toString(), QStringLiteral("failed"));
    EXPECT_EQ(after.value(QStringLiteral("state")).toString(), QStringLiteral("not-ready"));
    EXPECT_TRUE(conditions(after).contains(QStringLiteral("verification-failed")));
}

TEST(PracticeUpgrade, doesNotComeBackWhenToldTo)
{
    PracticeCluster cluster(QStringLiteral("mss"), 3);
    ASSERT_TRUE(cluster.isUp());
    cluster.fault(1, "never-returns");
    const Reply begun = cluster.node(1).act("POST", QStringLiteral("/node/reboot"));
    EXPECT_EQ(begun.status, 202);
    EXPECT_TRUE(eventually([&] {
        return cluster.node(2).memberState(QStringLiteral("node-1")) == QLatin1String("down");
    }));
    EXPECT_EQ(cluster.node(1).get(QStringLiteral("/ping")).status, 0);
    cluster.fault(1, "never-returns", false);
    cluster.power(1, "on");
    EXPECT_TRUE(eventually([&] { return cluster.node(1).logIn() == 200; }));
    EXPECT_EQ(cluster.node(1).follow(begun).value(QStringLiteral("state")).toString(),
              QStringLiteral("succeeded"));
}

TEST(PracticeUpgrade, staysOffAfterAShutdown)
{
    PracticeCluster cluster(QStringLiteral("mss"), 3);
    ASSERT_TRUE(cluster.isUp());
    EXPECT_EQ(cluster.node(3).act("POST", QStringLiteral("/node/shutdown")).status, 202);
    EXPECT_TRUE(eventually([&] {
        return cluster.node(1).memberState(QStringLiteral("node-3")) == QLatin1String("stopped");
    }));
    EXPECT_TRUE(eventually([&] {
        return cluster.node(1).memberState(QStringLiteral("node-3")) == QLatin1String("down");
    }));
    EXPECT_EQ(cluster.node(3).get(QStringLiteral("/ping")).status, 0);
    cluster.power(3, "on");
    EXPECT_TRUE(eventually([&] {
        return cluster.node(1).memberState(QStringLiteral("node-3")) == QLatin1String("ready");
    }));
}

} // namespace quorate::sandboxtest
