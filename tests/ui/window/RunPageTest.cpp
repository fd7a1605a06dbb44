// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window/WindowFixture.h"

#include "ui/common/Lists.h"
#include "ui/common/Notices.h"
#include "ui/upgrade/PlanFacts.h"
#include "ui/upgrade/RunPage.h"
#include "ui/upgrade/UpgradePane.h"

#include <QAction>
#include <QCloseEvent>
#include <QScrollArea>

#include <algorithm>
#include <utility>

namespace quorate::ui {
namespace {

class RunPageTest : public WindowFixture {
protected:
    void openRun(const run::RunView& view)
    {
        runs.add(view);
        open(fixtures::gatewayProdUpgrading());
        window->showPane(QStringLiteral("upgradePane"));
    }
    void endDrain(int cluster)
    {
        auto& service = clusters->at(cluster);
        auto drain = std::exchange(service.underWay, {}).front();
        drain.ended = true;
        Q_EMIT service.actChanged(drain);
    }
    QString obligationState() { return find<KeyValueList>("runObligations")->items()[1].value; }
};

TEST_F(RunPageTest, ARunThatIsUnderWayIsFoundWhenTheProgramOpens)
{
    openRun(fixtures::runAtNodeTwo());
    ASSERT_TRUE(window->upgradePane().runPage().run().has_value());
    EXPECT_TRUE(find<QLabel>("runTitle")->text().contains(QStringLiteral("14.2.0")));
    EXPECT_TRUE(window->upgradePane().runPage().isVisible());
}

TEST_F(RunPageTest, PauseIsSentAtOnceAndCancelAsksFirst)
{
    openRun(fixtures::runAtNodeTwo());
    ASSERT_TRUE(press("offer-pause"));
    dialogs.confirmAnswers = {false};
    ASSERT_TRUE(press("offer-cancel"));
    ASSERT_EQ(runs.commands.size(), 1U);
    EXPECT_EQ(runs.commands[0].second, run::RunCommand::Pause);
    ASSERT_EQ(dialogs.confirmations.size(), 1U);
    EXPECT_FALSE(dialogs.confirmations[0].consequence.isEmpty());
}

TEST_F(RunPageTest, ThePausedRunSaysWhatHappenedWhatIsUnharmedAndWhatToDo)
{
    openRun(fixtures::runPausedWrongVersion());
    auto& page = window->upgradePane().runPage();
    page.refresh();
    QString spoken;
    for (const QLabel* label : page.findChildren<QLabel*>()) {
        spoken += label->text() + QLatin1Char('\n');
    }
    const auto attention = *fixtures::runPausedWrongVersion().attention;
    EXPECT_TRUE(spoken.contains(attention.title));
    EXPECT_TRUE(spoken.contains(attention.unharmed));
    EXPECT_TRUE(spoken.contains(attention.next));
    dialogs.confirmAnswers = {true};
    ASSERT_TRUE(press("offer-retry-step"));
    ASSERT_EQ(runs.commands.size(), 1U);
}

TEST_F(RunPageTest, AnEndedRunOffersItsReportAndNothingElse)
{
    openRun(fixtures::runSucceeded());
    window->upgradePane().showRun(fixtures::runSucceeded().id);
    EXPECT_TRUE(find<QAbstractButton>("saveReportButton")->isVisible());
    dialogs.fileAnswers = {QStringLiteral("/nowhere")};
    ASSERT_TRUE(press("saveReportButton"));
    ASSERT_TRUE(test::waitUntil([&] { return !dialogs.messages.empty(); }));
}

TEST_F(RunPageTest, AnObligationThatACancelledRunLeftOpenStaysInTheHeader)
{
    auto view = fixtures::runAtNodeTwo();
    openRun(view);
    const auto* header = find<NoticeBar>("clusterNotice");
    const auto* choices = find<QLabel>("runChoices");
    EXPECT_TRUE(header->text().contains(QStringLiteral("SSH started on node-1")));
    view.phase = run::RunPhase::Cancelling;
    view.offers.clear();
    runs.update(view);
    EXPECT_FALSE(choices->text().contains(QStringLiteral("Nothing is left to do")));
    EXPECT_EQ(obligationState(), QStringLiteral("closes at step 22"));
    view.phase = run::RunPhase::Cancelled;
    view.endedAt = fixtures::sceneTime();
    view.obligations[0].closedAt = view.endedAt;
    runs.update(view);
    EXPECT_FALSE(choices->text().contains(QStringLiteral("Nothing is left to do")));
    EXPECT_TRUE(obligationState().startsWith(QStringLiteral("open since")));
    EXPECT_TRUE(header->text().contains(QStringLiteral("SSH started on node-1")));
    EXPECT_FALSE(header->text().contains(QStringLiteral("Users are cut off")));
    auto status = fixtures::gatewayProd();
    status.readOnly = true;
    clusters->at(0).setStatus(status);
    EXPECT_TRUE(header->text().contains(QStringLiteral("SSH started on node-1")));
    EXPECT_TRUE(header->text().contains(QStringLiteral("Read-only")));
    view.obligations[1].closedAt = view.endedAt;
    runs.update(view);
    EXPECT_TRUE(choices->text().contains(QStringLiteral("Nothing is left to do")));
    status.readOnly = false;
    clusters->at(0).setStatus(status);
    EXPECT_FALSE(header->text().contains(QStringLiteral("SSH")));
}

TEST_F(RunPageTest, WhatAnEndedRunLeftOpenIsSaidToBeRestored)
{
    auto view = fixtures::runAtNodeTwo();
    openRun(view);
    const auto* button = find<QAbstractButton>("restoredButton");
    const auto* header = find<NoticeBar>("clusterNotice");
    EXPECT_FALSE(button->isVisible()) << "the run undoes them itself";
    view.phase = run::RunPhase::Cancelled;
    view.endedAt = fixtures::sceneTime();
    view.offers.clear();
    view.obligations[0].closedAt = view.endedAt;
    runs.update(view);
    ASSERT_TRUE(button->isVisible());
    dialogs.confirmAnswers = {false, true};
    ASSERT_TRUE(press("restoredButton"));
    EXPECT_TRUE(runs.restored.empty());
    ASSERT_EQ(dialogs.confirmations.size(), 1U);
    const QString asked = dialogs.confirmations[0].consequence;
    EXPECT_TRUE(asked.contains(QStringLiteral("SSH started on node-1")));
    EXPECT_FALSE(asked.contains(QStringLiteral("Users are cut off"))) << "that is closed";
    ASSERT_TRUE(press("restoredButton"));
    EXPECT_EQ(runs.restored, std::vector{view.id});
    EXPECT_FALSE(button->isVisible());
    EXPECT_TRUE(obligationState().startsWith(QStringLiteral("closed")));
    EXPECT_FALSE(header->text().contains(QStringLiteral("SSH")));
}

TEST_F(RunPageTest, TheProgramIsNeededUntilTheLastRunHasEnded)
{
    auto first = fixtures::runAtNodeTwo();
    openRun(first);
    auto second = fixtures::runAtNodeTwo();
    second.id = RunId{QStringLiteral("8b4c")};
    second.cluster = fixtures::keysEmea().identity;
    runs.add(second);
    first.phase = run::RunPhase::Succeeded;
    runs.update(first);
    EXPECT_TRUE(window->isAnythingUnderWay()) << "the other one goes on";
    second.phase = run::RunPhase::Cancelled;
    runs.update(second);
    EXPECT_FALSE(window->isAnythingUnderWay());
}

TEST_F(RunPageTest, TheProgramIsNeededUntilTheLastActHasEndedToo)
{
    auto run = fixtures::runAtNodeTwo();
    runs.add(run);
    openUnpainted(fixtures::gatewayProdUpgrading(), {fixtures::keysEmea()});
    beginAct(1, act::Drain{});
    test::ValueSpy<> ended(window.get(), &MainWindow::workEnded);
    window->close();
    run.phase = run::RunPhase::Succeeded;
    runs.update(run);
    clusters->at(1).setProgress(QStringLiteral("half of it"));
    EXPECT_TRUE(window->isAnythingUnderWay()) << "the drain of the other cluster goes on";
    EXPECT_EQ(ended.count(), 0);
    endDrain(1);
    EXPECT_FALSE(window->isAnythingUnderWay());
    EXPECT_EQ(ended.count(), 1);
}

TEST_F(RunPageTest, ARunThatWaitsForAPersonDoesNotEndTheProgram)
{
    auto view = fixtures::runAtNodeTwo();
    openRun(view);
    test::ValueSpy<> ended(window.get(), &MainWindow::workEnded);
    view.phase = run::RunPhase::Paused;
    runs.update(view);
    EXPECT_EQ(ended.count(), 0);
}

TEST_F(RunPageTest, AnActAloneIsAskedAboutBeforeTheProgramEnds)
{
    openUnpainted(fixtures::gatewayProd());
    beginAct(0, act::Drain{});
    dialogs.confirmAnswers = {false};
    find<QAction>("quitAction")->trigger();
    test::drainEvents();
    ASSERT_EQ(dialogs.confirmations.size(), 1U);
    EXPECT_EQ(dialogs.confirmations[0].title, QStringLiteral("An act is under way"));
    EXPECT_FALSE(dialogs.confirmations[0].consequence.contains(QStringLiteral("resume")));
    test::ValueSpy<> hidden(window.get(), &MainWindow::hiddenWhileRunning);
    window->close();
    EXPECT_EQ(hidden.count(), 1);
}

TEST_F(RunPageTest, ClosingTheWindowDuringARunSaysThatItGoesOn)
{
    openRun(fixtures::runAtNodeTwo());
    test::ValueSpy<> hidden(window.get(), &MainWindow::hiddenWhileRunning);
    window->close();
    EXPECT_EQ(hidden.count(), 1);
}

/// The side scrolls up and down only, and what it says changes all the time.
TEST_F(RunPageTest, NothingAtItsSideIsCutOff)
{
    auto view = fixtures::runAtNodeTwo();
    view.obligations.front().title = QStringLiteral("SSH is running on a node");
    view.obligations.front().node = NodeId{QStringLiteral("node-2")};
    openRun(view);
    window->resize(1280, 800);
    const auto* now = find<QLabel>("runNow");
    const auto* choices = find<QLabel>("runChoices");
    const auto* scroll =
        qobject_cast<QScrollArea*>(now->parentWidget()->parentWidget()->parentWidget());
    ASSERT_NE(scroll, nullptr);
    for (int words = 1; words < 40; words += 3) {
        view.sentence = QStringLiteral("wait ").repeated(words);
        runs.update(view);
        test::drainEvents();
        for (const auto* label : {now, choices}) {
            EXPECT_GE(label->height(), label->heightForWidth(label->width())) << words;
        }
        EXPECT_LE(scroll->widget()->width(), scroll->viewport()->width()) << words;
    }
}

TEST_F(RunPageTest, LanesShowDoneRunningAndPlannedAndTheForecast)
{
    const auto lanes =
        lanesOf(fixtures::runAtNodeTwo(), NodeId{QStringLiteral("node-1")}, fixtures::sceneTime());
    ASSERT_EQ(lanes.lanes.size(), 4U);
    EXPECT_TRUE(lanes.lanes[2].leader);
    EXPECT_EQ(lanes.lanes[0].segments.front().state, SegmentState::Done);
    bool running = false;
    for (const auto& segment : lanes.lanes[1].segments) {
        running = running || segment.state == SegmentState::Running;
    }
    EXPECT_TRUE(running);
    EXPECT_EQ(lanes.lanes[2].segments.back().state, SegmentState::Planned);
    EXPECT_FALSE(lanes.voters.forecast.empty());
    EXPECT_EQ(lanes.voters.majority, 2);
}

TEST_F(RunPageTest, LanesShowAGapWhereTheVotersWereNotKnown)
{
    run::RunView view = fixtures::runAtNodeTwo();
    const TimePoint start = view.votersSeen.front().at;
    view.votersSeen = {{start, 3, 3}, {start + Seconds(60), 0, 3, false}};
    const auto lanes = lanesOf(view, std::nullopt, fixtures::sceneTime());
    ASSERT_EQ(lanes.voters.observed.size(), 2U);
    EXPECT_EQ(lanes.voters.observed.front().value, 3);
    EXPECT_EQ(lanes.voters.observed.back().value, kNotKnown);
}

/// A step of the run of the fixtures, as the table and the lanes show it.
struct Shown {
    QString word;
    SegmentState lane;
    bool operator==(const Shown&) const = default;
};
Shown shown(run::RunPhase phase, procedure::StepKind kind, run::StepState state)
{
    run::RunView view = fixtures::runAtNodeTwo();
    view.phase = phase;
    const auto step = std::ranges::find(view.steps, run::StepState::Running, &run::StepView::state);
    step->kind = kind;
    step->state = state;
    const auto row = size_t(step - view.steps.begin());
    for (const Lane& lane : lanesOf(view, std::nullopt, fixtures::sceneTime()).lanes) {
        for (const LaneSegment& segment : lane.segments) {
            if (segment.id == step->id.value) {
                return {stepRows(view)[row].state.word, segment.state};
            }
        }
    }
    return {};
}

TEST_F(RunPageTest, OnlyWhatNeedsAPersonSaysThatItWaitsForOne)
{
    using procedure::StepKind;
    using run::RunPhase;
    using run::StepState;
    const Shown forYou{QStringLiteral("waits for you"), SegmentState::Waiting};
    const Shown forTheNode{QStringLiteral("waiting"), SegmentState::Running};
    const Shown atWork{QStringLiteral("running"), SegmentState::Running};
    EXPECT_EQ(shown(RunPhase::Running, StepKind::WaitBack, StepState::Waiting), forTheNode);
    EXPECT_EQ(shown(RunPhase::Running, StepKind::WaitAllReady, StepState::Waiting), forTheNode);
    EXPECT_EQ(shown(RunPhase::Pausing, StepKind::WaitBack, StepState::Waiting), forTheNode);
    EXPECT_EQ(shown(RunPhase::Running, StepKind::Act, StepState::Running), atWork);
    EXPECT_EQ(shown(RunPhase::Running, StepKind::Manual, StepState::Waiting), forYou);
    EXPECT_EQ(shown(RunPhase::Paused, StepKind::WaitBack, StepState::Waiting), forYou);
    EXPECT_EQ(shown(RunPhase::Paused, StepKind::Act, StepState::Running), forYou);
}

} // namespace
} // namespace quorate::ui
