// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"

// What a person leaves out is said in the end, and never taken for done.

using namespace quorate;
using namespace quorate::run;
using quorate::test::cmPlan;
using quorate::test::mssPlan;
using quorate::test::RunBench;

namespace {

bool command(RunBench& bench, RunCommand given)
{
    return bench.feed(event::Commanded{given, QStringLiteral("ops")}).accepted;
}

/// The act is refused as often as the plan repeats it.
void refuse(RunBench& bench)
{
    for (int times = 0; times < 5 && bench.state.phase != RunPhase::Paused; ++times) {
        bench.lookOn();
        bench.feed(event::Performed{bench.state.serial,
                                    fail(makeError(ErrorKind::Conflict, QStringLiteral("refused"),
                                                   QStringLiteral("not now")))});
        bench.wait(Seconds(10));
        bench.feed(event::Woke{});
    }
    ASSERT_EQ(bench.attention(), QStringLiteral("operation-failed"));
}

/// The step is tried in vain, and a person skips it.
void leaveOut(RunBench& bench, const QString& title)
{
    bench.start();
    bench.stepTo(title);
    refuse(bench);
    ASSERT_TRUE(command(bench, RunCommand::SkipStep));
}

void finish(RunBench& bench)
{
    while (!isEnded(bench.state.phase) && bench.state.phase != RunPhase::Paused) {
        bench.step();
    }
}

QString sentence(const RunBench& bench)
{
    return viewOf(bench.plan, bench.state, bench.now).sentence;
}

/// Takes a backup first, and asks for it before each node.
procedure::Plan backupPlan(Severity severity)
{
    procedure::Plan plan = cmPlan(3);
    procedure::CheckSpec backup;
    backup.id = QStringLiteral("backup-recent");
    backup.title = QStringLiteral("Backup and backup key are downloaded");
    backup.severity = severity;
    plan.checks = {backup};
    procedure::PlanStep take;
    take.id = StepId{QStringLiteral("b001")};
    take.title = QStringLiteral("Take a backup");
    take.act = act::TakeBackup{};
    procedure::PlanStep check;
    check.id = StepId{QStringLiteral("b002")};
    check.kind = procedure::StepKind::Checks;
    check.title = QStringLiteral("Check");
    check.node = plan.order.front();
    plan.steps.insert(plan.steps.begin(), {take, check});
    return plan;
}

} // namespace

TEST(LeftOut, ARunWithANodeThatWasSkippedHasFailed)
{
    RunBench bench(cmPlan(3));
    leaveOut(bench, QStringLiteral("Install"));
    finish(bench);
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("failed"));
    EXPECT_TRUE(sentence(bench).startsWith(QStringLiteral("Ended with node-3 not upgraded")))
        << sentence(bench).toStdString();
    EXPECT_TRUE(sentence(bench).contains(QStringLiteral("mixed versions")));
    EXPECT_TRUE(std::holds_alternative<effect::ReleaseLease>(bench.effects.back()));
}

TEST(LeftOut, ARunThatDidNotWaitForEveryNodeHasFailed)
{
    RunBench bench(mssPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("All ready"));
    bench.node(2).state = NodeState::NotReady;
    bench.look();
    bench.wait(std::chrono::minutes(16));
    bench.look();
    ASSERT_EQ(bench.attention(), QStringLiteral("limit-passed"));
    ASSERT_TRUE(command(bench, RunCommand::SkipStep));
    finish(bench);
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("failed"));
    EXPECT_TRUE(sentence(bench).startsWith(QStringLiteral("Ended with \"All ready\" left out")))
        << sentence(bench).toStdString();
}

TEST(LeftOut, ARunWithoutTheScalingHasFailed)
{
    RunBench bench(mssPlan(3));
    leaveOut(bench, QStringLiteral("Scale"));
    finish(bench);
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("failed"));
    EXPECT_TRUE(sentence(bench).startsWith(QStringLiteral("Ended with \"Scale\" left out. ")))
        << sentence(bench).toStdString();
}

TEST(LeftOut, ARunWithoutTheUpdatesOfANodeHasFailed)
{
    RunBench bench(mssPlan(3));
    bench.node(3).updates = true;
    leaveOut(bench, QStringLiteral("Install updates"));
    finish(bench);
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("failed"));
    EXPECT_TRUE(sentence(bench).startsWith(
        QStringLiteral("Ended with \"Install updates\" left out on node-3. ")))
        << sentence(bench).toStdString();
}

