// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/Journal.h"
#include "core/run/Machine.h"

namespace quorate::run {

/// The records of one transition, to be appended together: the event, then one intent for each
/// effect that changes the cluster. `last` is the record before them; null at the start of a
/// journal.
std::vector<JournalRecord> recordsFor(const JournalRecord* last, const RunEvent& happened,
                                      const std::vector<Effect>& effects);
/// Checks the chain and folds the events. Storage errors: "journal-broken" when it was changed,
/// "journal-of-another-plan" when it was begun with another plan than this.
[[nodiscard]] Result<RunState> replay(const procedure::Plan& plan, const RunId& id,
                                      const std::vector<JournalRecord>& records);

} // namespace quorate::run
