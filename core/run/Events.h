// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/Act.h"
#include "core/domain/ClusterSnapshot.h"
#include "core/quorum/Back.h"
#include "core/run/RunView.h"

#include <variant>

namespace quorate::run {

/// What can happen to a run. Answers carry the `serial` of the effect that asked, so that a late
/// one is recognised.
namespace event {
struct Started {
    RunId run;
    QString startedBy;
    std::vector<QString> acceptedWarnings;
    QString planHash{}; ///< of the plan that is carried out; empty in older journals
    bool operator==(const Started&) const = default;
};
/// All that is known of the cluster now; each record says when its node was last asked
/// (attemptedAt: the start).
struct Observed {
    SnapshotPtr snapshot;
    bool operator==(const Observed& other) const
    {
        return snapshot == other.snapshot
               || (snapshot && other.snapshot && *snapshot == *other.snapshot);
    }
};
struct Performed {
    int serial = 0;
    Result<OperationId> answer;
    bool operator==(const Performed&) const = default;
};
struct Followed {
    int serial = 0;
    Result<OperationStatus> answer;
    bool operator==(const Followed&) const = default;
};
struct Probed {
    int serial = 0;
    Result<ProbeOutcome> answer;
    bool operator==(const Probed&) const = default;
};
/// Until when the lease is ours; nullopt: this platform has none and needs none.
struct LeaseAnswered {
    bool renewal = false;
    Result<std::optional<TimePoint>> expiresAt;
    bool operator==(const LeaseAnswered&) const = default;
};
struct LeaseReleased {
    bool operator==(const LeaseReleased&) const = default;
};
struct Woke {
    bool operator==(const Woke&) const = default;
};
struct Commanded {
    RunCommand command = RunCommand::Resume;
    QString by;
    bool operator==(const Commanded&) const = default;
};
/// The coordinator is there again after an interruption, or after the journal could not be written.
struct Resumed {
    QString by;
    bool operator==(const Resumed&) const = default;
};
/// For showing a run that nobody carries out at present: one that waits for a person goes on saying
/// why. Never journalled.
struct Interrupted {
    bool operator==(const Interrupted&) const = default;
};
/// The event before this one could not be made durable and was dropped. Never journalled.
struct JournalFailed {
    Error error;
    bool operator==(const JournalFailed&) const = default;
};
} // namespace event

using EventBody =
    std::variant<event::Started, event::Observed, event::Performed, event::Followed, event::Probed,
                 event::LeaseAnswered, event::LeaseReleased, event::Woke, event::Commanded,
                 event::Resumed, event::Interrupted, event::JournalFailed>;

/// What the machine remembers between events without journalling each change of it. It goes into
/// the record of the event that is decided on it, so that a replay decides the same.
struct Memory {
    quorum::BackProgress back;
    QString missing; ///< what the wait lacked at the last reading
    std::optional<TimePoint> leaseExpiresAt;
    std::optional<TimePoint> leaseRenewAt;
    bool operator==(const Memory&) const = default;
};

struct RunEvent {
    TimePoint at;
    EventBody body;
    std::optional<Memory> memory; ///< set in the journal only
    bool operator==(const RunEvent&) const = default;
};

/// "observed", "performed", …: stable names for journals and traces.
QString eventName(const RunEvent& value);
QJsonObject toJson(const RunEvent& value);
[[nodiscard]] Result<RunEvent> eventFromJson(const QJsonObject& object);

} // namespace quorate::run
