// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Words.h"

#include "core/quorum/Quorum.h"

#include <array>

namespace quorate::quorum {
namespace detail {

Predicate same(const QString& text) { return {text, text}; }

Predicate predicateOf(NodeState state, const QString& word)
{
    switch (state) {
    case NodeState::Ready: return {QStringLiteral("is ready"), QStringLiteral("are ready")};
    case NodeState::Draining:
        return {QStringLiteral("is being drained"), QStringLiteral("are being drained")};
    case NodeState::Drained: return {QStringLiteral("is drained"), QStringLiteral("are drained")};
    case NodeState::Updating:
        return {QStringLiteral("is updating"), QStringLiteral("are updating")};
    case NodeState::Restarting:
        return {QStringLiteral("is restarting"), QStringLiteral("are restarting")};
    case NodeState::Starting:
        return {QStringLiteral("is starting"), QStringLiteral("are starting")};
    case NodeState::Joining: return {QStringLiteral("is joining"), QStringLiteral("are joining")};
    case NodeState::NotReady:
        return {QStringLiteral("is not ready"), QStringLiteral("are not ready")};
    case NodeState::Stopped: return {QStringLiteral("is stopped"), QStringLiteral("are stopped")};
    case NodeState::Unrecognised: break;
    }
    const QString shown = word.left(40); // a node's own text is never trusted to be short
    return {QStringLiteral("reports the unknown state \"%1\"").arg(shown),
            QStringLiteral("report the unknown state \"%1\"").arg(shown)};
}

QString clockText(TimePoint time)
{
    // Iso text: 2026-11-21T10:41:20.123Z
    return toIso(time).mid(11, 8) + QStringLiteral(" UTC");
}

QString joined(const QStringList& parts)
{
    if (parts.size() < 2) {
        return parts.join(QString());
    }
    return parts.mid(0, parts.size() - 1).join(QStringLiteral(", ")) + QStringLiteral(" and ")
           + parts.last();
}

QString countWord(int count)
{
    static const std::array<QString, 8> words{QStringLiteral("no"),   QStringLiteral("one"),
                                              QStringLiteral("two"),  QStringLiteral("three"),
                                              QStringLiteral("four"), QStringLiteral("five"),
                                              QStringLiteral("six"),  QStringLiteral("seven")};
    if (count >= 0 && count < static_cast<int>(words.size())) {
        return words[static_cast<std::size_t>(count)];
    }
    return QString::number(count);
}

QString capital(QString text)
{
    if (!text.isEmpty()) {
        text[0] = text.at(0).toUpper();
    }
    return text;
}

} // namespace detail

QString toString(VoterState state)
{
    switch (state) {
    case VoterState::Ready: return QStringLiteral("ready");
    case VoterState::Down: return QStringLiteral("down");
    case VoterState::Unknown: return QStringLiteral("unknown");
    }
    return {};
}

QString toString(VoterReason reason)
{
    switch (reason) {
    case VoterReason::SaysReady: return QStringLiteral("says-ready");
    case VoterReason::SaysNotReady: return QStringLiteral("says-not-ready");
    case VoterReason::PeersSayDown: return QStringLiteral("peers-say-down");
    case VoterReason::PeersSayBusy: return QStringLiteral("peers-say-busy");
    case VoterReason::InGrace: return QStringLiteral("in-grace");
    case VoterReason::CannotReach: return QStringLiteral("cannot-reach");
    case VoterReason::Stale: return QStringLiteral("stale");
    case VoterReason::NeverSeen: return QStringLiteral("never-seen");
    case VoterReason::NoMajority: return QStringLiteral("no-majority");
    case VoterReason::IsolatedFromPeers: return QStringLiteral("isolated-from-peers");
    }
    return {};
}

QString toString(ClusterState state)
{
    switch (state) {
    case ClusterState::Quorate: return QStringLiteral("quorate");
    case ClusterState::AtRisk: return QStringLiteral("at-risk");
    case ClusterState::Lost: return QStringLiteral("lost");
    case ClusterState::Unknown: return QStringLiteral("unknown");
    }
    return {};
}

QString toString(DisagreementKind kind)
{
    switch (kind) {
    case DisagreementKind::Membership: return QStringLiteral("membership");
    case DisagreementKind::Leader: return QStringLiteral("leader");
    case DisagreementKind::Reachability: return QStringLiteral("reachability");
    case DisagreementKind::StaleMember: return QStringLiteral("stale-member");
    case DisagreementKind::Learner: return QStringLiteral("learner");
    case DisagreementKind::MixedVersions: return QStringLiteral("mixed-versions");
    case DisagreementKind::EvenVoters: return QStringLiteral("even-voters");
    }
    return {};
}

QString toString(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Yes: return QStringLiteral("yes");
    case Verdict::No: return QStringLiteral("no");
    case Verdict::Unknown: return QStringLiteral("unknown");
    }
    return {};
}

QString toString(GateRule rule)
{
    switch (rule) {
    case GateRule::Freshness: return QStringLiteral("freshness");
    case GateRule::NodeKnown: return QStringLiteral("node-known");
    case GateRule::NobodyElseLeaving: return QStringLiteral("nobody-else-leaving");
    case GateRule::KeepsMajority: return QStringLiteral("keeps-majority");
    case GateRule::LeaderLast: return QStringLiteral("leader-last");
    case GateRule::NoConflict: return QStringLiteral("no-conflict");
    }
    return {};
}

} // namespace quorate::quorum
