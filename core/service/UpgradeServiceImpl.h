// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/ClusterRegistryImpl.h"
#include "core/service/Pool.h"
#include "core/service/UpgradeService.h"

namespace quorate::service {

class UpgradeServiceImpl final : public UpgradeService {
    Q_OBJECT
public:
    UpgradeServiceImpl(Context& context, ClusterRegistryImpl& registry, Pool& pool);

    [[nodiscard]] std::vector<procedure::Procedure> procedures(SystemKind system) const override;
    [[nodiscard]] std::vector<Error> procedureErrors() const override { return library().errors; }
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
    /// Procedures of the program, then those of `<home>/procedures`.
    struct Library {
        std::vector<procedure::Procedure> procedures{};
        std::vector<Error> errors{};

        [[nodiscard]] const procedure::Procedure* find(const ProcedureId& id) const;
    };
    /// Read when it is first asked for: most calls of the command line, and the start of the
    /// window, need none.
    [[nodiscard]] const Library& library() const;
    static void addFolder(const QString& path, Library& library);
    [[nodiscard]] Result<procedure::Plan> planOn(const PlanRequest& request,
                                                 const ClusterStatus& status);
    [[nodiscard]] Result<ClusterService*> serviceOf(const ClusterId& id);

    Context& m_context;
    ClusterRegistryImpl& m_registry;
    Pool& m_pool;
    mutable std::optional<Library> m_library;
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
