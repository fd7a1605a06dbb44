// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/integration/ctl/Ctl.h"

#include <QJsonArray>

namespace quorate::ctltest {

namespace {

QJsonObject quorumOf(const Said& said)
{
    return said.last().value(QStringLiteral("quorum")).toObject();
}

QString stateOf(const Said& said)
{
    return quorumOf(said).value(QStringLiteral("state")).toString();
}

/// "ready", "down" or "unknown".
QString countsAs(const Said& said, const QString& node)
{
    for (const QJsonValue& value : said.last().value(QStringLiteral("nodes")).toArray()) {
        const QJsonObject object = value.toObject();
        if (object.value(QStringLiteral("id")).toString() == node) {
            return object.value(QStringLiteral("counts")).toString();
        }
    }
    return {};
}

Said status(Ctl& ctl) { return ctl.run({QStringLiteral("status")}); }

void expectWhole(const Said& said)
{
    EXPECT_EQ(said.exitCode, 0) << said.output.toStdString();
    EXPECT_EQ(said.lines.size(), 1U);
    const QJsonObject quorum = quorumOf(said);
    EXPECT_EQ(stateOf(said), QStringLiteral("quorate"));
    EXPECT_EQ(quorum.value(QStringLiteral("voters")).toInt(), 3);
    EXPECT_EQ(quorum.value(QStringLiteral("ready")).toInt(), 3);
    EXPECT_EQ(quorum.value(QStringLiteral("majority")).toInt(), 2);
    EXPECT_EQ(quorum.value(QStringLiteral("margin")).toInt(), 1);
    const QJsonObject cluster = said.last().value(QStringLiteral("cluster")).toObject();
    EXPECT_EQ(cluster.value(QStringLiteral("system")).toString(), QStringLiteral("mss"));
    EXPECT_TRUE(cluster.value(QStringLiteral("practice")).toBool());
    const QJsonArray nodes = said.last().value(QStringLiteral("nodes")).toArray();
    ASSERT_EQ(nodes.size(), 3);
    int leaders = 0;
    for (const QJsonValue& value : nodes) {
        const QJsonObject node = value.toObject();
        EXPECT_EQ(node.value(QStringLiteral("state")).toString(), QStringLiteral("ready"));
        EXPECT_EQ(node.value(QStringLiteral("version")).toString(), QStringLiteral("14.1.0"));
        EXPECT_TRUE(node.value(QStringLiteral("voter")).toBool());
        EXPECT_TRUE(node.value(QStringLiteral("error")).isNull());
        leaders += node.value(QStringLiteral("leader")).toBool() ? 1 : 0;
    }
    EXPECT_EQ(leaders, 1);
}

/// One look while node-3 is off: down only when its peers say so, and never ready.
bool seesNode3Down(Ctl& ctl, PracticeCluster& cluster)
{
    const QString node = QStringLiteral("node-3");
    const Said said = status(ctl);
    EXPECT_EQ(said.exitCode, 1) << said.output.toStdString();
    EXPECT_EQ(stateOf(said), QStringLiteral("at-risk"));
    EXPECT_NE(countsAs(said, node), QStringLiteral("ready"));
    const bool down = countsAs(said, node) == QLatin1String("down");
    if (down) { // asked afterwards: a word once given is kept while the node is off
        EXPECT_TRUE(cluster.node(1).memberState(node) == QLatin1String("down")
                    || cluster.node(2).memberState(node) == QLatin1String("down"));
    } else {
        EXPECT_EQ(countsAs(said, node), QStringLiteral("unknown"));
        EXPECT_EQ(quorumOf(said).value(QStringLiteral("down")).toInt(), 0);
    }
    return down;
}

} // namespace

TEST(CtlStatus, hasAnExitCodeForEachState)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    expectWhole(status(ctl));

    cluster.power(3, "off");
    EXPECT_TRUE(sandboxtest::eventually([&] { return seesNode3Down(ctl, cluster); }, 30'000));

    cluster.power(2, "off");
    EXPECT_TRUE(sandboxtest::eventually(
        [&] {
            const Said said = status(ctl);
            EXPECT_GE(said.exitCode, 2) << said.output.toStdString();
            EXPECT_NE(countsAs(said, QStringLiteral("node-2")), QStringLiteral("ready"));
            return said.exitCode == 2 && stateOf(said) == QLatin1String("lost");
        },
        30'000));

    cluster.power(1, "off");
    const Said nothing = status(ctl);
    EXPECT_EQ(nothing.exitCode, 3);
    EXPECT_EQ(stateOf(nothing), QStringLiteral("unknown"));
    EXPECT_EQ(quorumOf(nothing).value(QStringLiteral("ready")).toInt(), 0);
    EXPECT_EQ(quorumOf(nothing).value(QStringLiteral("down")).toInt(), 0)
        << "nobody is left who could say so";
    const QString sentence = quorumOf(nothing).value(QStringLiteral("sentence")).toString();
    EXPECT_TRUE(sentence.contains(QStringLiteral("not known"))) << sentence.toStdString();
    EXPECT_FALSE(sentence.contains(QStringLiteral("quorate"), Qt::CaseSensitive))
        << sentence.toStdString(); // the program's own name has a capital
}

TEST(CtlStatus, ofAnUnknownClusterIsUnknown)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    cluster.power(1, "off");
    const Said said = status(ctl); // never connected before, and nobody is there
    EXPECT_EQ(said.exitCode, 3) << said.output.toStdString();
    EXPECT_NE(stateOf(said), QStringLiteral("quorate"));
}

TEST(CtlStatus, watchesUntilItIsInterrupted)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    Followed watch(ctl, {QStringLiteral("status"), QStringLiteral("--watch")});
    const auto says = [&watch](const char* state) {
        return watch.process().waitForOutput(
            QRegularExpression(QStringLiteral("\"state\":\"%1\"").arg(QLatin1String(state))),
            Seconds(60));
    };
    ASSERT_TRUE(says("quorate"));
    cluster.power(3, "off");
    ASSERT_TRUE(says("at-risk"));
    EXPECT_TRUE(watch.process().isRunning());
    watch.interrupt();
    const Said said = watch.end(Seconds(20));
    EXPECT_EQ(said.exitCode, 1) << "of the state that was shown last: at risk";
    ASSERT_GE(said.lines.size(), 2U) << "one document a change";
    EXPECT_EQ(said.lines.front()[QStringLiteral("quorum")][QStringLiteral("ready")].toInt(), 3);
    EXPECT_EQ(said.last()[QStringLiteral("quorum")][QStringLiteral("ready")].toInt(), 2);
    EXPECT_LE(said.lines.size(), 8U) << "only changes are worth a document";
}

} // namespace quorate::ctltest
