// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/Runner.h"
#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"
#include "tests/unit/runner/ModelPlatform.h"

using namespace quorate;
using namespace quorate::test;
using run::RunCommand;
using run::RunPhase;
using service::Runner;

namespace {

class RunnerTest : public ::testing::Test {
protected:
    RunnerTest() { time.clock.set(plan.plannedAt); }

    std::unique_ptr<Runner> make()
    {
        return std::make_unique<Runner>(Runner::Options{.platform = platform,
                                                        .journal = journal,
                                                        .clock = time.clock,
                                                        .scheduler = time.scheduler(),
                                                        .nodes = {},
                                                        .package = {}},
                                        plan, RunId{QStringLiteral("r1")});
    }
    /// Until the run has ended, waits for a person, or `predicate` holds.
    template <typename Predicate>
    void drive(const Runner& runner, Predicate predicate)
    {
        for (int turns = 0; turns < 100'000; ++turns) {
            drainEvents();
            if (run::isEnded(runner.state().phase) || runner.state().phase == RunPhase::Paused
                || runner.state().live.overlay || predicate() || !time.next()) {
                return;
            }
        }
        FAIL() << "the run goes in a circle";
    }
    void drive(const Runner& runner)
    {
        drive(runner, [] { return false; });
    }

    procedure::Plan plan = cmPlan(3);
    ManualTime time;
    ModelPlatform platform{plan, time};
    MemoryJournal journal;
};

} // namespace

TEST_F(RunnerTest, CarriesOutAPlanAndGivesTheLeaseBack)
{
    const auto runner = make();
    ValueSpy ended(runner.get(), &Runner::ended);
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    drainEvents();
    EXPECT_EQ(run::toString(runner->view().phase), QStringLiteral("succeeded"));
    EXPECT_EQ(ended.values().size(), 1u);
    EXPECT_EQ(platform.released, 1);
    EXPECT_EQ(platform.performed.size(), 6u);
    EXPECT_TRUE(run::verifyChain(journal.records));
    EXPECT_TRUE(platform.cluster.violations().empty());
    EXPECT_FALSE(runner->view().planHash.isEmpty());
    EXPECT_FALSE(runner->start({}, QStringLiteral("ops")));
}

TEST_F(RunnerTest, TheLeaseIsGivenBackOnceTheClusterCanTakeIt)
{
    platform.releaseErrors = 2;
    const auto runner = make();
    ValueSpy ended(runner.get(), &Runner::ended);
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    drainEvents();
    EXPECT_TRUE(ended.values().empty()) << "the lease is still held";
    while (time.next()) {
        drainEvents();
    }
    EXPECT_EQ(platform.released, 1);
    EXPECT_EQ(ended.values().size(), 1u);
    EXPECT_FALSE(runner->hasLeftLease());
}

TEST_F(RunnerTest, ALeaseThatCannotBeGivenBackDoesNotKeepTheRunFromEnding)
{
    platform.releaseErrors = 1000;
    const auto runner = make();
    ValueSpy ended(runner.get(), &Runner::ended);
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    do {
        drainEvents();
    } while (time.next());
    EXPECT_EQ(ended.values().size(), 1u);
    EXPECT_TRUE(runner->hasLeftLease());
    EXPECT_GT(platform.releaseErrors, 900) << "it was asked without a limit";
}

TEST_F(RunnerTest, EachActIsInTheJournalBeforeItIsSent)
{
    std::vector<QString> intended;
    journal.onAppend = [&] {
        for (const auto& record : journal.records) {
            if (record.kind == QLatin1String("intent")) {
                intended.push_back(record.payload.value(QStringLiteral("key")).toString());
            }
        }
        for (const QString& sent : platform.performed) {
            EXPECT_NE(
                std::find(intended.begin(), intended.end(), sent.section(QLatin1Char(' '), 0, 0)),
                intended.end());
        }
    };
    const auto runner = make();
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_EQ(platform.performed.size(), 6u);
}

