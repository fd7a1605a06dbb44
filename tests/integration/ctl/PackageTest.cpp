// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/integration/ctl/Ctl.h"

#include <QFile>
#include <QJsonArray>

namespace quorate::ctltest {

namespace {

Said plan(Ctl& ctl, const QString& package)
{
    return ctl.run({QStringLiteral("plan"), QStringLiteral("--procedure"),
                    QStringLiteral("mss-appliance"), QStringLiteral("--package"), package});
}

void expectRefused(const Said& said, const char* code)
{
    EXPECT_EQ(said.exitCode, 1) << said.output.toStdString();
    EXPECT_EQ(said.error(), QLatin1String(code)) << said.output.toStdString();
    EXPECT_FALSE(said.error("cure").isEmpty());
}

void expectNothingHappened(Ctl& ctl, PracticeCluster& cluster)
{
    const Said runs = ctl.run({QStringLiteral("run"), QStringLiteral("list")});
    EXPECT_EQ(runs.last().value(QStringLiteral("runs")).toArray().size(), 0);
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(counters(cluster, node), untouched()) << "node " << node;
    }
}

void flipByte(const QString& path, qint64 at)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadWrite));
    ASSERT_TRUE(file.seek(at));
    char byte = 0;
    ASSERT_TRUE(file.getChar(&byte));
    ASSERT_TRUE(file.seek(at));
    ASSERT_TRUE(file.putChar(static_cast<char>(byte ^ 1)));
}

} // namespace

TEST(CtlPackage, refusesWhatIsNotForThisCluster)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    const QString version = QStringLiteral("14.2.0");
    const QString bare = cluster.package(version, {QStringLiteral("--unsigned")});
    const QString strange = cluster.package(version, {QStringLiteral("--stranger")});
    const QString foreign =
        cluster.package(version, {QStringLiteral("--system"), QStringLiteral("cm")});
    for (const char* verb : {"inspect", "stage"}) {
        const QStringList command{QStringLiteral("package"), QLatin1String(verb)};
        expectRefused(ctl.run(command + QStringList{bare}), "package-unsigned");
        expectRefused(ctl.run(command + QStringList{strange}), "package-signed-by-stranger");
    }
    expectRefused(plan(ctl, bare), "package-unsigned");
    expectRefused(plan(ctl, strange), "package-signed-by-stranger");
    const QString far = cluster.package(
        QStringLiteral("15.1.0"), {QStringLiteral("--from"), QStringLiteral(">=15.0.0 <15.1.0")});
    for (const auto& [path, code] :
         {std::pair(foreign, "wrong-system"), std::pair(far, "unsupported-path")}) {
        expectRefused(plan(ctl, path), code);
        expectRefused(ctl.run({QStringLiteral("package"), QStringLiteral("stage"), path}), code);
    }
    expectNothingHappened(ctl, cluster);
}

TEST(CtlPackage, refusesWhatChangedAfterPlanning)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    const QString version = QStringLiteral("14.2.0");
    const QString package = cluster.package(version);
    const QString planned = ctl.plan(package);
    expectRefused(ctl.run({QStringLiteral("upgrade"), QStringLiteral("--plan"), planned,
                           QStringLiteral("--yes")}),
                  "warnings-not-accepted");

    // Another good package of the same publisher and version in its place.
    const QString other =
        cluster.package(version, {QStringLiteral("--size"), QStringLiteral("101K")});
    expectRefused(ctl.upgrade(planned, {QStringLiteral("--package"), other}), "package-changed");
    // One bit in its payload.
    flipByte(package, QFile(package).size() / 2);
    expectRefused(ctl.upgrade(planned), "package-signature-broken");
    expectNothingHappened(ctl, cluster);

    const Said edited = ctl.run(
        {QStringLiteral("simulate"),
         cluster.temporary().write(
             QStringLiteral("edited.yaml"),
             cluster.temporary().read(QStringLiteral("plan.yaml")).replace("14.2.0", "14.2.1"))});
    EXPECT_EQ(edited.exitCode, 1) << edited.output.toStdString();
    EXPECT_EQ(edited.error(), QStringLiteral("plan-hash-mismatch"));
}

} // namespace quorate::ctltest
