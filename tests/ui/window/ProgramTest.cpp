// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window/WindowFixture.h"

#include "app/quorate/Background.h"
#include "app/quorate/Instance.h"
#include "tests/support/TempDir.h"

#include <QThread>

namespace quorate::ui {
namespace {

class ProgramTest : public WindowFixture {
protected:
    void openWith(const run::RunView& view)
    {
        runs.add(view);
        openUnpainted(fixtures::gatewayProdUpgrading());
        background = std::make_unique<app::Background>(*window, runs, theme);
    }
    void TearDown() override
    {
        background.reset();
        QApplication::setQuitOnLastWindowClosed(true);
        WindowFixture::TearDown();
    }

    std::unique_ptr<app::Background> background;
};

TEST_F(ProgramTest, WithoutItsWindowItLastsAsLongAsTheRun)
{
    auto view = fixtures::runAtNodeTwo();
    openWith(view);
    test::ValueSpy<> finished(background.get(), &app::Background::finished);
    EXPECT_TRUE(QApplication::quitOnLastWindowClosed());
    window->close();
    EXPECT_FALSE(QApplication::quitOnLastWindowClosed());
    EXPECT_EQ(finished.count(), 0);
    view.phase = run::RunPhase::Succeeded;
    runs.update(view);
    EXPECT_EQ(finished.count(), 1);
}

TEST_F(ProgramTest, AWindowThatIsOpenIsNotEndedWithTheRun)
{
    auto view = fixtures::runAtNodeTwo();
    openWith(view);
    test::ValueSpy<> finished(background.get(), &app::Background::finished);
    window->close();
    background->showWindow();
    EXPECT_TRUE(window->isVisible());
    EXPECT_TRUE(QApplication::quitOnLastWindowClosed());
    view.phase = run::RunPhase::Succeeded;
    runs.update(view);
    EXPECT_EQ(finished.count(), 0);
}

TEST_F(ProgramTest, TheTrayTellsWhatItWaitsForNow)
{
    auto view = fixtures::runAtNodeTwo();
    openWith(view);
    service::ActProgress drain;
    drain.node = NodeId{QStringLiteral("node-1")};
    drain.act = act::Drain{};
    clusters->at(0).underWay = {drain};
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
    test::ValueSpy<> finished(background.get(), &app::Background::finished);
    window->close();
    view.phase = run::RunPhase::Paused;
    runs.update(view);
    EXPECT_EQ(finished.count(), 0);
    EXPECT_EQ(background->toolTip(), QStringLiteral("Quorate: a run waits for you"));
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
