// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/Pane.h"

class QStackedWidget;

namespace quorate::ui {

class RunPage;
class StartPage;
class UpgradeWizard;

/// Packages & upgrade: what is staged and which runs there were; the wizard; the run view while a
/// run is under way.
class UpgradePane final : public Pane {
    Q_OBJECT

public:
    UpgradePane(const UiContext& context, QWidget* parent);
    /// Opens the wizard for the chosen cluster, or the run that is under way; or the page that says
    /// which run cannot be read and stands in its way.
    void startWizard();
    void showRun(const RunId& id);
    [[nodiscard]] UpgradeWizard* wizard() const { return m_wizard; } ///< null while it is not open
    [[nodiscard]] RunPage& runPage() { return *m_run; }

protected:
    void refresh() override;
    void onOtherCluster() override;

private:
    void findRun();

    const UiContext& m_context;
    QStackedWidget* m_stack = nullptr;
    StartPage* m_start = nullptr;
    UpgradeWizard* m_wizard = nullptr;
    RunPage* m_run = nullptr;
};

} // namespace quorate::ui
