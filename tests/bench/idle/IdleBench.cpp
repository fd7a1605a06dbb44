// SPDX-License-Identifier: GPL-3.0-or-later
// The window, connected to five practice clusters of three nodes each and left alone for a minute:
// how much of a core does it take? From /proc/PID/stat, so all its threads count. Target: below 0.5
// %.
#include "tests/bench/support/Bench.h"
#include "tests/bench/support/Child.h"
#include "tests/bench/support/Sandbox.h"

#include <QCoreApplication>
#include <QDir>
#include <QTextStream>

#include <memory>
#include <vector>

namespace {

using namespace quorate::bench;

constexpr int kClusters = 5;
constexpr int kNodes = 3;
constexpr int kFirstPort = 29400;
constexpr int kPortStep = 10;
constexpr int kConnectSeconds = 60;
constexpr int kSettleSeconds = 15; ///< start, first answers, first painting
constexpr int kWatchSeconds = 20;
constexpr int kRounds = 3; ///< a minute together
constexpr double kPercentMax = 0.5;
const QString kFigure = QStringLiteral("Idle CPU, connected to 5 clusters");
const QString kTarget = QStringLiteral("< 0.5 % of a core");

/// TCP connections that a process holds: one at least to each node when it is connected to all.
int connectionsOf(pid_t pid)
{
    QStringList own;
    const QDir folder(QStringLiteral("/proc/%1/fd").arg(pid));
    for (const QFileInfo& entry : folder.entryInfoList(QDir::Files | QDir::System)) {
        const QString target = QFile::symLinkTarget(entry.filePath());
        const QString name = target.section(QLatin1Char('/'), -1);
        if (name.startsWith(QLatin1String("socket:["))) {
            own.append(name.mid(8).chopped(1));
        }
    }
    int count = 0;
    QFile table(QStringLiteral("/proc/%1/net/tcp").arg(pid));
    if (table.open(QIODevice::ReadOnly)) {
        for (const QByteArray& line : table.readAll().split('\n')) {
            const QStringList fields =
                QString::fromLatin1(line).simplified().split(QLatin1Char(' '));
            const bool established = fields.size() > 9 && fields[3] == QLatin1String("01");
            count += established && own.contains(fields[9]) ? 1 : 0;
        }
    }
    return count;
}

bool connectAll(const std::vector<std::unique_ptr<Sandbox>>& clusters, const QString& home)
{
    for (const auto& cluster : clusters) {
        const ChildEnd end = runCommand(
            {ownProgram(QStringLiteral("quoratectl")), QStringLiteral("--home"), home,
             QStringLiteral("--cluster"), cluster->clusterFile(), QStringLiteral("status")},
            kConnectSeconds);
        if (!end.exited || end.exitCode != 0) {
            return false;
        }
    }
    return true;
}

bool waitForConnections(pid_t pid)
{
    QElapsedTimer timer;
    timer.start();
    while (connectionsOf(pid) < kClusters * kNodes) {
        if (timer.elapsed() > kConnectSeconds * 1000) {
            return false;
        }
        pauseFor(200);
    }
    return true;
}

int measure(const Child& console)
{
    if (!waitForConnections(console.pid())) {
        reportSkipped(kFigure, kTarget,
                      QStringLiteral("the window holds %1 connections, not %2")
                          .arg(connectionsOf(console.pid()))
                          .arg(kClusters * kNodes));
        return 1;
    }
    pauseFor(kSettleSeconds * 1000);
    Series percent(QStringLiteral("quorate, left alone"), QStringLiteral("%"));
    for (int round = 0; round < kRounds; ++round) {
        const double before = cpuSecondsOf(console.pid());
        pauseFor(kWatchSeconds * 1000);
        percent.add((cpuSecondsOf(console.pid()) - before) / kWatchSeconds * 100);
    }
    QTextStream(stdout) << "  connections at the end: " << connectionsOf(console.pid())
                        << ", resident "
                        << procNumber(console.pid(), QStringLiteral("status"), "VmRSS") / 1024
                        << " MiB" << Qt::endl;
    percent.print();
    report({kFigure, percent.medianText(), {}, {}, kTarget, percent.median() < kPercentMax});
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    const QString folder = scratchFolder(QStringLiteral("idle"));
    QDir(folder).removeRecursively();
    QDir().mkpath(folder);
    const QString home = folder + QStringLiteral("/home");
    int code = 1;
    {
        std::vector<std::unique_ptr<Sandbox>> clusters;
        bool up = true;
        for (int index = 0; up && index < kClusters; ++index) {
            clusters.push_back(
                std::make_unique<Sandbox>(QStringLiteral("%1/cluster-%2").arg(folder).arg(index),
                                          kNodes, kFirstPort + index * kPortStep));
            up = clusters.back()->isUp();
        }
        if (!up || !connectAll(clusters, home)) {
            reportSkipped(kFigure, kTarget, QStringLiteral("the practice clusters did not start"));
        } else {
            Child::Options options;
            options.output = folder + QStringLiteral("/output");
            options.environment.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"),
                                       QStringLiteral("disabled:"));
            options.environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
            const Child console(
                {ownProgram(QStringLiteral("quorate")), QStringLiteral("--home"), home}, options);
            code = measure(console);
        }
    }
    QDir(folder).removeRecursively();
    return code;
}
