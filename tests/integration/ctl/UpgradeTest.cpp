// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "app/sandbox/Files.h"
#include "core/report/Zip.h"
#include "tests/integration/ctl/Ctl.h"

#include <QJsonArray>

namespace quorate::ctltest {

namespace {

constexpr int kSpeed = 1000;
constexpr Millis kUpgradeLimit = Seconds(240);

/// Arguments and environment; empty while the program is being loaded.
bool waitsForArguments(const test::ChildProcess& program, const test::Canary& canary,
                       const QByteArray& word)
{
    return test::waitUntil([&] { return canary.expectNotInProcess(program.pid()).contains(word); });
}

/// The whole upgrade, looked at for secrets while it runs and when it has ended.
Said upgradeWatched(Ctl& ctl, const QString& plan, const test::Canary& canary)
{
    test::ChildProcess program;
    if (!program.start(Ctl::program(), ctl.options() + Ctl::upgradeArguments(plan))) {
        return {};
    }
    EXPECT_TRUE(waitsForArguments(program, canary, "upgrade"));
    EXPECT_TRUE(program.waitForOutput(QRegularExpression(QStringLiteral("\"phase\":\"running\"")),
                                      Seconds(60)));
    EXPECT_GE(canary.expectNotBelow(ctl.home()), 2) << "the store and its write-ahead log";
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

/// What is packed does not show in the archive's own bytes. Returns how many files it has.
int expectNotInArchive(const test::Canary& canary, const QString& archive)
{
    const auto entries =
        report::detail::unpackZip(sandbox::readFile(archive).value_or(QByteArray()));
    EXPECT_TRUE(entries);
    if (!entries) {
        return 0;
    }
    for (const report::detail::ZipEntry& entry : *entries) {
        canary.expectNotIn(entry.content, entry.name + QStringLiteral(" of the evidence"));
    }
    return static_cast<int>(entries->size());
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
    const test::Canary canary = cluster.canary();
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

    const Said done = upgradeWatched(ctl, plan, canary);
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

    EXPECT_EQ(canary.expectNotBelow(reports), 3);
    EXPECT_GE(expectNotInArchive(canary, reports + QStringLiteral("/evidence.zip")), 3);
    EXPECT_GE(canary.expectNotBelow(ctl.home()), 1);
    canary.expectNotIn(cluster.temporary().read(QStringLiteral("plan.yaml")), plan);
    canary.expectNotIn(ctl.heard(), QStringLiteral("what was said"));
}

TEST(CtlUpgrade, aPasswordOnStandardInputIsNotKeptInFiles)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    const test::Canary canary = cluster.canary();
    Ctl ctl(cluster);
    test::ChildProcess program;
    ASSERT_TRUE(program.start(
        Ctl::program(),
        ctl.options()
            + QStringList{QStringLiteral("--user"), QStringLiteral("operator"),
                          QStringLiteral("--password-stdin"), QStringLiteral("status")},
        cluster.password().toUtf8() + '\n'));
    EXPECT_TRUE(waitsForArguments(program, canary, "--password-stdin"));
    EXPECT_EQ(program.waitForEnd(Seconds(60)), 0) << program.errors().toStdString();
    EXPECT_GE(canary.expectNotBelow(ctl.home()), 1);
    canary.expectNotIn(program.output() + program.errors(), QStringLiteral("what was said"));
}

} // namespace quorate::ctltest
