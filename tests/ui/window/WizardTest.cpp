// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window/WindowFixture.h"

#include "core/procedure/Loader.h"
#include "ui/common/Notices.h"
#include "ui/upgrade/UpgradePane.h"
#include "ui/upgrade/UpgradeWizard.h"

#include <QCheckBox>

namespace quorate::ui {
namespace {

using Page = UpgradeController::Page;

class Wizard : public WindowFixture {
protected:
    void SetUp() override
    {
        prepareUpgrade();
        procedure::CheckResult passed;
        passed.id = QStringLiteral("all-nodes-ready");
        passed.outcome = procedure::CheckOutcome::Passed;
        upgrades.nextChecks = {passed};
        open(fixtures::gatewayProd());
        window->showPane(QStringLiteral("upgradePane"));
        window->upgradePane().startWizard();
    }
    UpgradeController& controller() { return window->upgradePane().wizard()->controller(); }
    void choose()
    {
        find<QLineEdit>("packageEdit")->setText(QStringLiteral("/nowhere/p.qpkg"));
        press("packageReadButton");
    }
    bool next()
    {
        EXPECT_TRUE(test::waitUntil([&] { return controller().canGoOn(); }))
            << controller().whyNot().toStdString();
        return press("wizardNextButton");
    }
    void acceptAll()
    {
        for (const auto& warning : controller().warnings()) {
            auto* check =
                window->findChild<QCheckBox*>(QStringLiteral("accept-%1").arg(warning.id));
            ASSERT_NE(check, nullptr);
            check->setChecked(true);
        }
    }
    void toPlan()
    {
        choose();
        ASSERT_TRUE(next());
        ASSERT_TRUE(next());
        ASSERT_TRUE(next());
        ASSERT_EQ(controller().page(), Page::Plan);
        ASSERT_TRUE(test::waitUntil([&] { return controller().simulation().has_value(); }));
    }
};

/// One that opens nothing by itself.
class WizardStart : public WindowFixture {};

TEST_F(WizardStart, SaysWhichProcedureOfOnesOwnIsLeftOutAndWhy)
{
    prepareUpgrade();
    upgrades.leftOut = {makeError(ErrorKind::Validation, QStringLiteral("procedure-invalid"),
                                  QStringLiteral("mine.yaml:7:3: \"steps\" must be a list"),
                                  QStringLiteral("Correct the file"))};
    open(fixtures::gatewayProd());
    window->showPane(QStringLiteral("upgradePane"));
    window->upgradePane().startWizard();
    const auto* notice = find<NoticeBar>("procedureLeftOut");
    ASSERT_NE(notice, nullptr);
    EXPECT_TRUE(notice->text().contains(QStringLiteral("mine.yaml:7:3")))
        << notice->text().toStdString();
    EXPECT_TRUE(notice->text().contains(QStringLiteral("Correct the file")))
        << notice->text().toStdString();
}

TEST_F(Wizard, NoProcedureIsLeftOutWhenAllAreGood)
{
    EXPECT_EQ(window->findChild<NoticeBar*>(QStringLiteral("procedureLeftOut")), nullptr);
}

TEST_F(Wizard, NothingGoesOnWithoutAPackage)
{
    EXPECT_FALSE(find<QAbstractButton>("wizardNextButton")->isEnabled());
    EXPECT_FALSE(find<QLabel>("wizardReason")->text().isEmpty());
}

TEST_F(Wizard, ABadPackageSaysWhyAndGoesNowhere)
{
    upgrades.nextPackage = fail(ErrorKind::Validation, QStringLiteral("package-unsigned"),
                                QStringLiteral("It has no signature"));
    choose();
    ASSERT_TRUE(test::waitUntil([&] { return controller().problem().has_value(); }));
    EXPECT_FALSE(controller().canGoOn());
}

TEST_F(Wizard, ABlockingCheckStopsItAndStagingDoesNot)
{
    procedure::CheckResult blocked;
    blocked.id = QStringLiteral("disk-free");
    blocked.outcome = procedure::CheckOutcome::Failed;
    upgrades.nextChecks = {blocked};
    choose();
    ASSERT_TRUE(next());
    ASSERT_TRUE(next());
    ASSERT_TRUE(test::waitUntil([&] { return !controller().isBusy(); }));
    EXPECT_FALSE(controller().canGoOn());
    upgrades.nextChecks[0].id = QStringLiteral("package-staged-everywhere");
    press("checksAgainButton");
    EXPECT_TRUE(test::waitUntil([&] { return controller().canGoOn(); }));
}

TEST_F(Wizard, UsersCutOffNeedTheTypedConsent)
{
    toPlan();
    acceptAll();
    EXPECT_FALSE(controller().canGoOn());
    find<QLineEdit>("consentEdit")->setText(QStringLiteral("yes"));
    EXPECT_FALSE(controller().canGoOn());
    find<QLineEdit>("consentEdit")->setText(QStringLiteral("gateway-prod"));
    EXPECT_TRUE(controller().canGoOn()) << controller().whyNot().toStdString();
}

TEST_F(Wizard, ASimulationThatFindsAWayToLoseTheQuorumBlocks)
{
    upgrades.nextSummary.violations = {
        {QStringLiteral("below-majority"), 7, QStringLiteral("trace")}};
    toPlan();
    acceptAll();
    find<QLineEdit>("consentEdit")->setText(QStringLiteral("gateway-prod"));
    EXPECT_FALSE(controller().canGoOn());
}

TEST_F(Wizard, StagingStopsAndGoesOnAndThenTheRunStarts)
{
    toPlan();
    acceptAll();
    find<QLineEdit>("consentEdit")->setText(QStringLiteral("gateway-prod"));
    ASSERT_TRUE(next());
    upgrades.holdStaging = true;
    press("stagingButton");
    EXPECT_TRUE(controller().isStaging());
    press("stagingButton");
    ASSERT_TRUE(test::waitUntil([&] { return !controller().isStaging(); }));
    EXPECT_FALSE(controller().isStaged());
    EXPECT_FALSE(controller().problem().has_value());
    EXPECT_FALSE(controller().canGoOn());
    upgrades.holdStaging = false;
    press("stagingButton");
    ASSERT_TRUE(test::waitUntil([&] { return controller().isStaged(); }));
    runs.add(fixtures::runAtNodeTwo());
    ASSERT_TRUE(press("wizardNextButton"));
    ASSERT_EQ(runs.started.size(), 1U);
    EXPECT_TRUE(runs.started[0].consented);
    EXPECT_EQ(runs.started[0].acceptedWarnings.size(), upgrades.nextPlan->warnings.size());
    ASSERT_TRUE(test::waitUntil([&] { return window->upgradePane().wizard() == nullptr; }));
}

TEST_F(Wizard, WhatIsToldOfStagingAfterItWasLeftReachesNobody)
{
    toPlan();
    acceptAll();
    find<QLineEdit>("consentEdit")->setText(QStringLiteral("gateway-prod"));
    ASSERT_TRUE(next());
    upgrades.holdStaging = true;
    press("stagingButton");
    press("wizardCloseButton");
    ASSERT_TRUE(test::waitUntil([&] { return window->upgradePane().wizard() == nullptr; }));
    platform::StagingProgress late; // a server's end comes when the wizard has gone
    late.node = NodeId{QStringLiteral("node-1")};
    late.phase = platform::StagingProgress::Phase::Failed;
    upgrades.lastListener(late);
    EXPECT_EQ(window->upgradePane().wizard(), nullptr);
}

TEST_F(Wizard, WhatWasTickedAndTypedGoesWithThePlan)
{
    toPlan();
    acceptAll();
    find<QLineEdit>("consentEdit")->setText(QStringLiteral("gateway-prod"));
    EXPECT_TRUE(controller().canGoOn());
    press("wizardBackButton");
    controller().runChecks();
    ASSERT_TRUE(next());
    ASSERT_EQ(controller().page(), Page::Plan);
    ASSERT_TRUE(test::waitUntil([&] { return controller().simulation().has_value(); }));
    EXPECT_FALSE(controller().canGoOn());
    EXPECT_TRUE(find<QLineEdit>("consentEdit")->text().isEmpty());
    acceptAll();
    find<QLineEdit>("consentEdit")->setText(QStringLiteral("gateway-prod"));
    EXPECT_TRUE(controller().canGoOn()) << controller().whyNot().toStdString();
}

TEST_F(Wizard, AnotherPackageDropsThePlanThatBelongedToTheFirst)
{
    toPlan();
    press("wizardBackButton");
    press("wizardBackButton");
    press("wizardBackButton");
    choose();
    ASSERT_TRUE(test::waitUntil([&] { return !controller().isBusy(); }));
    EXPECT_FALSE(controller().plan().has_value());
    EXPECT_TRUE(controller().checks().empty());
}

} // namespace
} // namespace quorate::ui
