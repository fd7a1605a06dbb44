// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

#include <QStringList>

namespace quorate::procedure {

enum class CheckOutcome { Passed, Failed, Unknown };

struct CheckResult {
    QString id;
    QString title;
    Severity severity = Severity::Error;
    CheckOutcome outcome = CheckOutcome::Unknown;
    std::optional<NodeId> node; ///< the node that fails it, when it is one
    QString text;               ///< what was found: "node-3 has 11.2 GB free, 12.3 GB needed"
    QString cure;
    /// A failed or unknown Error blocks; a failed Warning needs a named override (`id`), which is
    /// logged.
    [[nodiscard]] bool blocks() const
    {
        return severity == Severity::Error && outcome != CheckOutcome::Passed;
    }
    bool operator==(const CheckResult&) const = default;
};

/// What checks may look at besides the snapshot.
struct CheckContext {
    TimePoint now;
    std::optional<PackageId> package;
    std::optional<QByteArray> packageSha256;
    qint64 packageBytes = 0;
    bool haveBackup = false;        ///< taken and downloaded by this run already, or not wanted
    std::optional<NodeId> nextNode; ///< before-each-node scope; nullopt: all nodes
    std::vector<NodeId> doneNodes;  ///< upgraded already: newer version is right for them
    Version targetVersion;
    quorum::Policy policy;
};

/// The ids of the catalogue, and the parameters that a procedure may give a check (whole numbers).
QStringList checkIds();
QStringList checkParameters(const QString& id);

/// Pure; one result for each spec (and node, where a node fails it). Unknown ids give Unknown with
/// a clear text.
std::vector<CheckResult> runChecks(const std::vector<CheckSpec>& specs,
                                   const ClusterSnapshot& snapshot, const CheckContext& context);

} // namespace quorate::procedure
