// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

#include <set>

namespace quorate::procedure {

struct PlanOptions {
    double speed = 1; ///< practice clusters only
    quorum::Policy policy;
    QString backupFolder; ///< where backups are downloaded; needed when the procedure wants one
    std::set<QString>
        capabilities; ///< act names that the platform can do; others become manual steps
    std::map<QString, QString> parameters{}; ///< what differs from the procedure's defaults
    std::vector<NodeId> nodes{}; ///< only these leave; empty: all. Only without a package
};

/// The names of all acts, for a platform that can do everything by machine.
[[nodiscard]] std::set<QString> allActs();

/// Pure. Validation/Precondition errors: "wrong-system", "unsupported-path" (names the nodes and
/// the tested paths), "no-package", "package-not-newer", "nodes-unknown" (a node's version is not
/// known), "no-backup-folder", "capability-missing", "bad-speed", "speed-not-practice",
/// "bad-policy", "plan-too-long", "wrong-platform", "parameter-unknown", "bad-parameter",
/// "node-unknown", "node-not-voter", "nodes-not-choosable". Nodes that run the package's version
/// already are left out of the order. Without a package the order has the voters only: workers and
/// learners cannot be shown to be back.
[[nodiscard]] Result<Plan> makePlan(const Procedure& procedure, const ClusterSnapshot& snapshot,
                                    const std::optional<Package>& package,
                                    const PlanOptions& options);

/// What keeps every one of `procedures` from ever installing the package on the cluster as it is:
/// "wrong-system", "package-not-newer", "unsupported-path" as of `makePlan`. Nodes whose version is
/// not known are left out. Pure.
[[nodiscard]] Result<void> judgePackage(const std::vector<Procedure>& procedures,
                                        const ClusterSnapshot& snapshot, const Package& package);

/// The plan as reviewable YAML; stable order, diffs well. `planHash` is the SHA-256 (hex) of this
/// text without the hash line and local paths; it is in the text as `hash:`.
QByteArray toYaml(const Plan& plan);
QString planHash(const Plan& plan);
/// Reads it back; Validation error with file:line:column; "plan-hash-mismatch" when the text was
/// changed by hand.
[[nodiscard]] Result<Plan> planFromYaml(const QByteArray& text, const QString& fileName);
QJsonObject toJson(const Plan& plan);

} // namespace quorate::procedure
