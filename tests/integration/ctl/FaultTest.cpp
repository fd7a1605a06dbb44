// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/integration/ctl/Ctl.h"

#include <QElapsedTimer>
#include <QJsonArray>

namespace quorate::ctltest {

namespace {

constexpr int kSpeed = 1000;
/// An unreachable node is known within some seconds (3 s measured); generous for slow machines.
constexpr int kRefusalLimitMs = 60'000;

/// The upgrade's last line where the first node to leave misbehaves.
void expectPausedAtFirst(const char* fault, const char* code)
{
    PracticeCluster cluster(QStringLiteral("mss"), 3, kSpeed);
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    const QString plan = ctl.plan(cluster.package(QStringLiteral("14.2.0")));
    const std::vector<int> order = orderOf(plan);
    ASSERT_EQ(order.size(), 3U);
    cluster.fault(order[0], fault);
    const Said said = ctl.upgrade(plan);
    EXPECT_EQ(said.exitCode, 1);
    EXPECT_EQ(said.last().value(QStringLiteral("result")).toString(), QStringLiteral("paused"));
    EXPECT_EQ(said.last().value(QStringLiteral("phase")).toString(), QStringLiteral("paused"));
    const QJsonObject attention = said.last().value(QStringLiteral("attention")).toObject();
    EXPECT_EQ(attention.value(QStringLiteral("code")).toString(), QLatin1String(code));
    EXPECT_TRUE(attention.value(QStringLiteral("title"))
                    .toString()
                    .contains(QStringLiteral("node-%1").arg(order[0]), Qt::CaseInsensitive));
    EXPECT_FALSE(attention.value(QStringLiteral("next")).toString().isEmpty());
    EXPECT_TRUE(said.last().value(QStringLiteral("endedAt")).isNull());

    const QJsonObject shown = ctl.run({QStringLiteral("run"), QStringLiteral("show")})
                                  .last()
                                  .value(QStringLiteral("run"))
                                  .toObject();
    EXPECT_EQ(shown.value(QStringLiteral("phase")).toString(), QStringLiteral("paused"));
    EXPECT_EQ(shown.value(QStringLiteral("id")), said.last().value(QStringLiteral("run")));
    EXPECT_EQ(shown.value(QStringLiteral("attention")),
              said.last().value(QStringLiteral("attention")))
        << "why it waits is known to whoever looks later";
    EXPECT_FALSE(shown.value(QStringLiteral("offers")).toArray().isEmpty());
    const QJsonObject listed = ctl.run({QStringLiteral("run"), QStringLiteral("list")})
                                   .last()
                                   .value(QStringLiteral("runs"))
                                   .toArray()
                                   .first()
                                   .toObject();
    EXPECT_EQ(listed.value(QStringLiteral("attention")), shown.value(QStringLiteral("attention")));

    QJsonObject once = untouched();
    for (const char* name : {"drains", "installs", "upgrades", "reboots"}) {
        once[QLatin1String(name)] = 1;
    }
    EXPECT_EQ(counters(cluster, order[0]), once) << "nothing was tried again by itself";
    EXPECT_EQ(counters(cluster, order[1]), untouched());
    EXPECT_EQ(counters(cluster, order[2]), untouched());
    EXPECT_EQ(versionOf(cluster, order[1]), QStringLiteral("14.1.0"));

    // A second run beside one that waits is refused.
    const Said second = ctl.upgrade(plan);
    EXPECT_EQ(second.exitCode, 1);
    EXPECT_EQ(second.error(), QStringLiteral("run-active"));
}

/// A node that is no longer itself before the start.
void expectRefusedAtOnce(const char* fault)
{
    PracticeCluster cluster(QStringLiteral("mss"), 3, kSpeed);
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    const QString plan = ctl.plan(cluster.package(QStringLiteral("14.2.0")));
    cluster.fault(2, fault);
    QElapsedTimer timer;
    timer.start();
    const Said said = ctl.upgrade(plan);
    EXPECT_LT(timer.elapsed(), kRefusalLimitMs);
    EXPECT_EQ(said.exitCode, 1);
    EXPECT_EQ(said.error(), QStringLiteral("checks-failed")) << said.output.toStdString();
    EXPECT_TRUE(said.error("message").contains(QStringLiteral("node-2")));
    const Said runs = ctl.run({QStringLiteral("run"), QStringLiteral("list")});
    EXPECT_TRUE(runs.last().value(QStringLiteral("runs")).toArray().isEmpty());
    cluster.fault(2, fault, false);
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(counters(cluster, node), untouched()) << "node " << node;
    }
    const QJsonObject lease = cluster.node(1).get(QStringLiteral("/cluster/lease")).json();
    EXPECT_TRUE(lease.contains(QStringLiteral("lease")));
    EXPECT_TRUE(lease.value(QStringLiteral("lease")).isNull()) << "nothing was taken either";
}

} // namespace

TEST(CtlFault, aNodeThatReturnsOnTheOldVersionStopsTheRun)
{
    expectPausedAtFirst("returns-old", "wrong-version");
}

TEST(CtlFault, aFailedVerificationStopsTheRun)
{
    expectPausedAtFirst("verify-fails", "verification-failed");
}

TEST(CtlFault, serverErrorsRefuseTheStart) { expectRefusedAtOnce("http-500"); }

TEST(CtlFault, aHungNodeRefusesTheStart) { expectRefusedAtOnce("hang"); }

} // namespace quorate::ctltest
