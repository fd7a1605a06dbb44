// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/ClusterRegistryImpl.h"
#include "core/service/Pool.h"
#include "core/service/UpgradeService.h"

namespace quorate::service {

class UpgradeServiceImpl final : public UpgradeService {
    Q_OBJECT
public:
    /// Procedures of the program, then those of `<home>/procedures`. An error only when our own
    /// cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<UpgradeServiceImpl>>
    open(Context& context, ClusterRegistryImpl& registry, Pool& pool);

    [[nodiscard]] std::vector<procedure::Procedure> procedures(SystemKind system) const override;
    [[nodiscard]] std::vector<Error> procedureErrors() const override { return m_errors; }
    [[nodiscard]] Async<Package> inspect(QString path, std::optional<ClusterId> cluster,
                                         std::function<void(qint64, qint64)> progress,
                                         std::stop_token stop) override;
    [[nodiscard]] Async<std::vector<procedure::CheckResult>> check(PlanRequest request) override;
    [[nodiscard]] Async<procedure::Plan> plan(PlanRequest request) override;
    [[nodiscard]] Async<simulate::Summary> simulate(procedure::Plan plan, simulate::Options options,
                                                    std::stop_token stop) override;
    [[nodiscard]] Async<std::vector<StagedPackage>> stage(ClusterId cluster, Package package,
                                                          std::vector<NodeId> nodes,
                                                          platform::StagingListener listener,
                                                          std::stop_token stop) override;

private:
    UpgradeServiceImpl(Context& context, ClusterRegistryImpl& registry, Pool& pool);
    [[nodiscard]] const procedure::Procedure* find(const ProcedureId& id) const;
    [[nodiscard]] Result<procedure::Plan> planOn(const PlanRequest& request,
                                                 const ClusterStatus& status);
    [[nodiscard]] Result<ClusterService*> serviceOf(const ClusterId& id);

    Context& m_context;
    ClusterRegistryImpl& m_registry;
    Pool& m_pool;
    std::vector<procedure::Procedure> m_procedures;
    std::vector<Error> m_errors;
};

/// Reads and verifies a package on the pool, against the publisher of one cluster, or of all known
/// ones.
[[nodiscard]] Async<Package> inspectOnPool(Pool& pool, const Context& context,
                                           const ClusterRegistryImpl& registry, const QString& path,
                                           const std::optional<ClusterId>& cluster,
                                           std::function<void(qint64, qint64)> progress,
                                           std::stop_token stop);
Error unknownCluster(const ClusterId& id);

} // namespace quorate::service