TEST(LeftOut, ANodeThatWasNotAskedForItsUpdatesHasNotBeenUpdated)
{
    RunBench bench(mssPlan(3));
    leaveOut(bench, QStringLiteral("Look for updates"));
    finish(bench);
    EXPECT_EQ(bench.progress(4).result,
              QStringLiteral("none are known: it was not looked for updates"));
    EXPECT_EQ(bench.progress(14).result, QStringLiteral("no updates are offered"));
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("failed"));
    EXPECT_TRUE(sentence(bench).startsWith(
        QStringLiteral("Ended with \"Look for updates\" left out on node-3. ")))
        << sentence(bench).toStdString();
}

TEST(LeftOut, UpdatesThatALaterRoundHasLookedForAreNotLeftOut)
{
    procedure::Plan plan = mssPlan(3);
    const auto install = std::ranges::find(plan.steps, QStringLiteral("Install updates"),
                                           &procedure::PlanStep::title);
    procedure::PlanStep again = plan.steps[1];
    again.id = StepId{QStringLiteral("b001")};
    again.title = QStringLiteral("Look for updates again");
    plan.steps.insert(install, again);
    RunBench bench(plan);
    leaveOut(bench, QStringLiteral("Look for updates"));
    finish(bench);
    EXPECT_EQ(bench.progress(5).result, QStringLiteral("no updates are offered"));
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("succeeded"))
        << sentence(bench).toStdString();
}

TEST(LeftOut, UpdatesThatALaterRoundHasInstalledAreNotLeftOut)
{
    procedure::Plan plan = mssPlan(3);
    const auto first = std::ranges::find(plan.steps, QStringLiteral("Install updates"),
                                         &procedure::PlanStep::title);
    procedure::PlanStep again = *first;
    again.id = StepId{QStringLiteral("b001")};
    again.title = QStringLiteral("Install updates again");
    plan.steps.insert(first + 1, again);
    RunBench bench(plan);
    bench.node(3).updates = true;
    leaveOut(bench, QStringLiteral("Install updates"));
    bench.step();
    ASSERT_EQ(bench.sent(), QStringLiteral("install-updates node-3"));
    finish(bench);
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("succeeded"))
        << sentence(bench).toStdString();
}

TEST(LeftOut, UpdatesThatFailedAndAreNoLongerOfferedAreNotLeftOut)
{
    RunBench bench(mssPlan(3));
    bench.node(3).updates = true;
    bench.start();
    bench.stepTo(QStringLiteral("Install updates"));
    refuse(bench);
    bench.node(3).updates = false; // installed by hand
    ASSERT_TRUE(command(bench, RunCommand::RetryStep));
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::NotDone});
    finish(bench);
    EXPECT_EQ(bench.progress(4).state, StepState::Skipped);
    EXPECT_GT(bench.progress(4).attempts, 0);
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("succeeded"))
        << sentence(bench).toStdString();
}

TEST(LeftOut, ANodeThatIsOnTheTargetAlreadyIsNotLeftOut)
{
    RunBench bench(cmPlan(3));
    bench.node(3).version = bench.plan.targetVersion;
    bench.start();
    finish(bench);
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("succeeded"));
    EXPECT_EQ(sentence(bench), QStringLiteral("Finished: 3 nodes on 14.2.0"));
}

TEST(LeftOut, AVersionIsNamedOnlyWhenOneWasInstalled)
{
    procedure::Plan plan = cmPlan(3);
    plan.package.reset();
    RunState ended = initialState(plan, RunId{QStringLiteral("r1")});
    ended.phase = RunPhase::Succeeded;
    EXPECT_EQ(viewOf(plan, ended, plan.plannedAt).sentence, QStringLiteral("Finished"));
}

TEST(LeftOut, ABackupThatWasSkippedIsNotThere)
{
    RunBench bench(backupPlan(Severity::Warning));
    bench.start();
    refuse(bench);
    ASSERT_TRUE(command(bench, RunCommand::SkipStep));
    bench.lookOn();
    EXPECT_EQ(bench.attention(), QStringLiteral("warnings-not-accepted"));
    EXPECT_EQ(bench.state.current, 1);
}

TEST(LeftOut, ABackupThatTheChecksInsistOnCannotBeSkipped)
{
    RunBench bench(backupPlan(Severity::Error));
    bench.start();
    refuse(bench);
    EXPECT_FALSE(command(bench, RunCommand::SkipStep));
    ASSERT_TRUE(command(bench, RunCommand::RetryStep));
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::Done});
    bench.lookOn();
    EXPECT_EQ(bench.progress(1).state, StepState::Done);
    EXPECT_EQ(bench.progress(1).result, QStringLiteral("all checks passed"));
}
