// SPDX-License-Identifier: GPL-3.0-or-later
// The services pane: what runs there, events, redeploy behind its confirmation.
#include "tests/ui/window/WindowFixture.h"

#include "ui/common/Notices.h"
#include "ui/common/TableView.h"

#include <QAction>
#include <QCheckBox>
#include <QTabBar>

namespace quorate::ui {
namespace {

class Services : public WindowFixture {
protected:
    void openShop(bool readOnly = false)
    {
        openKubernetes(readOnly);
        platform().nextInventory = fixtures::shopInventory();
        window->showPane(QStringLiteral("servicesPane"));
        ASSERT_TRUE(test::waitUntil([&] { return rows("workloadTable") == 5; }));
    }
    fixtures::OfflinePlatform& platform() { return clusters->at(0).offline(); }
    TableView& table(const char* name) { return *find<TableView>(name); }
    int rows(const char* name) { return table(name).proxy()->rowCount(); }
    QString line(const char* name, const char* id)
    {
        table(name).selectId(QString::fromUtf8(id));
        return table(name).selectionAsText();
    }
    /// Lets the next reading happen.
    void readAgain()
    {
        clock.advance(Seconds(11));
        clusters->at(0).setStatus(*clusters->at(0).status());
        test::drainEvents();
    }
    int tabOfServices()
    {
        auto* tabs = find<QTabBar>("paneTabs");
        for (int index = 0; index < tabs->count(); ++index) {
            if (tabs->tabText(index) == QStringLiteral("Services")) {
                return index;
            }
        }
        return -1;
    }
};

constexpr auto kWorker = "deployment shop/worker";

TEST_F(Services, TheTabIsThereOnKubernetesOnly)
{
    openShop();
    EXPECT_TRUE(find<QTabBar>("paneTabs")->isTabVisible(tabOfServices()));
    window.reset();
    open(fixtures::gatewayProd());
    ASSERT_GE(tabOfServices(), 0);
    EXPECT_FALSE(find<QTabBar>("paneTabs")->isTabVisible(tabOfServices()));
}

TEST_F(Services, WorkloadsShowReadyRestartsNodesAndImage)
{
    openShop();
    const QString text = line("workloadTable", kWorker);
    for (const char* part : {"worker", "shop", "deployment", "2 of 3", "14", "cp-1, cp-2, cp-3",
                             "registry.example.com/worker:2.4.1"}) {
        EXPECT_TRUE(text.contains(QString::fromLatin1(part)))
            << part << " in: " << text.toStdString();
    }
}

TEST_F(Services, EventsFilterByTextAndByWarning)
{
    openShop();
    EXPECT_EQ(rows("eventTable"), 3);
    find<QCheckBox>("warningsOnlyCheck")->setChecked(true);
    EXPECT_EQ(rows("eventTable"), 2);
    auto* pane = find<QWidget>("servicesPane");
    pane->findChild<QLineEdit*>(QStringLiteral("filterField"))->setText(QStringLiteral("search"));
    EXPECT_EQ(rows("eventTable"), 1);
    EXPECT_EQ(rows("workloadTable"), 1);
}

TEST_F(Services, RedeployShowsTheSentenceAndIsSentOnlyAfterAYes)
{
    openShop();
    auto* button = find<QAbstractButton>("redeployButton");
    EXPECT_FALSE(button->isEnabled()) << "nothing is chosen";
    table("workloadTable").selectId(QString::fromLatin1(kWorker));
    dialogs.confirmAnswers = {false, true};
    ASSERT_TRUE(press("redeployButton"));
    EXPECT_TRUE(clusters->at(0).acts.empty());
    ASSERT_TRUE(press("redeployButton"));
    ASSERT_EQ(dialogs.confirmations.size(), 2U);
    EXPECT_TRUE(
        dialogs.confirmations[0].quorumSentence.contains(QStringLiteral("3 of 3 voters ready")))
        << dialogs.confirmations[0].quorumSentence.toStdString();
    EXPECT_TRUE(dialogs.confirmations[0].consequence.contains(QStringLiteral("shop/worker")));
    ASSERT_EQ(clusters->at(0).acts.size(), 1U);
    EXPECT_EQ(clusters->at(0).acts[0],
              Act(act::Redeploy{QStringLiteral("shop"), QStringLiteral("deployment"),
                                QStringLiteral("worker")}));
    ASSERT_TRUE(test::waitUntil([&] {
        return find<NoticeBar>("servicesNotice")->text().endsWith(QStringLiteral("done"));
    }));
}

TEST_F(Services, RedeployIsDisabledWhereItIsForbiddenAndWhileReadOnly)
{
    openShop(true);
    table("workloadTable").selectId(QString::fromLatin1(kWorker));
    auto* button = find<QAbstractButton>("redeployButton");
    EXPECT_FALSE(button->isEnabled());
    EXPECT_TRUE(button->toolTip().contains(QStringLiteral("read-only")));
    auto status = *clusters->at(0).status();
    status.readOnly = false;
    platform().able.forbidden[QStringLiteral("redeploy")] =
        QStringLiteral("The cluster's rules forbid it: patch apps");
    clusters->at(0).setStatus(status);
    EXPECT_FALSE(button->isEnabled());
    EXPECT_TRUE(button->toolTip().contains(QStringLiteral("rules forbid it")));
    platform().able = fixtures::kubeCapabilities();
    platform().able.leaseNamespace = QStringLiteral("ops");
    platform().able.forbidden[QStringLiteral("lease")] =
        QStringLiteral("this user may not create leases");
    clusters->at(0).setStatus(status);
    EXPECT_FALSE(button->isEnabled());
    EXPECT_TRUE(button->toolTip().contains(QStringLiteral("namespace \"ops\"")));
    platform().able = fixtures::kubeCapabilities();
    clusters->at(0).setStatus(status);
    EXPECT_TRUE(button->isEnabled()) << button->toolTip().toStdString();
}

TEST_F(Services, WhatCannotBeReadAnyMoreKeepsItsRowsAndSaysWhy)
{
    openShop();
    table("workloadTable").selectId(QString::fromLatin1(kWorker));
    platform().nextInventory = fail(ErrorKind::Forbidden, QStringLiteral("forbidden"),
                                    QStringLiteral("This user may not list deployments"));
    readAgain();
    EXPECT_EQ(rows("workloadTable"), 5);
    EXPECT_TRUE(find<NoticeBar>("servicesNotice")
                    ->text()
                    .contains(QStringLiteral("may not list deployments")));
    EXPECT_FALSE(find<QAbstractButton>("redeployButton")->isEnabled());
    clock.advance(Seconds(60));
    clusters->at(0).setStatus(*clusters->at(0).status());
    EXPECT_TRUE(find<QLabel>("inventoryAge")->text().startsWith(QStringLiteral("as of")))
        << find<QLabel>("inventoryAge")->text().toStdString();
}

} // namespace
} // namespace quorate::ui
