// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/fixtures/FixtureRuns.h"
#include "tests/fixtures/FixtureServices.h"
#include "ui/common/WidgetDialogs.h"
#include "ui/shell/MainWindow.h"

#include <memory>

namespace quorate::scenes {

/// Everything one picture needs: the real window over fixture services and a clock that stands
/// still.
struct Stage {
    ui::Theme& theme;
    ManualClock clock{fixtures::sceneTime()};
    fixtures::FixtureRegistry clusters;
    fixtures::FixtureUpgradeService upgrades;
    fixtures::FixtureRunService runs;
    service::ActivityFeed activity;
    ui::WidgetDialogs dialogs;
    ui::UiContext context;
    std::unique_ptr<ui::MainWindow> window;

    Stage(ui::Theme& shown, std::vector<service::ClusterStatus> statuses);
};

struct Scene {
    QString name;
    /// Builds the stage; returns the widget to picture (the window, or a dialog of it).
    std::function<QWidget*(std::unique_ptr<Stage>& stage, ui::Theme& theme)> build;
};
[[nodiscard]] std::vector<Scene> catalogue();
[[nodiscard]] std::vector<Scene> kubernetesScenes(); ///< part of it
[[nodiscard]] std::vector<Scene> troubleScenes();    ///< part of it

/// A cluster in front of the others of every picture.
std::vector<service::ClusterStatus> fleet(service::ClusterStatus first);

} // namespace quorate::scenes
