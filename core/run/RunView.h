// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

namespace quorate::run {

enum class RunPhase {
    Ready,    ///< planned, not started
    Resuming, ///< after an interruption: observing every node and probing before anything else
    Running,
    Pausing,    ///< finishes the step at work, then pauses
    Paused,     ///< waits for a person; `attention` says for what
    Cancelling, ///< finishes the step at work, then closes obligations
    Succeeded,
    Failed, ///< ended by a person after a problem, or with something that a person left out
    Cancelled,
};
QString toString(RunPhase phase);
bool isEnded(RunPhase phase);

enum class StepState { Planned, Next, Running, Waiting, Done, Skipped, Failed };
QString toString(StepState state);

struct StepView {
    StepId id;
    QString title;
    std::optional<NodeId> node;
    procedure::StepKind kind = procedure::StepKind::Act;
    StepState state = StepState::Planned;
    QString waitingFor; ///< "node-2 to answer; peers saw it 48 s ago"
    QString result;     ///< "verified on the node", "3 − 1 ≥ 2, nobody else out"
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    std::optional<TimePoint> limitAt; ///< when a person is asked
    std::optional<double> progress;   ///< 0 … 1
    int attempts = 0;
    Millis expected{0};
    bool operator==(const StepView&) const = default;
};

struct ObligationView {
    QString id{};
    QString title;
    std::optional<TimePoint> openedAt{};
    std::optional<TimePoint> closedAt{};
    std::optional<StepId> closesAtStep{};
    std::optional<NodeId> node{}; ///< of the step that opens it; nullopt: the whole cluster
    [[nodiscard]] bool isOpen() const { return openedAt && !closedAt; }
    /// The title, and the node where the title does not name it: "SSH is running (node-2)".
    [[nodiscard]] QString text() const;
    bool operator==(const ObligationView&) const = default;
};

/// A thing a person can decide now, and what it will leave behind.
enum class RunCommand { Resume, Pause, Cancel, RetryStep, SkipStep, ConfirmDone, ConfirmNotDone };
QString toString(RunCommand command);
bool answersStep(RunCommand command); ///< of no use at another step than it was meant for
struct CommandOffer {
    RunCommand command = RunCommand::Resume;
    QString title;       ///< "Pause before node-1"
    QString consequence; ///< one sentence
    bool operator==(const CommandOffer&) const = default;
};

/// Why a run waits for a person.
struct Attention {
    QString code;  ///< "gate-refused", "wrong-version", "limit-passed", "verification-failed", …
    QString title; ///< one sentence: what happened, to which node
    QString unharmed; ///< what is unharmed
    QString next;     ///< the safe next step
    std::optional<Error> error;
    bool operator==(const Attention&) const = default;
};

struct VotersPoint {
    TimePoint at;
    int ready = 0; ///< as counted; says nothing of the cluster when it is not `known`
    int voters = 0;
    bool known = true; ///< false: too few nodes were heard to tell a loss from a cut line
    bool operator==(const VotersPoint&) const = default;
};

/// All of a run that windows, command line and reports show. Made by `viewOf`, never stored.
struct RunView {
    RunId id;
    ClusterIdentity cluster;
    QString title; ///< "Upgrade to 14.2.0 · MSS appliance, one node at a time"
    QString planHash;
    QString startedBy;
    RunPhase phase = RunPhase::Ready;
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    std::optional<TimePoint> expectedEnd;
    int stepNumber = 0; ///< 1-based, of the current step; 0 before the start
    std::vector<StepView> steps;
    std::vector<NodeId> order;
    std::optional<NodeId> nodeOut; ///< the node that we hold out now
    std::optional<NodeId>
        pauseBefore; ///< where a wished pause takes effect; nullopt: before the next step
    std::vector<ObligationView> obligations;
    std::optional<Attention> attention;
    std::vector<CommandOffer> offers;
    std::vector<VotersPoint> votersSeen;                  ///< observed
    std::vector<procedure::ForecastPoint> votersForecast; ///< from now on, relative to `startedAt`
    int majority = 0;
    std::vector<QString> acceptedWarnings;
    QString sentence; ///< what is going on, one sentence
    bool operator==(const RunView&) const = default;
};
/// What a person says who has restored by hand all that the run had left open.
void closeObligations(RunView& view, TimePoint at);
/// Belongs to the view; nullptr before the start.
const StepView* currentStep(const RunView& view);
StepId currentStepId(const RunView& view); ///< empty before the start

} // namespace quorate::run
