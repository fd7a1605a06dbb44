// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sandbox/LiveWindow.h"

#include "core/report/Verdict.h"
#include "ui/upgrade/RunPage.h"
#include "ui/upgrade/UpgradePane.h"
#include "ui/upgrade/UpgradeWizard.h"

#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QLineEdit>

namespace quorate::ui {
namespace {

constexpr int kSpeed = 1000;
constexpr Millis kRunLimit = Seconds(200); ///< some 40 s under sanitizers
using Page = UpgradeController::Page;

class LiveUpgrade : public LiveWindow {
protected:
    LiveUpgrade()
        : LiveWindow(kSpeed)
    {}

    UpgradeController& wizard() { return window().upgradePane().wizard()->controller(); }
    /// Waits until the page may be left, and leaves it.
    void leave(Page page)
    {
        ASSERT_NE(window().upgradePane().wizard(), nullptr);
        ASSERT_EQ(wizard().page(), page) << wizard().whyNot().toStdString();
        ASSERT_TRUE(press(QStringLiteral("wizardNextButton")));
    }
    void choosePackage(const QString& file)
    {
        window().showPane(QStringLiteral("upgradePane"));
        ASSERT_TRUE(press(QStringLiteral("startWizardButton")));
        qobject_cast<QLineEdit*>(visible(QStringLiteral("packageEdit")))->setText(file);
        ASSERT_TRUE(press(QStringLiteral("packageReadButton")));
    }
    void consent()
    {
        ASSERT_TRUE(
            test::waitUntil([this] { return wizard().simulation().has_value(); }, kStepLimit));
        EXPECT_TRUE(wizard().simulation()->violations.empty());
        EXPECT_FALSE(visible(QStringLiteral("wizardNextButton"))->isEnabled())
            << "nobody has said yes";
        for (const auto& warning : wizard().warnings()) {
            auto* check =
                qobject_cast<QCheckBox*>(visible(QStringLiteral("accept-%1").arg(warning.id)));
            ASSERT_NE(check, nullptr) << warning.id.toStdString();
            check->setChecked(true);
        }
        qobject_cast<QLineEdit*>(visible(QStringLiteral("consentEdit")))
            ->setText(wizard().consentWord());
    }
    void startRun()
    {
        choosePackage(cluster().package(QStringLiteral("14.2.0")));
        leave(Page::Package);
        leave(Page::Method);
        leave(Page::Checks);
        consent();
        leave(Page::Plan);
        ASSERT_TRUE(press(QStringLiteral("stagingButton")));
        leave(Page::Staging);
        ASSERT_TRUE(test::waitUntil([this] { return run() != nullptr && run()->stepNumber > 0; },
                                    kStepLimit));
    }
    bool reaches(run::RunPhase phase, Millis limit = kRunLimit)
    {
        const bool reached = test::waitUntil([&] { return run()->phase == phase; }, limit);
        EXPECT_TRUE(reached)
            << run()->sentence.toStdString()
            << (run()->attention ? run()->attention->title : QString()).toStdString();
        return reached;
    }
    bool takesSteps(int count)
    {
        const int goal = run()->stepNumber + count;
        return test::waitUntil(
            [&] { return run()->stepNumber >= goal || run::isEnded(run()->phase); }, kStepLimit);
    }
    int upgradedNodes()
    {
        int count = 0;
        for (const int node : {1, 2, 3}) {
            count += ctltest::versionOf(cluster(), node) == QLatin1String("14.2.0") ? 1 : 0;
        }
        return count;
    }
    void expectRunIsFound(const RunId& id)
    {
        window().showPane(QStringLiteral("upgradePane"));
        ASSERT_EQ(window().upgradePane().runPage().run(), id);
        EXPECT_TRUE(spoken(window()).contains(run()->title)) << spoken(window()).toStdString();
        EXPECT_NE(visible(QStringLiteral("offer-pause")), nullptr);
    }
    void pauseAndResume()
    {
        ASSERT_TRUE(press(QStringLiteral("offer-pause")));
        ASSERT_TRUE(reaches(run::RunPhase::Paused));
        EXPECT_FALSE(run()->nodeOut)
            << "paused while " << run()->nodeOut->value.toStdString() << " is out";
        EXPECT_LT(upgradedNodes(), 3);
        EXPECT_EQ(visible(QStringLiteral("offer-pause")), nullptr);
        ASSERT_TRUE(press(QStringLiteral("offer-resume")));
        ASSERT_TRUE(takesSteps(1));
    }
    void saveReport(const QString& folder)
    {
        ASSERT_TRUE(press(QStringLiteral("saveReportButton")));
        auto* dialog = window().findChild<QFileDialog*>();
        ASSERT_NE(dialog, nullptr);
        dialog->setDirectory(folder);
        static_cast<QDialog*>(dialog)->done(QDialog::Accepted);
        ASSERT_TRUE(test::waitUntil(
            [this] { return visible(QStringLiteral("messageDialog")) != nullptr; }, kStepLimit));
        const QString said = spoken(*visible(QStringLiteral("messageDialog")));
        EXPECT_TRUE(said.contains(QStringLiteral("not signed here"))) << said.toStdString();
        ASSERT_TRUE(press(QStringLiteral("closeButton")));
        const auto verdict = report::verifyEvidence(folder + QStringLiteral("/evidence.zip"));
        ASSERT_TRUE(verdict) << describe(verdict.error()).toStdString();
        // There is no keychain: a key of this process alone would vouch for nothing.
        EXPECT_EQ(verdict->standing(), report::Standing::Unsigned)
            << verdict->sentence().toStdString();
        EXPECT_EQ(verdict->run, run()->id);
    }
};

TEST_F(LiveUpgrade, TheWizardLeadsThroughItAndTheRunSurvivesPauseAndClosedWindow)
{
    openProgram();
    connectCluster();
    startRun();
    const RunId id = run()->id;
    ASSERT_TRUE(test::waitUntil([&] { return window().upgradePane().runPage().run() == id; }));
    pauseAndResume();

    test::ValueSpy<> hidden(&window(), &MainWindow::hiddenWhileRunning);
    window().close();
    EXPECT_EQ(hidden.count(), 1);
    ASSERT_TRUE(takesSteps(2)) << "the run stopped with its window";
    openWindow();
    expectRunIsFound(id);

    ASSERT_TRUE(reaches(run::RunPhase::Succeeded));
    EXPECT_EQ(upgradedNodes(), 3);
    for (const int node : {1, 2, 3}) {
        const QJsonObject counts = ctltest::counters(cluster(), node);
        EXPECT_EQ(counts.value(QStringLiteral("upgrades")).toInt(), 1) << "node " << node;
        EXPECT_EQ(counts.value(QStringLiteral("reboots")).toInt(), 1) << "node " << node;
    }
    const QString folder = cluster().temporary().path(QStringLiteral("report"));
    ASSERT_TRUE(QDir().mkpath(folder));
    saveReport(folder);
}

} // namespace
} // namespace quorate::ui
