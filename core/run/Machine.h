// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"
#include "core/run/Events.h"

namespace quorate::run {

/// What the machine asks its driver to do. Each but LookNow and ReleaseLease is answered by exactly
/// one event.
namespace effect {
struct LookNow {
    bool operator==(const LookNow&) const = default;
}; ///< ask every node now, besides the usual polling
struct Perform {
    ActTarget target;
    Act act;
    QString key; ///< idempotency key: same key = same intent
    int serial = 0;
    bool operator==(const Perform&) const = default;
};
struct Follow {
    ActTarget target;
    OperationId operation;
    int serial = 0;
    Millis after{0};
    bool operator==(const Follow&) const = default;
};
struct Probe {
    ActTarget target;
    Act act;
    QString key;
    std::optional<Observation> before;
    int serial = 0;
    Millis after{0};
    bool operator==(const Probe&) const = default;
};
struct AcquireLease {
    QString owner;
    QString note;
    Millis after{0};
    bool operator==(const AcquireLease&) const = default;
};
struct RenewLease {
    QString owner;
    bool operator==(const RenewLease&) const = default;
};
struct ReleaseLease {
    QString owner;
    bool operator==(const ReleaseLease&) const = default;
};
} // namespace effect

using Effect = std::variant<effect::LookNow, effect::Perform, effect::Follow, effect::Probe,
                            effect::AcquireLease, effect::RenewLease, effect::ReleaseLease>;
/// True for effects that change the cluster: they are journalled as intents before they start. A
/// renewal repeats an intent that is in the journal already.
bool isIntent(const Effect& value);
QString toText(const Effect& value); ///< one line, for traces
QJsonObject toJson(const Effect& value);

/// Where the current step stands.
enum class Stage {
    Idle,
    Between,
    Lease,
    LookAll,
    Look,
    Sent,
    Follow,
    Probe,
    RetryPause,
    WaitBack,
    WaitReady,
    Verify,
    Ask
};
QString toString(Stage stage);

struct StepProgress {
    StepState state = StepState::Planned;
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    QString result;
    int attempts = 0;
    bool onTarget = false; ///< skipped, because the node is on the target version already
    bool leftOut = false;  ///< skipped, because a person said so
    bool operator==(const StepProgress&) const = default;
};

enum class LeaseState { None, Held, Expired, Lost };

/// Made by folding events; callers look at it through viewOf. All but `live` follows from the
/// journalled events alone.
struct RunState {
    RunId id;
    QString startedBy;
    std::vector<QString> acceptedWarnings;
    RunPhase phase = RunPhase::Ready;
    RunPhase returnTo = RunPhase::Running; ///< the phase that a pause or an interruption came from
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    std::vector<StepProgress> steps;
    int current = -1;
    Stage stage = Stage::Idle;
    Stage stageBefore = Stage::Idle; ///< while the lease is taken (again)
    bool lookAllAfterLease = false;
    bool pausedBefore = false; ///< while resuming: it waited for a person then, and will again
    int serial = 0;
    TimePoint stageSince;
    TimePoint limitFrom;
    std::optional<TimePoint> retryAt;
    int tries = 0;
    int generation = 0; ///< of the idempotency key; a new one only after a certain failure
    bool newKey = false;
    std::optional<OperationId> operation;
    std::optional<Observation> before; ///< the node before the act that was sent last
    std::optional<NodeId> nodeOut;
    bool installedInHold = false;
    QString bootIdBeforeReboot;
    std::map<NodeId, QString> bootIdAtGate;
    std::vector<ObligationView> obligations;
    std::optional<Attention> attention;
    bool pauseWished = false;
    bool problem = false; ///< a person ended the run because of a problem
    LeaseState lease = LeaseState::None;
    std::vector<VotersPoint> votersSeen;

    struct Live {
        Memory memory;
        SnapshotPtr snapshot;
        std::optional<double> progress;
        QString progressText;
        /// Nobody carries the run out (why it waits, or "interrupted"), or the journal cannot be
        /// written. Commands are taken only after Resumed.
        std::optional<Attention> overlay;
        TimePoint lastEventAt;
    } live;
};
/// Equal in all that follows from the journal.
bool sameProgress(const RunState& left, const RunState& right);

struct Transition {
    RunState state;
    std::vector<Effect> effects;
    /// The event as it has to be journalled, together with the intents, before any effect starts;
    /// nullopt when nothing lasting changed.
    std::optional<RunEvent> record;
    bool accepted = true; ///< false: a command that is not offered, or an answer nobody waits for
};

RunState initialState(const procedure::Plan& plan, const RunId& id);
/// Pure and clock-free: time comes with the event.
[[nodiscard]] Transition step(const procedure::Plan& plan, RunState state,
                              const RunEvent& occurred);
/// When the machine wants a Woke event at the latest; nullopt: never.
std::optional<TimePoint> wakeAt(const procedure::Plan& plan, const RunState& state);
std::vector<CommandOffer> offersOf(const procedure::Plan& plan, const RunState& state);
RunView viewOf(const procedure::Plan& plan, const RunState& state, TimePoint now);
/// How often every node is observed: 2 s (peers.md section 8), faster on a practice cluster.
Millis observeInterval(const procedure::Plan& plan);

/// The text under which a run holds the lease of its cluster; the same after a restart.
QString leaseOwner(const RunState& state);

} // namespace quorate::run
