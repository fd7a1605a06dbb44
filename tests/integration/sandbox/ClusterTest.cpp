// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "app/sandbox/Files.h"
#include "tests/integration/sandbox/PracticeCluster.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

namespace quorate::sandboxtest {

namespace {

int counter(const ApiClient& node, const char* name)
{
    return node.node()
        .value(QStringLiteral("sandboxCounters"))
        .toObject()
        .value(QLatin1String(name))
        .toInt(-1);
}

QString stateOf(const ApiClient& node)
{
    return node.node().value(QStringLiteral("state")).toString();
}

} // namespace

TEST(PracticeCluster, losesItsLeaderFindsAnotherAndKnowsWhenItHasNoMajority)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    const int first = cluster.leader(1);
    ASSERT_GE(first, 1);
    const int second = first % 3 + 1;
    const int third = second % 3 + 1;
    const QString gone = QStringLiteral("node-%1").arg(first);
    EXPECT_EQ(cluster.leader(third), first);
    cluster.power(first, "off");
    EXPECT_NE(cluster.node(second).memberState(gone), QStringLiteral("down"))
        << "down at once, without a grace time";
    EXPECT_TRUE(eventually(
        [&] { return cluster.node(second).memberState(gone) == QLatin1String("grace"); }));
    EXPECT_TRUE(
        eventually([&] { return cluster.node(third).memberState(gone) == QLatin1String("down"); }));
    EXPECT_TRUE(eventually([&] {
        const int leader = cluster.leader(second);
        return leader != 0 && leader != first && leader == cluster.leader(third);
    }));
    cluster.power(third, "off");
    EXPECT_TRUE(eventually([&] { return cluster.leader(second) == 0; }));
    const Reply lease = cluster.node(second).act("POST", QStringLiteral("/cluster/lease"),
                                                 {{QStringLiteral("owner"), QStringLiteral("me")}});
    EXPECT_EQ(lease.status, 503);
    EXPECT_EQ(lease.code(), QStringLiteral("no-quorum"));
    cluster.power(third, "on");
    EXPECT_TRUE(eventually([&] { return cluster.leader(second) != 0; }));
    EXPECT_TRUE(eventually(
        [&] { return cluster.node(second).memberState(gone) == QLatin1String("down"); }));
    cluster.power(first, "on");
    EXPECT_TRUE(eventually(
        [&] { return cluster.node(second).memberState(gone) == QLatin1String("ready"); }));
}

TEST(PracticeCluster, restartsReallyAndOncePerKey)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    ApiClient& node = cluster.node(1);
    const QString before = node.node().value(QStringLiteral("bootId")).toString();
    const Reply first = node.act("POST", QStringLiteral("/node/reboot"), {}, "the-key");
    const Reply repeated = node.act("POST", QStringLiteral("/node/reboot"), {}, "the-key");
    EXPECT_EQ(first.status, 202);
    EXPECT_EQ(repeated.status, 202);
    EXPECT_EQ(first.headers.value(QStringLiteral("location")),
              repeated.headers.value(QStringLiteral("location")));
    EXPECT_TRUE(eventually([&] {
        return cluster.node(2).memberState(QStringLiteral("node-1")) == QLatin1String("restarting");
    }));
    EXPECT_EQ(node.follow(first).value(QStringLiteral("state")).toString(),
              QStringLiteral("succeeded"));
    EXPECT_NE(node.node().value(QStringLiteral("bootId")).toString(), before);
    EXPECT_EQ(stateOf(node), QStringLiteral("ready"));
    const Reply late = node.act("POST", QStringLiteral("/node/reboot"), {}, "the-key");
    EXPECT_EQ(late.headers.value(QStringLiteral("location")),
              first.headers.value(QStringLiteral("location")));
    EXPECT_EQ(node.act("POST", QStringLiteral("/node/drain"), {}, "the-key").code(),
              QStringLiteral("idempotency-key-reused"));
    EXPECT_EQ(counter(node, "reboots"), 1);
    EXPECT_EQ(counter(node, "drains"), 0);
    const QJsonObject found = node.get(QStringLiteral("/operations?idempotencyKey=the-key")).json();
    EXPECT_EQ(found.value(QStringLiteral("items")).toArray().size(), 1);
}

TEST(PracticeCluster, keepsOperationsOverAPowerCut)
{
    PracticeCluster cluster(QStringLiteral("mss"), 3, 60);
    ASSERT_TRUE(cluster.isUp());
    ApiClient& node = cluster.node(2);
    const QJsonObject check = node.follow(node.act("POST", QStringLiteral("/updates/check")));
    EXPECT_EQ(check.value(QStringLiteral("state")).toString(), QStringLiteral("succeeded"));
    const Reply install = node.act("POST", QStringLiteral("/updates/install"), {}, "install-key");
    ASSERT_EQ(install.status, 202);
    EXPECT_EQ(stateOf(node), QStringLiteral("updating"));
    EXPECT_EQ(node.act("POST", QStringLiteral("/node/reboot")).code(),
              QStringLiteral("operation-running"));
    cluster.killNode(2);
    EXPECT_TRUE(eventually([&] { return node.get(QStringLiteral("/ping")).status == 0; }));
    EXPECT_TRUE(eventually([&] { return !cluster.isSupervised(2); }));
    cluster.power(2, "on");
    EXPECT_TRUE(eventually([&] { return node.logIn() == 200; }));
    const QJsonObject cut = node.follow(install);
    EXPECT_EQ(cut.value(QStringLiteral("state")).toString(), QStringLiteral("failed"));
    EXPECT_EQ(
        cut.value(QStringLiteral("problem")).toObject().value(QStringLiteral("code")).toString(),
        QStringLiteral("interrupted"));
    EXPECT_EQ(node.act("POST", QStringLiteral("/updates/install"), {}, "install-key")
                  .headers.value(QStringLiteral("location")),
              install.headers.value(QStringLiteral("location")));
    EXPECT_EQ(counter(node, "installs"), 1);
}

