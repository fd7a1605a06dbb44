// SPDX-License-Identifier: GPL-3.0-or-later
// What one process asks of the one that drives a run comes true in time and in order, or never.
#include "core/procedure/Planner.h"
#include "core/service/ClusterRegistryImpl.h"
#include "core/service/RunServiceImpl.h"
#include "core/service/Runner.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"
#include "tests/unit/runner/ModelPlatform.h"

#include <QSqlDatabase>
#include <QSqlQuery>

#include <algorithm>

namespace quorate::service {
namespace {

using run::RunCommand;
using run::RunPhase;

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

const RunId kRun{QStringLiteral("r1")};

/// A cluster whose time stands still, and a run on it that was interrupted.
class RunWishes : public testing::Test {
protected:
    void SetUp() override
    {
        plan.procedureSha256 = QByteArray(32, 'q'); // no plan is read without these
        plan.userImpact = plan.undo = plan.checks.front().cure = text("none");
        time.clock.set(plan.plannedAt);
        auto opened = store::Store::open(storePath(), time.clock);
        ASSERT_TRUE(opened);
        store = *std::move(opened);
        context = std::make_unique<Context>(
            Context{.store = *store,
                    .clock = std::shared_ptr<const Clock>(std::shared_ptr<void>(), &time.clock),
                    .secrets = *secrets});
        context->userName = text("ops1");
        context->hostName = text("here");
        context->home = folder.path(QString());
        context->makePlatform = [this](const PlatformRequest&) {
            return std::make_unique<test::ModelPlatform>(plan, time);
        };
        interruptRun();
    }
    void TearDown() override { runs.reset(); }

    /// The run is begun and interrupted; then a service knows of it.
    void interruptRun()
    {
        store::ClusterProfile profile;
        profile.id = plan.cluster.id;
        profile.file.name = plan.cluster.name;
        profile.file.platform = plan.cluster.platform;
        for (const NodeId& node : plan.order) {
            profile.file.nodes.push_back({node, node.value, QUrl(text("https://") + node.value)});
        }
        ASSERT_TRUE(store->saveProfile(profile));
        ASSERT_TRUE(store->createRun({.id = kRun,
                                      .cluster = plan.cluster.id,
                                      .planYaml = procedure::toYaml(plan),
                                      .planHash = procedure::planHash(plan)}));
        test::ModelPlatform platform(plan, time);
        Runner first(Runner::Options{.platform = platform,
                                     .journal = *store,
                                     .clock = time.clock,
                                     .scheduler = time.scheduler(),
                                     .nodes = {},
                                     .package = {}},
                     plan, kRun);
        ASSERT_TRUE(first.start({}, text("ops1@here")));
        auto known = ClusterRegistryImpl::open(*context);
        ASSERT_TRUE(known);
        registry = *std::move(known);
        ASSERT_TRUE(test::waitFor(registry->service(plan.cluster.id)->refresh()));
        runs = std::make_unique<RunServiceImpl>(*context, *registry, pool, *store);
        ASSERT_NE(runs->view(kRun), nullptr);
    }
    void resume()
    {
        const Result<void> taken = runs->command(kRun, RunCommand::Resume);
        ASSERT_TRUE(taken) << describe(taken.error()).toStdString();
        ASSERT_TRUE(test::waitUntil([this] { return phase() == RunPhase::Running; }))
            << runs->view(kRun)->sentence.toStdString();
    }
    [[nodiscard]] RunPhase phase() const { return runs->view(kRun)->phase; }
    [[nodiscard]] bool isOffered(RunCommand command) const
    {
        const auto& offers = runs->view(kRun)->offers;
        return std::ranges::find(offers, command, &run::CommandOffer::command) != offers.end();
    }
    /// Another program asks, which sees the run as it is.
    void ask(RunCommand command) { askAt(run::currentStepId(*runs->view(kRun)), command); }
    void askAt(const StepId& step, RunCommand command)
    {
        ASSERT_TRUE(store->addRunCommand(kRun, run::toString(command), step, text("ops2@there")));
    }
    /// Until all that was asked has been taken.
    bool taken()
    {
        return test::waitUntil([this] { return store->lastRunCommand(kRun).value_or(-1) == 0; });
    }
    /// As if everything that waits had been asked earlier.
    void age(Millis by)
    {
        {
            QSqlDatabase other = QSqlDatabase::addDatabase(text("QSQLITE"), text("age"));
            other.setDatabaseName(storePath());
            ASSERT_TRUE(other.open());
            QSqlQuery query(other);
            ASSERT_TRUE(
                query.exec(QStringLiteral("UPDATE run_commands SET at = at - %1").arg(by.count())));
        }
        QSqlDatabase::removeDatabase(text("age"));
    }
    /// What the activity says of wishes that did not come true; newest first.
    QString refusals()
    {
        QStringList lines;
        const auto entries = store->activity(100);
        for (const store::ActivityEntry& entry : *entries) {
            if (entry.text.contains(text("not carried out"))) {
                lines.append(entry.text);
            }
        }
        return lines.join(QLatin1Char('\n'));
    }
    [[nodiscard]] QString storePath() const { return folder.path(text("store.db")); }

