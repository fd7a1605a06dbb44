// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quorum/Quorum.h"
#include "core/run/detail/Guards.h"

namespace quorate::run::detail {

/// Questions about a plan and where a run is in it; no changes.
const procedure::PlanStep& stepAt(const procedure::Plan& plan, int index);
bool takesAway(const procedure::PlanStep& step);
bool isInstall(const procedure::PlanStep& step);
bool takesBackup(const procedure::PlanStep& step);
std::optional<TimePoint> deadlineOf(const procedure::Plan& plan, const RunState& state);
std::vector<NodeId> stillToLeave(const procedure::Plan& plan, const RunState& state,
                                 const NodeId& leaving);
std::vector<NodeId> doneNodes(const procedure::Plan& plan, const RunState& state);
/// What a person has left out of a run whose steps are over, so that it has not reached its end:
/// "node-3 not upgraded".
QStringList leftOut(const procedure::Plan& plan, const RunState& state);
/// False when a person has left out the last look for this node's updates before the current step.
bool areUpdatesLookedFor(const procedure::Plan& plan, const RunState& state, const NodeId& node);
/// The version that a node must be on when it comes back at this step; nullopt: any (not upgraded
/// yet).
std::optional<Version> expectedVersion(const procedure::Plan& plan, const RunState& state,
                                       const NodeId& node);
/// The node before which a wished pause takes effect.
std::optional<NodeId> nextToLeave(const procedure::Plan& plan, const RunState& state);
QString keyOf(const RunState& state, const procedure::PlanStep& step);
QString verbOf(const procedure::PlanStep& step);

/// One transition at work: the state that becomes the next one, and what it asks for. Every lasting
/// change sets `durable`.
class Engine {
public:
    Engine(const Guards& guards, const procedure::Plan& plan, RunState state, TimePoint at);
    Transition run(const RunEvent& occurred);

private:
    // EngineEvents.cpp
    bool handle(const event::Started& started);
    bool handle(const event::Observed& observed);
    bool handle(const event::Performed& performed);
    bool handle(const event::Followed& followed);
    bool handle(const event::Probed& probed);
    bool handle(const event::LeaseAnswered& answered);
    bool handle(const event::LeaseReleased& released);
    bool handle(const event::Woke& woke);
    bool handle(const event::Resumed& resumed);
    bool handle(const event::Interrupted& interrupted);
    bool handle(const event::JournalFailed& failed);
    bool isWaitedFor(int serial, Stage stage) const;
    void countVoters();
    void renewLeaseIfDue();
    void checkDeadline();
    // EngineCommands.cpp
    bool handle(const event::Commanded& commanded);
    void resumeCommanded();
    void cancelCommanded();
    void cancelAtWork();
    void skipCommanded(const QString& by);
    // EngineFlow.cpp
    void enterStage(Stage stage);
    void enterStep(int index);
    void reenter(Stage stage);
    void takeLease(Stage after, bool lookAll);
    void leaseTaken();
    void finishStep(StepState outcome, const QString& result);
    void nextStep();
    bool isWantedWhenCancelling(int index) const;
    void finish(RunPhase phase);
    void pause(Attention attention);
    void limitPassed();
    // EngineLook.cpp: what a step asks of a fresh look before it begins
    void judgeLook();
    bool isRoundComplete() const;
    const Observation* freshOwn() const;
    bool isConditionJudged();
    void judgeChecks();
    void judgeGate();
    bool mayLeave(QString* sentence);
    void prepareAct();
    bool isStagedAsPlanned(const Observation& own);
    void send();
    // EngineWait.cpp
    void judgeWaitBack();
    void judgeWaitReady();
    void judgeVerify();
    void failOperation(const Error& error);
    void operationSucceeded(const QString& text);
    void startProbe(Millis after);
    void openObligation();
    void closeObligation();

    const procedure::PlanStep& step() const { return stepAt(m_plan, m_state.current); }
    StepProgress& progress() { return m_state.steps[static_cast<std::size_t>(m_state.current)]; }
    ActTarget target() const { return ActTarget{step().node}; }
    void touch() { m_durable = true; }

    const Guards& m_guards;
    const procedure::Plan& m_plan;
    RunState m_state;
    TimePoint m_at;
    std::vector<Effect> m_effects;
    bool m_durable = false;
};

/// Texts of the reasons why a run waits for a person (Attention.cpp).
Attention attentionFor(const procedure::Plan& plan, const RunState& state, const QString& code,
                       const QString& what, std::optional<Error> error = {});

} // namespace quorate::run::detail
