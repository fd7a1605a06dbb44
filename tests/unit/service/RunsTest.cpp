// SPDX-License-Identifier: GPL-3.0-or-later
// What the services know of runs and procedures without being asked to carry any out.
#include "core/procedure/Planner.h"
#include "core/run/Replay.h"
#include "core/service/ClusterRegistryImpl.h"
#include "core/service/RunServiceImpl.h"
#include "core/service/UpgradeServiceImpl.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"

#include <QDir>
#include <QFile>
#include <QLockFile>

namespace quorate::service {
namespace {

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

class Runs : public testing::Test {
protected:
    void SetUp() override
    {
        auto opened = store::Store::open(folder.path(text("store.db")), *clock);
        ASSERT_TRUE(opened);
        store = *std::move(opened);
        context = std::make_unique<Context>(
            Context{.store = *store, .clock = clock, .secrets = *secrets});
        context->home = folder.path(QString());
        auto known = ClusterRegistryImpl::open(*context);
        ASSERT_TRUE(known);
        registry = *std::move(known);
    }
    void addProcedure(const char* name, const char* yaml)
    {
        QDir(context->home).mkpath(text("procedures"));
        QFile file(context->home + text("/procedures/") + text(name));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(yaml);
    }

    test::TempDir folder;
    std::shared_ptr<ManualClock> clock =
        std::make_shared<ManualClock>(TimePoint(Millis(1'800'000'000'000)));
    std::unique_ptr<store::Store> store;
    std::unique_ptr<secret::SecretStore> secrets = secret::makeMemoryStore();
    std::unique_ptr<Context> context;
    std::unique_ptr<ClusterRegistryImpl> registry;
    Pool pool;
};

TEST_F(Runs, OneThatAnotherProgramHasJustBegunIsHonouredBeforeItIsShown)
{
    RunServiceImpl runs(*context, *registry, pool, *store);
    const ClusterId cluster{text("c1")};
    ASSERT_TRUE(
        store->createRun({.id = RunId{text("r1")}, .cluster = cluster, .title = text("Theirs")}));
    EXPECT_TRUE(context->hasActiveRun(cluster)) << "an act would be let through beside it";
    // Whoever shows the run asks for its view, which is not there yet.
    const auto shown = runs.activeRun(cluster);
    EXPECT_TRUE(!shown || runs.view(*shown) != nullptr);
    EXPECT_FALSE(context->hasActiveRun(ClusterId{text("c2")}));
}

TEST_F(Runs, OneWhosePlanCannotBeReadKeepsItsClusterButIsNotShown)
{
    const ClusterId cluster{text("c1")};
    ASSERT_TRUE(
        store->createRun({.id = RunId{text("r1")}, .cluster = cluster, .planYaml = "not: a plan"}));
    const RunServiceImpl runs(*context, *registry, pool, *store);
    EXPECT_TRUE(context->hasActiveRun(cluster));
    EXPECT_EQ(runs.activeRun(cluster), std::nullopt);
}

TEST_F(Runs, OneWhosePlanCannotBeReadIsListedAsDamagedUntilItIsGivenUp)
{
    const ClusterId cluster{text("c1")};
    const RunId id{text("r1")};
    ASSERT_TRUE(store->createRun({.id = id, .cluster = cluster, .planYaml = "not: a plan"}));
    RunServiceImpl runs(*context, *registry, pool, *store);
    EXPECT_EQ(runs.damagedRuns(cluster), std::vector{id});
    EXPECT_TRUE(runs.damagedRuns(ClusterId{text("c2")}).empty());
    EXPECT_NE(runs.problemOf(id), std::nullopt);
    test::ValueSpy<> changed(&runs, &RunService::runsChanged);
    EXPECT_FALSE(runs.command(id, run::RunCommand::Resume));
    EXPECT_EQ(runs.damagedRuns(cluster), std::vector{id});
    ASSERT_TRUE(runs.command(id, run::RunCommand::Cancel));
    EXPECT_EQ(changed.count(), 1);
    EXPECT_TRUE(runs.damagedRuns(cluster).empty());
    EXPECT_FALSE(context->hasActiveRun(cluster));
}

TEST_F(Runs, OneThatOnlyAnotherProgramCanReadIsNotGivenUpWhileThatCarriesItOut)
{
    const ClusterId cluster{text("c1")};
    const RunId id{text("r1")};
    ASSERT_TRUE(store->createRun({.id = id, .cluster = cluster, .planYaml = "schema: newer"}));
    QLockFile theirs(context->home + text("/run-r1.lock"));
    theirs.setStaleLockTime(0);
    ASSERT_TRUE(theirs.tryLock(0));
    RunServiceImpl runs(*context, *registry, pool, *store);
    EXPECT_TRUE(runs.damagedRuns(cluster).empty());
    const Result<void> refused = runs.command(id, run::RunCommand::Cancel);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Precondition);
    EXPECT_EQ(refused.error().code, text("run-driven-elsewhere"));
    EXPECT_FALSE(refused.error().cure.isEmpty());
    EXPECT_EQ(store->lastRunCommand(id).value_or(-1), 0) << "the other program was asked to";
    EXPECT_TRUE(context->hasActiveRun(cluster));
    theirs.unlock();
    EXPECT_TRUE(test::waitUntil([&] { return runs.damagedRuns(cluster) == std::vector{id}; }));
    EXPECT_TRUE(runs.command(id, run::RunCommand::Cancel));
    EXPECT_FALSE(context->hasActiveRun(cluster));
}

/// A run that is ended while SSH, which it started, still runs.
test::RunBench endedWithSsh()
{
    procedure::Plan plan = test::mssPlan(1);
    plan.procedureSha256 = QByteArray(32, 'q'); // no plan is read without these
    plan.userImpact = plan.undo = plan.checks.front().cure = text("none");
    test::RunBench bench(plan);
    bench.start();
    bench.stepTo(text("Scale"));
    bench.feed(run::event::Commanded{run::RunCommand::Cancel, text("ops")});
    bench.lookOn();
    const auto services = bench.node(1).services;
    bench.succeed();
    bench.node(1).services = services; // it did not stop after all
    for (int times = 0; times < 60 && bench.state.phase != run::RunPhase::Paused; ++times) {
        bench.wait(Seconds(60));
        bench.look();
        bench.feed(run::event::Woke{});
    }
    bench.feed(run::event::Commanded{run::RunCommand::Cancel, text("ops")});
    return bench;
}

class RestoredRuns : public Runs {
protected:
    void SetUp() override
    {
        Runs::SetUp();
        context->userName = text("ops1");
        context->hostName = text("here");
        const test::RunBench bench = endedWithSsh();
        ASSERT_TRUE(run::isEnded(bench.state.phase)) << bench.attention().toStdString();
        add(id, bench, bench.journal.size());
        add(begun, bench, 2);
        ASSERT_TRUE(store->endRun(id, run::toString(bench.state.phase)));
        cluster = bench.plan.cluster.id;
    }
    /// A run with the first so many events of the bench.
    void add(const RunId& run, const test::RunBench& bench, std::size_t events)
    {
        ASSERT_TRUE(store->createRun({.id = run,
                                      .cluster = bench.plan.cluster.id,
                                      .planYaml = procedure::toYaml(bench.plan),
                                      .planHash = procedure::planHash(bench.plan)}));
        std::vector<run::JournalRecord> records;
        for (std::size_t at = 0; at < events; ++at) {
            run::RunEvent happened = bench.journal[at];
            if (auto* started = std::get_if<run::event::Started>(&happened.body)) {
                started->run = run;
            }
            const auto more =
                run::recordsFor(records.empty() ? nullptr : &records.back(), happened, {});
            records.insert(records.end(), more.begin(), more.end());
        }
        ASSERT_TRUE(store->append(run, records));
    }
    QString newestActivity()
    {
        const auto lines = store->activity(1);
        return lines && !lines->empty() ? lines->front().text : QString();
    }

