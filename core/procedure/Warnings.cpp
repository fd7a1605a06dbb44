// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Unroll.h"
#include "core/procedure/Words.h"

#include <algorithm>

namespace quorate::procedure::detail {
namespace {

QString nameList(const std::vector<NodeId>& nodes)
{
    QStringList names;
    for (const NodeId& node : nodes) {
        names.append(node.value);
    }
    return names.join(QStringLiteral(", "));
}

std::optional<PlanWarning> aboutMargin(const Plan& plan)
{
    const int majority = quorum::majorityOf(plan.voters);
    if (plan.voters == 1) {
        return PlanWarning{
            word("single-node"), Severity::Warning,
            QStringLiteral("The cluster has one node: nothing works while it is out.")};
    }
    const int left = plan.voters - 1;
    if (left < majority + plan.policy.reserve) {
        return PlanWarning{
            word("gate-will-refuse"), Severity::Warning,
            QStringLiteral(
                "%1 voters need %2 ready and a reserve of %3: the gate will let no node leave.")
                .arg(plan.voters)
                .arg(majority)
                .arg(plan.policy.reserve)};
    }
    if (left == majority) {
        return PlanWarning{
            word("no-spare-voter"), Severity::Info,
            QStringLiteral(
                "While a node is out, one more failure stops the cluster (%1 voters, %2 needed).")
                .arg(plan.voters)
                .arg(majority)};
    }
    return std::nullopt;
}

std::optional<PlanWarning> aboutManual(const Plan& plan)
{
    const auto count =
        std::count_if(plan.steps.begin(), plan.steps.end(),
                      [](const PlanStep& step) { return step.kind == StepKind::Manual; });
    if (count == 0) {
        return std::nullopt;
    }
    return PlanWarning{
        word("manual-steps"), Severity::Warning,
        QStringLiteral(
            "%1 of %2 steps are done by hand: someone has to be there for the whole run.")
            .arg(count)
            .arg(plan.steps.size())};
}

/// What a drain may destroy is asked for in so many words, once for the whole plan.
void addConsents(const Plan& plan, std::vector<PlanWarning>& out)
{
    const auto any = [&plan](bool act::Drain::*consent) {
        return std::ranges::any_of(plan.steps, [consent](const PlanStep& step) {
            const auto* drain = step.act ? std::get_if<act::Drain>(&*step.act) : nullptr;
            return drain != nullptr && drain->*consent;
        });
    };
    if (any(&act::Drain::unmanagedToo)) {
        out.push_back({word("unmanaged-pods-lost"), Severity::Warning,
                       QStringLiteral("Pods that nothing starts again elsewhere are deleted.")});
    }
    if (any(&act::Drain::localDataToo)) {
        out.push_back({word("local-data-lost"), Severity::Warning,
                       QStringLiteral("Data that pods keep on their node (emptyDir) is lost.")});
    }
}

bool hasMixedVersions(const Plan& plan)
{
    return std::any_of(
        plan.sourceVersions.begin(), plan.sourceVersions.end(),
        [&](const auto& entry) { return entry.second != plan.sourceVersions.begin()->second; });
}

} // namespace

std::vector<PlanWarning> warningsFor(const Plan& plan, const std::vector<NodeId>& left,
                                     bool isLeaderKnown)
{
    std::vector<PlanWarning> out;
    if (plan.cutsUsersOff) {
        out.push_back({word("users-cut-off"), Severity::Warning, plan.userImpact});
    }
    if (const auto warning = aboutMargin(plan)) {
        out.push_back(*warning);
    }
    if (plan.voters % 2 == 0) {
        out.push_back(
            {word("even-voters"), Severity::Warning,
             QStringLiteral("%1 voters bear no more failures than %2: plan an odd number.")
                 .arg(plan.voters)
                 .arg(plan.voters - 1)});
    }
    if (!isLeaderKnown && plan.voters > 1) {
        out.push_back(
            {word("leader-unknown"), Severity::Warning,
             QStringLiteral(
                 "No leader is known: the order may let the leader leave before the others.")});
    }
    if (hasMixedVersions(plan)) {
        out.push_back(
            {word("mixed-versions"), Severity::Warning,
             QStringLiteral(
                 "The nodes run different versions now; bring them to one as soon as possible.")});
    }
    addConsents(plan, out);
    if (const auto warning = aboutManual(plan)) {
        out.push_back(*warning);
    }
    if (!left.empty()) {
        out.push_back({word("on-target-already"), Severity::Info,
                       QStringLiteral("Left alone, since they run %1 already: %2.")
                           .arg(plan.targetVersion.toString(), nameList(left))});
    }
    return out;
}

} // namespace quorate::procedure::detail