TEST_F(RunnerTest, AFullDiskStopsBeforeAnythingIsSent)
{
    const auto runner = make();
    journal.full = true;
    const Result<void> refused = runner->start({}, QStringLiteral("ops"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, QStringLiteral("disk-full"));
    EXPECT_TRUE(platform.performed.empty());
}

TEST_F(RunnerTest, AJournalThatFillsUpMidwayPausesAndCanBeResumed)
{
    const auto runner = make();
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner, [&] { return platform.performed.size() == 2; });
    journal.full = true;
    drive(*runner);
    ASSERT_TRUE(runner->view().attention);
    EXPECT_EQ(runner->view().attention->code, QStringLiteral("journal-failed"));
    EXPECT_EQ(platform.performed.size(), 2u);
    EXPECT_FALSE(runner->command(RunCommand::Resume, QStringLiteral("ops")));
    journal.full = false;
    ASSERT_TRUE(runner->command(RunCommand::Resume, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_EQ(run::toString(runner->view().phase), QStringLiteral("succeeded"));
    EXPECT_TRUE(platform.cluster.violations().empty());
    EXPECT_TRUE(run::verifyChain(journal.records));
}

TEST_F(RunnerTest, ADestroyedRunnerIsResumedFromItsJournal)
{
    for (const std::size_t acts : {1u, 2u, 3u}) {
        platform.performed.clear();
        auto first = make();
        journal.records.clear();
        std::destroy_at(&platform.cluster);
        std::construct_at(&platform.cluster, plan, time.clock.now(), 1);
        ASSERT_TRUE(first->start({}, QStringLiteral("ops")));
        drive(*first, [&] { return platform.performed.size() == acts; });
        first.reset();
        EXPECT_TRUE(platform.stops.back().stop_requested());
        while (time.timers() > 0) {
            time.next(); // nothing of the destroyed one may happen
        }
        const auto second = make();
        ASSERT_TRUE(second->load());
        EXPECT_EQ(second->view().attention->code, QStringLiteral("interrupted"));
        EXPECT_EQ(platform.performed.size(), acts);
        ASSERT_TRUE(second->resume(QStringLiteral("ops")));
        drive(*second);
        EXPECT_EQ(run::toString(second->view().phase), QStringLiteral("succeeded"));
        EXPECT_TRUE(platform.cluster.violations().empty());
        EXPECT_EQ(platform.performed.size(), 6u);
    }
}

TEST_F(RunnerTest, WhatThePlatformCouldStopGoesOnWhenTheRunnerGoes)
{
    platform.can.stoppable = {QStringLiteral("install-package")};
    auto runner = make();
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner, [&] { return platform.performed.size() == 2; });
    runner.reset();
    ASSERT_EQ(platform.actStops.size(), 2u);
    for (const auto& [act, stop] : platform.actStops) {
        EXPECT_NE(stop.stop_requested(), platform.can.stoppable.contains(act)) << act.toStdString();
    }
}

TEST_F(RunnerTest, NodesThatHangEndInAPause)
{
    const auto runner = make();
    platform.hang = true;
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_EQ(runner->view().attention->code, QStringLiteral("gate-unknown"));
    EXPECT_TRUE(platform.performed.empty());
}

TEST_F(RunnerTest, GarbageEndsInAPauseThatNamesNoSuccess)
{
    const auto runner = make();
    platform.garbage = makeError(ErrorKind::Protocol, QStringLiteral("unreadable-answer"),
                                 QStringLiteral("Not JSON"));
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_EQ(runner->view().phase, RunPhase::Paused);
    EXPECT_TRUE(runner->view().attention->code.startsWith(QStringLiteral("gate-")));
    EXPECT_TRUE(platform.performed.empty());
}

TEST_F(RunnerTest, ALeaseOfSomebodyElsePauses)
{
    const auto runner = make();
    platform.leaseError = makeError(ErrorKind::Conflict, QStringLiteral("lease-held"),
                                    QStringLiteral("ops2 holds it"));
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_EQ(runner->view().attention->code, QStringLiteral("lease-held"));
    platform.leaseError.reset();
    ASSERT_TRUE(runner->command(RunCommand::Resume, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_EQ(run::toString(runner->view().phase), QStringLiteral("succeeded"));
}

TEST_F(RunnerTest, APlatformWithoutLeaseNeedsNone)
{
    platform.can.lease = false;
    const auto runner = make();
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_EQ(run::toString(runner->view().phase), QStringLiteral("succeeded"));
    EXPECT_EQ(platform.released, 0);
}

TEST_F(RunnerTest, WhoMayNotHoldTheLeaseDoesNothingWithoutIt)
{
    platform.can.lease = false;
    platform.can.leaseNamespace = QStringLiteral("ops");
    platform.can.forbidden[QStringLiteral("lease")] =
        QStringLiteral("this user may not create leases");
    const auto runner = make();
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_TRUE(platform.performed.empty());
    EXPECT_EQ(run::toString(runner->view().phase), QStringLiteral("paused"));
    ASSERT_TRUE(runner->view().attention);
    EXPECT_TRUE(runner->view().attention->title.contains(QStringLiteral("\"ops\"")))
        << runner->view().attention->title.toStdString();
}

TEST_F(RunnerTest, WhoTakesARunUpAsksForTheLeaseBeforeItSaysThatThereIsNone)
{
    platform.can.lease = false; // as a platform that was made a moment ago
    platform.leaseIfAsked = true;
    platform.prepareErrors = 2;
    const auto runner = make();
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner, [&] { return !platform.performed.empty(); });
    EXPECT_EQ(platform.prepareErrors, 0);
    EXPECT_EQ(platform.leasesTaken, 1);
    drive(*runner);
    EXPECT_EQ(run::toString(runner->view().phase), QStringLiteral("succeeded"));
    EXPECT_EQ(platform.released, 1);
}

TEST_F(RunnerTest, PauseAndCancelByCommand)
{
    const auto runner = make();
    ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
    drive(*runner, [&] { return platform.performed.size() == 2; });
    ASSERT_TRUE(runner->command(RunCommand::Pause, QStringLiteral("ops")));
    EXPECT_EQ(runner->view().pauseBefore, NodeId{QStringLiteral("node-2")});
    drive(*runner);
    EXPECT_EQ(runner->view().attention->code, QStringLiteral("paused"));
    const Result<void> refused = runner->command(RunCommand::SkipStep, QStringLiteral("ops"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, QStringLiteral("not-offered"));
    ASSERT_TRUE(runner->command(RunCommand::Cancel, QStringLiteral("ops")));
    drive(*runner);
    EXPECT_EQ(run::toString(runner->view().phase), QStringLiteral("cancelled"));
    EXPECT_TRUE(runner->view().sentence.contains(QStringLiteral("mixed versions")));
}

TEST_F(RunnerTest, AJournalThatWasChangedIsNotResumed)
{
    {
        const auto runner = make();
        ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
        drive(*runner, [&] { return platform.performed.size() == 2; });
    }
    journal.records[1].payload[QStringLiteral("serial")] = 99;
    const auto runner = make();
    const Result<void> resumed = runner->resume(QStringLiteral("ops"));
    ASSERT_FALSE(resumed);
    EXPECT_EQ(resumed.error().code, QStringLiteral("journal-broken"));
}

TEST_F(RunnerTest, AWaitingRunThatIsTakenUpAgainHearsTheCommand)
{
    {
        const auto first = make();
        platform.garbage = makeError(ErrorKind::Protocol, QStringLiteral("unreadable-answer"),
                                     QStringLiteral("Not JSON"));
        ASSERT_TRUE(first->start({}, QStringLiteral("ops")));
        drive(*first);
        ASSERT_EQ(first->view().phase, RunPhase::Paused);
    }
    platform.garbage.reset();
    const auto second = make();
    ASSERT_TRUE(second->load());
    EXPECT_TRUE(second->view().attention->code.startsWith(QStringLiteral("gate-")));
    const Result<void> refused = second->command(RunCommand::SkipStep, QStringLiteral("ops"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, QStringLiteral("not-offered"));
    ASSERT_TRUE(second->command(RunCommand::Resume, QStringLiteral("ops")));
    EXPECT_EQ(second->view().phase, RunPhase::Resuming) << "first everything is looked at";
    drive(*second);
    EXPECT_EQ(run::toString(second->view().phase), QStringLiteral("succeeded"));
    EXPECT_TRUE(platform.cluster.violations().empty());
    EXPECT_TRUE(run::verifyChain(journal.records));
}

TEST_F(RunnerTest, ACommandForAnotherReasonThanTheOneThatItMeetsIsDropped)
{
    {
        const auto first = make();
        platform.garbage = makeError(ErrorKind::Protocol, QStringLiteral("unreadable-answer"),
                                     QStringLiteral("Not JSON"));
        ASSERT_TRUE(first->start({}, QStringLiteral("ops")));
        drive(*first);
    }
    platform.leaseError = makeError(ErrorKind::Conflict, QStringLiteral("lease-held"),
                                    QStringLiteral("ops2 holds it"));
    const auto second = make();
    ASSERT_TRUE(second->load());
    ASSERT_TRUE(second->command(RunCommand::Resume, QStringLiteral("ops")));
    drive(*second);
    EXPECT_EQ(second->view().attention->code, QStringLiteral("lease-held"));
    EXPECT_TRUE(platform.performed.empty());
}

TEST_F(RunnerTest, AWaitingRunIsCancelledWhenItIsTakenUp)
{
    {
        const auto first = make();
        platform.garbage = makeError(ErrorKind::Protocol, QStringLiteral("unreadable-answer"),
                                     QStringLiteral("Not JSON"));
        ASSERT_TRUE(first->start({}, QStringLiteral("ops")));
        drive(*first);
    }
    platform.garbage.reset();
    const auto second = make();
    ASSERT_TRUE(second->load());
    ASSERT_TRUE(second->command(RunCommand::Cancel, QStringLiteral("ops")));
    drive(*second);
    EXPECT_EQ(run::toString(second->view().phase), QStringLiteral("cancelled"));
    EXPECT_TRUE(platform.performed.empty());
}

TEST_F(RunnerTest, ItsJournalNamesThePlanAndIsRefusedForAnother)
{
    {
        const auto runner = make();
        ASSERT_TRUE(runner->start({}, QStringLiteral("ops")));
        drive(*runner, [&] { return platform.performed.size() == 2; });
        EXPECT_EQ(journal.records.front().payload.value(QStringLiteral("planHash")).toString(),
                  runner->view().planHash);
    }
    plan.steps.back().title += QStringLiteral(" (edited)");
    const auto runner = make();
    const Result<void> resumed = runner->resume(QStringLiteral("ops"));
    ASSERT_FALSE(resumed);
    EXPECT_EQ(resumed.error().code, QStringLiteral("journal-of-another-plan"));
}
