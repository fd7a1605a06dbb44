// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/ctl/Ctl.h"

#include "tests/support/Environment.h"
#include "tests/support/Test.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <csignal>

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

QString Ctl::plan(const QString& package, const QString& procedure)
{
    const Said staged = run({QStringLiteral("package"), QStringLiteral("stage"), package});
    EXPECT_EQ(staged.exitCode, 0) << staged.errors.toStdString();
    const QString path = m_cluster.temporary().path(QStringLiteral("plan.yaml"));
    const Said made = run({QStringLiteral("plan"), QStringLiteral("--procedure"), procedure,
                           QStringLiteral("--package"), package, QStringLiteral("-o"), path,
                           QStringLiteral("--backup-folder"),
                           m_cluster.temporary().path(QStringLiteral("backups"))});
    EXPECT_EQ(made.exitCode, 0) << made.errors.toStdString();
    return path;
}

QStringList Ctl::upgradeArguments(const QString& plan)
{
    return {QStringLiteral("upgrade"),
            QStringLiteral("--plan"),
            plan,
            QStringLiteral("--yes"),
            QStringLiteral("--accept"),
            QStringLiteral("users-cut-off"),
            QStringLiteral("--accept"),
            QStringLiteral("no-spare-voter")};
}

Said Ctl::upgrade(const QString& plan, const QStringList& more)
{
    return run(upgradeArguments(plan) + more, kUpgradeLimit);
}

Followed::Followed(Ctl& ctl, const QStringList& arguments)
    : m_ctl(ctl)
{
    EXPECT_TRUE(m_process.start(Ctl::program(), ctl.options() + arguments));
}

bool Followed::reach(const QString& title, const QString& node, Millis limit)
{
    const QString who =
        node.isEmpty() ? QString() : QStringLiteral("\"node\":\"%1\"[^}]*").arg(node);
    const QRegularExpression line(who
                                  + QStringLiteral("\"state\":\"running\",\"title\":\"%1\"")
                                        .arg(QRegularExpression::escape(title)));
    bool reached = false;
    test::waitUntil(
        [&] {
            reached = line.match(QString::fromUtf8(m_process.output())).hasMatch();
            return reached || !m_process.isRunning();
        },
        limit);
    return reached;
}

bool Followed::endsWithin(Millis patience)
{
    QElapsedTimer timer;
    timer.start();
    test::waitUntil([&] { return !m_process.isRunning() || timer.elapsed() > patience.count(); },
                    patience + Seconds(5));
    return !m_process.isRunning();
}

Said Followed::end(Millis limit)
{
    const int code = m_process.waitForEnd(limit);
    m_ctl.hear(m_process.output() + m_process.errors());
    return saidOf({code, m_process.output(), m_process.errors()});
}

void Followed::interrupt() const { ::kill(static_cast<pid_t>(m_process.pid()), SIGINT); }

std::vector<int> orderOf(const QString& plan)
{
    QFile file(plan);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(file.readAll());
    static const QRegularExpression list(QStringLiteral("\\norder:\\n((?:  - node-\\d+\\n)+)"));
    static const QRegularExpression number(QStringLiteral("node-(\\d+)"));
    std::vector<int> order;
    auto each = number.globalMatch(list.match(text).captured(1));
    while (each.hasNext()) {
        order.push_back(each.next().captured(1).toInt());
    }
    return order;
}

QString nodeName(int node) { return QStringLiteral("node-%1").arg(node); }

void expectNeverTwoOut(PracticeCluster& cluster)
{
    struct Away {
        QString from;
        QString to;
        int node = 0;
    };
    static const QStringList disruptive{QStringLiteral("drain"), QStringLiteral("resume"),
                                        QStringLiteral("reboot"), QStringLiteral("upgrade"),
                                        QStringLiteral("install-updates")};
    std::vector<Away> away;
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(cluster.node(node).logIn(), 200) << "node " << node;
        Away one{{}, {}, node};
        const QJsonArray operations = cluster.node(node)
                                          .get(QStringLiteral("/operations?limit=500"))
                                          .json()
                                          .value(QStringLiteral("items"))
                                          .toArray();
        for (const QJsonValue& value : operations) {
            const QString from = value[QLatin1String("startedAt")].toString();
            const QString to = value[QLatin1String("endedAt")].toString();
            if (disruptive.contains(value[QLatin1String("kind")].toString())) {
                EXPECT_FALSE(to.isEmpty()) << "still at work on node " << node;
                one.from = one.from.isEmpty() ? from : std::min(one.from, from);
                one.to = std::max(one.to, to);
            }
        }
        EXPECT_FALSE(one.from.isEmpty()) << "node " << node << " was never away";
        away.push_back(one);
    }
    std::ranges::sort(away, {}, &Away::from); // of ISO 8601 in UTC the order is that of the times
    for (std::size_t next = 1; next < away.size(); ++next) {
        EXPECT_LE(away[next - 1].to, away[next].from)
            << "node " << away[next].node << " left while node " << away[next - 1].node
            << " was away";
    }
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
