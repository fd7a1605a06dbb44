// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterSnapshot.h"
#include "core/procedure/Procedure.h"
#include "core/quorum/Quorum.h"

namespace quorate::procedure {

/// One concrete step. Everything a run needs is in it; nothing is looked up in the procedure again.
struct PlanStep {
    StepId id; ///< "0012": its place, zero-padded
    StepKind kind = StepKind::Act;
    QString title;
    std::optional<NodeId> node; ///< nullopt: the cluster
    std::optional<Act> act;
    When when = When::Always;
    int round = 1; ///< of a repeat
    Millis expected{0};
    Millis warnAfter{0};
    Millis limit{0};
    RetryPolicy retry;
    bool takesVoterAway =
        false; ///< from this step until the node's next WaitBack the voter counts as out
    bool repeatable = true;
    bool pointOfNoReturn = false;
    std::optional<QString> opensObligation;
    std::optional<QString> closesObligation;
    QString waitsFor; ///< "node-2 ready, 14.2.0, voter, stable for 2 min"
    bool operator==(const PlanStep&) const = default;
};

struct PlanPackage {
    PackageId id;
    QString name;
    Version version;
    qint64 sizeBytes = 0;
    QByteArray sha256;
    QString signedBy;
    QString path; ///< on this workstation; not part of the hash
    bool operator==(const PlanPackage&) const = default;
};

struct PlanWarning {
    QString id; ///< accepted by --accept ID or a tick in the wizard
    Severity severity = Severity::Warning;
    QString text;
    bool operator==(const PlanWarning&) const = default;
};

/// A procedure applied to a snapshot and a package: ordered concrete steps. Same input, same bytes.
struct Plan {
    static constexpr int kFormat = 1;

    ProcedureId procedure;
    QString procedureTitle;
    QByteArray procedureSha256;
    ClusterIdentity cluster;
    std::optional<PlanPackage> package;
    std::map<NodeId, Version> sourceVersions;
    Version targetVersion;
    std::vector<NodeId> order; ///< of leaving; leader last
    int voters = 0;
    quorum::Policy policy; ///< freshness, reserve
    Millis stabilisation{0};
    Millis greenInterval = Seconds(10);
    double speed = 1; ///< of a practice cluster; all times here are divided by it already
    bool cutsUsersOff = false;
    QString userImpact;
    QString undo;
    std::vector<CheckSpec> checks;
    std::vector<ObligationSpec> obligations;
    std::vector<PlanWarning> warnings;
    std::vector<PlanStep> steps;
    TimePoint plannedAt; ///< the snapshot's time
    QString backupFolder;

    bool operator==(const Plan&) const = default;
    [[nodiscard]] Millis
    expectedDuration() const; ///< sum of expected; conditional rounds beyond the first count 0
};

/// One point of the forecast of ready voters.
struct ForecastPoint {
    Millis at{0}; ///< since the start
    int ready = 0;
    std::optional<NodeId> out;
    bool operator==(const ForecastPoint&) const = default;
};
std::vector<ForecastPoint> forecast(const Plan& plan);

} // namespace quorate::procedure
