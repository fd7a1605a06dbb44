// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

#include <stop_token>

namespace quorate::simulate {

/// Faults that can befall a node during a simulated run.
enum class FaultKind {
    NeverReturns,
    ReturnsOld,
    VerifyFails,
    OperationFails,
    Unreachable, ///< for a while
    DiskFull,
    PeerDies, ///< another voter fails by itself
    LeaderMoves,
    AnswerLost,       ///< the act was done, its answer never came
    CoordinatorKilled ///< at a journal record; resumed from the prefix
};
QString toString(FaultKind kind);

struct Options {
    int runs = 200;
    quint64 seed = 1;
    int faultsMax = 2; ///< per run
    bool enumerate =
        true; ///< up to 7 nodes: every single fault at every step first, then seeded samples
};

struct Violation {
    /// "below-majority", "two-out", "acted-twice", "never-ends", "resume-differs", "left-cordoned"
    QString invariant;
    quint64 seed = 0;
    QString trace; ///< the shortest run found that shows it, as text
    bool operator==(const Violation&) const = default;
};

struct Summary {
    int runs = 0;
    int succeeded = 0;
    int waitedForPerson = 0; ///< ended in a pause that a person has to resolve
    int failed = 0;
    int marginLowest = 0; ///< ready − majority, over all runs without faults of bystanders
    int marginLowestWithFaults = 0;
    Millis durationExpected{0}; ///< of the run without faults
    Millis durationP90{0};
    std::vector<Violation> violations; ///< empty = safe
    QString
        sentence; ///< "200 runs with faults: 0 violations. Lowest margin 0 while node-2 is out."
    bool operator==(const Summary&) const = default;
};

/// Drives core/run against a model cluster and clock. Same plan and seed → same summary. Blocking;
/// for a pool thread.
[[nodiscard]] Summary simulate(const procedure::Plan& plan, const Options& options,
                               std::stop_token stop = {});

} // namespace quorate::simulate
