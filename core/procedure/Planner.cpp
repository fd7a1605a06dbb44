// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"

#include "core/procedure/Parameters.h"
#include "core/procedure/PlannerJudge.h"
#include "core/procedure/Scale.h"
#include "core/procedure/Unroll.h"
#include "core/procedure/Words.h"

#include <algorithm>

namespace quorate::procedure {
namespace {

using detail::refuse;

/// The versions that the nodes run now; every node has to have said its own. Without a package only
/// the voters matter: a worker does not answer for itself.
Result<std::map<NodeId, Version>> versionsOf(const ClusterSnapshot& snapshot,
                                             const quorum::Assessment& assessment, bool votersOnly)
{
    std::map<NodeId, Version> versions;
    QStringList silent;
    for (const NodeRecord& node : snapshot.nodes) {
        if (votersOnly && assessment.verdictOf(node.id) == nullptr) {
            continue;
        }
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

/// The nodes that the operator chose, in the order of leaving. Only voters: of others nobody could
/// tell that they are back.
Result<std::vector<NodeId>> chosenOf(const Procedure& procedure, const ClusterSnapshot& snapshot,
                                     const quorum::Assessment& assessment,
                                     const std::vector<NodeId>& wanted)
{
    for (const NodeId& node : wanted) {
        if (assessment.verdictOf(node) != nullptr) {
            continue;
        }
        return snapshot.node(node) == nullptr
                   ? refuse("node-unknown",
                            QStringLiteral("The cluster has no node \"%1\"").arg(node.value),
                            QStringLiteral("Check the name"))
                   : refuse("node-not-voter",
                            QStringLiteral("%1 does not vote, and %2 takes voters only")
                                .arg(node.value, procedure.title),
                            QStringLiteral("Drain and resume such a node by itself"));
    }
    std::vector<NodeId> order = quorum::leaveOrder(snapshot, assessment);
    std::erase_if(order, [&](const NodeId& node) {
        const bool isWanted = wanted.empty() || std::ranges::find(wanted, node) != wanted.end();
        return assessment.verdictOf(node) == nullptr || !isWanted;
    });
    // A cordoned node keeps every other one from leaving: its turn comes first.
    std::stable_partition(order.begin(), order.end(), [&](const NodeId& node) {
        const NodeRecord* record = snapshot.node(node);
        return node != assessment.leader && record->last && record->last->self.cordoned;
    });
    return order;
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

/// Order, versions and package of a procedure that installs one; `left` are the nodes that have it.
Result<void> scopeByPackage(Plan& plan, const Procedure& procedure, const ClusterSnapshot& snapshot,
                            const Package& package, const quorum::Assessment& assessment,
                            std::vector<NodeId>& left)
{
    auto versions = versionsOf(snapshot, assessment, false);
    if (!versions) {
        return fail(versions.error());
    }
    plan.sourceVersions = std::move(*versions);
    if (const auto judged = detail::judgeVersions(procedure, package, plan.sourceVersions);
        !judged) {
        return judged;
    }
    plan.package = packageOf(package);
    plan.targetVersion = package.manifest.version;
    plan.order = orderOf(snapshot, assessment);
    left = takeOnTarget(plan);
    return {};
}

Result<void> scopeByChoice(Plan& plan, const Procedure& procedure, const ClusterSnapshot& snapshot,
                           const quorum::Assessment& assessment, const std::vector<NodeId>& wanted)
{
    auto versions = versionsOf(snapshot, assessment, true);
    if (!versions) {
        return fail(versions.error());
    }
    plan.sourceVersions = std::move(*versions);
    plan.targetVersion = std::ranges::max_element(plan.sourceVersions, {}, [](const auto& entry) {
                             return entry.second;
                         })->second;
    auto order = chosenOf(procedure, snapshot, assessment, wanted);
    if (!order) {
        return fail(order.error());
    }
    plan.order = std::move(*order);
    return detail::judgeTested(procedure, plan);
}

/// Whether the nodes elect a leader at all, as far as they say.
bool hasTerms(const ClusterSnapshot& snapshot)
{
    return std::ranges::any_of(snapshot.nodes, [](const NodeRecord& node) {
        return node.last && node.last->cluster.term > 0;
    });
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
    if (const auto judged = detail::judgeInput(procedure, snapshot, package, options); !judged) {
        return fail(judged.error());
    }
    const auto values = parameterValues(procedure, options.parameters);
    if (!values) {
        return fail(values.error());
    }
    Plan plan;
    copyHead(plan, procedure, snapshot, options);
    const quorum::Assessment assessment = quorum::assess(snapshot, snapshot.takenAt, plan.policy);
    std::vector<NodeId> voters;
    for (const quorum::VoterVerdict& verdict : assessment.verdicts) {
        voters.push_back(verdict.node);
    }
    plan.voters = assessment.voters;
    std::vector<NodeId> left;
    const auto scoped = procedure.needsPackage
                            ? scopeByPackage(plan, procedure, snapshot, *package, assessment, left)
                            : scopeByChoice(plan, procedure, snapshot, assessment, options.nodes);
    if (!scoped) {
        return fail(scoped.error());
    }
    detail::unroll(plan, procedure, {snapshot, voters, options.capabilities, *values});
    if (plan.steps.size() > detail::kPlanStepsMax) {
        return fail(
            ErrorKind::Validation, QStringLiteral("plan-too-long"),
            QStringLiteral("The plan would have more than %1 steps").arg(detail::kPlanStepsMax),
            QStringLiteral("Repeat less often, or plan a part of the cluster"));
    }
    if (const auto judged = detail::judgeTexts(plan); !judged) {
        return fail(judged.error());
    }
    plan.warnings = detail::warningsFor(plan, left, assessment.leader || !hasTerms(snapshot));
    return plan;
}

} // namespace quorate::procedure
