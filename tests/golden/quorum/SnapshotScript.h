// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterSnapshot.h"

namespace quorate::test {

/// A snapshot in a few words, one node a line; times are seconds before kScriptNow:
///   node-1 ready leader              it answers; every node sees every node as that one is
///   node-2 updating v=14.2.0         any state word; also boot=b2, applied=90, verification=failed
///   node-3 silent=30 peers=grace grace=20   no answer for 30 s; its peers' word; their limit in 20
///   s node-3 silent=30 because=credentials    it answers, but not us; also: certificate node-4
///   late=20 | never | unasked last answer too old | tried in vain | not tried yet node-5 ready
///   sees=node-1:down    its own word about a peer instead of the common one node-5 ready age=5 how
///   old its answer is node-6 ready names=node-2 term=6 whom it names as leader ("none": nobody)
///   node-7 ready learner | worker    no voter
///   node-7 ready outsider | nofile   not a member | not in the cluster file
///   node-8 ready counts=node-1,node-8  the voters that it names
///   node-9 ready error="disk failing"  a condition of severity error
///   node-9 ready majority=yes | no   what a read that needs a majority has just shown of it
///   node-9 ready cordoned            it takes no new work
inline constexpr TimePoint kScriptNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}
                                      + std::chrono::hours(10)};

/// Adds a failure to the running test when a line is not understood.
ClusterSnapshot parseSnapshot(const QString& script);

} // namespace quorate::test
