// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quorum/Quorum.h"

namespace quorate::quorum {

/// What a node must show to count as back (design section 5, last rule but one).
struct BackCriteria {
    NodeId node{};
    std::optional<Version> version{}; ///< the target; nullopt: any
    QString bootIdBefore{};           ///< must differ when set: proof of the restart
    qint64 appliedLagMax =
        100; ///< entries behind the leader that still count as caught up; our own choice
    Millis stabilisation = std::chrono::minutes(2); ///< peers.md section 8: etcd voters
    int greenReadings = 2;                          ///< peers.md section 8, kops
    Millis greenInterval = Seconds(10);
};

/// One reading against the criteria: all that is still missing, in words ("version is 14.1.0,
/// expected 14.2.0").
struct BackReading {
    bool green = false;
    bool wrongVersion =
        false;           ///< ready again, but on another version than the target: never success
    bool failed = false; ///< verification failed or an error condition: waiting will not help
    QStringList missing{};
};
BackReading readBack(const ClusterSnapshot& snapshot, TimePoint now, const BackCriteria& criteria,
                     const Policy& policy = {});

/// The readings so far. Pure: feed each fresh observation once.
struct BackProgress {
    std::optional<TimePoint> greenSince{}; ///< first green reading of the unbroken row
    std::optional<TimePoint> lastGreen{};
    int greenCount = 0; ///< readings at least `greenInterval` apart
    bool operator==(const BackProgress&) const = default;
};
BackProgress advance(BackProgress progress, const BackReading& reading, TimePoint observedAt,
                     const BackCriteria& criteria);
/// True when stable for `stabilisation` with `greenReadings` readings.
bool isBack(const BackProgress& progress, const BackCriteria& criteria);

} // namespace quorate::quorum
