// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/ByHandAct.h"
#include "core/platform/kubernetes/Drainer.h"

namespace quorate::platform::kubernetes {

/// What one node's state says of an act: "is it done?". Pure. `own`: the node as the cluster has
/// it; `podsLeft`: pods that a drain would still move.
ProbeOutcome judgeNodeAct(const Act& act, const NodeObject& own, int podsLeft,
                          const std::optional<Observation>& before);
/// "/apis/apps/v1/namespaces/shop/deployments/web"; Validation error for another kind.
[[nodiscard]] Result<QString> workloadPath(const act::Redeploy& redeploy);
/// Why it would not replace its instances by itself; nullopt: it would.
std::optional<Error> redeployRefusal(const WorkloadObject& workload);

/// Acts on nodes and workloads. Kubernetes knows no operations: a drain, or the watch over what a
/// person does, is one as long as this object lives; a redeploy is read from the workload itself.
class Acts final : public QObject {
    Q_OBJECT
public:
    explicit Acts(Servers& servers, QObject* parent = nullptr);

    [[nodiscard]] Async<OperationId> perform(const ActTarget& target, const Act& act,
                                             const IdempotencyKey& key, std::stop_token stop);
    [[nodiscard]] Async<OperationStatus> follow(const OperationId& operation, std::stop_token stop);
    [[nodiscard]] Async<ProbeOutcome> probe(const ActTarget& target, const Act& act,
                                            const IdempotencyKey& key,
                                            std::optional<Observation> before,
                                            std::stop_token stop);

private:
    [[nodiscard]] Async<bool> setCordon(const NodeId& node, bool cordoned, std::stop_token stop);
    [[nodiscard]] Async<OperationId> cordon(const NodeId& node, bool cordoned, OperationId id,
                                            std::stop_token stop);
    [[nodiscard]] Async<OperationId> drain(const NodeId& node, const act::Drain& act,
                                           OperationId id, std::stop_token stop);
    /// A restart or a shutdown: a person does it, we watch.
    [[nodiscard]] Async<OperationId> watchByHand(const NodeId& node, bool isReboot, OperationId id,
                                                 std::stop_token stop);
    [[nodiscard]] Async<OperationId> redeploy(const act::Redeploy& act, const IdempotencyKey& key,
                                              std::stop_token stop);
    [[nodiscard]] Async<WorkloadObject> workload(const act::Redeploy& act, std::stop_token stop);
    [[nodiscard]] Async<ProbeOutcome>
    probeRedeploy(const act::Redeploy& act, const IdempotencyKey& key, std::stop_token stop);
    [[nodiscard]] Async<ProbeOutcome> probeNode(const NodeId& node, const Act& act,
                                                std::optional<Observation> before,
                                                std::stop_token stop);
    [[nodiscard]] Async<int> podsLeft(const NodeId& node, const Act& act, std::stop_token stop);

    Servers& m_servers;
    std::map<OperationId, OperationStatus> m_ended; ///< acts that were over when they were answered
    std::map<OperationId, Drainer*> m_drains;
    std::map<OperationId, ByHandAct*> m_byHand;
};

} // namespace quorate::platform::kubernetes
