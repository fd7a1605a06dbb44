// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "app/sandbox/Files.h"
#include "tests/integration/ctl/Ctl.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

namespace quorate::ctltest {

namespace {

constexpr int kSpeed = 3000;

QString procedureOf() { return QStringLiteral("cm-online"); }

Said planned(Ctl& ctl, const QString& package, const QStringList& more = {})
{
    return ctl.run(QStringList{QStringLiteral("plan"), QStringLiteral("--procedure"), procedureOf(),
                               QStringLiteral("--package"), package}
                   + more);
}

void expectNothingHappened(Ctl& ctl, PracticeCluster& cluster)
{
    const Said runs = ctl.run({QStringLiteral("run"), QStringLiteral("list")});
    EXPECT_EQ(runs.last().value(QStringLiteral("runs")).toArray().size(), 0);
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(counters(cluster, node), untouched()) << "node " << node;
    }
}

/// The one file of that ending; as private as its content.
QFileInfo downloaded(const QString& folder, const QString& ending)
{
    const QFileInfoList found = QDir(folder).entryInfoList({u'*' + ending}, QDir::Files);
    EXPECT_EQ(found.size(), 1) << ending.toStdString();
    if (found.isEmpty()) {
        return {};
    }
    constexpr auto kOthers = QFileDevice::ReadGroup | QFileDevice::WriteGroup
                             | QFileDevice::ReadOther | QFileDevice::WriteOther;
    EXPECT_FALSE(found.first().permissions() & kOthers) << ending.toStdString();
    return found.first();
}

QDateTime firstInstallation(PracticeCluster& cluster)
{
    QDateTime first;
    for (const int node : {1, 2, 3}) {
        const QJsonArray operations = cluster.node(node)
                                          .get(QStringLiteral("/operations?limit=500"))
                                          .json()[QLatin1String("items")]
                                          .toArray();
        for (const QJsonValue& operation : operations) {
            if (operation[QLatin1String("kind")].toString() == QLatin1String("upgrade")) {
                const QDateTime at = QDateTime::fromString(
                    operation[QLatin1String("startedAt")].toString(), Qt::ISODateWithMs);
                first = first.isValid() ? std::min(first, at) : at;
            }
        }
    }
    return first;
}

} // namespace

TEST(CtlCm, goesOneMinorVersionAtATimeAfterABackup)
{
    PracticeCluster cluster(QStringLiteral("cm"), 3, kSpeed);
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    const Said jump = planned(ctl, cluster.package(QStringLiteral("2.12.0")));
    EXPECT_EQ(jump.exitCode, 1);
    EXPECT_EQ(jump.error(), QStringLiteral("unsupported-path")) << jump.output.toStdString();
    EXPECT_TRUE(jump.error("message").contains(QStringLiteral("one minor at a time")));

    const QString package = cluster.package(QStringLiteral("2.11.0"));
    const QString plan = ctl.plan(package, procedureOf());
    const QString nowhere = cluster.temporary().path(QStringLiteral("nowhere.yaml"));
    ASSERT_EQ(planned(ctl, package,
                      {QStringLiteral("--backup-folder"), QStringLiteral("/proc/nowhere"),
                       QStringLiteral("-o"), nowhere})
                  .exitCode,
              0);
    const Said refused = ctl.upgrade(nowhere);
    EXPECT_EQ(refused.exitCode, 1);
    EXPECT_EQ(refused.error(), QStringLiteral("cannot-make-folder"))
        << refused.output.toStdString();
    expectNothingHappened(ctl, cluster);

    const Said done = ctl.upgrade(plan);
    ASSERT_EQ(done.exitCode, 0) << done.output.right(2000).toStdString()
                                << done.errors.toStdString();
    int backups = 0;
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(versionOf(cluster, node), QStringLiteral("2.11.0")) << "node " << node;
        const QJsonObject counts = counters(cluster, node);
        EXPECT_EQ(counts.value(QStringLiteral("upgrades")).toInt(), 1) << "node " << node;
        EXPECT_EQ(counts.value(QStringLiteral("reboots")).toInt(), 1) << "node " << node;
        EXPECT_EQ(counts.value(QStringLiteral("drains")).toInt(), 0) << "node " << node;
        backups += counts.value(QStringLiteral("backups")).toInt();
    }
    EXPECT_EQ(backups, 1);
    expectNeverTwoOut(cluster);

    const QString folder = cluster.temporary().path(QStringLiteral("backups"));
    const QFileInfo backup = downloaded(folder, QStringLiteral(".backup"));
    const QFileInfo key = downloaded(folder, QStringLiteral(".key"));
    const QString node = backup.fileName().left(6); // "node-2-backup-….backup"
    const QString kept = cluster.folder() + u'/' + node + QStringLiteral("/backups/")
                         + backup.completeBaseName().mid(7);
    EXPECT_EQ(sandbox::readFile(backup.filePath()).value_or("here"),
              sandbox::readFile(kept + QStringLiteral(".bin")).value_or("there"));
    EXPECT_EQ(sandbox::readFile(key.filePath()).value_or("here"),
              sandbox::readFile(kept + QStringLiteral(".key")).value_or("there"));
    // The key lies in its own file and nowhere else.
    test::Canary canary = cluster.canary();
    canary.watch(QStringLiteral("the backup's key"),
                 sandbox::readFile(key.filePath()).value_or(QByteArray()).trimmed());
    EXPECT_GE(canary.expectNotBelow(ctl.home()), 1);
    canary.expectNotIn(ctl.heard(), QStringLiteral("what was said"));
    canary.expectNotIn(cluster.temporary().read(QStringLiteral("plan.yaml")), plan);
    canary.expectNotIn(sandbox::readFile(backup.filePath()).value_or(QByteArray()),
                       QStringLiteral("the backup"));
    const QDateTime installed = firstInstallation(cluster);
    ASSERT_TRUE(installed.isValid());
    EXPECT_LE(backup.lastModified(), installed) << "first the backup";
    EXPECT_LE(key.lastModified(), installed) << "first its key";
}

} // namespace quorate::ctltest
