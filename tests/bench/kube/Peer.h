// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/support/Bench.h"

/// Our command line and Debian's kubectl, asked in turn.
namespace quorate::bench {

/// The kubectl of Debian's kubernetes-client; empty where it is not installed.
/// QUORATE_BENCH_KUBECTL names another place of it, for machines whose `kubectl` is somebody
/// else's.
QString debianKubectl();

struct Contest {
    QStringList ours;
    QStringList theirs;
    QString home; ///< of both; each is run once before, so that what they keep is there
    int rounds = 9;
};

struct ContestResult {
    Series ourWall{QStringLiteral("quorate, time"), QStringLiteral("ms")};
    Series theirWall{QStringLiteral("kubectl, time"), QStringLiteral("ms")};
    Series ourCpu{QStringLiteral("quorate, CPU"), QStringLiteral("ms of CPU")};
    Series theirCpu{QStringLiteral("kubectl, CPU"), QStringLiteral("ms of CPU")};
    Series ourMemory{QStringLiteral("quorate, peak memory"), QStringLiteral("MiB")};
    Series theirMemory{QStringLiteral("kubectl, peak memory"), QStringLiteral("MiB")};
    QString failure; ///< why there is no result

    void print() const;
};

ContestResult compete(const Contest& contest);
/// One line of the table: ours to theirs.
void reportContest(const QString& figure, const Series& ours, const Series& theirs, double most,
                   const QString& target);

} // namespace quorate::bench
