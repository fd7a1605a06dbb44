// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/domain/ClusterSnapshot.h"
#include "core/package/PackageFile.h"
#include "core/platform/Platform.h"
#include "core/procedure/Checks.h"
#include "core/procedure/Planner.h"
#include "core/simulate/Simulate.h"

#include <QObject>

namespace quorate::service {

struct PlanRequest {
    ClusterId cluster;
    ProcedureId procedure;
    std::optional<Package> package;
    QString backupFolder; ///< empty: <home>/backups/<cluster name>
    int reserve = 0;
    std::map<QString, QString>
        parameters{}; ///< of the procedure, where they differ from its defaults
    std::vector<NodeId>
        nodes{}; ///< ids or names; empty: all. Only for procedures without a package
};

/// Everything before a run: package, method, checks, plan, simulation, staging. Lives on the GUI
/// thread; long work is done on a pool.
class UpgradeService : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    ~UpgradeService() override = default;
    [[nodiscard]] virtual std::vector<procedure::Procedure> procedures(SystemKind system) const = 0;
    /// Errors of files in the operator's procedure folder; empty when all are good.
    [[nodiscard]] virtual std::vector<Error> procedureErrors() const = 0;
    /// Verified against the publishers that the cluster trusts. `progress` on the GUI thread.
    [[nodiscard]] virtual Async<Package> inspect(QString path, std::optional<ClusterId> cluster,
                                                 std::function<void(qint64, qint64)> progress,
                                                 std::stop_token stop) = 0;
    /// Observes afresh and runs the procedure's preflight checks.
    [[nodiscard]] virtual Async<std::vector<procedure::CheckResult>> check(PlanRequest request) = 0;
    [[nodiscard]] virtual Async<procedure::Plan> plan(PlanRequest request) = 0;
    [[nodiscard]] virtual Async<simulate::Summary>
    simulate(procedure::Plan plan, simulate::Options options, std::stop_token stop) = 0;
    /// Nothing is sent when `procedure::judgePackage` refuses the package, or with "read-only".
    [[nodiscard]] virtual Async<std::vector<StagedPackage>>
    stage(ClusterId cluster, Package package, std::vector<NodeId> nodes,
          platform::StagingListener listener, std::stop_token stop) = 0;
};

} // namespace quorate::service
