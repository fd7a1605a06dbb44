// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/kube/Peer.h"

#include "tests/bench/support/Child.h"

#include <QDir>
#include <QFile>

namespace quorate::bench {
namespace {

constexpr int kRunSeconds = 60;

QString outputOf(const Contest& contest, const char* who)
{
    return contest.home + QLatin1Char('/') + QLatin1String(who) + QStringLiteral(".out");
}

ChildEnd runOne(const Contest& contest, const QStringList& command, const char* who)
{
    Child::Options options;
    options.environment.insert(QStringLiteral("HOME"), contest.home);
    options.environment.insert(QStringLiteral("XDG_DATA_HOME"),
                               contest.home + QStringLiteral("/data"));
    options.environment.remove(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"));
    options.output = outputOf(contest, who);
    return runCommand(command, kRunSeconds, options);
}

QString lastWords(const Contest& contest, const char* who)
{
    QFile file(outputOf(contest, who));
    return file.open(QIODevice::ReadOnly)
               ? QString::fromUtf8(file.readAll().right(300)).simplified()
               : QString();
}

} // namespace

QString debianKubectl()
{
    const QString named = qEnvironmentVariable("QUORATE_BENCH_KUBECTL");
    if (!named.isEmpty()) {
        return named;
    }
    const bool isDebians = runCommand({QStringLiteral("dpkg-query"), QStringLiteral("-L"),
                                       QStringLiteral("kubernetes-client")},
                                      kRunSeconds)
                               .exitCode
                           == 0;
    return isDebians ? QStringLiteral("/usr/bin/kubectl") : QString();
}

void ContestResult::print() const
{
    for (const Series* series :
         {&ourWall, &theirWall, &ourCpu, &theirCpu, &ourMemory, &theirMemory}) {
        series->print();
    }
}

ContestResult compete(const Contest& contest)
{
    ContestResult result;
    QDir().mkpath(contest.home);
    for (int round = -1; round < contest.rounds; ++round) {
        const ChildEnd ours = runOne(contest, contest.ours, "quoratectl");
        const ChildEnd theirs = runOne(contest, contest.theirs, "kubectl");
        if (!ours.exited || ours.exitCode != 0) {
            result.failure =
                QStringLiteral("quoratectl failed: ") + lastWords(contest, "quoratectl");
            return result;
        }
        if (!theirs.exited || theirs.exitCode != 0) {
            result.failure = QStringLiteral("kubectl failed: ") + lastWords(contest, "kubectl");
            return result;
        }
        if (round < 0) {
            continue;
        }
        result.ourWall.add(ours.wallSeconds * 1e3);
        result.theirWall.add(theirs.wallSeconds * 1e3);
        result.ourCpu.add(ours.cpuSeconds * 1e3);
        result.theirCpu.add(theirs.cpuSeconds * 1e3);
        result.ourMemory.add(ours.memoryMib);
        result.theirMemory.add(theirs.memoryMib);
    }
    return result;
}

void reportContest(const QString& figure, const Series& ours, const Series& theirs, double most,
                   const QString& target)
{
    const double ratio = ours.median() / theirs.median();
    report({figure, ours.medianText(), theirs.medianText(), ratio, target, ratio <= most});
}

} // namespace quorate::bench
