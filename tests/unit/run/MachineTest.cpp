// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"

using namespace quorate;
using namespace quorate::run;
using quorate::test::cmPlan;
using quorate::test::mssPlan;
using quorate::test::RunBench;

namespace {

Error timeout()
{
    return makeError(ErrorKind::Timeout, QStringLiteral("no-answer"), QStringLiteral("no answer"));
}
Error conflict()
{
    return makeError(ErrorKind::Conflict, QStringLiteral("refused"), QStringLiteral("not now"));
}

OperationStatus failedStatus()
{
    OperationStatus status;
    status.state = OperationStatus::State::Failed;
    status.message = QStringLiteral("it broke");
    return status;
}

bool isOffered(const RunBench& bench, RunCommand command)
{
    const auto offers = offersOf(bench.plan, bench.state);
    return std::any_of(offers.begin(), offers.end(),
                       [&](const CommandOffer& offer) { return offer.command == command; });
}

} // namespace

TEST(Machine, CarriesOutAWholePlanOnAHealthyCluster)
{
    RunBench bench(mssPlan(3));
    bench.start();
    while (!isEnded(bench.state.phase) && bench.state.phase != RunPhase::Paused) {
        bench.step();
    }
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("succeeded"));
    EXPECT_EQ(bench.acts.size(), 3u * 5u + 3u);
    EXPECT_FALSE(bench.state.nodeOut);
    ASSERT_EQ(bench.state.obligations.size(), 1u);
    EXPECT_EQ(bench.state.obligations.front().node, bench.plan.order.front());
    EXPECT_TRUE(bench.state.obligations.front().closedAt.has_value());
    EXPECT_TRUE(std::holds_alternative<effect::ReleaseLease>(bench.effects.back()));
    EXPECT_EQ(bench.progress(4).state, StepState::Skipped);
    EXPECT_EQ(bench.progress(4).result, QStringLiteral("no updates are offered"));
}

TEST(Machine, AsksForTheLeaseFirstAndSaysWhoHoldsIt)
{
    RunBench bench(cmPlan(3));
    bench.feed(event::Started{bench.state.id, QStringLiteral("ops"), {}});
    ASSERT_FALSE(bench.effects.empty());
    EXPECT_TRUE(std::holds_alternative<effect::AcquireLease>(bench.effects.front()));
    bench.look();
    EXPECT_TRUE(bench.acts.empty());
    bench.feed(
        event::LeaseAnswered{false, fail(makeError(ErrorKind::Conflict, QStringLiteral("held"),
                                                   QStringLiteral("ops2 holds it, 40 s old")))});
    EXPECT_EQ(bench.attention(), QStringLiteral("lease-held"));
    EXPECT_TRUE(bench.state.attention->title.contains(QStringLiteral("ops2")));
    bench.feed(event::Commanded{RunCommand::Resume, QStringLiteral("ops")});
    EXPECT_TRUE(std::holds_alternative<effect::AcquireLease>(bench.effects.front()));
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + Seconds(180))});
    EXPECT_EQ(bench.state.current, 0);
}

TEST(Machine, RenewsTheLeaseAndPausesBeforeTheNextActWhenItIsLost)
{
    RunBench bench(cmPlan(3));
    bench.feed(event::Started{bench.state.id, QStringLiteral("ops"), {}});
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + Seconds(120))});
    bench.wait(Seconds(40));
    EXPECT_EQ(wakeAt(bench.plan, bench.state), bench.now);
    bench.feed(event::Woke{});
    EXPECT_TRUE(std::any_of(bench.effects.begin(), bench.effects.end(), [](const Effect& effect) {
        return std::holds_alternative<effect::RenewLease>(effect);
    }));
    bench.look();
    bench.feed(event::LeaseAnswered{true, fail(conflict())});
    bench.lookOn();
    EXPECT_EQ(bench.attention(), QStringLiteral("lease-lost"));
    EXPECT_TRUE(bench.acts.empty());
}

