// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Evidence.h"

#include <algorithm>
#include <iterator>

namespace quorate::quorum {
namespace detail {
namespace {

Judged judged(VoterVerdict verdict, VoterState state, VoterReason reason, Predicate predicate,
              const QString& addition = {})
{
    verdict.state = state;
    verdict.reason = reason;
    verdict.text = QStringLiteral("%1 %2%3").arg(verdict.name, predicate.one, addition);
    return {std::move(verdict), std::move(predicate)};
}

/// ": etcd does not answer": the first trouble that the node names itself.
QString troubleOf(const NodeSelf& self)
{
    const auto found = std::ranges::find_if(self.conditions, [](const Condition& condition) {
        return condition.severity != Severity::Info && !condition.text.isEmpty();
    });
    return found == self.conditions.end() ? QString() : QStringLiteral(": ") + found->text;
}

Judged judgeOwnWord(const Evidence& evidence, const Observation& answer, VoterVerdict verdict)
{
    const NodeState state = answer.self.state;
    const Predicate says = predicateOf(state, answer.self.stateText);
    if (answer.cluster.majority == std::optional(false)) {
        return judged(std::move(verdict), VoterState::Down, VoterReason::NoMajority,
                      {QStringLiteral("answers, but has no contact with a majority"),
                       QStringLiteral("answer, but have no contact with a majority")});
    }
    if (state == NodeState::Unrecognised) {
        return judged(std::move(verdict), VoterState::Unknown, VoterReason::SaysNotReady, says);
    }
    if (state != NodeState::Ready) {
        return judged(std::move(verdict), VoterState::Down, VoterReason::SaysNotReady, says,
                      state == NodeState::NotReady ? troubleOf(answer.self) : QString());
    }
    // It has just proved contact with a majority: whatever others last heard of it, it votes.
    if (answer.cluster.majority == std::optional(true)) {
        return judged(std::move(verdict), VoterState::Ready, VoterReason::SaysReady, says);
    }
    const PeerWords words = wordsAbout(evidence, answer.node);
    if (words.mostSayDown()) {
        return judged(
            std::move(verdict), VoterState::Unknown, VoterReason::IsolatedFromPeers,
            {QStringLiteral("calls itself ready, but its peers report it as down"),
             QStringLiteral("call themselves ready, but their peers report them as down")});
    }
    if (lacksMajority(evidence, answer)) {
        return judged(
            std::move(verdict), VoterState::Unknown, VoterReason::IsolatedFromPeers,
            {QStringLiteral("calls itself ready, but has no contact with a majority"),
             QStringLiteral("call themselves ready, but have no contact with a majority")});
    }
    return judged(std::move(verdict), VoterState::Ready, VoterReason::SaysReady, says);
}

QString downWitnesses(const Evidence& evidence, const PeerWords& words)
{
    if (words.peers == 1) {
        return QStringLiteral(", by the word of %1 alone")
            .arg(evidence.nameOf(words.sayDown.front()));
    }
    return QStringLiteral(", as %1 report").arg(joined(evidence.namesOf(words.sayDown)));
}

Judged judgeGrace(const PeerWords& words, VoterVerdict verdict)
{
    verdict.graceEndsAt = words.graceEndsAt;
    const QString limit = words.graceEndsAt
                              ? QStringLiteral("until ") + clockText(*words.graceEndsAt)
                              : QStringLiteral("before they give it up");
    Judged result = judged(std::move(verdict), VoterState::Unknown, VoterReason::InGrace,
                           same(QStringLiteral("cannot be reached")),
                           QStringLiteral("; its peers wait ") + limit);
    result.predicate.one += QStringLiteral(" (its peers wait %1)").arg(limit);
    result.predicate.many += QStringLiteral(" (their peers wait %1)").arg(limit);
    return result;
}

/// Why we hear nothing from a node. One that answers, only not us, is not called unreachable.
Predicate unheard(const NodeRecord& record)
{
    if (record.error && record.error->kind == ErrorKind::Unauthorized) {
        return {QStringLiteral("does not accept our credentials"),
                QStringLiteral("do not accept our credentials")};
    }
    if (record.error && record.error->kind == ErrorKind::Tls) {
        return {QStringLiteral("shows a certificate that is not trusted"),
                QStringLiteral("show certificates that are not trusted")};
    }
    return same(QStringLiteral("cannot be reached"));
}

/// No fresh answer of its own, and the peers do not settle it: say which of our own troubles it is.
Judged judgeSilence(const Evidence& evidence, const PeerWords& words, VoterVerdict verdict)
{
    const NodeRecord* record = evidence.snapshot->node(verdict.node);
    verdict.graceEndsAt = words.graceEndsAt;
    QString peersWait; // they still see it, and this is how long its last sign of life lasts
    if (words.ready > 0 && words.graceEndsAt) {
        peersWait = QStringLiteral("; its peers wait until ") + clockText(*words.graceEndsAt);
    }
    const auto silent = [&](VoterReason reason, Predicate predicate, const QString& addition = {}) {
        return judged(std::move(verdict), VoterState::Unknown, reason, std::move(predicate),
                      addition);
    };
    if (!record || (record->address.isEmpty() && !record->last && !record->attemptedAt)) {
        return silent(VoterReason::NeverSeen,
                      {QStringLiteral("is not in the cluster file"),
                       QStringLiteral("are not in the cluster file")},
                      QStringLiteral(", so Quorate cannot ask it"));
    }
    if (!record->last) {
        return record->error
                   ? silent(VoterReason::NeverSeen, unheard(*record),
                            QStringLiteral(" and has not answered yet") + peersWait)
                   : silent(VoterReason::NeverSeen, {QStringLiteral("has not answered yet"),
                                                     QStringLiteral("have not answered yet")});
    }
    if (!record->error) {
        const QString since = clockText(record->last->observedAt);
        return silent(VoterReason::Stale, {QStringLiteral("has not answered since ") + since,
                                           QStringLiteral("have not answered since ") + since});
    }
    QString addition;
    if (record->failingSince) {
        addition = QStringLiteral(" since ") + clockText(*record->failingSince);
    }
    if (words.ready > 0 && words.down > 0) {
        addition += QStringLiteral("; its peers do not agree about it");
    } else if (words.ready > 0) {
        addition += peersWait.isEmpty() ? QStringLiteral("; its peers still see it") : peersWait;
    }
    return silent(VoterReason::CannotReach, unheard(*record), addition);
}

} // namespace

Judged judge(const Evidence& evidence, const NodeId& voter)
{
    VoterVerdict verdict;
    verdict.node = voter;
    verdict.name = evidence.nameOf(voter);
    if (const Observation* answer = evidence.freshOf(voter)) {
        return judgeOwnWord(evidence, *answer, std::move(verdict));
    }
    const PeerWords words = wordsAbout(evidence, voter);
    // One peer that still sees it is enough for doubt, and doubt is "unknown".
    if (2 * (words.down + words.busy) > words.peers && words.ready == 0) {
        if (words.mostSayDown()) {
            return judged(std::move(verdict), VoterState::Down, VoterReason::PeersSayDown,
                          {QStringLiteral("is down"), QStringLiteral("are down")},
                          downWitnesses(evidence, words));
        }
        const Predicate work =
            words.work == NodeState::Unrecognised
                ? Predicate{QStringLiteral("is at work"), QStringLiteral("are at work")}
                : predicateOf(words.work, {});
        return judged(std::move(verdict), VoterState::Down, VoterReason::PeersSayBusy, work,
                      QStringLiteral(", as its peers report"));
    }
    if (words.grace > 0) {
        return judgeGrace(words, std::move(verdict));
    }
    return judgeSilence(evidence, words, std::move(verdict));
}

} // namespace detail

namespace {

ClusterState stateOf(const detail::Evidence& evidence, const Assessment& a)
{
    if (a.voters == 0) {
        return ClusterState::Unknown;
    }
    if (a.ready >= a.majority) {
        return a.margin == 0 && a.voters > 1 ? ClusterState::AtRisk : ClusterState::Quorate;
    }
    // A node that has just read with a majority's consent knows better than any count: those who
    // are not ready may have voted all the same.
    if (!evidence.haveMajority.empty()) {
        return ClusterState::AtRisk;
    }
    if (a.ready + a.unknown < a.majority) {
        return ClusterState::Lost;
    }
    // Counting leaves it open. When all that still answers has no contact with a majority, there is
    // none that anybody here could use.
    return evidence.lackMajority.empty() || a.ready > 0 ? ClusterState::Unknown
                                                        : ClusterState::Lost;
}

void addReasons(const detail::Evidence& evidence, Assessment& a)
{
    if (a.voters == 0) {
        a.reasons.append(QStringLiteral("No node is known"));
    }
    for (const VoterVerdict& verdict : a.verdicts) {
        if (verdict.state != VoterState::Ready) {
            a.reasons.append(verdict.text);
        }
    }
    if (a.state == ClusterState::AtRisk && a.ready == a.voters) {
        a.reasons.append(
            QStringLiteral("%1 voters need %2 ready: none may fail").arg(a.voters).arg(a.majority));
    }
    if (evidence.leaderExpected && !a.leader && a.voters > 1) {
        a.reasons.append(QStringLiteral("No node names a leader at the moment"));
    }
    for (const Disagreement& disagreement : a.disagreements) {
        if (disagreement.severity == Severity::Error) {
            a.reasons.append(disagreement.text);
        }
    }
}

/// Numbers, verdicts and state; returned is also what the sentence is made of.
std::vector<detail::Judged> countInto(const detail::Evidence& evidence, Assessment& a)
{
    std::vector<detail::Judged> judged;
    judged.reserve(evidence.voters.size());
    for (const NodeId& voter : evidence.voters) {
        const VoterState state = judged.emplace_back(detail::judge(evidence, voter)).verdict.state;
        a.ready += state == VoterState::Ready ? 1 : 0;
        a.down += state == VoterState::Down ? 1 : 0;
        a.unknown += state == VoterState::Unknown ? 1 : 0;
    }
    a.voters = static_cast<int>(evidence.voters.size());
    a.majority = majorityOf(a.voters);
    a.margin = a.ready - a.majority;
    a.state = stateOf(evidence, a);
    return judged;
}

} // namespace

int majorityOf(int voters) { return std::max(voters, 0) / 2 + 1; }

const VoterVerdict* Assessment::verdictOf(const NodeId& node) const
{
    const auto found = std::ranges::find(verdicts, node, &VoterVerdict::node);
    return found == verdicts.end() ? nullptr : &*found;
}

Assessment assess(const ClusterSnapshot& snapshot, TimePoint now, const Policy& policy,
                  const std::vector<NodeId>& leavingPlanned)
{
    const detail::Evidence evidence = detail::gather(snapshot, now, policy);
    Assessment a;
    const std::vector<detail::Judged> judged = countInto(evidence, a);
    std::ranges::transform(judged, std::back_inserter(a.verdicts), &detail::Judged::verdict);
    a.leader = evidence.leader;
    for (const Observation* answer : evidence.fresh) {
        a.oldestInput =
            a.oldestInput ? std::min(*a.oldestInput, answer->observedAt) : answer->observedAt;
    }
    a.disagreements = detail::findDisagreements(evidence, !leavingPlanned.empty());
    a.sentence = detail::makeSentence(evidence, a, judged, leavingPlanned);
    addReasons(evidence, a);
    return a;
}

VoterCount countVoters(const ClusterSnapshot& snapshot, TimePoint now, const Policy& policy)
{
    Assessment a;
    countInto(detail::gather(snapshot, now, policy), a);
    return {a.voters, a.ready, a.majority, a.state};
}

} // namespace quorate::quorum
