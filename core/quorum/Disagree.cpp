// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Evidence.h"

#include <algorithm>

namespace quorate::quorum::detail {
namespace {

using List = std::vector<Disagreement>;

void membership(const Evidence& evidence, List& list)
{
    const auto add = [&](DisagreementKind kind, Severity severity, const QString& text) {
        list.push_back({kind, severity, text});
    };
    for (const Observation* answer : evidence.odd) {
        const QString name = evidence.nameOf(answer->node);
        if (evidence.members.contains(answer->node)) {
            add(DisagreementKind::Membership, Severity::Warning,
                QStringLiteral("%1 names other voters or learners than most nodes do").arg(name));
        } else if (answer->viewOf(answer->node)) {
            add(DisagreementKind::StaleMember, Severity::Warning,
                QStringLiteral("%1 counts itself as a member, but the other nodes do not")
                    .arg(name));
        }
    }
    if (!evidence.membersKnown) {
        return;
    }
    for (const NodeRecord& record : evidence.snapshot->nodes) {
        const std::optional<Role> role = evidence.members.roleOf(record.id);
        if (role == Role::Worker) {
            continue; // workers are never asked themselves; there may be thousands
        }
        const QString name = evidence.nameOf(record.id);
        const Observation* answer = evidence.freshOf(record.id);
        const bool inFile = !record.address.isEmpty() || record.last || record.attemptedAt;
        if (!role) {
            if (inFile && (!answer || !answer->viewOf(record.id))) {
                add(DisagreementKind::Membership, Severity::Info,
                    QStringLiteral("%1 is in the cluster file, but is not a member of the cluster")
                        .arg(name));
            }
        } else if (!inFile) {
            add(DisagreementKind::Membership, Severity::Warning,
                QStringLiteral("%1 is a member of the cluster, but is not in the cluster file")
                    .arg(name));
        } else if (answer && answer->self.learner && evidence.isVoter(record.id)) {
            add(DisagreementKind::Membership, Severity::Warning,
                QStringLiteral("%1 calls itself a learner, but the nodes count it as a voter")
                    .arg(name));
        }
    }
    for (const NodeId& voter : evidence.voters) {
        if (!evidence.snapshot->node(voter)) {
            add(DisagreementKind::Membership, Severity::Warning,
                QStringLiteral("%1 is a member of the cluster, but is not in the cluster file")
                    .arg(evidence.nameOf(voter)));
        }
    }
}

void leaders(const Evidence& evidence, List& list)
{
    if (!evidence.leader) {
        return;
    }
    const QString leader = evidence.nameOf(*evidence.leader);
    qint64 term = 0;
    for (const Observation* answer : evidence.fresh) {
        if (evidence.members.contains(answer->node) && leaderNamedBy(*answer) == evidence.leader) {
            term = std::max(term, answer->cluster.term);
        }
    }
    for (const Observation* answer : evidence.fresh) {
        const auto named = leaderNamedBy(*answer);
        if (!evidence.isVoter(answer->node) || named == evidence.leader) {
            continue;
        }
        const QString name = evidence.nameOf(answer->node);
        if (!named) {
            if (answer->self.state == NodeState::Ready) {
                list.push_back(
                    {DisagreementKind::Leader, Severity::Warning,
                     QStringLiteral("%1 names no leader, others name %2").arg(name, leader)});
            }
        } else if (answer->cluster.term < term) {
            list.push_back(
                {DisagreementKind::Leader, Severity::Warning,
                 QStringLiteral("%1 names %2 as leader of term %3; %4 leads since term %5")
                     .arg(name, evidence.nameOf(*named))
                     .arg(answer->cluster.term)
                     .arg(leader)
                     .arg(term)});
        } else {
            list.push_back({DisagreementKind::Leader, Severity::Error,
                            QStringLiteral("Two leaders in term %1: %2 names %3, others name %4")
                                .arg(term)
                                .arg(name, evidence.nameOf(*named), leader)});
        }
    }
}

void reachability(const Evidence& evidence, List& list)
{
    for (const NodeId& voter : evidence.voters) {
        const PeerWords words = wordsAbout(evidence, voter);
        const QString name = evidence.nameOf(voter);
        const QString who = joined(evidence.namesOf(words.sayDown));
        const QString report =
            words.sayDown.size() == 1 ? QStringLiteral("reports") : QStringLiteral("report");
        const Observation* answer = evidence.freshOf(voter);
        if (!answer) {
            if (words.down > 0 && words.ready > 0) {
                list.push_back({DisagreementKind::Reachability, Severity::Warning,
                                QStringLiteral("%1 %2 %3 as down, but other peers still see it")
                                    .arg(who, report, name)});
            }
        } else if (answer->cluster.majority == std::optional(true)) {
            // What its peers last heard is not of its vote: it has just read with a majority's
            // consent.
        } else if (answer->self.state == NodeState::Ready && words.down > 0) {
            list.push_back(
                {DisagreementKind::Reachability,
                 words.mostSayDown() ? Severity::Error : Severity::Warning,
                 QStringLiteral("%1 %2 %3 as down, but %3 answers and calls itself ready")
                     .arg(who, report, name)});
        }
        if (answer && answer->self.state == NodeState::Ready && !answer->cluster.majority
            && lacksMajority(evidence, *answer)) {
            list.push_back(
                {DisagreementKind::Reachability, Severity::Error,
                 QStringLiteral(
                     "%1 calls itself ready, but has no contact with a majority, while "
                     "others that it does not see are ready: the cluster may be partitioned")
                     .arg(name)});
        }
    }
}

void learners(const Evidence& evidence, List& list)
{
    for (const auto& [id, role] : evidence.members.butWorkers()) {
        if (role == Role::Learner) {
            list.push_back({DisagreementKind::Learner, Severity::Info,
                            QStringLiteral("%1 is a learner: it follows, but does not vote yet")
                                .arg(evidence.nameOf(id))});
        }
    }
}

void versions(const Evidence& evidence, bool planned, List& list)
{
    std::map<Version, std::vector<NodeId>> groups;
    for (const Observation* answer : evidence.fresh) {
        if (evidence.members.contains(answer->node) && !answer->self.version.isNull()) {
            groups[answer->self.version].push_back(answer->node);
        }
    }
    if (groups.size() < 2) {
        return;
    }
    QStringList parts;
    for (const auto& [version, nodes] : groups) {
        parts.append(
            QStringLiteral("%1 on %2").arg(version.toString(), joined(evidence.namesOf(nodes))));
    }
    list.push_back({DisagreementKind::MixedVersions, planned ? Severity::Info : Severity::Warning,
                    QStringLiteral("Mixed versions: ") + parts.join(QStringLiteral("; "))});
}

void evenVoters(const Evidence& evidence, List& list)
{
    const int count = static_cast<int>(evidence.voters.size());
    if (!evidence.membersKnown || count == 0 || count % 2 != 0) {
        return;
    }
    list.push_back({DisagreementKind::EvenVoters, Severity::Warning,
                    QStringLiteral("%1 voters bear no more failures than %2 would")
                        .arg(count)
                        .arg(count - 1)});
}

} // namespace

std::vector<Disagreement> findDisagreements(const Evidence& evidence, bool planned)
{
    List list;
    membership(evidence, list);
    leaders(evidence, list);
    reachability(evidence, list);
    learners(evidence, list);
    versions(evidence, planned, list);
    evenVoters(evidence, list);
    return list;
}

} // namespace quorate::quorum::detail
