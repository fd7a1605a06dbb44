// SPDX-License-Identifier: GPL-3.0-or-later
// What the services know of runs and procedures without being asked to carry any out.
#include "core/service/ClusterRegistryImpl.h"
#include "core/service/RunServiceImpl.h"
#include "core/service/UpgradeServiceImpl.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"

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

RunViewPtr leftBehind(const char* cluster, run::RunPhase phase, const QStringList& open)
{
    run::RunView view;
    view.cluster.id = ClusterId{text(cluster)};
    view.phase = phase;
    for (const QString& title : open) {
        view.obligations.push_back({.title = title, .openedAt = TimePoint(Millis(1))});
    }
    view.obligations.push_back({.title = text("not opened yet")});
    view.obligations.push_back({.title = text("closed"),
                                .openedAt = TimePoint(Millis(1)),
                                .closedAt = TimePoint(Millis(2))});
    return std::make_shared<const run::RunView>(std::move(view));
}

TEST(OpenObligations, OfEndedRunsTooUntilOneHasSucceeded)
{
    const QString back = text("restore the backup rule");
    const QString late = text("switch the monitor on");
    const ClusterId cluster{text("c1")};
    std::vector runs{leftBehind("c1", run::RunPhase::Running, {back}),
                     leftBehind("c2", run::RunPhase::Succeeded, {}),
                     leftBehind("c1", run::RunPhase::Failed, {back, late})};
    EXPECT_EQ(openObligations(runs, cluster), QStringList({back, late}));
    EXPECT_TRUE(openObligations(runs, ClusterId{text("c2")}).isEmpty());
    runs.insert(runs.begin() + 1, leftBehind("c1", run::RunPhase::Succeeded, {}));
    EXPECT_EQ(openObligations(runs, cluster), QStringList(back)) << "the older ones are settled";
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
