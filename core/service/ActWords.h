// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/ClusterService.h"

namespace quorate::service {

/// How long single acts take, and how long they may. Undivided; a practice cluster's speed divides
/// them.
struct ActTimes {
    Millis expected{0}; ///< out of the quorum for; 0: not known
    Millis limit{0};    ///< then we stop following and say so
};
ActTimes timesOf(const Act& act);
/// Of what a person does: above the platform's own limits (15 minutes to go and 15 to come back),
/// which say more.
inline constexpr Millis kByHandLimit = std::chrono::minutes(32);

/// The times of a practice cluster, with a floor for the parts that its speed does not touch.
Millis scaled(Millis time, double speed);

/// "Reboot node-2".
QString titleOf(const QString& nodeName, const Act& act);
/// What will be sent, and what it does to users.
QString consequenceOf(const QString& nodeName, const Act& act);
/// The same of what a person does on the node (Capabilities::byHand). `cordoned`: it takes no new
/// work.
QString byHandConsequenceOf(const QString& nodeName, const Act& act, bool cordoned);
/// "restarts", "is drained": what the quorum sentence says of the node.
QString verbOf(const Act& act);
bool isDestructive(const Act& act);

/// Judges one act on one node on a status. Yes for acts that take nobody away.
quorum::GateVerdict judgeAct(const ClusterStatus& status, TimePoint now,
                             const quorum::Policy& policy, const NodeId& node, const Act& act);
/// The acts that ClusterService::perform carries out; others belong into a run.
bool isSingleAct(const Act& act);
/// False for acts on the cluster as a whole: their node is empty.
bool isOfNode(const Act& act);

} // namespace quorate::service