TEST(PracticeCluster, drainsHandsLeadershipOverAndStaysDrainedOverARestart)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    const int first = cluster.leader(1);
    ApiClient& node = cluster.node(first);
    const int other = first % 3 + 1;
    node.follow(node.act("POST", QStringLiteral("/node/drain")));
    EXPECT_EQ(stateOf(node), QStringLiteral("drained"));
    EXPECT_TRUE(
        eventually([&] { return cluster.leader(other) != first && cluster.leader(other) != 0; }));
    EXPECT_TRUE(eventually([&] {
        return cluster.node(other).memberState(QStringLiteral("node-%1").arg(first))
               == QLatin1String("drained");
    }));
    node.follow(node.act("POST", QStringLiteral("/node/reboot")));
    EXPECT_EQ(stateOf(node), QStringLiteral("drained"));
    node.follow(node.act("POST", QStringLiteral("/node/resume")));
    EXPECT_EQ(stateOf(node), QStringLiteral("ready"));
}

TEST(PracticeCluster, leaseIsOneForAllNodes)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    const QString path = QStringLiteral("/cluster/lease");
    const QJsonObject me{{QStringLiteral("owner"), QStringLiteral("me")},
                         {QStringLiteral("note"), QStringLiteral("upgrade")}};
    const QJsonObject you{{QStringLiteral("owner"), QStringLiteral("you")}};
    EXPECT_EQ(cluster.node(1).act("POST", path, me, "k").status, 201);
    for (int number : {1, 2, 3}) {
        const QJsonObject lease =
            cluster.node(number).get(path).json().value(QStringLiteral("lease")).toObject();
        EXPECT_EQ(lease.value(QStringLiteral("owner")).toString(), QStringLiteral("me")) << number;
        EXPECT_EQ(cluster.node(number).act("POST", path, you).code(), QStringLiteral("lease-held"))
            << number;
        EXPECT_EQ(cluster.node(number).act("DELETE", path + QStringLiteral("?owner=you")).status,
                  409)
            << number;
        EXPECT_EQ(cluster.node(number).act("PUT", path, me).status, 200) << number;
    }
    const int leader = cluster.leader(1);
    const int other = leader % 3 + 1;
    cluster.power(leader, "off");
    EXPECT_TRUE(eventually([&] {
        return cluster.node(other).act("POST", path, you).code() == QLatin1String("lease-held");
    })) << "the new leader has forgotten the lease";
    EXPECT_EQ(cluster.node(other).act("DELETE", path + QStringLiteral("?owner=me")).status, 204);
    QJsonObject brief = you;
    brief.insert(QStringLiteral("ttlSeconds"), 1);
    EXPECT_EQ(cluster.node(other).act("POST", path, brief).status, 201);
    EXPECT_TRUE(eventually([&] { return cluster.node(other).act("POST", path, me).status == 201; }))
        << "never expires";
    const bool first = other != 1;
    if (first
        && leader != 1) { // a late duplicate of the first request must not take the lease again
        EXPECT_EQ(cluster.node(1).act("POST", path, me, "k").status, 201);
    }
}

TEST(PracticeCluster, writesAClusterFileWithoutSecretsAndStartsAgain)
{
    PracticeCluster cluster(QStringLiteral("cm"), 1);
    ASSERT_TRUE(cluster.isUp());
    const QByteArray file = sandbox::readFile(cluster.folder() + QStringLiteral("/cluster.json"))
                                .value_or(QByteArray());
    const QJsonObject object = QJsonDocument::fromJson(file).object();
    EXPECT_EQ(object.value(QStringLiteral("format")).toString(),
              QStringLiteral("quorate-cluster/1"));
    EXPECT_EQ(object.value(QStringLiteral("environment")).toString(), QStringLiteral("practice"));
    const QString credentials = cluster.folder() + QStringLiteral("/credentials.json");
    const Result<QJsonObject> login = sandbox::readObject(credentials);
    ASSERT_TRUE(login);
    EXPECT_FALSE(file.contains(login->value(QStringLiteral("password")).toString().toLatin1()));
    EXPECT_FALSE(file.contains("PRIVATE KEY"));
    EXPECT_EQ(QFileInfo(credentials).permissions()
                  & (QFileDevice::ReadGroup | QFileDevice::ReadOther),
              QFileDevice::Permissions());
    EXPECT_EQ(cluster.run({QStringLiteral("down")}).exitCode, 0);
    EXPECT_EQ(cluster.run({QStringLiteral("up")}).exitCode, 0);
    EXPECT_EQ(cluster.node(1).logIn(), 200);
    const test::TempDir elsewhere;
    const test::ProgramOutcome refused = test::runProgram(
        PracticeCluster::program(),
        {QStringLiteral("up"), QStringLiteral("--dir"), elsewhere.path(QStringLiteral("x")),
         QStringLiteral("--port"), QString::number(cluster.node(1).port())});
    EXPECT_EQ(refused.exitCode, 1);
    EXPECT_TRUE(refused.errors.contains("is used by another program"))
        << refused.errors.toStdString();
    EXPECT_EQ(test::runProgram(PracticeCluster::program(), {QStringLiteral("up")}).exitCode, 2);
    EXPECT_EQ(test::runProgram(PracticeCluster::program(), {QStringLiteral("--help")}).exitCode, 0);
}

} // namespace quorate::sandboxtest
