// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window/WindowFixture.h"

#include "app/quorate/Background.h"
#include "app/quorate/Instance.h"
#include "tests/support/TempDir.h"

#include <QAction>
#include <QThread>

namespace quorate::ui {
namespace {

class ProgramTest : public WindowFixture {
protected:
    void openWith(const run::RunView& view)
    {
        runs.add(view);
        openProgram(fixtures::gatewayProdUpgrading());
    }
    void openProgram(service::ClusterStatus status)
    {
        openUnpainted(std::move(status));
        background = std::make_unique<app::Background>(*window, runs, theme);
        finished.emplace(background.get(), &app::Background::finished);
    }
    void TearDown() override
    {
        finished.reset();
        background.reset();
        QApplication::setQuitOnLastWindowClosed(true);
        WindowFixture::TearDown();
    }

    std::unique_ptr<app::Background> background;
    std::optional<test::ValueSpy<>> finished; ///< the program would end
};

TEST_F(ProgramTest, WithoutItsWindowItLastsAsLongAsTheRun)
{
    auto view = fixtures::runAtNodeTwo();
    openWith(view);
    EXPECT_TRUE(QApplication::quitOnLastWindowClosed());
    window->close();
    EXPECT_FALSE(QApplication::quitOnLastWindowClosed());
    EXPECT_EQ(finished->count(), 0);
    view.phase = run::RunPhase::Succeeded;
    runs.update(view);
    EXPECT_EQ(finished->count(), 1);
}

TEST_F(ProgramTest, AWindowThatIsOpenIsNotEndedWithTheRun)
{
    auto view = fixtures::runAtNodeTwo();
    openWith(view);
    window->close();
    background->showWindow();
    EXPECT_TRUE(window->isVisible());
    EXPECT_TRUE(QApplication::quitOnLastWindowClosed());
    view.phase = run::RunPhase::Succeeded;
    runs.update(view);
    EXPECT_EQ(finished->count(), 0);
}

TEST_F(ProgramTest, TheTrayTellsWhatItWaitsForNow)
{
    auto view = fixtures::runAtNodeTwo();
    openWith(view);
    beginAct(0, act::Drain{});
    window->close();
    EXPECT_EQ(background->toolTip(), QStringLiteral("Quorate: a run is under way"));
    view.phase = run::RunPhase::Succeeded;
    runs.update(view);
    EXPECT_EQ(background->toolTip(), QStringLiteral("Quorate: an act is under way"));
}

TEST_F(ProgramTest, ARunThatWaitsKeepsTheProgramAndSaysSo)
{
    auto view = fixtures::runAtNodeTwo();
    openWith(view);
    window->close();
    view.phase = run::RunPhase::Paused;
    runs.update(view);
    EXPECT_EQ(finished->count(), 0);
    EXPECT_EQ(background->toolTip(), QStringLiteral("Quorate: a run waits for you"));
}

/// On Kubernetes, where a drain can be stopped.
TEST_F(ProgramTest, WhoQuitsStopsADrainAndWaitsUntilItsLeaseIsGivenBack)
{
    openProgram(fixtures::shopKube());
    auto& cluster = clusters->at(0);
    cluster.offline().able = fixtures::kubeCapabilities();
    auto drained = cluster.perform(cluster.status()->snapshot->nodes.front().id, act::Drain{});
    ASSERT_EQ(cluster.underWay.size(), 1U);
    cluster.releasesLate = true;
    dialogs.confirmAnswers = {true};
    find<QAction>("quitAction")->trigger();
    test::drainEvents();
    ASSERT_EQ(dialogs.confirmations.size(), 1U);
    EXPECT_TRUE(dialogs.confirmations[0].consequence.contains(QStringLiteral("A drain stops")));
    EXPECT_FALSE(dialogs.confirmations[0].consequence.contains(QStringLiteral("3 minutes")));
    EXPECT_FALSE(test::waitFor(std::move(drained)).has_value());
    EXPECT_EQ(finished->count(), 0) << "the lease is not given back yet";
    cluster.endReleased();
    EXPECT_EQ(finished->count(), 1);
}

TEST_F(ProgramTest, WhoQuitsDoesNotWaitForWhatCannotBeStopped)
{
    openProgram(fixtures::gatewayProd());
    beginAct(0, act::Reboot{});
    dialogs.confirmAnswers = {true};
    find<QAction>("quitAction")->trigger();
    test::drainEvents();
    EXPECT_TRUE(dialogs.confirmations.at(0).consequence.contains(QStringLiteral("3 minutes")));
    EXPECT_EQ(finished->count(), 1);
    EXPECT_EQ(clusters->at(0).underWay.size(), 1U) << "it is not stopped";
}

/// What a second start does: it waits for the answer, so the first one must go on meanwhile.
bool handsOver(const QString& home, const QString& file)
{
    bool taken = false;
    const std::unique_ptr<QThread> second(QThread::create([&taken, home, file] {
        app::Instance instance(home);
        taken = instance.handOver(file);
    }));
    second->start();
    EXPECT_TRUE(test::waitUntil([&second] { return second->isFinished(); }));
    return taken;
}

TEST(InstanceTest, ASecondStartHandsItsFileToTheFirst)
{
    const test::TempDir home;
    app::Instance first(home.path());
    test::ValueSpy<QString> requested(&first, &app::Instance::requested);
    EXPECT_FALSE(handsOver(home.path(), QString())) << "nobody is there yet";
    first.listen();
    EXPECT_TRUE(handsOver(home.path(), QStringLiteral("/a b/cluster.json")));
    EXPECT_TRUE(handsOver(home.path(), QString()));
    ASSERT_EQ(requested.count(), 2);
    EXPECT_EQ(std::get<0>(requested.values()[0]), QStringLiteral("/a b/cluster.json"));
    EXPECT_EQ(requested.last(), QString());
}

TEST(InstanceTest, AnotherHomeIsAnotherProgram)
{
    const test::TempDir home;
    app::Instance first(home.path(QStringLiteral("a")));
    first.listen();
    EXPECT_FALSE(handsOver(home.path(QStringLiteral("b")), QString()));
}

} // namespace
} // namespace quorate::ui
