// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/simulate/Scenarios.h"

#include <map>

namespace quorate::test {

/// Both plans of tests/unit/run in every size: 1 to 7 nodes. With two voters none may ever leave:
/// such a run ends at its first gate.
const std::vector<procedure::Plan>& simulatedPlans();

/// What came of many simulated runs.
struct SimTally {
    int runs = 0;
    std::map<QString, int> ends; ///< phase, or the code of what it waits for → how often
    QString failure; ///< the first run that broke an invariant: how to have it again, and its
                     ///< trace; empty: none
};

/// The part of a proof that one of several processes does.
struct SimPart {
    int index = 0;
    int count = 1;
};

/// Draws plan after plan with up to three faults each, every third with a person who gives
/// commands. Ends at the first violation.
SimTally runSeeded(quint64 seed, int runs);
/// Every fault kind on every node at every step, and a killed coordinator at every record.
SimTally runEverySingleFault(const procedure::Plan& plan, SimPart part = {});

/// The end of a trace, the violations, and how the run ended.
QString describeOutcome(const simulate::Outcome& outcome);

} // namespace quorate::test
