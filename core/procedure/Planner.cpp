// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"

#include "core/procedure/Paths.h"
#include "core/procedure/Scale.h"
#include "core/procedure/Unroll.h"
#include "core/procedure/Words.h"

#include <algorithm>
#include <cmath>

namespace quorate::procedure {
namespace {

QString word(const char* latin1) { return QString::fromLatin1(latin1); }

tl::unexpected<Error> refuse(const char* code, const QString& message, const QString& cure)
{
    return fail(ErrorKind::Precondition, word(code), message, cure);
}

Result<void> judgeOptions(const Procedure& procedure, const ClusterSnapshot& snapshot,
                          const PlanOptions& options)
{
    const bool isPractice =
        snapshot.identity.environment == Environment::Practice
        || std::any_of(snapshot.nodes.begin(), snapshot.nodes.end(),
                       [](const NodeRecord& node) { return node.last && node.last->self.sandbox; });
    if (!std::isfinite(options.speed) || options.speed < 1
        || options.speed > detail::Scale::kSpeedMax) {
        return fail(ErrorKind::Validation, word("bad-speed"),
                    QStringLiteral("The speed %1 is not between 1 and %2")
                        .arg(options.speed)
                        .arg(detail::Scale::kSpeedMax),
                    QStringLiteral("Use the speed of the practice cluster, or 1"));
    }
    if (options.speed > 1 && !isPractice) {
        return refuse("speed-not-practice",
                      QStringLiteral("Only a practice cluster may run faster than time"),
                      QStringLiteral("Plan with speed 1"));
    }
    if (options.policy.reserve < 0 || options.policy.freshnessMax <= Millis(0)) {
        return fail(
            ErrorKind::Validation, word("bad-policy"),
            QStringLiteral("The reserve must not be negative and the age limit of answers not 0"));
    }
    if (procedure.wantsBackup && options.backupFolder.isEmpty()) {
        return refuse(
            "no-backup-folder",
            QStringLiteral("%1 takes a backup first, and no folder is named for it")
                .arg(procedure.title),
            QStringLiteral("Name a folder of this workstation for the backup and its key"));
    }
    for (const QString& need : procedure.capabilities) {
        if (!options.capabilities.contains(need)) {
            return refuse(
                "capability-missing",
                QStringLiteral("%1 needs \"%2\", which this platform cannot do by machine")
                    .arg(procedure.title, need),
                QStringLiteral("Choose another procedure, or adapt a copy of this one"));
        }
    }
    return {};
}

Result<void> judgeSystem(const Procedure& procedure, const ClusterSnapshot& snapshot,
                         const std::optional<Package>& package)
{
    const SystemKind system = snapshot.identity.system;
    if (procedure.system != system) {
        return refuse("wrong-system",
                      QStringLiteral("%1 is for %2; this cluster is %3")
                          .arg(procedure.title, displayName(procedure.system), displayName(system)),
                      QStringLiteral("Choose a procedure for %1").arg(displayName(system)));
    }
    if (procedure.needsPackage && !package) {
        return refuse(
            "no-package",
            QStringLiteral("%1 installs a package, and none is chosen").arg(procedure.title),
            QStringLiteral("Choose the package file"));
    }
    if (procedure.needsPackage && package->manifest.system != system) {
        return refuse("wrong-system",
                      QStringLiteral("The package %1 is for %2; this cluster is %3")
                          .arg(package->id().value, displayName(package->manifest.system),
                               displayName(system)),
                      QStringLiteral("Choose a package for %1").arg(displayName(system)));
    }
    return {};
}

/// The versions that the nodes run now; every node has to have said its own.
Result<std::map<NodeId, Version>> versionsOf(const ClusterSnapshot& snapshot)
{
    std::map<NodeId, Version> versions;
    QStringList silent;
    for (const NodeRecord& node : snapshot.nodes) {
        if (node.last && !node.last->self.version.isNull()) {
            versions[node.id] = node.last->self.version;
        } else {
            silent.append(node.name.isEmpty() ? node.id.value : node.name);
        }
    }
    if (!silent.isEmpty() || versions.empty()) {
        return refuse(
            "nodes-unknown",
            silent.isEmpty() ? QStringLiteral("The cluster has no node that is known")
                             : QStringLiteral("The version is not known of: %1")
                                   .arg(silent.join(QStringLiteral(", "))),
            QStringLiteral(
                "Bring these nodes back, or remove obsolete members first; then plan again"));
    }
    return versions;
}

Result<void> judgeVersions(const Procedure& procedure, const Package& package,
                           const std::map<NodeId, Version>& versions)
{
    const Version target = package.manifest.version;
    QStringList newer;
    QStringList unsupported;
    bool isAnyOlder = false;
    for (const auto& [node, version] : versions) {
        const auto fits = [from = version](const VersionRange& range) {
            return range.contains(from);
        };
        const auto& accepts = package.manifest.from;
        const bool isTaken = std::any_of(accepts.begin(), accepts.end(), fits);
        if (version > target) {
            newer.append(QStringLiteral("%1 (%2)").arg(node.value, version.toString()));
        } else if (version < target) {
            isAnyOlder = true;
            if (!isTaken || !supportsPath(procedure.paths, version, target)) {
                unsupported.append(QStringLiteral("%1 (%2)").arg(node.value, version.toString()));
            }
        }
    }
    if (!newer.isEmpty() || !isAnyOlder) {
        return refuse(
            "package-not-newer",
            newer.isEmpty() ? QStringLiteral("Every node runs %1 already").arg(target.toString())
                            : QStringLiteral("%1 is older than what runs on %2")
                                  .arg(target.toString(), newer.join(QStringLiteral(", "))),
            QStringLiteral("Choose a newer package; going back is never done by an upgrade"));
    }
    if (!unsupported.isEmpty()) {
        QStringList accepted;
        for (const VersionRange& range : package.manifest.from) {
            accepted.append(range.toString());
        }
        return refuse("unsupported-path",
                      QStringLiteral(
                          "%1 cannot be reached from %2. Tested paths: %3. The package accepts: %4")
                          .arg(target.toString(), unsupported.join(QStringLiteral(", ")),
                               pathsText(procedure.paths),
                               accepted.isEmpty() ? QStringLiteral("nothing")
                                                  : accepted.join(QStringLiteral(", "))),
                      QStringLiteral("Upgrade to a version in between first"));
    }
    return {};
}

/// Every node of the snapshot once: what quorum orders, and before it what takes no part in the
/// vote.
std::vector<NodeId> orderOf(const ClusterSnapshot& snapshot, const quorum::Assessment& assessment)
{
    const std::vector<NodeId> voters = quorum::leaveOrder(snapshot, assessment);
    std::vector<NodeId> order;
    for (const NodeRecord& node : snapshot.nodes) {
        if (std::find(voters.begin(), voters.end(), node.id) == voters.end()) {
            order.push_back(node.id);
        }
    }
    std::sort(order.begin(), order.end());
    order.insert(order.end(), voters.begin(), voters.end());
    return order;
}

/// With a package, nodes that run its version already stay as they are: a plan made after a run
/// that was cut short does only the rest.
std::vector<NodeId> takeOnTarget(Plan& plan)
{
    std::vector<NodeId> left;
    if (!plan.package) {
        return left;
    }
    std::vector<NodeId> order;
    for (const NodeId& node : plan.order) {
        (plan.sourceVersions.at(node) == plan.targetVersion ? left : order).push_back(node);
    }
    plan.order = std::move(order);
    return left;
}

PlanPackage packageOf(const Package& package)
{
    return PlanPackage{package.id(),      package.manifest.name, package.manifest.version,
                       package.sizeBytes, package.sha256,        package.signedBy,
                       package.path};
}

void copyHead(Plan& plan, const Procedure& procedure, const ClusterSnapshot& snapshot,
              const PlanOptions& options)
{
    const detail::Scale scale(options.speed);
    plan.procedure = procedure.id;
    plan.procedureTitle = procedure.title;
    plan.procedureSha256 = procedure.sha256;
    plan.cluster = snapshot.identity;
    plan.policy = options.policy;
    plan.policy.freshnessMax = scale.freshness(plan.policy.freshnessMax);
    plan.stabilisation = scale.stabilisation(procedure.stabilisation);
    plan.greenInterval = scale.greenInterval(Plan{}.greenInterval);
    plan.speed = options.speed;
    plan.cutsUsersOff = procedure.cutsUsersOff;
    plan.userImpact = procedure.userImpact;
    plan.undo = procedure.undo;
    plan.checks = procedure.checks;
    plan.obligations = procedure.obligations;
    plan.plannedAt = snapshot.takenAt;
    plan.backupFolder = procedure.wantsBackup ? options.backupFolder : QString();
}

Result<void> judge(const Procedure& procedure, const ClusterSnapshot& snapshot,
                   const std::optional<Package>& package, const PlanOptions& options)
{
    const auto system = judgeSystem(procedure, snapshot, package);
    return system ? judgeOptions(procedure, snapshot, options) : system;
}

} // namespace

std::set<QString> allActs()
{
    const QStringList& names = actWords();
    return {names.begin(), names.end()};
}

Result<Plan> makePlan(const Procedure& procedure, const ClusterSnapshot& snapshot,
                      const std::optional<Package>& package, const PlanOptions& options)
{
    if (const auto judged = judge(procedure, snapshot, package, options); !judged) {
        return fail(judged.error());
    }
    auto versions = versionsOf(snapshot);
    if (!versions) {
        return fail(versions.error());
    }
    Plan plan;
    copyHead(plan, procedure, snapshot, options);
    plan.sourceVersions = std::move(*versions);
    if (procedure.needsPackage) {
        if (const auto judged = judgeVersions(procedure, *package, plan.sourceVersions); !judged) {
            return fail(judged.error());
        }
        plan.package = packageOf(*package);
        plan.targetVersion = package->manifest.version;
    } else {
        plan.targetVersion =
            std::max_element(plan.sourceVersions.begin(), plan.sourceVersions.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; })
                ->second;
    }
    const quorum::Assessment assessment = quorum::assess(snapshot, snapshot.takenAt, plan.policy);
    std::vector<NodeId> voters;
    for (const quorum::VoterVerdict& verdict : assessment.verdicts) {
        voters.push_back(verdict.node);
    }
    plan.voters = assessment.voters;
    plan.order = orderOf(snapshot, assessment);
    const std::vector<NodeId> left = takeOnTarget(plan);
    detail::unroll(plan, procedure, snapshot, voters, options.capabilities);
    if (plan.steps.size() > detail::kPlanStepsMax) {
        return fail(
            ErrorKind::Validation, word("plan-too-long"),
            QStringLiteral("The plan would have more than %1 steps").arg(detail::kPlanStepsMax),
            QStringLiteral("Repeat less often, or plan a part of the cluster"));
    }
    plan.warnings = detail::warningsFor(plan, left, assessment.leader.has_value());
    return plan;
}

} // namespace quorate::procedure
