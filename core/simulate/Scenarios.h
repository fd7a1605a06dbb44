// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/simulate/Driver.h"

namespace quorate::simulate {

/// Up to this many nodes every single fault at every step is tried (design section 6).
constexpr std::size_t kEnumeratedNodesMax = 7;

/// Each fault that can matter at each step, one a scenario; `records` of the run without faults.
std::vector<Scenario> singleFaults(const procedure::Plan& plan, quint64 seed, int records);
/// The proof: every fault on every node at every step, whether it can matter there or not, short
/// and long and for good where that makes a difference; and the coordinator killed at every record.
std::vector<Scenario> allSingleFaults(const procedure::Plan& plan, quint64 seed, int records);
/// Up to `faultsMax` faults anywhere.
Scenario sampled(const procedure::Plan& plan, quint64 seed, int faultsMax, int records);
/// Keeps `count`, evenly spread.
void thinOut(std::vector<Scenario>& scenarios, int count);

} // namespace quorate::simulate
