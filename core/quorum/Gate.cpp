// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Evidence.h"

#include <algorithm>

namespace quorate::quorum {
namespace {

using detail::Evidence;

/// One question to the gate with everything that its rules look at.
struct Case {
    const Evidence& evidence;
    const Assessment& assessment;
    const GateRequest& request;
    const VoterVerdict* leaving = nullptr; ///< null: it is not a voter
    QString name{};
    int cost = 0; ///< ready voters that the act takes away

    [[nodiscard]] bool isOnlyNode() const { return assessment.voters == 1 && leaving; }
};

/// Collects what a rule finds; No beats Unknown, Unknown beats Yes.
class Finding {
public:
    explicit Finding(GateRule rule)
        : m_rule(rule)
    {}
    void add(Verdict verdict, const QString& text)
    {
        if (verdict == Verdict::No && m_verdict != Verdict::No) {
            m_texts.clear(); // what is certain is said alone
        }
        if (m_verdict != Verdict::No || verdict == Verdict::No) {
            m_verdict = verdict;
            m_texts.append(text);
        }
    }
    [[nodiscard]] GateReason finish(const QString& textOnYes) const
    {
        return {m_rule, m_verdict,
                m_texts.isEmpty() ? textOnYes : m_texts.join(QStringLiteral("; "))};
    }

private:
    GateRule m_rule;
    Verdict m_verdict = Verdict::Yes;
    QStringList m_texts;
};

bool lacksFreshInput(VoterReason reason)
{
    switch (reason) {
    case VoterReason::InGrace:
    case VoterReason::CannotReach:
    case VoterReason::Stale:
    case VoterReason::NeverSeen: return true;
    case VoterReason::SaysReady:
    case VoterReason::SaysNotReady:
    case VoterReason::PeersSayDown: // its peers' answers are fresh
    case VoterReason::PeersSayBusy:
    case VoterReason::NoMajority:
    case VoterReason::IsolatedFromPeers: return false;
    }
    return true;
}

/// A worker does not answer for itself, and acts on it are sent to its cluster: that some node sees
/// it is enough.
bool isSeenWorker(const Evidence& evidence, const NodeId& node)
{
    return evidence.members.roleOf(node) == detail::Role::Worker && !evidence.fresh.empty();
}

/// Taken out of service on purpose, by whomever: it may be switched off at any moment.
bool isCordoned(const Evidence& evidence, const NodeId& node)
{
    const Observation* own = evidence.freshOf(node);
    return own && own->self.cordoned;
}

GateReason freshness(const Case& c)
{
    Finding finding(GateRule::Freshness);
    const auto missing = [&](const NodeId& node) {
        const NodeRecord* record = c.evidence.snapshot->node(node);
        const QString last = record && record->last
                                 ? QStringLiteral("its last answer is of ")
                                       + detail::clockText(record->last->observedAt)
                                 : QStringLiteral("it has not answered yet");
        finding.add(
            Verdict::Unknown,
            QStringLiteral("%1 gives no fresh answer (%2)").arg(c.evidence.nameOf(node), last));
    };
    // The node that the act is sent to must have answered itself; of the others its peers' word is
    // enough.
    if (!c.evidence.freshOf(c.request.leaving) && !isSeenWorker(c.evidence, c.request.leaving)) {
        missing(c.request.leaving);
    }
    for (const VoterVerdict& verdict : c.assessment.verdicts) {
        if (verdict.node != c.request.leaving && lacksFreshInput(verdict.reason)) {
            missing(verdict.node);
        }
    }
    return finding.finish(QStringLiteral("every answer used is at most %1 old")
                              .arg(toDurationText(c.evidence.policy.freshnessMax)));
}

GateReason nodeKnown(const Case& c)
{
    Finding finding(GateRule::NodeKnown);
    if (c.evidence.membersKnown ? !c.evidence.members.contains(c.request.leaving)
                                : !c.evidence.snapshot->node(c.request.leaving)) {
        finding.add(Verdict::No, c.name + QStringLiteral(" is not a member of this cluster"));
    } else if (!c.evidence.membersKnown) {
        finding.add(Verdict::Unknown, c.evidence.fresh.empty()
                                          ? QStringLiteral("no node gives a fresh answer")
                                          : QStringLiteral("no node says who the members are"));
    }
    if (c.leaving) {
        return finding.finish(c.name + QStringLiteral(" is a voter"));
    }
    return finding.finish(c.name + QStringLiteral(" is a member that does not vote"));
}

/// At work by its own word or its peers': a learner or worker that is out counts here too.
bool isOtherMemberOut(const Evidence& evidence, const NodeId& node)
{
    if (const Observation* answer = evidence.freshOf(node)) {
        const NodeState state = answer->self.state;
        return state == NodeState::Draining || state == NodeState::Drained
               || state == NodeState::Updating || state == NodeState::Restarting
               || state == NodeState::Starting;
    }
    const detail::PeerWords words = detail::wordsAbout(evidence, node);
    return words.ready == 0 && 2 * words.busy > words.peers;
}

GateReason nobodyElse(const Case& c)
{
    Finding finding(GateRule::NobodyElseLeaving);
    // Whatever the size of the cluster: no failed voter is accepted. Source: peers.md section 8,
    // failed-node budget.
    for (const VoterVerdict& verdict : c.assessment.verdicts) {
        if (verdict.node == c.request.leaving) {
            continue;
        }
        if (verdict.state == VoterState::Ready) {
            if (isCordoned(c.evidence, verdict.node)) {
                finding.add(Verdict::No, verdict.name + QStringLiteral(" is cordoned"));
            }
            continue;
        }
        finding.add(verdict.state == VoterState::Down ? Verdict::No : Verdict::Unknown,
                    verdict.text);
    }
    for (const auto& [node, role] : c.evidence.members.butWorkers()) {
        if (role != detail::Role::Voter && node != c.request.leaving
            && isOtherMemberOut(c.evidence, node)) {
            finding.add(Verdict::No, c.evidence.nameOf(node) + QStringLiteral(" is out"));
        }
    }
    return finding.finish(QStringLiteral("nobody else is out"));
}

GateReason keepsMajority(const Case& c)
{
    Finding finding(GateRule::KeepsMajority);
    const Assessment& a = c.assessment;
    const int reserve = std::max(c.evidence.policy.reserve, 0);
    const int needed = a.majority + reserve;
    if (c.cost == 0) {
        return finding.finish(
            c.leaving ? QStringLiteral("%1 is no ready voter now: it costs none").arg(c.name)
                      : QStringLiteral("%1 does not vote: it costs no voter").arg(c.name));
    }
    if (c.isOnlyNode() && c.request.outageAccepted) {
        return finding.finish(
            QStringLiteral("%1 is the only node; that the service stops was accepted").arg(c.name));
    }
    const int after = a.ready - c.cost;
    const QString right = reserve > 0
                              ? QStringLiteral("%1 + %2 in reserve").arg(a.majority).arg(reserve)
                              : QString::number(a.majority);
    const QString left = QStringLiteral("%1 − %2").arg(a.ready).arg(c.cost);
    if (after < needed && after + a.unknown >= needed) {
        finding.add(Verdict::Unknown,
                    QStringLiteral("%1 < %2, with %3 unknown").arg(left, right).arg(a.unknown));
    } else if (after < needed) {
        finding.add(Verdict::No, QStringLiteral("%1 < %2").arg(left, right));
    }
    return finding.finish(QStringLiteral("%1 ≥ %2").arg(left, right));
}

GateReason leaderLast(const Case& c)
{
    Finding finding(GateRule::LeaderLast);
    std::vector<NodeId> others;
    std::ranges::copy_if(c.request.stillToLeave, std::back_inserter(others),
                         [&](const NodeId& node) { return node != c.request.leaving; });
    const bool leads = c.assessment.leader == c.request.leaving;
    if (!others.empty() && c.cost > 0) {
        const QString names = detail::joined(c.evidence.namesOf(others));
        const QString leave =
            others.size() == 1 ? QStringLiteral("leaves first") : QStringLiteral("leave first");
        if (leads) {
            finding.add(Verdict::No, QStringLiteral("%1 leads; %2 %3").arg(c.name, names, leave));
        } else if (!c.assessment.leader && c.evidence.leaderExpected) {
            finding.add(Verdict::Unknown,
                        QStringLiteral("no node names the leader, which has to leave last"));
        }
    }
    if (leads) {
        return finding.finish(
            c.isOnlyNode()
                ? QStringLiteral("%1 is the only node").arg(c.name)
                : QStringLiteral("%1 leads; another node is elected when it leaves").arg(c.name));
    }
    return finding.finish(QStringLiteral("%1 does not lead").arg(c.name));
}

GateReason noConflict(const Case& c)
{
    Finding finding(GateRule::NoConflict);
    for (const Disagreement& disagreement : c.assessment.disagreements) {
        const bool matters = disagreement.kind == DisagreementKind::Membership
                             || disagreement.kind == DisagreementKind::Leader
                             || disagreement.kind == DisagreementKind::Reachability
                             || disagreement.kind == DisagreementKind::StaleMember;
        if (matters && disagreement.severity != Severity::Info) {
            finding.add(Verdict::Unknown, disagreement.text);
        }
    }
    return finding.finish(QStringLiteral("the nodes agree"));
}

QString gateSentence(const Case& c, Verdict verdict)
{
    const Assessment& a = c.assessment;
    QString text =
        QStringLiteral("%1 of %2 ready, needs %3. ").arg(a.ready).arg(a.voters).arg(a.majority);
    if (verdict != Verdict::Yes && (c.cost == 0 || verdict == Verdict::Unknown)) {
        return text.trimmed();
    }
    if (c.cost == 0) {
        return text
               + QStringLiteral("%1 is not one of the ready voters: the count stays.").arg(c.name);
    }
    QString span;
    if (c.request.permanent) {
        span = QStringLiteral(" (until somebody starts it again)");
    } else if (c.request.expected > Millis(0)) {
        span = QStringLiteral(" (about %1)").arg(toDurationText(c.request.expected));
    }
    const QString verb = c.request.verb.isEmpty() ? QStringLiteral("is out") : c.request.verb;
    const int margin = a.ready - c.cost - a.majority;
    if (margin < 0 && a.voters > 1) {
        // Voters that we cannot judge may be ready after all.
        return text
               + QStringLiteral("If %1 %2 now%3, the cluster %4 its majority and %5.")
                     .arg(c.name, verb, span,
                          margin + a.unknown < 0 ? QStringLiteral("loses")
                                                 : QStringLiteral("may lose"),
                          margin + a.unknown < 0 ? QStringLiteral("stops")
                                                 : QStringLiteral("stop"));
    }
    text += QStringLiteral("While %1 %2%3 ").arg(c.name, verb, span);
    if (a.voters == 1) {
        return text + QStringLiteral("there is no service.");
    }
    if (margin == 0) {
        return text + QStringLiteral("one more failure stops the cluster.");
    }
    return text
           + QStringLiteral("%1 more %2 may fail without stopping the cluster.")
                 .arg(detail::countWord(margin),
                      margin == 1 ? QStringLiteral("node") : QStringLiteral("nodes"));
}

QString cureFor(GateRule rule, const Case& c)
{
    switch (rule) {
    case GateRule::Freshness: return QStringLiteral("Wait until every node answers again.");
    case GateRule::NodeKnown:
        return c.evidence.fresh.empty()
                   ? QStringLiteral("Wait until the nodes answer again.")
                   : QStringLiteral("Check the node's name and the members of the cluster.");
    case GateRule::NobodyElseLeaving:
        return QStringLiteral("Wait until every other node is ready, or bring it back first.");
    case GateRule::KeepsMajority:
        if (c.isOnlyNode()) {
            return QStringLiteral(
                "It is the only node: accept in so many words that the service stops.");
        }
        return QStringLiteral("Bring more voters to ready first.");
    case GateRule::LeaderLast:
        if (!c.assessment.leader) {
            return QStringLiteral("Wait until the nodes have elected a leader.");
        }
        return QStringLiteral("Let the other nodes of the plan leave before it.");
    case GateRule::NoConflict:
        return QStringLiteral("Wait until the nodes agree, or settle it on the nodes.");
    }
    return {};
}

const GateReason* reasonOf(const GateVerdict& gate, GateRule rule, Verdict verdict)
{
    const auto found = std::ranges::find(gate.reasons, rule, &GateReason::rule);
    return found != gate.reasons.end() && found->verdict == verdict ? &*found : nullptr;
}

QString refuse(const Case& c, const GateVerdict& gate)
{
    QStringList texts;
    const GateReason* first = nullptr;
    for (const GateReason& reason : gate.reasons) {
        if (reason.verdict == Verdict::No) {
            first = first ? first : &reason;
            texts.append(reason.text);
        }
    }
    return QStringLiteral("%1 may not leave now: %2. %3")
        .arg(c.name, texts.join(QStringLiteral("; ")), cureFor(first->rule, c));
}

/// What we do not know mostly has one cause that several rules name in their way; it is told once.
QString couldNotTell(const Case& c, const GateVerdict& gate)
{
    for (const GateRule rule :
         {GateRule::NodeKnown, GateRule::NobodyElseLeaving, GateRule::Freshness,
          GateRule::LeaderLast, GateRule::NoConflict, GateRule::KeepsMajority}) {
        if (const GateReason* reason = reasonOf(gate, rule, Verdict::Unknown)) {
            return QStringLiteral("Quorate could not tell whether %1 may leave: %2. %3")
                .arg(c.name, reason->text, cureFor(rule, c));
        }
    }
    return {};
}

} // namespace

GateVerdict decideLeave(const ClusterSnapshot& snapshot, TimePoint now, const GateRequest& request,
                        const Policy& policy)
{
    const Evidence evidence = detail::gather(snapshot, now, policy);
    const Assessment assessment = assess(snapshot, now, policy, request.heldByUs);
    Case c{.evidence = evidence, .assessment = assessment, .request = request};
    c.leaving = assessment.verdictOf(request.leaving);
    c.name = evidence.nameOf(request.leaving);
    c.cost = c.leaving && c.leaving->state == VoterState::Ready ? 1 : 0;
    GateVerdict gate;
    gate.reasons = {freshness(c),     nodeKnown(c),  nobodyElse(c),
                    keepsMajority(c), leaderLast(c), noConflict(c)};
    const auto any = [&](Verdict verdict) {
        return std::ranges::find(gate.reasons, verdict, &GateReason::verdict) != gate.reasons.end();
    };
    gate.verdict = any(Verdict::No)        ? Verdict::No
                   : any(Verdict::Unknown) ? Verdict::Unknown
                                           : Verdict::Yes;
    gate.sentence = gateSentence(c, gate.verdict);
    if (gate.verdict != Verdict::Yes) {
        gate.refusal = gate.verdict == Verdict::No ? refuse(c, gate) : couldNotTell(c, gate);
    }
    return gate;
}

} // namespace quorate::quorum
