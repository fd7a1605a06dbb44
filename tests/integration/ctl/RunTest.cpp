// SPDX-License-Identifier: GPL-3.0-or-later
// Runs from several programs: stopped by Ctrl-C, paused and cancelled from beside, taken up again.
#include "tests/support/Test.h"

#include "tests/integration/ctl/Ctl.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>

namespace quorate::ctltest {

namespace {

constexpr int kSpeed = 3000;
constexpr const char* kInstall = "Install the package";

QString textOf(const QJsonObject& object, const char* field)
{
    return object.value(QLatin1String(field)).toString();
}

/// For messages that a person can read.
std::string textOf(const QJsonObject& object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

class CtlRun : public ::testing::Test {
protected:
    CtlRun()
        : cluster(QStringLiteral("cm"), 3, kSpeed)
        , ctl(cluster)
    {
        plan = ctl.plan(cluster.package(QStringLiteral("2.11.0")), QStringLiteral("cm-online"));
        order = orderOf(plan);
    }

    Said call(const QStringList& words)
    {
        return ctl.run(QStringList{QStringLiteral("run")} + words);
    }
    QJsonObject shown()
    {
        return call({QStringLiteral("show")}).last().value(QStringLiteral("run")).toObject();
    }
    QJsonObject lease()
    {
        const QJsonObject answer =
            cluster.node(order[2]).get(QStringLiteral("/cluster/lease")).json();
        EXPECT_TRUE(answer.contains(QStringLiteral("lease")));
        return answer.value(QStringLiteral("lease")).toObject();
    }
    /// It stands between two nodes: the first is back on the new version, nothing is held.
    void expectPausedAfterTheFirst(const Said& said)
    {
        EXPECT_EQ(said.exitCode, 1) << said.output.right(2000).toStdString();
        EXPECT_EQ(textOf(said.last(), "result"), QStringLiteral("paused"));
        const QJsonObject why = said.last().value(QStringLiteral("attention")).toObject();
        EXPECT_EQ(textOf(why, "code"), QStringLiteral("paused"));
        EXPECT_EQ(shown().value(QStringLiteral("attention")).toObject(), why);
        EXPECT_EQ(versionOf(cluster, order[0]), QStringLiteral("2.11.0"));
        EXPECT_EQ(textOf(cluster.node(order[0]).node(), "state"), QStringLiteral("ready"));
        EXPECT_EQ(counters(cluster, order[1]).value(QStringLiteral("upgrades")).toInt(), 0);
        EXPECT_TRUE(lease().isEmpty()) << "anybody may coordinate the cluster now";
    }

    /// What somebody else's hand did to the store.
    void setStoredPlan(const QByteArray& yaml)
    {
        {
            QSqlDatabase store = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"),
                                                           QStringLiteral("ctl-run-test"));
            store.setDatabaseName(ctl.home() + QStringLiteral("/quorate.db"));
            ASSERT_TRUE(store.open());
            QSqlQuery query(store);
            query.prepare(QStringLiteral("UPDATE runs SET plan = ?"));
            query.addBindValue(yaml);
            ASSERT_TRUE(query.exec()) << query.lastError().text().toStdString();
        }
        QSqlDatabase::removeDatabase(QStringLiteral("ctl-run-test"));
    }

    PracticeCluster cluster;
    Ctl ctl;
    QString plan;
    std::vector<int> order;
};

} // namespace

TEST_F(CtlRun, ctrlCPausesAndTheRunGoesOnLater)
{
    ASSERT_EQ(order.size(), 3U);
    Followed upgrade(ctl, Ctl::upgradeArguments(plan));
    ASSERT_TRUE(upgrade.reach(QLatin1String(kInstall), nodeName(order[0])));
    upgrade.interrupt();
    const Said said = upgrade.end();
    EXPECT_TRUE(said.errors.contains("Pausing")) << said.errors.toStdString();
    expectPausedAfterTheFirst(said);

    const Said resumed = Followed(ctl, {QStringLiteral("run"), QStringLiteral("resume")}).end();
    EXPECT_EQ(resumed.exitCode, 0) << resumed.output.right(2000).toStdString();
    for (const int node : order) {
        EXPECT_EQ(versionOf(cluster, node), QStringLiteral("2.11.0")) << "node " << node;
        EXPECT_EQ(counters(cluster, node).value(QStringLiteral("upgrades")).toInt(), 1);
    }
    EXPECT_EQ(textOf(lease()), "{}");

    // A program of ours that died right after the end leaves the lease; who looks gives it back.
    const QJsonObject run = shown();
    const QString owner =
        QStringLiteral("%1, run %2").arg(textOf(run, "startedBy"), textOf(run, "id"));
    const auto take = [this](const QString& who) {
        return cluster.node(order[2])
            .act("POST", QStringLiteral("/cluster/lease"),
                 {{QStringLiteral("owner"), who}, {QStringLiteral("ttlSeconds"), 180}})
            .status;
    };
    for (const char* look : {"list", "show", "resume"}) {
        ASSERT_EQ(take(owner), 201);
        EXPECT_EQ(call({QLatin1String(look)}).exitCode, look == std::string_view("resume") ? 1 : 0);
        EXPECT_TRUE(lease().isEmpty()) << look;
    }
    ASSERT_EQ(take(QStringLiteral("somebody else")), 201);
    EXPECT_EQ(call({QStringLiteral("list")}).exitCode, 0);
    EXPECT_EQ(textOf(lease(), "owner"), QStringLiteral("somebody else")) << "is not ours to give";
}

TEST_F(CtlRun, isPausedAndCancelledFromBeside)
{
    ASSERT_EQ(order.size(), 3U);
    Followed upgrade(ctl, Ctl::upgradeArguments(plan));
    ASSERT_TRUE(upgrade.reach(QLatin1String(kInstall), nodeName(order[0])));
    const Said asked = call({QStringLiteral("pause")});
    EXPECT_EQ(asked.exitCode, 0) << asked.output.toStdString();
    EXPECT_EQ(textOf(asked.last(), "result"), QStringLiteral("asked"));
    expectPausedAfterTheFirst(upgrade.end());

    // A store whose plan was exchanged is not resumed with the other plan.
    const QByteArray mine = cluster.temporary().read(QStringLiteral("plan.yaml"));
    const QString run = textOf(shown(), "id");
    const QString other = cluster.temporary().path(QStringLiteral("other.yaml"));
    ASSERT_EQ(ctl.run({QStringLiteral("plan"), QStringLiteral("--procedure"),
                       QStringLiteral("cm-online"), QStringLiteral("--package"),
                       cluster.package(QStringLiteral("2.11.1")), QStringLiteral("-o"), other})
                  .exitCode,
              0);
    setStoredPlan(cluster.temporary().read(QStringLiteral("other.yaml")));
    for (const char* verb : {"show", "resume"}) {
        const Said refused = call({QLatin1String(verb), run});
        EXPECT_EQ(refused.exitCode, 1) << verb;
        EXPECT_EQ(refused.error(), QStringLiteral("journal-of-another-plan"))
            << refused.output.toStdString();
        EXPECT_FALSE(refused.error("cure").isEmpty());
    }
    setStoredPlan(mine);

    Followed resumed(ctl, {QStringLiteral("run"), QStringLiteral("resume")});
    ASSERT_TRUE(resumed.reach(QLatin1String(kInstall), nodeName(order[1])));
    const Said cancelled = call({QStringLiteral("cancel")});
    EXPECT_EQ(cancelled.exitCode, 0) << cancelled.output.right(2000).toStdString();
    EXPECT_EQ(textOf(cancelled.last(), "result"), QStringLiteral("cancelled"));
    const Said ended = resumed.end();
    EXPECT_EQ(ended.exitCode, 1) << "it did not end as this one was to";
    EXPECT_EQ(textOf(ended.last(), "result"), QStringLiteral("cancelled"));
    EXPECT_TRUE(textOf(ended.last(), "sentence").contains(QStringLiteral("mixed versions")));
    EXPECT_EQ(cluster.node(order[1]).logIn(), 200); // it has forgotten everybody at its restart
    EXPECT_EQ(textOf(cluster.node(order[1]).node(), "state"), QStringLiteral("ready"))
        << "it was brought back first: " << textOf(cluster.node(order[1]).node());
    QJsonObject backedUp = untouched(); // before anything else, as the procedure begins
    backedUp[QStringLiteral("backups")] = counters(cluster, order[2])[QStringLiteral("backups")];
    EXPECT_EQ(textOf(counters(cluster, order[2])), textOf(backedUp));
    EXPECT_EQ(textOf(lease()), "{}");
}

} // namespace quorate::ctltest
