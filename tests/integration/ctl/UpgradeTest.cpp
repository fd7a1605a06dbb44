// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "app/sandbox/Files.h"
#include "tests/integration/ctl/Ctl.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>

namespace quorate::ctltest {

namespace {

constexpr int kSpeed = 1000;
constexpr Millis kUpgradeLimit = Seconds(240);

QByteArray passwordOf(const PracticeCluster& cluster)
{
    const auto credentials =
        sandbox::readObject(cluster.folder() + QStringLiteral("/credentials.json"));
    return credentials ? credentials->value(QStringLiteral("password")).toString().toUtf8()
                       : QByteArray();
}

void expectNoSecret(const QByteArray& bytes, const QByteArray& password, const QString& where)
{
    EXPECT_FALSE(bytes.contains(password)) << where.toStdString();
    EXPECT_FALSE(bytes.toLower().contains("bearer ")) << where.toStdString();
}

/// Every file below a folder; how many there were.
int expectNoSecretBelow(const QString& folder, const QByteArray& password)
{
    int files = 0;
    QDirIterator all(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        QFile file(all.next());
        if (file.open(QIODevice::ReadOnly)) { // a store's journal may have gone by now
            ++files;
            expectNoSecret(file.readAll(), password, file.fileName());
        }
    }
    return files;
}

QByteArray commandLineOf(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/cmdline").arg(pid));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The whole upgrade, looked at for secrets while it runs and when it has ended.
Said upgradeWatched(Ctl& ctl, const QString& plan, const QByteArray& password)
{
    test::ChildProcess program;
    if (!program.start(Ctl::program(), ctl.options() + Ctl::upgradeArguments(plan))) {
        return {};
    }
    // Empty while the program is being loaded.
    QByteArray commandLine;
    EXPECT_TRUE(test::waitUntil([&] {
        commandLine = commandLineOf(program.pid());
        return commandLine.contains("upgrade");
    })) << commandLine.toStdString();
    expectNoSecret(commandLine, password, QStringLiteral("the command line"));
    EXPECT_TRUE(program.waitForOutput(QRegularExpression(QStringLiteral("\"phase\":\"running\"")),
                                      Seconds(60)));
    EXPECT_GE(expectNoSecretBelow(ctl.home(), password), 2) << "the store and its write-ahead log";
    const int code = program.waitForEnd(kUpgradeLimit);
    ctl.hear(program.output() + program.errors());
    return saidOf({code, program.output(), program.errors()});
}

void expectEveryNodeUpgradedOnce(PracticeCluster& cluster)
{
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(versionOf(cluster, node), QStringLiteral("14.2.0")) << "node " << node;
        const QJsonObject counts = counters(cluster, node);
        for (const char* once : {"upgrades", "reboots", "drains"}) {
            EXPECT_EQ(counts.value(QLatin1String(once)).toInt(), 1) << once << " of node " << node;
        }
        EXPECT_EQ(cluster.node(node).node().value(QStringLiteral("state")).toString(),
                  QStringLiteral("ready"));
    }
}

void expectRunsAgree(Ctl& ctl, const QJsonObject& last)
{
    const QJsonArray runs = ctl.run({QStringLiteral("run"), QStringLiteral("list")})
                                .last()
                                .value(QStringLiteral("runs"))
                                .toArray();
    ASSERT_EQ(runs.size(), 1);
    const QJsonObject listed = runs.first().toObject();
    const QJsonObject shown = ctl.run({QStringLiteral("run"), QStringLiteral("show"),
                                       last.value(QStringLiteral("run")).toString()})
                                  .last()
                                  .value(QStringLiteral("run"))
                                  .toObject();
    for (const QString& field :
         {QStringLiteral("id"), QStringLiteral("phase"), QStringLiteral("planHash"),
          QStringLiteral("steps"), QStringLiteral("startedAt"), QStringLiteral("endedAt")}) {
        EXPECT_TRUE(last.contains(field)) << field.toStdString();
        EXPECT_EQ(listed.value(field), last.value(field)) << field.toStdString();
        EXPECT_EQ(shown.value(field), last.value(field)) << field.toStdString();
    }
    const QJsonArray steps = shown.value(QStringLiteral("stepList")).toArray();
    EXPECT_EQ(steps.size(), last.value(QStringLiteral("steps")).toInt());
    EXPECT_TRUE(shown.value(QStringLiteral("offers")).toArray().isEmpty());
}

/// `verify`: 0 signed and whole, 3 whole but not signed (no keychain here).
void expectEvidenceHolds(Ctl& ctl, PracticeCluster& cluster, const QString& archive)
{
    const Said good = ctl.run({QStringLiteral("verify"), archive});
    EXPECT_TRUE(good.exitCode == 0 || good.exitCode == 3) << good.output.toStdString();
    const QString standing = good.last().value(QStringLiteral("standing")).toString();
    EXPECT_EQ(standing, good.exitCode == 0 ? QStringLiteral("intact") : QStringLiteral("unsigned"));
    EXPECT_EQ(good.last().value(QStringLiteral("result")).toString(), QStringLiteral("succeeded"));
    const QByteArray whole = sandbox::readFile(archive).value_or(QByteArray());
    ASSERT_GT(whole.size(), 1000);
    for (const int part : {1, 3, 5, 7}) { // tenths of the archive
        QByteArray changed = whole;
        const qsizetype at = whole.size() * part / 10;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        const Said bad =
            ctl.run({QStringLiteral("verify"),
                     cluster.temporary().write(QStringLiteral("changed.zip"), changed)});
        EXPECT_EQ(bad.exitCode, 1) << "byte " << at << ": " << bad.output.toStdString();
    }
}

} // namespace

TEST(CtlUpgrade, bringsEveryNodeToTheNewVersionAndKeepsSecrets)
{
    PracticeCluster cluster(QStringLiteral("mss"), 3, kSpeed);
    ASSERT_TRUE(cluster.isUp());
    const QByteArray password = passwordOf(cluster);
    ASSERT_GE(password.size(), 8);
    Ctl ctl(cluster);
    const QString package = cluster.package(QStringLiteral("14.2.0"));
    const Said inspected = ctl.run({QStringLiteral("package"), QStringLiteral("inspect"), package});
    EXPECT_EQ(inspected.exitCode, 0);
    EXPECT_EQ(inspected.last()[QStringLiteral("package")][QStringLiteral("version")].toString(),
              QStringLiteral("14.2.0"));
    const QString plan = ctl.plan(package);
    const Said simulated =
        ctl.run({QStringLiteral("simulate"), plan, QStringLiteral("--runs"), QStringLiteral("10")});
    EXPECT_EQ(simulated.exitCode, 0) << simulated.output.toStdString();
    EXPECT_TRUE(simulated.last().value(QStringLiteral("violations")).toArray().isEmpty());

    const Said done = upgradeWatched(ctl, plan, password);
    EXPECT_EQ(done.exitCode, 0) << done.output.toStdString() << done.errors.toStdString();
    EXPECT_EQ(done.last().value(QStringLiteral("result")).toString(), QStringLiteral("succeeded"));
    expectEveryNodeUpgradedOnce(cluster);
    expectRunsAgree(ctl, done.last());

    const QString reports = cluster.temporary().path(QStringLiteral("reports"));
    const Said reported = ctl.run(
        {QStringLiteral("run"), QStringLiteral("report"), QStringLiteral("--report"), reports});
    EXPECT_EQ(reported.exitCode, 0) << reported.errors.toStdString();
    EXPECT_EQ(reported.last().value(QStringLiteral("files")).toArray().size(), 3);
    expectEvidenceHolds(ctl, cluster, reports + QStringLiteral("/evidence.zip"));

    EXPECT_EQ(expectNoSecretBelow(reports, password), 3);
    EXPECT_GE(expectNoSecretBelow(ctl.home(), password), 1);
    expectNoSecret(cluster.temporary().read(QStringLiteral("plan.yaml")), password, plan);
    expectNoSecret(ctl.heard(), password, QStringLiteral("what was said"));
}

TEST(CtlUpgrade, aPasswordOnStandardInputIsNotKeptInFiles)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    const QByteArray password = passwordOf(cluster);
    ASSERT_GE(password.size(), 8);
    Ctl ctl(cluster);
    test::ChildProcess program;
    ASSERT_TRUE(program.start(
        Ctl::program(),
        ctl.options()
            + QStringList{QStringLiteral("--user"), QStringLiteral("operator"),
                          QStringLiteral("--password-stdin"), QStringLiteral("status")},
        password + '\n'));
    expectNoSecret(commandLineOf(program.pid()), password, QStringLiteral("the command line"));
    EXPECT_EQ(program.waitForEnd(Seconds(60)), 0) << program.errors().toStdString();
    EXPECT_GE(expectNoSecretBelow(ctl.home(), password), 1);
    expectNoSecret(program.output() + program.errors(), password, QStringLiteral("what was said"));
}

} // namespace quorate::ctltest
