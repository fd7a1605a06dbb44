// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Checks.h"

namespace quorate::procedure::detail {

/// What every check gets: the snapshot judged once.
struct CheckInput {
    const CheckSpec& spec;
    const ClusterSnapshot& snapshot;
    const CheckContext& context;
    const quorum::Assessment& assessment;

    [[nodiscard]] bool isDone(const NodeId& node) const;
    /// A whole number of the spec's parameters; 0 when it is absent.
    [[nodiscard]] qint64 number(const char* key) const;
    [[nodiscard]] QString nameOf(const NodeId& node) const;
    /// By its own word or any other's: it does not answer for itself, and nobody waits for it.
    [[nodiscard]] bool isWorker(const NodeRecord& node) const;
};

/// What one check found, about one node or (node empty) the cluster.
struct Finding {
    CheckOutcome outcome = CheckOutcome::Unknown;
    std::optional<NodeId> node;
    QString text;
};

/// Findings that are not passed, or one that is passed.
using Findings = std::vector<Finding>;
using CheckFunction = Findings (*)(const CheckInput&);

Finding passed(const QString& text);
Finding failed(const QString& text, const std::optional<NodeId>& node = std::nullopt);
Finding unknown(const QString& text, const std::optional<NodeId>& node = std::nullopt);

// About single nodes (ChecksNodes.cpp).
Findings checkConditions(const CheckInput& in);
Findings checkVerification(const CheckInput& in);
Findings checkVersions(const CheckInput& in);
Findings checkStaged(const CheckInput& in);
Findings checkDisk(const CheckInput& in);
// About the cluster (ChecksCluster.cpp).
Findings checkAllReady(const CheckInput& in);
Findings checkMargin(const CheckInput& in);
Findings checkDisagreements(const CheckInput& in);
Findings checkForeignWork(const CheckInput& in);
Findings checkOddVoters(const CheckInput& in);
Findings checkMixedVersions(const CheckInput& in);
Findings checkBackup(const CheckInput& in);
Findings checkSnapshotTaken(const CheckInput& in);

} // namespace quorate::procedure::detail
