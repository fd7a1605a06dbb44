// SPDX-License-Identifier: GPL-3.0-or-later
// What is different on Kubernetes: read-only at first, what the cluster's rules forbid, consents of
// a drain.
#include "tests/ui/window/WindowFixture.h"

#include "ui/cluster/OverviewFacts.h"
#include "ui/cluster/OverviewPane.h"
#include "ui/common/Labels.h"
#include "ui/common/Notices.h"
#include "ui/common/TableView.h"

#include <QAction>
#include <QPushButton>

#include <algorithm>

namespace quorate::ui {
namespace {

class Kubernetes : public WindowFixture {
protected:
    void openShop(bool readOnly = false)
    {
        openKubernetes(readOnly);
        window->showPane(QStringLiteral("nodesPane"));
        find<TableView>("nodeTable")->selectId(QStringLiteral("cp-2"));
        clusters->at(0).setStatus(*clusters->at(0).status());
    }
    QAction* action(const char* name) { return find<QAction>(name); }
    QString note() { return find<TextLabel>("whyNotLabel")->text(); }
    void forbid(const char* act)
    {
        auto& able = clusters->at(0).offline().able;
        able.acts.erase(QString::fromLatin1(act));
        able.forbidden[QString::fromLatin1(act)] =
            QStringLiteral("The cluster's rules forbid it: this user may not create pods/eviction");
        clusters->at(0).setStatus(*clusters->at(0).status());
    }
};

TEST_F(Kubernetes, ReadOnlyIsSaidOnTopAndDisablesEveryAct)
{
    openShop(true);
    EXPECT_TRUE(find<NoticeBar>("clusterNotice")->text().contains(QStringLiteral("Read-only")));
    EXPECT_TRUE(action("readOnlyAction")->isChecked());
    for (const QAction* each : window->nodeActions().actions()) {
        EXPECT_FALSE(each->isEnabled()) << each->objectName().toStdString();
    }
    EXPECT_TRUE(note().contains(QStringLiteral("read-only"))) << note().toStdString();
}

TEST_F(Kubernetes, TheLeaseCanBeKeptElsewhereFromTheMenu)
{
    openShop();
    EXPECT_FALSE(action("leaseAction")->isVisible()) << "there is but one place";
    auto status = *clusters->at(0).status();
    status.leaseNamespace = QStringLiteral("default");
    clusters->at(0).setStatus(status);
    ASSERT_TRUE(
        test::waitUntil([&] { return action("leaseAction")->isVisible(); })); // with the next tick
    dialogs.textAnswers = {QString(), QStringLiteral(" ops "), QStringLiteral("other")};
    action("leaseAction")->trigger(); // cancelled
    EXPECT_EQ(clusters->at(0).status()->leaseNamespace, QStringLiteral("default"));
    EXPECT_EQ(dialogs.textQuestions[0].text, QStringLiteral("default"));
    action("leaseAction")->trigger();
    EXPECT_EQ(clusters->at(0).status()->leaseNamespace, QStringLiteral("ops"));
    clusters->at(0).leaseError = makeError(ErrorKind::Precondition, QStringLiteral("run-active"),
                                           QStringLiteral("A run has not ended"));
    action("leaseAction")->trigger();
    ASSERT_TRUE(test::waitUntil([&] { return dialogs.errors.size() == 1; }));
    EXPECT_EQ(dialogs.errors[0].code, QStringLiteral("run-active"));
    EXPECT_EQ(clusters->at(0).status()->leaseNamespace, QStringLiteral("ops"));
}

TEST_F(Kubernetes, TheOverviewShowsOwnerAgeAndPlaceOfTheLease)
{
    openShop();
    auto status = *clusters->at(0).status();
    status.leaseNamespace = QStringLiteral("ops");
    EXPECT_EQ(leaseText(status, clock.now()), QStringLiteral("nobody holds it · namespace ops"));
    platform::Lease lease;
    lease.owner = QStringLiteral("ops2@desk, run 7f3a");
    lease.acquiredAt = clock.now() - Seconds(240);
    lease.expiresAt = clock.now() + Seconds(100);
    status.lease = lease;
    clusters->at(0).setStatus(status);
    const QString wanted = QStringLiteral("ops2@desk, run 7f3a, for 4 min · namespace ops");
    EXPECT_EQ(leaseText(status, clock.now()), wanted);
    window->showPane(QStringLiteral("overviewPane"));
    test::drainEvents();
    const auto labels = find<OverviewPane>("overviewPane")->findChildren<TextLabel*>();
    EXPECT_TRUE(std::ranges::any_of(
        labels, [&](const TextLabel* label) { return label->text() == wanted; }));
    status.leaseNamespace.clear();
    status.lease.reset();
    EXPECT_EQ(leaseText(status, clock.now()), QString());
}

TEST_F(Kubernetes, ReadOnlyGoesOffOnlyAfterAYesWithTheNameTyped)
{
    openShop(true);
    dialogs.confirmAnswers = {false, true};
    action("readOnlyAction")->trigger();
    EXPECT_TRUE(clusters->at(0).status()->readOnly);
    EXPECT_TRUE(action("readOnlyAction")->isChecked()) << "the tick says what is true";
    action("readOnlyAction")->trigger();
    EXPECT_FALSE(clusters->at(0).status()->readOnly);
    EXPECT_FALSE(action("readOnlyAction")->isChecked());
    ASSERT_EQ(dialogs.confirmations.size(), 2U);
    EXPECT_EQ(dialogs.confirmations[0].typedName, QStringLiteral("shop-prod"));
    EXPECT_TRUE(action("drainAction")->isEnabled());
    action("readOnlyAction")->trigger();
    EXPECT_TRUE(clusters->at(0).status()->readOnly) << "on needs no question";
    EXPECT_EQ(dialogs.confirmations.size(), 2U);
}

TEST_F(Kubernetes, WhatTheRulesForbidIsDisabledAndSaysSo)
{
    openShop();
    EXPECT_TRUE(action("drainAction")->isEnabled());
    forbid("drain");
    EXPECT_FALSE(action("drainAction")->isEnabled());
    EXPECT_TRUE(action("drainAction")->toolTip().contains(QStringLiteral("pods/eviction")));
    EXPECT_TRUE(action("cordonAction")->isEnabled());
    EXPECT_FALSE(find<QPushButton>("drainButton")->isEnabled());
    EXPECT_TRUE(note().startsWith(QStringLiteral("Drain: The cluster's rules forbid it")))
        << note().toStdString();
}

TEST_F(Kubernetes, WithoutTheRightToALeaseEveryActIsDisabledAndNamesItsNamespace)
{
    openShop();
    auto& able = clusters->at(0).offline().able;
    able.lease = false;
    able.leaseNamespace = QStringLiteral("ops");
    able.forbidden[QStringLiteral("lease")] = QStringLiteral("this user may not create leases");
    clusters->at(0).setStatus(*clusters->at(0).status());
    for (const char* act : {"drainAction", "cordonAction", "resumeAction"}) {
        EXPECT_FALSE(action(act)->isEnabled()) << act;
        EXPECT_TRUE(action(act)->toolTip().contains(QStringLiteral("namespace \"ops\""))) << act;
    }
}

TEST_F(Kubernetes, WhatIsForbiddenIsAskedAgainNowAndThen)
{
    openShop();
    forbid("drain");
    auto& platform = clusters->at(0).offline();
    EXPECT_EQ(platform.rightsAsked, 1);
    window->nodeActions().setNode(QStringLiteral("cp-3"));
    EXPECT_EQ(platform.rightsAsked, 1) << "not with every look";
    platform.able = fixtures::kubeCapabilities();
    clock.advance(Seconds(31));
    clusters->at(0).setStatus(*clusters->at(0).status());
    test::drainEvents();
    EXPECT_TRUE(action("drainAction")->isEnabled());
}

TEST_F(Kubernetes, WhatCanNeitherBeDoneNorWatchedHasNoButton)
{
    openShop();
    clusters->at(0).offline().able.byHand.clear();
    clusters->at(0).setStatus(*clusters->at(0).status());
    EXPECT_FALSE(action("rebootAction")->isEnabled());
    EXPECT_TRUE(action("rebootAction")->toolTip().contains(QStringLiteral("on the node itself")));
    EXPECT_FALSE(find<QPushButton>("rebootButton")->isVisible());
    EXPECT_TRUE(find<QPushButton>("cordonButton")->isVisible());
    EXPECT_TRUE(note().isEmpty()) << note().toStdString();
}

TEST_F(Kubernetes, ARebootIsDoneByHandAndWatched)
{
    openShop();
    auto& cluster = clusters->at(0);
    EXPECT_TRUE(find<QPushButton>("rebootButton")->isVisible());
    EXPECT_FALSE(find<QPushButton>("stopWaitingButton")->isVisible());
    dialogs.confirmAnswers = {true};
    action("rebootAction")->trigger();
    ASSERT_EQ(dialogs.confirmations.size(), 1U);
    const Confirmation& asked = dialogs.confirmations[0];
    EXPECT_TRUE(asked.quorumSentence.contains(QStringLiteral("cp-2")))
        << asked.quorumSentence.toStdString();
    EXPECT_TRUE(asked.consequence.contains(QStringLiteral("you reboot cp-2 by hand")))
        << asked.consequence.toStdString();
    EXPECT_TRUE(asked.consequence.contains(QStringLiteral("drain it first")));
    EXPECT_TRUE(asked.whatIsSent.startsWith(QStringLiteral("Nothing")))
        << asked.whatIsSent.toStdString();

    cluster.setProgress(QStringLiteral("Reboot cp-2 now"));
    EXPECT_EQ(find<QLabel>("messageLabel")->text(), QStringLiteral("Reboot cp-2 now"));
    EXPECT_TRUE(find<QPushButton>("stopWaitingButton")->isVisible());
    EXPECT_EQ(find<QPushButton>("stopWaitingButton")->text(), QStringLiteral("Stop waiting"));
    window->nodeActions().setNode(QStringLiteral("cp-3"));
    EXPECT_FALSE(action("stopWaitingAction")->isEnabled())
        << "it is not that node which is waited for";
    window->nodeActions().setNode(QStringLiteral("cp-2"));
    EXPECT_TRUE(press("stopWaitingButton"));
    test::drainEvents();
    EXPECT_TRUE(cluster.underWay.empty());
    EXPECT_TRUE(find<QLabel>("messageLabel")->text().contains(QStringLiteral("stopped waiting")));
    EXPECT_TRUE(dialogs.errors.empty()) << "what was wanted is no error";
    EXPECT_FALSE(find<QPushButton>("stopWaitingButton")->isVisible());
}

TEST_F(Kubernetes, ADrainUnderWayCanBeStopped)
{
    openShop();
    auto& cluster = clusters->at(0);
    dialogs.confirmAnswers = {true};
    action("drainAction")->trigger();
    cluster.setProgress(QStringLiteral("1 of 4 pods have gone"));
    const auto* button = find<QPushButton>("stopWaitingButton");
    EXPECT_TRUE(button->isVisible());
    EXPECT_EQ(button->text(), QStringLiteral("Stop the drain"));
    EXPECT_TRUE(button->toolTip().contains(QStringLiteral("takes no new work until it is resumed")))
        << button->toolTip().toStdString();
    EXPECT_TRUE(press("stopWaitingButton"));
    test::drainEvents();
    EXPECT_TRUE(cluster.underWay.empty());
    EXPECT_TRUE(find<QLabel>("messageLabel")->text().contains(QStringLiteral("stopped draining")));
    EXPECT_TRUE(dialogs.errors.empty()) << "what was wanted is no error";
    EXPECT_FALSE(button->isVisible());
}

TEST_F(Kubernetes, TheNodeThatIsShownIsTheOneThatTheButtonsActOn)
{
    openShop();
    window->showPane(QStringLiteral("overviewPane"));
    window->nodeActions().setNode({});
    window->showPane(QStringLiteral("nodesPane"));
    EXPECT_EQ(window->nodeActions().node(), QStringLiteral("cp-2"));
    EXPECT_TRUE(find<QPushButton>("drainButton")->isEnabled());
}

TEST_F(Kubernetes, CordonIsOfferedWhereThePlatformKnowsIt)
{
    open(fixtures::gatewayProd());
    clusters->at(0).offline().able = fixtures::applianceCapabilities();
    window->nodeActions().setNode(QStringLiteral("node-1"));
    EXPECT_FALSE(action("cordonAction")->isVisible());
    EXPECT_TRUE(action("rebootAction")->isEnabled());
}

TEST_F(Kubernetes, ADrainTakesNothingForGranted)
{
    openShop();
    dialogs.confirmAnswers = {true};
    action("drainAction")->trigger();
    ASSERT_EQ(dialogs.confirmations.size(), 1U);
    ASSERT_EQ(dialogs.confirmations[0].consents.size(), 2U);
    EXPECT_TRUE(dialogs.confirmations[0].quorumSentence.contains(QStringLiteral("cp-2")));
    ASSERT_EQ(clusters->at(0).acts.size(), 1U);
    EXPECT_EQ(clusters->at(0).acts[0], Act(act::Drain{}));
}

TEST_F(Kubernetes, ADrainCarriesTheConsentsThatWereGiven)
{
    openShop();
    dialogs.confirmAnswers = {true, true};
    dialogs.consents = {QStringLiteral("unmanaged-pods")};
    action("drainAction")->trigger();
    dialogs.consents = {QStringLiteral("local-data")};
    action("drainAction")->trigger();
    ASSERT_EQ(clusters->at(0).acts.size(), 2U);
    EXPECT_EQ(clusters->at(0).acts[0], Act(act::Drain{.unmanagedToo = true}));
    EXPECT_EQ(clusters->at(0).acts[1], Act(act::Drain{.localDataToo = true}));
}

TEST_F(Kubernetes, APodThatNeedsAConsentIsNamed)
{
    openShop();
    clusters->at(0).performError =
        makeError(ErrorKind::Conflict, QStringLiteral("consent-needed"),
                  QStringLiteral("cp-2 cannot be drained without your consent: nobody starts "
                                 "shop/once again elsewhere"));
    dialogs.confirmAnswers = {true};
    action("drainAction")->trigger();
    ASSERT_TRUE(test::waitUntil([&] { return dialogs.errors.size() == 1; }));
    EXPECT_TRUE(dialogs.errors[0].message.contains(QStringLiteral("shop/once")));
}

TEST_F(Kubernetes, OtherActsAndOtherPlatformsHaveNoConsents)
{
    open(fixtures::gatewayProd());
    window->nodeActions().setNode(QStringLiteral("node-2"));
    dialogs.confirmAnswers = {false};
    action("drainAction")->trigger();
    ASSERT_EQ(dialogs.confirmations.size(), 1U);
    EXPECT_TRUE(dialogs.confirmations[0].consents.empty());
}

} // namespace
} // namespace quorate::ui
