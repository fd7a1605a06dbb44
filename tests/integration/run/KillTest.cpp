// SPDX-License-Identifier: GPL-3.0-or-later
// One complete upgrade whose program is killed at every record of its journal. A fresh cluster for
// each of some 200 records would take an hour; here one run is killed again and again instead. A
// process that always died after a fixed number of records could never get further than resuming,
// so each process dies at the first place where none died before it (see DyingJournal.h).
#include "tests/support/Test.h"

#include "tests/integration/ctl/Ctl.h"
#include "tests/support/Environment.h"

#include <QJsonArray>

namespace quorate::runtest {

namespace {

using ctltest::Ctl;
using sandboxtest::PracticeCluster;

constexpr int kSpeed = 3000;
/// An uninterrupted upgrade has some 210 records in some 180 writes, resuming some 20 places more.
constexpr int kLivesMax = 600;
constexpr int kPlacesMin = 100;
/// All lives together; each has a limit of its own. Some 4 min on two processors.
constexpr Millis kWalkLimit = Seconds(2300);

struct Lives {
    int killed = 0;
    ctltest::Said last;
};

class KilledRun {
public:
    KilledRun()
        : m_cluster(QStringLiteral("mss"), 3, kSpeed)
        , m_ctl(m_cluster)
    {
        m_plan = m_ctl.plan(m_cluster.package(QStringLiteral("14.2.0")));
    }

    Lives live(const char* death)
    {
        Lives lives;
        lives.last = ctltest::saidOf(test::runProgram(
            test::buildPath(QStringLiteral("tests/run_coordinator")),
            {QStringLiteral("--home"), m_ctl.home(), QStringLiteral("--cluster"),
             m_cluster.folder() + QStringLiteral("/cluster.json"), QStringLiteral("--plan"), m_plan,
             QStringLiteral("--places"), places(), QStringLiteral("--die"), QLatin1String(death),
             QStringLiteral("--lives"), QString::number(kLivesMax)},
            kWalkLimit));
        lives.killed =
            static_cast<int>(m_cluster.temporary().read(QStringLiteral("places")).count('\n'));
        return lives;
    }

    [[nodiscard]] QString places() const
    {
        return m_cluster.temporary().path(QStringLiteral("places"));
    }
    [[nodiscard]] PracticeCluster& cluster() { return m_cluster; }
    [[nodiscard]] Ctl& ctl() { return m_ctl; }

private:
    PracticeCluster m_cluster;
    Ctl m_ctl;
    QString m_plan;
};

void expectSucceeded(KilledRun& run, const Lives& lives)
{
    const QJsonObject last = lives.last.last();
    EXPECT_EQ(lives.last.exitCode, 0)
        << "after " << lives.killed << " lives: " << lives.last.output.toStdString()
        << lives.last.errors.toStdString()
        << run.cluster().temporary().read(QStringLiteral("places")).right(2000).toStdString();
    EXPECT_EQ(last.value(QStringLiteral("phase")).toString(), QStringLiteral("succeeded"));
    EXPECT_TRUE(last.value(QStringLiteral("chain")).toBool()) << "the journal is broken";
    EXPECT_GT(last.value(QStringLiteral("records")).toInt(), lives.killed)
        << "a life without a record";
    EXPECT_GE(lives.killed, kPlacesMin) << "it was hardly killed at all";
    ::testing::Test::RecordProperty("lives", lives.killed);
    ::testing::Test::RecordProperty("records", last.value(QStringLiteral("records")).toInt());
}

/// As after an upgrade that nobody disturbed (see the test of the command line).
void expectEachNodeUpgradedOnce(PracticeCluster& cluster)
{
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(ctltest::versionOf(cluster, node), QStringLiteral("14.2.0")) << node;
        const QJsonObject counts = ctltest::counters(cluster, node);
        EXPECT_EQ(counts.value(QStringLiteral("upgrades")).toInt(), 1) << "node " << node;
        EXPECT_EQ(counts.value(QStringLiteral("reboots")).toInt(), 1) << "node " << node;
        EXPECT_EQ(counts.value(QStringLiteral("drains")).toInt(), 1) << "node " << node;
        EXPECT_LE(counts.value(QStringLiteral("installs")).toInt(), 2) << "node " << node;
        const QJsonObject self = cluster.node(node).node();
        EXPECT_EQ(self.value(QStringLiteral("state")).toString(), QStringLiteral("ready"));
        for (const QJsonValue& value : self.value(QStringLiteral("services")).toArray()) {
            if (value.toObject().value(QStringLiteral("id")).toString() == QLatin1String("ssh")) {
                EXPECT_FALSE(value.toObject().value(QStringLiteral("running")).toBool(true))
                    << "SSH still runs on node " << node;
            }
        }
    }
}

QJsonValue leaseOf(PracticeCluster& cluster)
{
    const QJsonObject answer = cluster.node(1).get(QStringLiteral("/cluster/lease")).json();
    EXPECT_TRUE(answer.contains(QStringLiteral("lease")));
    return answer.value(QStringLiteral("lease"));
}

/// The cluster is free for the next run: none is active in the store.
void expectNoRunActive(Ctl& ctl)
{
    const ctltest::Said removed = ctl.run(
        {QStringLiteral("clusters"), QStringLiteral("remove"), QStringLiteral("practice-mss")});
    EXPECT_EQ(removed.exitCode, 0) << removed.output.toStdString();
}

} // namespace

TEST(KilledRunTest, rightBeforeEachRecordIsWritten)
{
    KilledRun run;
    ASSERT_TRUE(run.cluster().isUp());
    const Lives lives = run.live("before");
    expectSucceeded(run, lives);
    expectEachNodeUpgradedOnce(run.cluster());
    EXPECT_TRUE(leaseOf(run.cluster()).isNull());
    expectNoRunActive(run.ctl());
}

TEST(KilledRunTest, rightAfterEachRecordIsDurable)
{
    KilledRun run;
    ASSERT_TRUE(run.cluster().isUp());
    const Lives lives = run.live("after");
    expectSucceeded(run, lives);
    expectEachNodeUpgradedOnce(run.cluster());
    // Killed between the last record and giving the lease back: the next one to look gives it back.
    EXPECT_TRUE(leaseOf(run.cluster()).isNull());
    expectNoRunActive(run.ctl());
}

} // namespace quorate::runtest