TEST(Machine, GateRefusesWhileAPeerIsDown)
{
    RunBench bench(cmPlan(3));
    bench.node(1).answers = false;
    bench.start();
    bench.lookOn();
    EXPECT_EQ(bench.state.phase, RunPhase::Paused);
    EXPECT_TRUE(bench.attention().startsWith(QStringLiteral("gate-")));
    EXPECT_TRUE(bench.acts.empty());
    bench.node(1).answers = true;
    bench.feed(event::Commanded{RunCommand::Resume, QStringLiteral("ops")});
    bench.lookOn();
    EXPECT_EQ(bench.sent(), QStringLiteral("install-package node-3"));
}

TEST(Machine, GateIsAskedAgainDirectlyBeforeTheAct)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.step();
    ASSERT_EQ(bench.current().title, QStringLiteral("Install"));
    bench.node(2).answers = false;
    bench.lookOn();
    EXPECT_EQ(bench.state.phase, RunPhase::Paused);
    EXPECT_TRUE(bench.acts.empty());
}

TEST(Machine, GateNeedsALookAtEveryNodeThatWasAskedAfterItCameUp)
{
    RunBench bench(cmPlan(3));
    bench.start();
    auto stale = std::make_shared<ClusterSnapshot>(*bench.snapshot());
    stale->nodes[0].attemptedAt = bench.now - Seconds(1);
    bench.wait(Seconds(1));
    bench.feed(event::Observed{stale});
    EXPECT_EQ(bench.state.current, 0);
    EXPECT_EQ(bench.state.stage, Stage::Look);
    bench.look();
    EXPECT_EQ(bench.state.current, 1);
}

TEST(Machine, UnknownEndsInAPauseAfterTheLookLimit)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.wait(Seconds(61));
    bench.feed(event::Woke{});
    EXPECT_EQ(bench.attention(), QStringLiteral("gate-unknown"));
}

TEST(Machine, ChecksPauseWithWhatFails)
{
    RunBench bench(mssPlan(3));
    bench.node(2).state = NodeState::NotReady;
    bench.start();
    bench.look();
    EXPECT_EQ(bench.attention(), QStringLiteral("checks-failed"));
    EXPECT_TRUE(bench.state.attention->title.contains(QStringLiteral("node-2")));
    EXPECT_FALSE(isOffered(bench, RunCommand::SkipStep));
}

TEST(Machine, WarningsNeedANameThatWasAccepted)
{
    auto plan = mssPlan(3);
    plan.checks.front().severity = Severity::Warning;
    RunBench accepted(plan);
    accepted.node(2).state = NodeState::NotReady;
    accepted.start({QStringLiteral("all-nodes-ready")});
    accepted.look();
    EXPECT_EQ(accepted.state.current, 1);
    EXPECT_TRUE(accepted.progress(0).result.contains(QStringLiteral("all-nodes-ready")));
    RunBench bench(plan);
    bench.node(2).state = NodeState::NotReady;
    bench.start();
    bench.look();
    EXPECT_EQ(bench.attention(), QStringLiteral("warnings-not-accepted"));
    bench.feed(event::Commanded{RunCommand::SkipStep, QStringLiteral("ops")});
    EXPECT_EQ(bench.progress(0).result, QStringLiteral("warnings accepted by ops"));
}

TEST(Machine, InstallNeedsThePlannedPackageOnTheNode)
{
    for (const bool missing : {true, false}) {
        RunBench bench(cmPlan(3));
        bench.node(3).staged = !missing;
        bench.node(3).stagedSha = QByteArray(32, 'x');
        bench.start();
        bench.lookOn();
        EXPECT_EQ(bench.attention(), QStringLiteral("package-changed"));
        EXPECT_TRUE(bench.acts.empty());
    }
}

