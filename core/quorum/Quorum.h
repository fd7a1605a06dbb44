// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterSnapshot.h"

#include <vector>

namespace quorate::quorum {

/// floor(n / 2) + 1. Source: seeds/000 (more than half), etcd. 0 voters → 1, so that an empty
/// cluster is never quorate.
int majorityOf(int voters);

enum class VoterState { Ready, Down, Unknown };
QString toString(VoterState state); ///< "ready", "down", "unknown"

/// Why a voter counts as it does; three different truths are kept apart (design section 5).
enum class VoterReason {
    SaysReady,    ///< it answered within the limit and is ready
    SaysNotReady, ///< it answered and is not (drained, updating, starting…)
    PeersSayDown, ///< we cannot reach it, and a majority of its reachable peers report it down
    PeersSayBusy, ///< we cannot reach it, and a majority of its reachable peers report it at work
    InGrace,      ///< we cannot reach it; its peers' grace time is not over
    CannotReach,  ///< we cannot reach it; peers say nothing against it, or do not say
    Stale,        ///< its last answer is older than the limit
    NeverSeen,    ///< no answer yet
    IsolatedFromPeers, ///< it calls itself ready, but a majority of the reachable peers report it
                       ///< down, or it has no contact with a majority itself although others answer
                       ///< as ready
    NoMajority,        ///< it answers, but a read that needs a majority fails on it
                       ///< (ClusterView::majority)
};
QString toString(VoterReason reason); ///< "says-ready", "in-grace"

struct VoterVerdict {
    NodeId node{};
    QString name{};
    VoterState state = VoterState::Unknown;
    VoterReason reason = VoterReason::NeverSeen;
    QString text{}; ///< one sentence: "node-2 cannot be reached; its peers wait until 10:41:20"
    std::optional<TimePoint> graceEndsAt{};
    bool operator==(const VoterVerdict&) const = default;
};

/// By counting voters; where a node has proved the one or the other by a read that needs a
/// majority, that settles what counting leaves open: AtRisk with a margin below 0 is a cluster that
/// serves, but how many may fail is not known; Lost with unknown voters is one whose only answers
/// come from nodes without contact with a majority.
enum class ClusterState { Quorate, AtRisk, Lost, Unknown };
QString toString(ClusterState state); ///< "quorate", "at-risk", "lost", "unknown"

enum class DisagreementKind {
    Membership,
    Leader,
    Reachability,
    StaleMember,
    Learner,
    MixedVersions,
    EvenVoters
};
QString toString(DisagreementKind kind); ///< "membership", "mixed-versions"

struct Disagreement {
    DisagreementKind kind = DisagreementKind::Membership;
    Severity severity = Severity::Warning;
    QString text{};
    bool operator==(const Disagreement&) const = default;
};

/// Limits and choices of one cluster. Times are already divided by a practice cluster's speed.
struct Policy {
    /// An answer older than this counts as not given. Source: design section 5 (15 s),
    /// peers.md 7.12.
    Millis freshnessMax = Seconds(15);
    /// Voters that must remain beyond the majority after an act. Source: design section 5, default
    /// 0.
    int reserve = 0;
    bool operator==(const Policy&) const = default;
};

/// The quorum sentence in its two parts: bold head and the rest. Same text everywhere
/// (look/README).
struct Sentence {
    QString head{}; ///< "3 of 3 voters ready"
    QString tail{}; ///< ", 2 needed. One node may fail without stopping the cluster."
    [[nodiscard]] QString text() const { return head + tail; }
    bool operator==(const Sentence&) const = default;
};

struct Assessment {
    int voters = 0;
    int ready = 0;
    int down = 0;
    int unknown = 0;
    int majority = 0;
    int margin = 0; ///< ready − majority; negative below it
    ClusterState state = ClusterState::Unknown;
    std::vector<VoterVerdict> verdicts{}; ///< one for each voter, in the snapshot's order
    std::optional<NodeId> leader{}; ///< the one that most fresh views of the highest term name
    std::vector<Disagreement> disagreements{};
    Sentence sentence{};
    QStringList reasons{};                  ///< why it is not plainly quorate; empty when it is
    std::optional<TimePoint> oldestInput{}; ///< the oldest answer that was used
    bool operator==(const Assessment&) const = default;

    [[nodiscard]] const VoterVerdict* verdictOf(const NodeId& node) const;
};

/// Judges a snapshot as of `now`. Which members are voters: what most fresh views say; with no
/// fresh view, every node of the snapshot (state is then unknown anyway). `leavingPlanned` names
/// nodes that a run has taken out on purpose, for the sentence only ("node-2 is restarting
/// (planned)").
Assessment assess(const ClusterSnapshot& snapshot, TimePoint now, const Policy& policy = {},
                  const std::vector<NodeId>& leavingPlanned = {});

/// What `assess` counts, without its words, for whoever asks at every look: a part of its time.
struct VoterCount {
    int voters = 0;
    int ready = 0;
    int majority = 0;
    ClusterState state = ClusterState::Unknown;
    bool operator==(const VoterCount&) const = default;
};
VoterCount countVoters(const ClusterSnapshot& snapshot, TimePoint now, const Policy& policy = {});

enum class Verdict { Yes, No, Unknown };
QString toString(Verdict verdict);

enum class GateRule {
    Freshness,
    NodeKnown,
    NobodyElseLeaving,
    KeepsMajority,
    LeaderLast,
    NoConflict
};
QString toString(GateRule rule); ///< "nobody-else-leaving"

struct GateReason {
    GateRule rule = GateRule::KeepsMajority;
    Verdict verdict = Verdict::Yes;
    QString text{}; ///< "3 − 1 ≥ 2", "node-3 is out already"
    bool operator==(const GateReason&) const = default;
};

struct GateRequest {
    NodeId leaving{};
    QString verb{};         ///< "restarts", "is drained": for the sentence
    Millis expected{0};     ///< how long it will be out; 0: not known
    bool permanent = false; ///< shutdown: it does not come back by itself
    /// Nodes that also have to leave in this plan; leader last is judged among them. A single act
    /// on the leader while others are not to leave is allowed (with a word about the election).
    std::vector<NodeId> stillToLeave{};
    /// Nodes that this very run holds out (an install after its own drain): not "somebody else".
    std::vector<NodeId> heldByUs{};
    /// The operator accepted in so many words that the service stops. Only heeded for a cluster of
    /// one node.
    bool outageAccepted = false;
};

struct GateVerdict {
    Verdict verdict = Verdict::Unknown;
    std::vector<GateReason> reasons{}; ///< every rule, in the order of GateRule
    /// "3 of 3 ready, needs 2. While node-2 restarts (about 12 min) one more failure stops the
    /// cluster."
    QString sentence{};
    QString refusal{}; ///< why not, one or two sentences with what to do; empty on Yes
    bool operator==(const GateVerdict&) const = default;
};

/// May this node leave now? Asked before every act that takes a voter away. Unknown never counts as
/// yes. A node that is not a voter, or is not ready already, costs no ready voter: only freshness,
/// "nobody else" and conflict rules apply.
GateVerdict decideLeave(const ClusterSnapshot& snapshot, TimePoint now, const GateRequest& request,
                        const Policy& policy = {});

/// Order in which the nodes of a rolling procedure leave: not-ready first, then followers by name,
/// the leader last.
std::vector<NodeId> leaveOrder(const ClusterSnapshot& snapshot, const Assessment& assessment);

} // namespace quorate::quorum
