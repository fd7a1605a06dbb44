// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"

// A run that was interrupted is taken up again, and the right to coordinate cannot be had at once.

using namespace quorate;
using namespace quorate::run;
using quorate::test::cmPlan;
using quorate::test::RunBench;

namespace {

void giveLease(RunBench& bench)
{
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + std::chrono::hours(8))});
}

void command(RunBench& bench, RunCommand given)
{
    EXPECT_TRUE(bench.feed(event::Commanded{given, QStringLiteral("ops")}).accepted)
        << toString(given).toStdString();
}

/// A new coordinator, which does not get the lease; then a person resumes, and it gets it.
void takeUpWithoutLease(RunBench& bench, bool held)
{
    bench.feed(event::Interrupted{});
    bench.feed(event::Resumed{QStringLiteral("ops")});
    if (held) {
        bench.feed(
            event::LeaseAnswered{false, fail(makeError(ErrorKind::Conflict, QStringLiteral("held"),
                                                       QStringLiteral("ops2 holds it")))});
    } else {
        bench.wait(std::chrono::minutes(16));
        bench.feed(event::LeaseAnswered{
            false, fail(makeError(ErrorKind::Timeout, QStringLiteral("no-answer"),
                                  QStringLiteral("no answer")))});
    }
    ASSERT_EQ(bench.attention(),
              held ? QStringLiteral("lease-held") : QStringLiteral("lease-unreachable"));
    command(bench, RunCommand::Resume);
    giveLease(bench);
    bench.look();
}

/// The install on node-3 failed, and nobody has said "Retry".
RunBench afterFailedInstall()
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.lookOn();
    bench.feed(event::Performed{bench.state.serial, OperationId{QStringLiteral("op")}});
    OperationStatus status;
    status.state = OperationStatus::State::Failed;
    status.message = QStringLiteral("it broke");
    bench.feed(event::Followed{bench.state.serial, status});
    EXPECT_EQ(bench.attention(), QStringLiteral("operation-failed"));
    return bench;
}

} // namespace

TEST(TakeUp, AFailedInstallIsSentAgainOnlyWhenAPersonRetries)
{
    for (const bool held : {true, false}) {
        RunBench bench = afterFailedInstall();
        takeUpWithoutLease(bench, held);
        ASSERT_EQ(bench.state.stage, Stage::Probe);
        bench.feed(event::Probed{bench.state.serial, ProbeOutcome::NotDone});
        bench.lookOn();
        ASSERT_EQ(bench.acts.size(), 1u);
        EXPECT_EQ(bench.attention(), QStringLiteral("operation-failed"));
        ASSERT_TRUE(bench.state.attention);
        EXPECT_TRUE(bench.state.attention->title.contains(QStringLiteral("it broke")));
        const QString title = bench.state.attention->title;
        takeUpWithoutLease(bench, held); // and however often it is taken up
        bench.feed(event::Probed{bench.state.serial, ProbeOutcome::NotDone});
        ASSERT_TRUE(bench.state.attention);
        EXPECT_EQ(bench.state.attention->title, title);
        command(bench, RunCommand::RetryStep);
        bench.feed(event::Probed{bench.state.serial, ProbeOutcome::NotDone});
        bench.lookOn();
        ASSERT_EQ(bench.acts.size(), 2u);
        EXPECT_NE(bench.acts[0].key, bench.acts[1].key);
    }
}

TEST(TakeUp, ARetryThatWasInterruptedGoesOn)
{
    RunBench bench = afterFailedInstall();
    command(bench, RunCommand::RetryStep);
    takeUpWithoutLease(bench, true);
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::NotDone});
    bench.lookOn();
    ASSERT_EQ(bench.acts.size(), 2u);
    EXPECT_NE(bench.acts[0].key, bench.acts[1].key);
}

TEST(TakeUp, AFailedInstallThatIsCancelledIsNotSentAgain)
{
    RunBench bench = afterFailedInstall();
    takeUpWithoutLease(bench, true);
    command(bench, RunCommand::Cancel);
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::NotDone});
    EXPECT_EQ(bench.progress(1).state, StepState::Failed);
    bench.lookOn();
    EXPECT_TRUE(isEnded(bench.state.phase));
    EXPECT_EQ(bench.acts.size(), 1u);
}

TEST(TakeUp, AWishedPauseOutlastsAPauseForTheLease)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Restart"));
    command(bench, RunCommand::Pause);
    takeUpWithoutLease(bench, true);
    ASSERT_EQ(bench.state.phase, RunPhase::Pausing);
    EXPECT_EQ(viewOf(bench.plan, bench.state, bench.now).pauseBefore,
              NodeId{QStringLiteral("node-2")});
    while (bench.state.phase == RunPhase::Pausing && bench.state.current < 5) {
        bench.step();
    }
    EXPECT_EQ(bench.attention(), QStringLiteral("paused"));
    EXPECT_EQ(bench.state.current, 3);
    command(bench, RunCommand::Resume);
    EXPECT_EQ(bench.state.phase, RunPhase::Running);
    command(bench, RunCommand::Pause);
}