TEST(Machine, ALostAnswerIsAskedAboutAndSentAgainOnlyWithTheSameKey)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.lookOn();
    ASSERT_EQ(bench.acts.size(), 1u);
    bench.feed(event::Performed{bench.state.serial, fail(timeout())});
    EXPECT_EQ(bench.state.stage, Stage::Probe);
    const int asking = bench.state.serial;
    bench.feed(event::Probed{asking, ProbeOutcome::Unknown});
    EXPECT_EQ(bench.state.stage, Stage::Probe);
    bench.feed(event::Probed{asking, ProbeOutcome::NotDone});
    bench.lookOn();
    ASSERT_EQ(bench.acts.size(), 2u);
    EXPECT_EQ(bench.acts[0].key, bench.acts[1].key);
    EXPECT_FALSE(bench.feed(event::Probed{asking, ProbeOutcome::NotDone}).accepted);
}

TEST(Machine, AnUnknownOutcomeEndsInAPause)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.lookOn();
    bench.feed(event::Performed{bench.state.serial, fail(timeout())});
    bench.wait(std::chrono::minutes(16));
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::Unknown});
    EXPECT_EQ(bench.attention(), QStringLiteral("outcome-unknown"));
    EXPECT_FALSE(isOffered(bench, RunCommand::RetryStep));
    EXPECT_FALSE(isOffered(bench, RunCommand::SkipStep));
    bench.feed(event::Commanded{RunCommand::ConfirmDone, QStringLiteral("ops")});
    EXPECT_EQ(bench.progress(1).result, QStringLiteral("confirmed by ops"));
}

TEST(Machine, AFailedInstallIsNotRepeatedByItself)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.lookOn();
    bench.feed(event::Performed{bench.state.serial, OperationId{QStringLiteral("op")}});
    bench.feed(event::Followed{bench.state.serial, failedStatus()});
    EXPECT_EQ(bench.attention(), QStringLiteral("operation-failed"));
    EXPECT_EQ(bench.acts.size(), 1u);
    // A person's retry asks first; a new key only because the old one would repeat the failure.
    bench.feed(event::Commanded{RunCommand::RetryStep, QStringLiteral("ops")});
    EXPECT_EQ(bench.state.stage, Stage::Probe);
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::NotDone});
    bench.lookOn();
    ASSERT_EQ(bench.acts.size(), 2u);
    EXPECT_NE(bench.acts[0].key, bench.acts[1].key);
}

TEST(Machine, ARepeatableActIsRetriedAsThePolicySays)
{
    RunBench bench(mssPlan(3));
    bench.start();
    bench.step();
    ASSERT_EQ(bench.current().title, QStringLiteral("Look for updates"));
    for (int attempt = 1; attempt <= 3; ++attempt) {
        bench.lookOn();
        EXPECT_EQ(bench.acts.size(), static_cast<std::size_t>(attempt));
        bench.feed(event::Performed{bench.state.serial, OperationId{QStringLiteral("op")}});
        bench.feed(event::Followed{bench.state.serial, failedStatus()});
        if (attempt < 3) {
            EXPECT_EQ(bench.state.stage, Stage::RetryPause);
            bench.wait(Seconds(5));
            bench.feed(event::Woke{});
        }
    }
    EXPECT_EQ(bench.attention(), QStringLiteral("operation-failed"));
    bench.feed(event::Commanded{RunCommand::SkipStep, QStringLiteral("ops")});
    EXPECT_EQ(bench.state.current, 2);
}

TEST(Machine, FollowToleratesSilenceUntilTheLimit)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Restart"));
    bench.lookOn();
    ASSERT_EQ(bench.sent(), QStringLiteral("reboot node-3"));
    bench.feed(event::Performed{bench.state.serial, OperationId{QStringLiteral("op")}});
    bench.wait(std::chrono::minutes(10));
    bench.feed(event::Followed{bench.state.serial, fail(timeout())});
    EXPECT_EQ(bench.state.stage, Stage::Follow);
    bench.wait(std::chrono::minutes(5));
    bench.feed(event::Followed{bench.state.serial, fail(timeout())});
    EXPECT_EQ(bench.attention(), QStringLiteral("limit-passed"));
    EXPECT_EQ(bench.state.nodeOut, NodeId{QStringLiteral("node-3")});
    EXPECT_FALSE(isOffered(bench, RunCommand::SkipStep));
}