    const RunId id{QStringLiteral("r1")};
    const RunId begun{QStringLiteral("r2")};
    ClusterId cluster;
};

TEST_F(RestoredRuns, WhatWasRestoredByHandIsShownClosedFromThenOn)
{
    RunServiceImpl runs(*context, *registry, pool, *store);
    const RunServiceImpl other(*context, *registry, pool, *store); // as another program has it
    ASSERT_NE(runs.view(id), nullptr) << runs.problemOf(id)->message.toStdString();
    ASSERT_EQ(openObligations(runs.runs(), cluster), QStringList(text("SSH is running (node-1)")));
    test::ValueSpy<RunId> changed(&runs, &RunService::runChanged);
    const auto done = runs.confirmRestored(id);
    ASSERT_TRUE(done) << describe(done.error()).toStdString();
    EXPECT_EQ(changed.count(), 1);
    EXPECT_TRUE(openObligations(runs.runs(), cluster).isEmpty());
    const run::ObligationView& ssh = runs.view(id)->obligations.front();
    EXPECT_EQ(ssh.closedAt, clock->now());
    EXPECT_TRUE(runs.view(id)->sentence.contains(text("ops1@here says")));
    EXPECT_TRUE(newestActivity().contains(text("SSH is running")));
    EXPECT_TRUE(newestActivity().startsWith(text("ops1@here says")));
    EXPECT_TRUE(test::waitUntil([&] { return openObligations(other.runs(), cluster).isEmpty(); }));
    const RunServiceImpl later(*context, *registry, pool, *store);
    EXPECT_EQ(*later.view(id), *runs.view(id));
}

TEST_F(RestoredRuns, OnlyAnEndedRunWithSomethingOpenCanBeRestored)
{
    RunServiceImpl runs(*context, *registry, pool, *store);
    RunServiceImpl other(*context, *registry, pool, *store);
    const auto code = [](const Result<void>& done) { return done ? QString() : done.error().code; };
    ASSERT_NE(runs.view(begun), nullptr) << runs.problemOf(begun)->message.toStdString();
    EXPECT_EQ(code(runs.confirmRestored(begun)), text("not-ended"));
    EXPECT_EQ(code(runs.confirmRestored(RunId{text("none")})), text("run-unknown"));
    ASSERT_TRUE(other.confirmRestored(id));
    const QString line = newestActivity();
    EXPECT_EQ(code(runs.confirmRestored(id)), text("nothing-open")) << "said there already";
    EXPECT_TRUE(openObligations(runs.runs(), cluster).isEmpty());
    EXPECT_EQ(newestActivity(), line);
}

run::ObligationView opened(const char* id, const char* title, const char* node = nullptr)
{
    return {.id = text(id),
            .title = text(title),
            .openedAt = TimePoint(Millis(1)),
            .node = node ? std::optional(NodeId{text(node)}) : std::nullopt};
}

run::ObligationView closed(run::ObligationView obligation)
{
    obligation.closedAt = TimePoint(Millis(2));
    return obligation;
}

RunViewPtr runOf(const char* cluster, run::RunPhase phase,
                 std::vector<run::ObligationView> obligations)
{
    run::RunView view;
    view.cluster.id = ClusterId{text(cluster)};
    view.phase = phase;
    view.obligations = std::move(obligations);
    view.obligations.push_back({.id = text("later"), .title = text("not opened yet")});
    return std::make_shared<const run::RunView>(std::move(view));
}

const ClusterId kCluster{QStringLiteral("c1")};

TEST(OpenObligations, OfEndedRunsTooUntilTheSameWasOpenedAndClosedAgain)
{
    const auto back = opened("rule", "restore the backup rule");
    const auto late = opened("monitor", "switch the monitor on");
    std::vector runs{runOf("c1", run::RunPhase::Running, {back}),
                     runOf("c2", run::RunPhase::Succeeded, {closed(late)}),
                     runOf("c1", run::RunPhase::Failed, {back, late})};
    EXPECT_EQ(openObligations(runs, kCluster), QStringList({back.title, late.title}));
    EXPECT_TRUE(openObligations(runs, ClusterId{text("c2")}).isEmpty());
    runs.insert(runs.begin() + 1, runOf("c1", run::RunPhase::Succeeded, {}));
    EXPECT_EQ(openObligations(runs, kCluster).size(), 2) << "success alone restores nothing";
    runs.insert(runs.begin() + 1, runOf("c1", run::RunPhase::Succeeded, {closed(late)}));
    EXPECT_EQ(openObligations(runs, kCluster), QStringList(back.title));
    runs.push_back(runOf("c1", run::RunPhase::Cancelled, {opened("monitor", "another title")}));
    EXPECT_EQ(openObligations(runs, kCluster), QStringList({back.title, text("another title")}));
}

TEST(OpenObligations, AnOlderRunThatClosedItSettlesNothing)
{
    const auto rule = opened("rule", "restore the backup rule");
    EXPECT_EQ(openObligations({runOf("c1", run::RunPhase::Cancelled, {rule}),
                               runOf("c1", run::RunPhase::Succeeded, {closed(rule)})},
                              kCluster),
              QStringList(rule.title));
}

TEST(OpenObligations, OfOneNodeAreNotSettledOnAnother)
{
    const auto left = opened("ssh", "SSH is running on a node", "node-x");
    const auto other = opened("ssh", "SSH is running on a node", "node-y");
    std::vector runs{runOf("c1", run::RunPhase::Succeeded, {closed(other)}),
                     runOf("c1", run::RunPhase::Cancelled, {left})};
    EXPECT_EQ(openObligations(runs, kCluster),
              QStringList(text("SSH is running on a node (node-x)")));
    runs.insert(runs.begin(), runOf("c1", run::RunPhase::Succeeded, {closed(left)}));
    EXPECT_TRUE(openObligations(runs, kCluster).isEmpty());
}

TEST_F(Runs, ProceduresOfTheOperatorStandBesideOurs)
{
    addProcedure("broken.yaml", "schema: 1\nid: 7: no\n");
    const UpgradeServiceImpl upgrades(*context, *registry, pool);
    EXPECT_FALSE(upgrades.procedures(SystemKind::Mss).empty());
    ASSERT_EQ(upgrades.procedureErrors().size(), 1U);
    EXPECT_TRUE(upgrades.procedureErrors().front().message.contains(text("broken.yaml")))
        << upgrades.procedureErrors().front().message.toStdString();
}

} // namespace
} // namespace quorate::service
