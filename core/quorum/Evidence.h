// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quorum/Members.h"
#include "core/quorum/Quorum.h"
#include "core/quorum/Words.h"

namespace quorate::quorum::detail {

/// What the fresh answers say together. Points into the snapshot that it was made from.
struct Evidence {
    const ClusterSnapshot* snapshot = nullptr;
    TimePoint now{};
    Policy policy{};
    std::vector<const Observation*> fresh{}; ///< answers that count, in the snapshot's order
    bool membersKnown = false;               ///< some fresh answer names the members
    Members members{};            ///< as most fresh answers have it; else every node, as a voter
    std::vector<NodeId> voters{}; ///< in the snapshot's order, those that it lacks at the end
    std::vector<const Observation*>
        odd; ///< fresh answers that name other voters or learners than most
    std::optional<NodeId> leader{};
    bool leaderExpected = false;        ///< there are terms, so somebody should lead
    std::vector<NodeId> haveMajority{}; ///< voters that have just proved contact with a majority
    std::vector<NodeId> lackMajority{}; ///< voters that answer, but have just failed to

    [[nodiscard]] const Observation* freshOf(const NodeId& node) const;
    [[nodiscard]] bool isVoter(const NodeId& node) const { return members.isVoter(node); }
    [[nodiscard]] QString nameOf(const NodeId& node) const;
    [[nodiscard]] QStringList namesOf(const std::vector<NodeId>& nodes) const;
};
Evidence gather(const ClusterSnapshot& snapshot, TimePoint now, const Policy& policy);

/// The leader that a node names: itself when it says that it leads.
std::optional<NodeId> leaderNamedBy(const Observation& answer);

/// What the fresh members other than `about` say of it, counted.
struct PeerWords {
    int peers = 0; ///< all who were asked, also those who say nothing of it
    int ready = 0;
    int busy = 0;
    int grace = 0;
    int down = 0;
    std::vector<NodeId> sayDown{};
    std::optional<TimePoint> graceEndsAt{}; ///< the latest that any of them gives
    NodeState work =
        NodeState::Unrecognised; ///< what it is at; the first of NodeState's order when they differ
    [[nodiscard]] bool mostSayDown() const { return 2 * down > peers; }
};
PeerWords wordsAbout(const Evidence& evidence, const NodeId& about);

/// True when a node that calls itself ready sees fewer than a majority of the voters, while another
/// voter that it does not see answers us as ready: one of the two is on the wrong side of a
/// partition, and it is this one.
bool lacksMajority(const Evidence& evidence, const Observation& answer);

struct Judged {
    VoterVerdict verdict{};
    Predicate predicate{};
};
Judged judge(const Evidence& evidence, const NodeId& voter);

std::vector<Disagreement> findDisagreements(const Evidence& evidence, bool planned);
Sentence makeSentence(const Evidence& evidence, const Assessment& assessment,
                      const std::vector<Judged>& judged, const std::vector<NodeId>& planned);

} // namespace quorate::quorum::detail