TEST(Machine, ANodeOnTheOldVersionIsNeverBack)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Wait"));
    bench.node(3).version = Version{14, 1, 0, 0};
    bench.lookOn();
    EXPECT_EQ(bench.attention(), QStringLiteral("wrong-version"));
    EXPECT_EQ(bench.state.nodeOut, NodeId{QStringLiteral("node-3")});
}

TEST(Machine, AFailedVerificationStops)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Wait"));
    bench.node(3).verification = QStringLiteral("failed");
    bench.lookOn();
    EXPECT_EQ(bench.attention(), QStringLiteral("verification-failed"));
}

TEST(Machine, WaitingForANodeHasALimitAndSaysWhatIsMissing)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Wait"));
    bench.node(3).state = NodeState::Starting;
    bench.look();
    bench.wait(std::chrono::minutes(15));
    bench.look();
    EXPECT_EQ(bench.attention(), QStringLiteral("limit-passed"));
    EXPECT_FALSE(isOffered(bench, RunCommand::SkipStep));
    bench.node(3).state = NodeState::Ready;
    bench.feed(event::Commanded{RunCommand::Resume, QStringLiteral("ops")});
    bench.step();
    EXPECT_FALSE(bench.state.nodeOut);
}

TEST(Machine, PauseWaitsUntilTheNodeIsBack)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Restart"));
    bench.feed(event::Commanded{RunCommand::Pause, QStringLiteral("ops")});
    const RunView view = viewOf(bench.plan, bench.state, bench.now);
    EXPECT_EQ(view.phase, RunPhase::Pausing);
    EXPECT_EQ(view.pauseBefore, NodeId{QStringLiteral("node-2")});
    while (bench.state.phase == RunPhase::Pausing) {
        bench.step();
    }
    EXPECT_EQ(bench.attention(), QStringLiteral("paused"));
    EXPECT_EQ(bench.state.current, 3);
    EXPECT_FALSE(bench.state.nodeOut);
    bench.feed(event::Commanded{RunCommand::Resume, QStringLiteral("ops")});
    EXPECT_EQ(bench.state.current, 4);
    EXPECT_EQ(bench.state.phase, RunPhase::Running);
}

TEST(Machine, CancelBringsTheNodeBackAndClosesWhatIsOpen)
{
    RunBench bench(mssPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Restart"));
    bench.lookOn();
    ASSERT_EQ(bench.sent(), QStringLiteral("reboot node-3"));
    bench.feed(event::Commanded{RunCommand::Cancel, QStringLiteral("ops")});
    EXPECT_EQ(bench.state.phase, RunPhase::Cancelling);
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::Running});
    bench.node(3).boot = 2;
    bench.node(3).version = Version{14, 2, 0, 0};
    bench.node(3).rebootNeeded = false;
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::Done});
    while (!isEnded(bench.state.phase) && bench.state.phase != RunPhase::Paused) {
        bench.step();
    }
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("cancelled"));
    EXPECT_FALSE(bench.state.nodeOut);
    EXPECT_EQ(bench.sent(), QStringLiteral("resume node-3"));
    const QString sentence = viewOf(bench.plan, bench.state, bench.now).sentence;
    EXPECT_TRUE(sentence.contains(QStringLiteral("mixed versions")));
}

TEST(Machine, CancelStopsTheServiceThatTheRunHadStarted)
{
    RunBench bench(mssPlan(1));
    bench.start();
    bench.stepTo(QStringLiteral("Scale"));
    bench.feed(event::Commanded{RunCommand::Cancel, QStringLiteral("ops")});
    bench.lookOn();
    EXPECT_EQ(bench.sent(), QStringLiteral("stop-service node-1"));
    // Done is not enough: it has to be seen.
    const auto services = bench.node(1).services;
    bench.succeed();
    bench.node(1).services = services;
    bench.look();
    EXPECT_EQ(bench.state.stage, Stage::Verify);
    EXPECT_FALSE(bench.state.obligations.front().closedAt);
    bench.node(1).services.clear();
    bench.look();
    EXPECT_TRUE(bench.state.obligations.front().closedAt);
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("cancelled"));
}

