// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/service/ActivityFeed.h"
#include "core/service/ClusterRegistry.h"
#include "core/service/ReportGlue.h"
#include "core/service/RunService.h"
#include "core/service/UpgradeService.h"
#include "ui/common/Dialogs.h"
#include "ui/common/Theme.h"

#include <functional>

class QSettings;

namespace quorate::ui {

/// What windows and panes are given instead of globals. Everything in it outlives them; `settings`
/// may be null (then layouts are not remembered).
struct UiContext {
    Theme& theme;
    Dialogs& dialogs;
    const Clock& clock;
    service::ClusterRegistry& clusters;
    service::UpgradeService& upgrades;
    service::RunService& runs;
    service::ActivityFeed& activity;
    /// Whose key signs evidence here; asked for when a person wants to see it.
    std::function<Async<service::EvidenceIdentity>()> evidence;
    QSettings* settings = nullptr;
    QString userName;
    QString home; ///< where reports and backups go by default
};

} // namespace quorate::ui
