// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Catalogue.h"

#include <algorithm>
#include <set>

namespace quorate::procedure::detail {
namespace {

bool isAtWork(NodeState state)
{
    switch (state) {
    case NodeState::Draining:
    case NodeState::Updating:
    case NodeState::Restarting:
    case NodeState::Starting:
    case NodeState::Joining: return true;
    case NodeState::Ready:
    case NodeState::Drained:
    case NodeState::NotReady:
    case NodeState::Stopped:
    case NodeState::Unrecognised: return false;
    }
    return false;
}

bool matters(quorum::DisagreementKind kind)
{
    switch (kind) {
    case quorum::DisagreementKind::Membership:
    case quorum::DisagreementKind::Leader:
    case quorum::DisagreementKind::Reachability:
    case quorum::DisagreementKind::StaleMember:
    case quorum::DisagreementKind::Learner: return true;
    case quorum::DisagreementKind::MixedVersions: // checks of their own
    case quorum::DisagreementKind::EvenVoters: return false;
    }
    return false;
}

/// A member that does not vote has no verdict; it is judged by its own word.
Finding judgeBystander(const CheckInput& in, const NodeRecord& node)
{
    const QString name = in.nameOf(node.id);
    if (!node.isReachable()
        || in.context.now - node.last->observedAt > in.context.policy.freshnessMax) {
        return unknown(QStringLiteral("%1 does not answer").arg(name), node.id);
    }
    if (node.last->self.state != NodeState::Ready) {
        return failed(QStringLiteral("%1 is %2").arg(name, toString(node.last->self.state)),
                      node.id);
    }
    return passed({});
}

} // namespace

Findings checkAllReady(const CheckInput& in)
{
    Findings out;
    for (const quorum::VoterVerdict& verdict : in.assessment.verdicts) {
        if (verdict.state == quorum::VoterState::Down) {
            out.push_back(failed(verdict.text, verdict.node));
        } else if (verdict.state == quorum::VoterState::Unknown) {
            out.push_back(unknown(verdict.text, verdict.node));
        }
    }
    std::size_t judged = in.assessment.verdicts.size();
    for (const NodeRecord& node : in.snapshot.nodes) {
        if (in.assessment.verdictOf(node.id) == nullptr && !in.isWorker(node)) {
            ++judged;
            Finding finding = judgeBystander(in, node);
            if (finding.outcome != CheckOutcome::Passed) {
                out.push_back(std::move(finding));
            }
        }
    }
    if (out.empty() && in.snapshot.nodes.empty()) {
        out.push_back(unknown(QStringLiteral("No node is known")));
    } else if (out.empty()) {
        out.push_back(passed(QStringLiteral("%1 of %1 nodes ready").arg(judged)));
    }
    return out;
}

Findings checkMargin(const CheckInput& in)
{
    const quorum::Assessment& a = in.assessment;
    const int needed = a.majority + in.context.policy.reserve;
    if (a.voters == 0) {
        return {unknown(QStringLiteral("No voter is known"))};
    }
    if (a.voters == 1 && a.ready == 1) {
        return {passed(QStringLiteral("The cluster has one node; it stops while the node is out"))};
    }
    const QString sum = QStringLiteral("%1 − 1 of %2 voters ready, %3 needed")
                            .arg(a.ready)
                            .arg(a.voters)
                            .arg(needed);
    if (a.ready - 1 >= needed) {
        return {passed(sum)};
    }
    return {a.ready + a.unknown - 1 >= needed ? unknown(sum) : failed(sum)};
}

Findings checkDisagreements(const CheckInput& in)
{
    Findings out;
    for (const quorum::Disagreement& disagreement : in.assessment.disagreements) {
        if (matters(disagreement.kind)) {
            out.push_back(failed(disagreement.text));
        }
    }
    if (out.empty() && in.assessment.state == quorum::ClusterState::Unknown) {
        out.push_back(unknown(QStringLiteral("Too few nodes answer to compare what they say")));
    }
    if (out.empty()) {
        out.push_back(passed(QStringLiteral("The nodes agree on members and leader")));
    }
    return out;
}

namespace {

/// Somebody means to take a cordoned node out. Before the start one may be: its turn can come
/// first.
bool isCordonedByOthers(const CheckInput& in, const NodeRecord& node)
{
    const auto isCordoned = [&in](const NodeRecord& one) {
        return one.last && one.last->self.cordoned && !in.isWorker(one);
    };
    return isCordoned(node) && node.id != in.context.nextNode
           && (in.context.nextNode || std::ranges::count_if(in.snapshot.nodes, isCordoned) > 1);
}

} // namespace

Findings checkForeignWork(const CheckInput& in)
{
    Findings out;
    for (const NodeRecord& node : in.snapshot.nodes) {
        if (isCordonedByOthers(in, node)) {
            out.push_back(
                failed(QStringLiteral("%1 is cordoned").arg(in.nameOf(node.id)), node.id));
        }
        if (node.last && isAtWork(node.last->self.state)) {
            out.push_back(failed(
                QStringLiteral("%1 is %2").arg(in.nameOf(node.id), toString(node.last->self.state)),
                node.id));
        }
    }
    if (out.empty()) {
        out.push_back(passed(QStringLiteral("No node is at work on something else")));
    }
    return out;
}

Findings checkOddVoters(const CheckInput& in)
{
    const int voters = in.assessment.voters;
    if (voters == 0) {
        return {unknown(QStringLiteral("No voter is known"))};
    }
    if (voters % 2 == 0) {
        return {failed(
            QStringLiteral("%1 voters bear no more failures than %2").arg(voters).arg(voters - 1))};
    }
    return {passed(QStringLiteral("%1 voters").arg(voters))};
}

Findings checkMixedVersions(const CheckInput& in)
{
    std::set<Version> versions;
    for (const NodeRecord& node : in.snapshot.nodes) {
        if (node.last && !in.isWorker(node) && !in.isDone(node.id)) {
            versions.insert(node.last->self.version);
        }
    }
    if (versions.empty() && in.context.doneNodes.empty()) {
        return {unknown(QStringLiteral("No node has said its version"))};
    }
    if (versions.size() < 2) {
        return {passed(in.context.doneNodes.empty()
                           ? QStringLiteral("All nodes run the same version")
                           : QStringLiteral("The nodes still to do run the same version"))};
    }
    QStringList names;
    for (const Version& version : versions) {
        names.append(version.toString());
    }
    return {failed(QStringLiteral("The nodes run %1").arg(names.join(QStringLiteral(" and "))))};
}

Findings checkBackup(const CheckInput& in)
{
    if (in.context.haveBackup) {
        return {passed(QStringLiteral("Backup and key are downloaded"))};
    }
    if (!in.context.nextNode) {
        return {passed(QStringLiteral("The run takes and downloads it first"))};
    }
    return {failed(QStringLiteral("This run has not downloaded a backup and its key yet"))};
}

Findings checkSnapshotTaken(const CheckInput&)
{
    return {unknown(QStringLiteral(
        "Quorate cannot see snapshots of the machines; confirm that you have taken them"))};
}

} // namespace quorate::procedure::detail