TEST(Machine, ARunEndedAfterAProblemHasFailed)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Wait"));
    bench.node(3).version = Version{14, 1, 0, 0};
    bench.lookOn();
    bench.feed(event::Commanded{RunCommand::Cancel, QStringLiteral("ops")});
    bench.lookOn();
    EXPECT_EQ(bench.state.phase, RunPhase::Paused); // it is still not back
    bench.feed(event::Commanded{RunCommand::Cancel, QStringLiteral("ops")});
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("failed"));
    EXPECT_TRUE(viewOf(bench.plan, bench.state, bench.now)
                    .sentence.contains(QStringLiteral("node-3 was left out")));
}

TEST(Machine, AManualStepWaitsForAPerson)
{
    auto plan = cmPlan(3);
    plan.steps[1].kind = procedure::StepKind::Manual;
    plan.steps[1].act =
        act::Manual{QStringLiteral("Install it by hand"), QStringLiteral("Is it installed?")};
    RunBench bench(plan);
    bench.start();
    bench.lookOn();
    EXPECT_EQ(bench.state.stage, Stage::Ask);
    EXPECT_EQ(bench.state.nodeOut, NodeId{QStringLiteral("node-3")});
    EXPECT_EQ(viewOf(plan, bench.state, bench.now).attention->next,
              QStringLiteral("Install it by hand"));
    bench.feed(event::Commanded{RunCommand::ConfirmNotDone, QStringLiteral("ops")});
    EXPECT_EQ(bench.attention(), QStringLiteral("not-done"));
    bench.feed(event::Commanded{RunCommand::Resume, QStringLiteral("ops")});
    bench.feed(event::Commanded{RunCommand::ConfirmDone, QStringLiteral("ops")});
    EXPECT_EQ(bench.state.current, 2);
}

TEST(Machine, TheOnlyNodeMayLeave)
{
    RunBench bench(cmPlan(1));
    bench.start();
    bench.lookOn();
    EXPECT_EQ(bench.sent(), QStringLiteral("install-package node-1"));
}

TEST(Machine, ACommandThatIsNotOfferedChangesNothing)
{
    RunBench bench(cmPlan(3));
    bench.start();
    const RunState before = bench.state;
    const Transition refused =
        bench.feed(event::Commanded{RunCommand::SkipStep, QStringLiteral("ops")});
    EXPECT_FALSE(refused.accepted);
    EXPECT_FALSE(refused.record);
    EXPECT_TRUE(sameProgress(before, bench.state));
}

TEST(Machine, AJournalThatCannotBeWrittenStopsEverything)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.feed(event::JournalFailed{
        makeError(ErrorKind::Storage, QStringLiteral("disk-full"), QStringLiteral("disk full"))});
    const RunView view = viewOf(bench.plan, bench.state, bench.now);
    EXPECT_EQ(view.phase, RunPhase::Paused);
    EXPECT_EQ(view.attention->code, QStringLiteral("journal-failed"));
    bench.lookOn();
    EXPECT_TRUE(bench.acts.empty());
    bench.feed(event::Resumed{QStringLiteral("ops")});
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + std::chrono::hours(1))});
    bench.lookOn();
    EXPECT_EQ(bench.acts.size(), 1u);
}

TEST(Machine, ARunCanBeCancelledWhileItResumes)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Wait"));
    bench.feed(event::Interrupted{});
    EXPECT_TRUE(isOffered(bench, RunCommand::Cancel));
    bench.feed(event::Resumed{QStringLiteral("ops")});
    bench.feed(event::Commanded{RunCommand::Cancel, QStringLiteral("ops")});
    EXPECT_EQ(bench.state.phase, RunPhase::Resuming);
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + Seconds(180))});
    bench.lookOn();
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("cancelled"));
    EXPECT_FALSE(bench.state.nodeOut); // it was waited for all the same
}
