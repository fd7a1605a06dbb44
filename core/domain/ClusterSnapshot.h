// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"
#include "core/domain/Observation.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace quorate {

struct ClusterIdentity {
    ClusterId id{};
    QString name{};
    SystemKind system = SystemKind::Generic;
    QString platform{}; ///< "nodeadmin", "kubernetes"
    Environment environment = Environment::Untagged;
    QString address{}; ///< for the heading: DNS name or first node
    bool operator==(const ClusterIdentity&) const = default;
};

/// All we know of one node: its last answer, and what has happened since.
struct NodeRecord {
    NodeId id{};
    QString name{};
    QString address{};                       ///< host:port
    std::optional<Observation> last{};       ///< the last complete answer, however old
    std::optional<TimePoint> attemptedAt{};  ///< when we last tried
    std::optional<Error> error{};            ///< why the last try failed; nullopt when it succeeded
    std::optional<TimePoint> failingSince{}; ///< first failure after the last success
    bool operator==(const NodeRecord&) const = default;

    /// True when the last try succeeded.
    [[nodiscard]] bool isReachable() const { return last.has_value() && !error.has_value(); }
};

/// All we know of a cluster at one moment. Immutable once published; every node of the cluster file
/// is in it, and every member that any node names (such a one has no address and no answer of its
/// own).
struct ClusterSnapshot {
    ClusterIdentity identity{};
    std::vector<NodeRecord> nodes{}; ///< in the order of the cluster file
    TimePoint takenAt{};
    bool operator==(const ClusterSnapshot&) const = default;

    [[nodiscard]] const NodeRecord* node(const NodeId& id) const;
    /// The oldest of the reachable nodes' answers; nullopt when none is reachable.
    [[nodiscard]] std::optional<TimePoint> oldestAnswer() const;
    [[nodiscard]] std::optional<TimePoint> newestAnswer() const;
};

using SnapshotPtr = std::shared_ptr<const ClusterSnapshot>;

} // namespace quorate
