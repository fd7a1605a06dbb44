// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/integration/ctl/Ctl.h"

namespace quorate::ctltest {

namespace {

constexpr const char* kActs[] = {"drain", "reboot", "shutdown"};

Said act(Ctl& ctl, const char* act, int node)
{
    return ctl.run({QStringLiteral("node"), QLatin1String(act), QStringLiteral("node-%1").arg(node),
                    QStringLiteral("--yes")});
}

void expectRefused(const Said& said)
{
    EXPECT_EQ(said.exitCode, 1) << said.output.toStdString();
    EXPECT_EQ(said.last().value(QStringLiteral("result")).toString(), QStringLiteral("refused"));
    EXPECT_EQ(said.error(), QStringLiteral("gate-refused"));
    EXPECT_TRUE(said.error("message").contains(QStringLiteral("node-3")))
        << "names who is missing: " << said.error("message").toStdString();
    EXPECT_TRUE(said.errors.contains("Nothing was sent")) << said.errors.toStdString();
}

} // namespace

TEST(CtlGate, refusesToTakeAwayTheMajority)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    cluster.power(3, "off");
    for (const char* name : kActs) { // its peers still wait: it cannot be told yet
        expectRefused(act(ctl, name, 1));
    }
    ASSERT_TRUE(sandboxtest::eventually(
        [&] {
            return cluster.node(1).memberState(QStringLiteral("node-3")) == QLatin1String("down")
                   && cluster.node(2).memberState(QStringLiteral("node-3"))
                          == QLatin1String("down");
        },
        30'000));
    for (const int node : {1, 2}) {
        for (const char* name : kActs) {
            expectRefused(act(ctl, name, node));
        }
    }
    for (const int node : {1, 2}) {
        EXPECT_EQ(counters(cluster, node), untouched()) << "node " << node;
        const QJsonObject self = cluster.node(node).node();
        EXPECT_EQ(self.value(QStringLiteral("state")).toString(), QStringLiteral("ready"));
        EXPECT_FALSE(self.value(QStringLiteral("drained")).toBool(true));
    }
}

TEST(CtlGate, letsOneNodeGoAndCome)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    const Said said = act(ctl, "reboot", 1);
    EXPECT_EQ(said.exitCode, 0) << said.output.toStdString();
    EXPECT_EQ(said.last().value(QStringLiteral("result")).toString(), QStringLiteral("done"));
    QJsonObject once = untouched();
    once[QStringLiteral("reboots")] = 1;
    EXPECT_EQ(counters(cluster, 1), once);
    EXPECT_EQ(counters(cluster, 2), untouched());
    EXPECT_EQ(counters(cluster, 3), untouched());
}

} // namespace quorate::ctltest
