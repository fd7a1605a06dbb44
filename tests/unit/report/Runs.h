// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/Evidence.h"
#include "core/report/Report.h"
#include "core/simulate/Simulate.h"

namespace quorate::test {

/// A run as its journal has it: of the shipped procedure, on three nodes of the simulator.
struct SampleRun {
    RunId id;
    procedure::Plan plan;
    std::vector<run::JournalRecord> journal;
    TimePoint endedAt;
};

/// 14.1.0 → 14.2.0, succeeded. Made once.
const SampleRun& upgradedRun();
/// The same with a fault at its first installation; it waits for a person.
SampleRun faultyRun(simulate::FaultKind fault);
report::Replayed replayed(const SampleRun& run);

/// Two lines in the run's time and one of the day before.
std::vector<report::ActivityLine> sampleActivity(const SampleRun& run);
/// With a key of its own, the same for the whole test program.
report::EvidenceInput sampleEvidence();
const Secret& sampleKey();

} // namespace quorate::test
