// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/ctl/Ctl.h"

#include "tests/support/Environment.h"
#include "tests/support/Test.h"

#include <QJsonDocument>

namespace quorate::ctltest {

namespace {

constexpr Millis kUpgradeLimit = Seconds(240); ///< some 25 s at speed 1000 without sanitizers

QJsonObject nodeOf(PracticeCluster& cluster, int node)
{
    EXPECT_EQ(cluster.node(node).logIn(), 200) << "node " << node;
    return cluster.node(node).node();
}

} // namespace

QString Said::error(const char* field) const
{
    return last().value(QStringLiteral("error")).toObject().value(QLatin1String(field)).toString();
}

Said saidOf(const test::ProgramOutcome& outcome)
{
    Said said{.exitCode = outcome.exitCode, .output = outcome.output, .errors = outcome.errors};
    const QList<QByteArray> lines = outcome.output.split('\n');
    for (const QByteArray& line : lines) {
        if (line.isEmpty()) {
            continue;
        }
        const QJsonDocument document = QJsonDocument::fromJson(line);
        EXPECT_TRUE(document.isObject()) << "not one JSON object: " << line.toStdString();
        said.lines.push_back(document.object());
    }
    return said;
}

Ctl::Ctl(const PracticeCluster& cluster)
    : m_cluster(cluster)
{}

QString Ctl::program() { return test::buildPath(QStringLiteral("bin/quoratectl")); }

QStringList Ctl::options() const
{
    return {QStringLiteral("--home"), home(), QStringLiteral("--json"), QStringLiteral("--cluster"),
            m_cluster.folder() + QStringLiteral("/cluster.json")};
}

Said Ctl::run(const QStringList& arguments, Millis limit)
{
    const test::ProgramOutcome outcome = test::runProgram(program(), options() + arguments, limit);
    hear(outcome.output + outcome.errors);
    return saidOf(outcome);
}

QString Ctl::plan(const QString& package)
{
    const Said staged = run({QStringLiteral("package"), QStringLiteral("stage"), package});
    EXPECT_EQ(staged.exitCode, 0) << staged.errors.toStdString();
    const QString path = m_cluster.temporary().path(QStringLiteral("plan.yaml"));
    const Said made =
        run({QStringLiteral("plan"), QStringLiteral("--procedure"), QStringLiteral("mss-appliance"),
             QStringLiteral("--package"), package, QStringLiteral("-o"), path});
    EXPECT_EQ(made.exitCode, 0) << made.errors.toStdString();
    return path;
}

QStringList Ctl::upgradeArguments(const QString& plan)
{
    return {QStringLiteral("upgrade"), QStringLiteral("--plan"),   plan,
            QStringLiteral("--yes"),   QStringLiteral("--accept"), QStringLiteral("users-cut-off")};
}

Said Ctl::upgrade(const QString& plan, const QStringList& more)
{
    return run(upgradeArguments(plan) + more, kUpgradeLimit);
}

QJsonObject counters(PracticeCluster& cluster, int node)
{
    return nodeOf(cluster, node).value(QStringLiteral("sandboxCounters")).toObject();
}

QString versionOf(PracticeCluster& cluster, int node)
{
    return nodeOf(cluster, node).value(QStringLiteral("version")).toString();
}

QJsonObject untouched()
{
    return {{QStringLiteral("installs"), 0}, {QStringLiteral("upgrades"), 0},
            {QStringLiteral("reboots"), 0},  {QStringLiteral("drains"), 0},
            {QStringLiteral("backups"), 0},  {QStringLiteral("scales"), 0}};
}

} // namespace quorate::ctltest
