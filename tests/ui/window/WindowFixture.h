// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/Test.h"

#include "core/procedure/Loader.h"
#include "core/procedure/Planner.h"
#include "tests/fixtures/FixtureRuns.h"
#include "tests/fixtures/FixtureServices.h"
#include "tests/ui/common/DialogsFake.h"
#include "ui/shell/MainWindow.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>

namespace quorate::ui {

/// The real window over fixture services, with dialogs that answer by script.
class WindowFixture : public testing::Test {
protected:
    /// With all its panes.
    void open(service::ClusterStatus status)
    {
        openUnpainted(std::move(status));
        ASSERT_TRUE(test::waitUntil([this] { return window->findChildren<Pane*>().size() == 5; }));
    }
    /// As it is before the event loop runs: with its first pane.
    void openUnpainted(service::ClusterStatus status,
                       std::vector<service::ClusterStatus> others = {})
    {
        others.insert(others.begin(), std::move(status));
        clusters = std::make_unique<fixtures::FixtureRegistry>(std::move(others));
        context = std::make_unique<UiContext>(UiContext{
            theme, dialogs, clock, *clusters, upgrades, runs, activity,
            [this] { return ready(evidence); }, nullptr, QStringLiteral("ops1"), QString()});
        window = std::make_unique<MainWindow>(*context);
        window->show();
    }
    /// A cluster whose platform can do what Kubernetes can.
    void openKubernetes(bool readOnly = false)
    {
        auto status = fixtures::shopKube();
        status.readOnly = readOnly;
        open(std::move(status));
        clusters->at(0).offline().able = fixtures::kubeCapabilities();
    }
    /// On node-1 of that cluster.
    void beginAct(int cluster, Act act)
    {
        service::ActProgress begun;
        begun.node = NodeId{QStringLiteral("node-1")};
        begun.act = std::move(act);
        clusters->at(cluster).underWay.push_back(std::move(begun));
    }
    /// The wizard meets a package for the gateways, the shipped procedures and a plan made of both.
    void prepareUpgrade()
    {
        upgrades.shipped = procedure::loadProcedures().value();
        Package package;
        package.path = QStringLiteral("/nowhere/p.qpkg");
        package.manifest = {QStringLiteral("mss-appliance"),
                            SystemKind::Mss,
                            Version{14, 2, 0, 0},
                            {{Version{14, 0, 0, 0}, Version{14, 2, 0, 0}}},
                            {}};
        package.sizeBytes = 1000;
        package.sha256 = QByteArray(32, 'h');
        upgrades.nextPackage = package;
        const auto method = upgrades.procedures(SystemKind::Mss).front();
        procedure::PlanOptions options;
        options.capabilities.insert(method.capabilities.begin(), method.capabilities.end());
        upgrades.nextPlan =
            procedure::makePlan(method, *fixtures::gatewayProd().snapshot, package, options);
        ASSERT_TRUE(upgrades.nextPlan) << describe(upgrades.nextPlan.error()).toStdString();
    }
    template <typename T>
    T* find(const char* name)
    {
        T* found = window->findChild<T*>(QString::fromLatin1(name));
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    bool press(const char* name)
    {
        auto* button = find<QAbstractButton>(name);
        if (button == nullptr || !button->isEnabled()) {
            return false;
        }
        button->click();
        test::drainEvents();
        return true;
    }
    void TearDown() override
    {
        window.reset();
        if (clusters) {
            EXPECT_EQ(clusters->at(0).offline().attempts, 0);
        }
        EXPECT_EQ(dialogs.unexpected, 0);
    }

    Theme theme;
    DialogsFake dialogs;
    ManualClock clock{fixtures::sceneTime()};
    std::unique_ptr<fixtures::FixtureRegistry> clusters;
    fixtures::FixtureUpgradeService upgrades;
    fixtures::FixtureRunService runs;
    std::vector<store::ActivityEntry> log; ///< newest first
    std::vector<int> logReads;             ///< how much was asked of it
    service::ActivityFeed activity{[this](int countMax) {
        logReads.push_back(countMax);
        const auto count = std::min(log.size(), static_cast<size_t>(countMax));
        return std::vector<store::ActivityEntry>(log.begin(),
                                                 log.begin() + static_cast<std::ptrdiff_t>(count));
    }};
    Result<service::EvidenceIdentity> evidence = service::EvidenceIdentity{};
    std::unique_ptr<UiContext> context;
    std::unique_ptr<MainWindow> window;
};

} // namespace quorate::ui
