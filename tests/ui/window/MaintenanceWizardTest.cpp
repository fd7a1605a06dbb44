// SPDX-License-Identifier: GPL-3.0-or-later
// The wizard with a procedure that needs no package: choices in place of a file, and no staging.
#include "tests/ui/window/WindowFixture.h"

#include "ui/upgrade/UpgradePane.h"
#include "ui/upgrade/UpgradeWizard.h"

#include <QCheckBox>

namespace quorate::ui {
namespace {

using Page = UpgradeController::Page;

class MaintenanceWizard : public WindowFixture {
protected:
    void SetUp() override
    {
        upgrades.shipped = procedure::loadProcedures().value();
        procedure::CheckResult passed;
        passed.id = QStringLiteral("all-nodes-ready");
        passed.outcome = procedure::CheckOutcome::Passed;
        upgrades.nextChecks = {passed};
        const auto status = fixtures::shopKube();
        for (const auto& method : upgrades.shipped) {
            if (method.platform == QLatin1String("kubernetes")) {
                procedure::PlanOptions options;
                options.capabilities = fixtures::kubeCapabilities().acts;
                upgrades.nextPlan =
                    procedure::makePlan(method, *status.snapshot, std::nullopt, options);
            }
        }
        ASSERT_TRUE(upgrades.nextPlan) << describe(upgrades.nextPlan.error()).toStdString();
        openKubernetes();
        window->showPane(QStringLiteral("upgradePane"));
    }
    UpgradeController& controller() { return window->upgradePane().wizard()->controller(); }
    bool next()
    {
        EXPECT_TRUE(test::waitUntil([&] { return controller().canGoOn(); }))
            << controller().whyNot().toStdString();
        return press("wizardNextButton");
    }
    QStringList stepNames()
    {
        QStringList names;
        for (const auto* label :
             find<QWidget>("upgradeWizard")
                 ->findChildren<QLabel*>(QString(), Qt::FindDirectChildrenOnly)) {
            if (label->isVisible() && label->text().size() > 2 && label->text()[0].isDigit()
                && label->text()[1] == QLatin1Char(' ')) {
                names.append(label->text());
            }
        }
        return names;
    }
};

TEST_F(MaintenanceWizard, TheWayInNamesMaintenanceAndNoPackage)
{
    const QString text = find<QAbstractButton>("startWizardButton")->text();
    EXPECT_TRUE(text.contains(QStringLiteral("Maintain"))) << text.toStdString();
    clusters->at(0).setStatus(fixtures::gatewayProd());
    window->upgradePane().tick();
    EXPECT_TRUE(
        find<QAbstractButton>("startWizardButton")->text().contains(QStringLiteral("Upgrade")));
}

TEST_F(MaintenanceWizard, ItBeginsWithTheMethodAndHasThreePages)
{
    ASSERT_TRUE(press("startWizardButton"));
    EXPECT_EQ(controller().page(), Page::Method);
    EXPECT_EQ(stepNames(), (QStringList{QStringLiteral("1 Method"), QStringLiteral("2 Checks"),
                                        QStringLiteral("3 Plan")}));
    EXPECT_FALSE(find<QAbstractButton>("wizardBackButton")->isEnabled());
}

TEST_F(MaintenanceWizard, EveryParameterHasAFieldWithItsDefault)
{
    ASSERT_TRUE(press("startWizardButton"));
    ASSERT_NE(controller().method(), nullptr);
    ASSERT_FALSE(controller().method()->parameters.empty());
    for (const auto& spec : controller().method()->parameters) {
        const QString name = QStringLiteral("parameter-%1").arg(spec.id);
        if (spec.type == procedure::ParameterType::Flag) {
            auto* check = window->findChild<QCheckBox*>(name);
            ASSERT_NE(check, nullptr) << name.toStdString();
            EXPECT_EQ(check->isChecked(), spec.defaultValue == QLatin1String("true"));
        } else {
            auto* edit = window->findChild<QLineEdit*>(name);
            ASSERT_NE(edit, nullptr) << name.toStdString();
            EXPECT_EQ(edit->text(), spec.defaultValue);
        }
    }
}

TEST_F(MaintenanceWizard, WhatIsChosenReachesChecksAndPlan)
{
    ASSERT_TRUE(press("startWizardButton"));
    find<QCheckBox>("parameter-local-data")->setChecked(true);
    auto* limit = find<QLineEdit>("parameter-drain-limit");
    limit->setText(QStringLiteral("20 min"));
    Q_EMIT limit->textEdited(limit->text());
    ASSERT_TRUE(next());
    ASSERT_TRUE(next());
    ASSERT_EQ(upgrades.asked.size(), 2U);
    for (const auto& request : upgrades.asked) {
        EXPECT_FALSE(request.package.has_value());
        EXPECT_EQ(request.parameters.at(QStringLiteral("local-data")), QStringLiteral("true"));
        EXPECT_EQ(request.parameters.at(QStringLiteral("drain-limit")), QStringLiteral("20 min"));
    }
}

TEST_F(MaintenanceWizard, ItStartsFromThePlanWithoutStaging)
{
    ASSERT_TRUE(press("startWizardButton"));
    ASSERT_TRUE(next());
    ASSERT_TRUE(next());
    ASSERT_EQ(controller().page(), Page::Plan);
    ASSERT_TRUE(test::waitUntil([&] { return controller().simulation().has_value(); }));
    for (const auto& warning : controller().warnings()) {
        controller().accept(warning.id, true);
    }
    EXPECT_TRUE(
        find<QAbstractButton>("wizardNextButton")->text().startsWith(QStringLiteral("Start")));
    ASSERT_TRUE(next());
    ASSERT_EQ(runs.started.size(), 1U);
    EXPECT_FALSE(runs.started[0].plan.package.has_value());
}

} // namespace
} // namespace quorate::ui
