// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"
#include "core/base/Time.h"
#include "core/base/Version.h"
#include "core/domain/Enums.h"
#include "core/domain/Package.h"

#include <optional>
#include <vector>

namespace quorate {

struct Condition {
    QString id{}; ///< stable: "verification-failed"
    Severity severity = Severity::Info;
    QString text{};
    bool operator==(const Condition&) const = default;
};

struct ServiceState {
    QString id{}; ///< "ssh"
    QString name{};
    bool running = false;
    bool operator==(const ServiceState&) const = default;
};

/// What a node says of itself. `optional` = it did not say.
struct NodeSelf {
    QString name{};
    NodeState state = NodeState::Unrecognised;
    QString stateText{}; ///< the node's own word, kept for Unrecognised
    Version version{};
    bool voter = false;
    bool learner = false;
    bool leader = false;
    QString bootId{}; ///< changes with each start of the node
    std::optional<TimePoint> startedAt{};
    std::optional<qint64> appliedIndex{}; ///< position in the replicated log; "caught up" compares
                                          ///< it with the leader's
    std::optional<qint64> diskFreeBytes{};
    std::optional<qint64> diskTotalBytes{};
    std::optional<double> load{};
    std::optional<bool> updatesAvailable{}; ///< nullopt: not looked for yet
    std::optional<bool> rebootNeeded{};
    QString verification{}; ///< "passed", "failed", "running", "none", or empty
    std::vector<StagedPackage> stagedPackages{};
    std::vector<ServiceState> services{};
    std::vector<Condition> conditions{};
    bool sandbox = false;
    bool worker = false;   ///< it only runs work and does not answer for itself: this is what its
                           ///< cluster says of it
    bool cordoned = false; ///< it takes no new work; a voter still votes
    bool operator==(const NodeSelf&) const = default;
};

/// What a node says of one member of the cluster (itself included).
struct PeerView {
    NodeId id{};
    QString name{};
    bool voter = false;
    bool learner = false;
    PeerState state = PeerState::Unknown;
    QString stateText{}; ///< the word that was sent
    std::optional<Version> version{};
    std::optional<TimePoint> lastContactAt{};
    std::optional<TimePoint>
        graceEndsAt{}; ///< of a silent node, and also of one that is heard (from its last contact)
    bool worker =
        false; ///< it never votes, and nobody waits for it: not part of any question of quorum
    bool cordoned = false;               ///< it takes no new work; a voter still votes
    QString address{};                   ///< where its observer reaches it; may be empty
    QString roles{};                     ///< the platform's own words: "control-plane,etcd"
    std::vector<Condition> conditions{}; ///< what it reported to the cluster
    bool operator==(const PeerView&) const = default;
};

/// The cluster as one node sees it.
struct ClusterView {
    std::optional<NodeId> leader{};
    qint64 term = 0;
    qint64 appliedIndex = 0;
    std::vector<PeerView> members{};
    /// What a read that needs a majority has just shown of this node: true: it has contact with
    /// one; false: it has none, whatever else it still answers; nullopt: the platform has no such
    /// read, or it could not tell.
    std::optional<bool> majority{};
    bool operator==(const ClusterView&) const = default;
};

/// One node's answer at one moment: about itself and about every peer.
struct Observation {
    NodeId node{};
    TimePoint observedAt{}; ///< our clock, when the answer was complete
    NodeSelf self{};
    ClusterView cluster{};
    bool operator==(const Observation&) const = default;

    [[nodiscard]] const PeerView* viewOf(const NodeId& peer) const;
};

} // namespace quorate
