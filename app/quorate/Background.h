// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"

#include <QObject>
#include <QSystemTrayIcon>

namespace quorate::service {
class RunService;
}
namespace quorate::ui {
class MainWindow;
class Theme;
} // namespace quorate::ui

namespace quorate::app {

/// The program ends with its last window, unless a run or an act is under way: then it goes on in
/// the background until that has ended; the tray icon, or a second start, brings the window back.
/// Main thread. What it is made with outlives it.
class Background final : public QObject {
    Q_OBJECT

public:
    Background(ui::MainWindow& window, service::RunService& runs, const ui::Theme& theme);
    void showWindow();
    [[nodiscard]] QString toolTip() const { return m_tray.toolTip(); }

Q_SIGNALS:
    /// The person wants to quit, or all that kept the hidden program has ended: how is in the
    /// store, and the next start shows it.
    void finished();

private:
    void goOn();
    void onRunChanged(const RunId& id);
    void sayWhat();

    ui::MainWindow& m_window;
    service::RunService& m_runs;
    QSystemTrayIcon m_tray;
};

} // namespace quorate::app
