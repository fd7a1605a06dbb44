// SPDX-License-Identifier: GPL-3.0-or-later
// The panes of the window: made when they are needed, and only then.
#include "tests/ui/window/WindowFixture.h"

#include "tests/fixtures/FixtureClusters.h"
#include "ui/common/Lists.h"
#include "ui/common/Notices.h"
#include "ui/common/TableView.h"
#include "ui/upgrade/UpgradePane.h"

#include <QHeaderView>

namespace quorate::ui {
namespace {

class Panes : public WindowFixture {
protected:
    bool has(const char* name) const
    {
        return window->findChild<Pane*>(QString::fromLatin1(name)) != nullptr;
    }
};

TEST_F(Panes, OnlyTheFirstIsThereBeforeTheWindowIsPainted)
{
    openUnpainted(fixtures::gatewayProd());
    EXPECT_TRUE(has("overviewPane"));
    for (const char* other : {"nodesPane", "upgradePane", "activityPane", "servicesPane"}) {
        EXPECT_FALSE(has(other)) << other;
    }
}

TEST_F(Panes, OneThatIsAskedForEarlyIsMadeAtOnceAndShowsItsCluster)
{
    openUnpainted(fixtures::gatewayProd());
    window->showPane(QStringLiteral("nodesPane"));
    auto* pane = window->findChild<Pane*>(QStringLiteral("nodesPane"));
    ASSERT_NE(pane, nullptr);
    EXPECT_TRUE(pane->isVisible());
    EXPECT_EQ(find<TableView>("nodeTable")->model()->rowCount(), 3);
    EXPECT_FALSE(has("activityPane"));
}

TEST_F(Panes, AllAreThereOnceItIsPaintedAndNoneIsMadeTwice)
{
    openUnpainted(fixtures::gatewayProd());
    window->showPane(QStringLiteral("upgradePane"));
    ASSERT_TRUE(test::waitUntil(
        [this] { return has("servicesPane") && has("activityPane") && has("nodesPane"); }));
    test::drainEvents();
    EXPECT_EQ(window->findChildren<Pane*>().size(), 5);
    EXPECT_TRUE(window->findChild<Pane*>(QStringLiteral("upgradePane"))->isVisible())
        << "making the others moved the page";
}

TEST_F(Panes, OneThatIsMadeLaterKnowsThatItsClusterIsGone)
{
    openUnpainted(fixtures::gatewayProd());
    window->showCluster(ClusterId{});
    window->showPane(QStringLiteral("nodesPane"));
    EXPECT_EQ(find<TableView>("nodeTable")->model()->rowCount(), 0);
}

TEST_F(Panes, AListThatGrewWhileItsPaneWasHiddenHasRoomForAllOfIt)
{
    open(fixtures::gatewayProd());
    window->showPane(QStringLiteral("nodesPane"));
    test::drainEvents();
    auto status = *clusters->at(0).status();
    platform::Lease lease;
    lease.owner = QStringLiteral("ops2@bastion");
    lease.acquiredAt = clock.now() - Seconds(100);
    lease.expiresAt = clock.now() + Seconds(100);
    status.lease = lease;
    clusters->at(0).setStatus(status);
    test::drainEvents();
    window->showPane(QStringLiteral("overviewPane"));
    test::drainEvents();
    auto* work = find<KeyValueList>("workList");
    ASSERT_EQ(work->items().size(), 2U);
    EXPECT_GE(work->height(), work->heightForWidth(work->width()));
    EXPECT_GE(work->height(), 2 * QFontMetrics(theme.font(TextStyle::Body)).height());
}

TEST_F(Panes, TheOverviewsTableIsAsHighAsItsRowsAtEveryTextSize)
{
    theme.setTextScale(1.0);
    open(fixtures::gatewayProd());
    auto* table = find<TableView>("overviewNodeTable");
    const auto rowsShown = [&] {
        const int header = table->horizontalHeader()->sizeHint().height();
        return (table->height() - header - theme.px(4)) / double(theme.rowHeight());
    };
    EXPECT_EQ(rowsShown(), 3.0);
    theme.setTextScale(1.5);
    test::drainEvents();
    EXPECT_EQ(rowsShown(), 3.0);
    auto status = *clusters->at(0).status();
    auto snapshot = std::make_shared<ClusterSnapshot>(*status.snapshot);
    snapshot->nodes.pop_back();
    status.snapshot = snapshot;
    clusters->at(0).setStatus(status);
    test::drainEvents();
    EXPECT_EQ(rowsShown(), 2.0);
    theme.setTextScale(1.0);
}

TEST_F(Panes, ARunThatCannotBeReadKeepsTheWizardClosedUntilItIsGivenUp)
{
    const RunId id{QStringLiteral("bad1")};
    runs.damaged = {{id, fixtures::gatewayProd().identity.id,
                     makeError(ErrorKind::Storage, QStringLiteral("journal-damaged"),
                               QStringLiteral("Record 3 cannot be read"))}};
    open(fixtures::gatewayProd());
    window->showPane(QStringLiteral("upgradePane"));
    const auto* start = find<QAbstractButton>("startWizardButton");
    EXPECT_FALSE(start->isEnabled());
    EXPECT_FALSE(start->toolTip().isEmpty());
    window->upgradePane().startWizard();
    EXPECT_EQ(window->upgradePane().wizard(), nullptr);
    auto* notice = find<NoticeBar>("damagedRun-bad1");
    ASSERT_NE(notice, nullptr);
    EXPECT_TRUE(notice->isVisible());
    EXPECT_TRUE(notice->text().contains(QStringLiteral("bad1")));
    EXPECT_TRUE(notice->text().contains(QStringLiteral("Record 3 cannot be read")));
    auto* button = notice->findChild<QAbstractButton*>();
    ASSERT_NE(button, nullptr);
    dialogs.confirmAnswers = {false, true};
    button->click();
    EXPECT_TRUE(runs.commands.empty());
    button->click();
    ASSERT_EQ(dialogs.confirmations.size(), 2U);
    EXPECT_TRUE(dialogs.confirmations[1].consequence.contains(QStringLiteral("each node")));
    ASSERT_EQ(runs.commands.size(), 1U);
    EXPECT_EQ(runs.commands[0], std::pair(id, run::RunCommand::Cancel));
    test::drainEvents();
    EXPECT_EQ(window->findChild<NoticeBar*>(QStringLiteral("damagedRun-bad1")), nullptr);
    EXPECT_TRUE(start->isEnabled());
    EXPECT_TRUE(start->toolTip().isEmpty());
}

} // namespace
} // namespace quorate::ui