    procedure::Plan plan = test::cmPlan(3);
    test::ManualTime time;
    test::TempDir folder;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<secret::SecretStore> secrets = secret::makeMemoryStore();
    std::unique_ptr<Context> context;
    std::unique_ptr<ClusterRegistryImpl> registry;
    Pool pool;
    std::unique_ptr<RunServiceImpl> runs;
};

/// The first node is upgraded by hand, in two steps.
class RunWishesByHand : public RunWishes {
protected:
    RunWishesByHand()
    {
        for (const std::size_t step : {std::size_t(1), std::size_t(2)}) {
            plan.steps[step].kind = procedure::StepKind::Manual;
            plan.steps[step].act = act::Manual{text("Do it by hand"), text("Is it done?")};
            plan.steps[step].when = procedure::When::Always;
        }
    }
};

TEST_F(RunWishes, AreCarriedOut)
{
    resume();
    ask(RunCommand::Pause);
    ASSERT_TRUE(taken());
    EXPECT_EQ(phase(), RunPhase::Pausing);
    EXPECT_EQ(refusals(), QString());
}

TEST_F(RunWishes, OfWhoeverDroveTheRunBeforeAreNotCarriedOut)
{
    ask(RunCommand::Cancel);
    resume();
    ASSERT_TRUE(taken());
    EXPECT_EQ(phase(), RunPhase::Running);
    EXPECT_TRUE(refusals().contains(text("ops2@there"))) << refusals().toStdString();
    ask(RunCommand::Cancel);
    ASSERT_TRUE(taken());
    EXPECT_NE(phase(), RunPhase::Running) << "what is asked of this one comes true";
}

TEST_F(RunWishes, TheOneForWhichARunIsTakenUpIsCarriedOut)
{
    ask(RunCommand::Resume);
    ASSERT_TRUE(runs->command(kRun, RunCommand::Cancel));
    EXPECT_TRUE(test::waitUntil([this] { return run::isEnded(phase()); }))
        << runs->view(kRun)->sentence.toStdString();
    EXPECT_EQ(phase(), RunPhase::Cancelled);
}

TEST_F(RunWishes, NobodyWaitsForAnyLongerAreNotCarriedOut)
{
    resume();
    ask(RunCommand::Cancel);
    age(Seconds(121));
    ask(RunCommand::Pause);
    age(Seconds(60));
    ASSERT_TRUE(taken());
    EXPECT_EQ(phase(), RunPhase::Pausing);
    EXPECT_TRUE(refusals().contains(text("cancel"))) << refusals().toStdString();
    EXPECT_FALSE(refusals().contains(text("pause"))) << refusals().toStdString();
}

TEST_F(RunWishes, SeveralAreCarriedOutInTheirOrder)
{
    resume();
    ask(RunCommand::Pause);
    ask(RunCommand::Resume);
    ask(RunCommand::Pause);
    ASSERT_TRUE(taken());
    EXPECT_EQ(phase(), RunPhase::Pausing);
    ask(RunCommand::Resume);
    ask(RunCommand::Cancel);
    ASSERT_TRUE(taken());
    EXPECT_TRUE(phase() == RunPhase::Cancelling || phase() == RunPhase::Cancelled)
        << run::toString(phase()).toStdString();
    EXPECT_EQ(refusals(), QString());
}

TEST_F(RunWishesByHand, TwoAnswersToOneQuestionDoNotAnswerTheNext)
{
    resume();
    ASSERT_TRUE(test::waitUntil([this] { return isOffered(RunCommand::ConfirmDone); }));
    ask(RunCommand::ConfirmDone);
    ask(RunCommand::ConfirmDone);
    ASSERT_TRUE(taken());
    ASSERT_TRUE(test::waitUntil([this] { return isOffered(RunCommand::ConfirmDone); }));
    EXPECT_EQ(runs->view(kRun)->stepNumber, 3);
    EXPECT_TRUE(refusals().contains(run::toString(RunCommand::ConfirmDone)))
        << refusals().toStdString();
    ask(RunCommand::ConfirmNotDone);
    ASSERT_TRUE(taken());
    EXPECT_EQ(phase(), RunPhase::Paused);
}

TEST_F(RunWishesByHand, AnAnswerToAnEarlierQuestionDoesNotAnswerTheNext)
{
    resume();
    ASSERT_TRUE(test::waitUntil([this] { return isOffered(RunCommand::ConfirmDone); }));
    const StepId first = run::currentStepId(*runs->view(kRun));
    ask(RunCommand::ConfirmDone);
    ASSERT_TRUE(taken());
    ASSERT_TRUE(test::waitUntil([this] { return isOffered(RunCommand::ConfirmDone); }));
    ASSERT_EQ(runs->view(kRun)->stepNumber, 3);
    askAt(first, RunCommand::ConfirmDone);
    askAt(first, RunCommand::ConfirmNotDone);
    ASSERT_TRUE(taken());
    EXPECT_EQ(runs->view(kRun)->stepNumber, 3);
    EXPECT_EQ(phase(), RunPhase::Running);
    EXPECT_EQ(refusals().count(text("the run was at another step by then")), 2)
        << refusals().toStdString();
    askAt(first, RunCommand::Pause);
    ASSERT_TRUE(taken());
    EXPECT_EQ(phase(), RunPhase::Pausing) << "a pause is meant for any step";
}

TEST_F(RunWishesByHand, AnAnswerToAnEarlierQuestionDoesNotTakeTheRunOver)
{
    resume();
    ASSERT_TRUE(test::waitUntil([this] { return isOffered(RunCommand::ConfirmDone); }));
    RunServiceImpl other(*context, *registry, pool, *store);
    ASSERT_TRUE(runs->command(kRun, RunCommand::ConfirmDone));
    const StepId next = run::currentStepId(*runs->view(kRun));
    runs.reset(); // nobody carries it out any longer
    const StepId asked = run::currentStepId(*other.view(kRun));
    ASSERT_NE(asked, next) << "no event was handled since: it is not told yet";
    const auto taken = other.command(kRun, RunCommand::ConfirmDone);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, text("other-step")) << describe(taken.error()).toStdString();
    ASSERT_TRUE(other.command(kRun, RunCommand::Resume)) << "that is meant for any step";
    EXPECT_EQ(run::currentStepId(*other.view(kRun)), next);
}

TEST_F(RunWishesByHand, NameTheStepThatWhoeverAsksSees)
{
    resume();
    ASSERT_TRUE(test::waitUntil([this] { return isOffered(RunCommand::ConfirmDone); }));
    RunServiceImpl other(*context, *registry, pool, *store);
    ASSERT_TRUE(other.command(kRun, RunCommand::ConfirmDone));
    const auto wishes = store->takeRunCommands(kRun);
    ASSERT_EQ(wishes->size(), 1U);
    EXPECT_EQ(wishes->front().step, plan.steps[1].id);
}

TEST_F(RunWishes, AreTakenBackByWhoHasGivenUpWaiting)
{
    resume();
    RunServiceImpl other(*context, *registry, pool, *store);
    ASSERT_TRUE(other.command(kRun, RunCommand::Pause));
    ask(RunCommand::Resume);
    EXPECT_TRUE(other.withdraw(kRun).value());
    EXPECT_FALSE(other.withdraw(kRun).value()) << "nothing of its own waits any longer";
    const auto left = store->takeRunCommands(kRun);
    ASSERT_EQ(left->size(), 1U);
    EXPECT_EQ(left->front().command, run::toString(RunCommand::Resume));

    ASSERT_TRUE(other.command(kRun, RunCommand::Pause));
    ASSERT_TRUE(taken());
    EXPECT_FALSE(other.withdraw(kRun).value()) << "it was taken";
    EXPECT_EQ(phase(), RunPhase::Pausing);
}

} // namespace
} // namespace quorate::service
