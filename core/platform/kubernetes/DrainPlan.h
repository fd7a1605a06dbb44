// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/Act.h"
#include "core/platform/kubernetes/KubeStatus.h"
#include "core/platform/kubernetes/Workloads.h"

/// Which pods of a node a drain moves, which it leaves, and what an answer to an eviction means.
/// Pure.
namespace quorate::platform::kubernetes {

enum class PodFate {
    Evict,
    Leaving,   ///< it ends already; only waited for
    DaemonSet, ///< left: its controller wants it on every node
    Mirror,    ///< left: the kubelet runs it from a file
    Unmanaged, ///< refused without consent: nobody starts it again elsewhere
    LocalData, ///< refused without consent: its emptyDir is lost
};
PodFate fateOf(const PodObject& pod, const act::Drain& drain);

struct DrainPlan {
    std::vector<PodObject> evict;   ///< in the order of namespace and name
    std::vector<PodObject> leaving; ///< only waited for
    QStringList left;               ///< DaemonSet and mirror pods
    QStringList unmanaged;          ///< that need a consent which was not given
    QStringList localData;
    /// Conflict "consent-needed" when pods need one; nothing is evicted then.
    [[nodiscard]] std::optional<Error> refusal(const QString& node) const;
};
DrainPlan planDrain(const std::vector<PodObject>& pods, const act::Drain& drain);

/// What the API server made of one eviction.
enum class EvictionOutcome {
    Accepted, ///< it ends within its grace
    Gone,     ///< there is no such pod any more (or another of its name)
    Blocked,  ///< a disruption budget does not allow it now: later
    Busy,     ///< the API server asks to come back later, for reasons of its own
    Refused,  ///< it will not be: forbidden, several budgets, invalid
};
EvictionOutcome outcomeOf(int status, const KubeStatus& answer);

/// "{policy/v1 or v1beta1} Eviction" of a pod, bound to its uid so that no successor of the same
/// name is hit.
QJsonObject evictionBody(const PodObject& pod, const QString& groupVersion,
                         const act::Drain& drain);

/// The budgets that cover the pod and allow nothing now; all that cover it when none says so.
QStringList blockers(const PodObject& pod, const std::vector<DisruptionBudget>& budgets);

} // namespace quorate::platform::kubernetes
