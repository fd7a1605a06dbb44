// SPDX-License-Identifier: GPL-3.0-or-later
// The long proof, for an optimised build: every single fault, then seeded runs. `./dev sim` starts
// one for each core.
#include "core/base/Clock.h"
#include "tests/sim/SimRuns.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QRandomGenerator>

#include <iostream>

namespace {

using namespace quorate;
using test::SimPart;
using test::SimTally;

struct Wanted {
    int runs = 0;
    quint64 seed = 0;
    SimPart part;
    bool everySingleFault = true;
};

Wanted wantedBy(const QCoreApplication& program)
{
    QCommandLineParser parser;
    const auto option = [&parser](const char* name, const char* what, const char* value) {
        parser.addOption(
            {QString::fromLatin1(name), QString::fromLatin1(what), QString::fromLatin1(value)});
    };
    option("runs", "seeded runs, all parts together", "number");
    option("seed", "repeats the runs of this seed", "number");
    option("part", "this process does part N", "n");
    option("parts", "of so many", "n");
    option("seeded-only", "leave out the single faults", "");
    parser.addHelpOption();
    parser.process(program);
    const auto number = [&parser](const char* name, quint64 otherwise) {
        bool isNumber = false;
        const quint64 value = parser.value(QString::fromLatin1(name)).toULongLong(&isNumber);
        return isNumber ? value : otherwise;
    };
    Wanted wanted;
    wanted.part.count = static_cast<int>(std::max<quint64>(number("parts", 1), 1));
    wanted.part.index = static_cast<int>(number("part", 1)) - 1;
    wanted.runs = static_cast<int>(number("runs", 100'000)) / wanted.part.count;
    wanted.seed = number("seed", QRandomGenerator::system()->generate64());
    wanted.everySingleFault = !parser.isSet(QStringLiteral("seeded-only"));
    return wanted;
}

/// One line; true when no invariant was broken.
bool report(const QString& title, const SimTally& tally, Millis took)
{
    QString line = QStringLiteral("%1: %2 runs in %3 s, %4")
                       .arg(title)
                       .arg(tally.runs)
                       .arg(static_cast<double>(took.count()) / 1000, 0, 'f', 1)
                       .arg(tally.failure.isEmpty() ? QStringLiteral("no violation")
                                                    : QStringLiteral("VIOLATION"));
    for (const auto& [end, times] : tally.ends) {
        line += QStringLiteral("; %1 %2").arg(end).arg(times);
    }
    std::cout << line.toStdString() << std::endl;
    if (!tally.failure.isEmpty()) {
        std::cout << tally.failure.toStdString() << std::endl;
    }
    return tally.failure.isEmpty();
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication program(argc, argv);
    const Wanted wanted = wantedBy(program);
    const SystemClock clock;
    bool isSafe = true;
    if (wanted.everySingleFault) {
        for (const procedure::Plan& plan : test::simulatedPlans()) {
            const TimePoint start = clock.now();
            const SimTally tally = test::runEverySingleFault(plan, wanted.part);
            isSafe = report(QStringLiteral("every single fault, %1 nodes, %2 steps")
                                .arg(plan.voters)
                                .arg(plan.steps.size()),
                            tally, clock.now() - start)
                     && isSafe;
        }
    }
    const TimePoint start = clock.now();
    const quint64 seed = wanted.seed + static_cast<quint64>(wanted.part.index);
    const SimTally tally = test::runSeeded(seed, wanted.runs);
    isSafe = report(QStringLiteral("seed %1").arg(seed), tally, clock.now() - start) && isSafe;
    return isSafe ? 0 : 1;
}
