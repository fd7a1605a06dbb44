// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/StateWords.h"

#include "core/domain/NodePlaces.h"
#include "ui/common/Format.h"

#include <QCoreApplication>

namespace quorate::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("StateWords", text); }

constexpr Seconds kFreshFor{10}; ///< peers.md section 8: "late" after 10 s

StateMark ownState(NodeState state, const QString& ownWord)
{
    switch (state) {
    case NodeState::Ready: return {Glyph::Check, Tone::Ok, tr("Ready")};
    case NodeState::Draining: return {Glyph::Turning, Tone::Accent, tr("Draining")};
    case NodeState::Drained: return {Glyph::Pause, Tone::Warn, tr("Drained")};
    case NodeState::Updating: return {Glyph::Turning, Tone::Accent, tr("Updating")};
    case NodeState::Restarting: return {Glyph::Turning, Tone::Accent, tr("Restarting")};
    case NodeState::Starting: return {Glyph::Turning, Tone::Accent, tr("Starting")};
    case NodeState::Joining: return {Glyph::Turning, Tone::Accent, tr("Joining")};
    case NodeState::NotReady: return {Glyph::Triangle, Tone::Warn, tr("Not ready")};
    case NodeState::Stopped: return {Glyph::Cross, Tone::Bad, tr("Stopped")};
    case NodeState::Unrecognised: break;
    }
    return {Glyph::Ring, Tone::Unknown, ownWord.isEmpty() ? tr("Unknown") : ownWord};
}

} // namespace

StateMark markOf(quorum::ClusterState state)
{
    switch (state) {
    case quorum::ClusterState::Quorate: return {Glyph::Dot, Tone::Ok, tr("Quorate")};
    case quorum::ClusterState::AtRisk: return {Glyph::Triangle, Tone::Warn, tr("At risk")};
    case quorum::ClusterState::Lost: return {Glyph::Cross, Tone::Bad, tr("Lost")};
    case quorum::ClusterState::Unknown: break;
    }
    return {Glyph::Ring, Tone::Unknown, tr("Unknown")};
}

StateMark markOf(const NodeRecord& record, const quorum::VoterVerdict* verdict)
{
    using quorum::VoterReason;
    if (verdict == nullptr) {
        return record.isReachable()
                   ? ownState(record.last->self.state, record.last->self.stateText)
                   : StateMark{Glyph::Ring, Tone::Unknown, tr("Cannot be reached")};
    }
    switch (verdict->reason) {
    case VoterReason::SaysReady: return ownState(NodeState::Ready, {});
    case VoterReason::SaysNotReady: {
        if (!record.last) {
            return {Glyph::Triangle, Tone::Warn, tr("Not ready")};
        }
        const bool claimsReady = record.last->self.state == NodeState::Ready;
        return claimsReady ? StateMark{Glyph::Triangle, Tone::Warn, tr("Not serving")}
                           : ownState(record.last->self.state, record.last->self.stateText);
    }
    case VoterReason::PeersSayDown: return {Glyph::Cross, Tone::Bad, tr("Down")};
    case VoterReason::PeersSayBusy: return {Glyph::Turning, Tone::Accent, tr("Restarting")};
    case VoterReason::InGrace:
        return {Glyph::Ring, Tone::Unknown, tr("Cannot be reached, in grace")};
    case VoterReason::CannotReach: return {Glyph::Ring, Tone::Unknown, tr("Cannot be reached")};
    case VoterReason::Stale: return {Glyph::Ring, Tone::Unknown, tr("Not heard of lately")};
    case VoterReason::NeverSeen: return {Glyph::Ring, Tone::Unknown, tr("Never seen")};
    case VoterReason::NoMajority:
        return {Glyph::Triangle, Tone::Bad, tr("Has no contact with a majority")};
    case VoterReason::IsolatedFromPeers:
        return {Glyph::Triangle, Tone::Bad, tr("Cut off from its peers")};
    }
    return {};
}

StateMark markOf(Environment environment)
{
    switch (environment) {
    case Environment::Production: return {Glyph::None, Tone::Bad, tr("PRODUCTION")};
    case Environment::Staging: return {Glyph::None, Tone::Warn, tr("STAGING")};
    case Environment::Test: return {Glyph::None, Tone::Muted, tr("TEST")};
    case Environment::Practice: return {Glyph::None, Tone::Accent, tr("PRACTICE")};
    case Environment::Untagged: break;
    }
    return {};
}

QString captionOf(const service::ClusterStatus& status, TimePoint now)
{
    if (status.connection == service::ConnectionState::NeedsPassword) {
        return tr("sign in");
    }
    if (status.connection == service::ConnectionState::NeedsTrust) {
        return tr("certificate");
    }
    switch (status.assessment.state) {
    case quorum::ClusterState::Quorate:
    case quorum::ClusterState::AtRisk:
        return status.assessment.margin < 0 // the majority is proved, but not who is part of it
                   ? tr("at risk")
                   : tr("margin %1").arg(status.assessment.margin);
    case quorum::ClusterState::Lost: return tr("lost");
    case quorum::ClusterState::Unknown: break;
    }
    const auto newest = status.snapshot->newestAnswer();
    return newest ? tr("%1 old").arg(durationText(now - *newest)) : tr("never seen");
}

QuorumBannerText bannerOf(const service::ClusterStatus& status, TimePoint now)
{
    const StateMark mark = markOf(status.assessment.state);
    QuorumBannerText text;
    text.tone = mark.tone;
    text.glyph = mark.glyph;
    text.head = status.assessment.sentence.head;
    text.rest = status.assessment.sentence.tail;
    const auto answered = status.snapshot->oldestAnswer();
    const auto known = answered ? answered : status.snapshot->newestAnswer();
    if (answered && now - *answered <= kFreshFor) {
        text.age = tr("live · %1").arg(durationText(now - *answered));
    } else if (known) {
        text.age = tr("not live · %1 old").arg(durationText(now - *known));
        text.stale = true;
    } else {
        text.age = tr("no answer yet");
        text.stale = true;
    }
    return text;
}

std::vector<PeerCount> seenByPeers(const ClusterSnapshot& snapshot)
{
    struct Tally {
        int seeing = 0;
        size_t lastObserver =
            0; // counted from 1, so that a node that is listed twice in one view counts once
    };
    std::vector<Tally> tallies(snapshot.nodes.size());
    NodePlaces places(snapshot.nodes);
    int reachable = 0;
    for (size_t observer = 0; observer < snapshot.nodes.size(); ++observer) {
        const NodeRecord& record = snapshot.nodes[observer];
        if (!record.isReachable()) {
            continue;
        }
        ++reachable;
        places.restart();
        for (const PeerView& view : record.last->cluster.members) {
            const auto place = places.find(view.id);
            if (place && *place != observer && tallies[*place].lastObserver != observer + 1) {
                tallies[*place].lastObserver = observer + 1;
                tallies[*place].seeing +=
                    view.state == PeerState::Ready || view.state == PeerState::Busy ? 1 : 0;
            }
        }
    }
    std::vector<PeerCount> counts;
    counts.reserve(snapshot.nodes.size());
    for (size_t node = 0; node < snapshot.nodes.size(); ++node) {
        counts.push_back(
            {tallies[node].seeing, reachable - (snapshot.nodes[node].isReachable() ? 1 : 0)});
    }
    return counts;
}

} // namespace quorate::ui
