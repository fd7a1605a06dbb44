// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quorate/Background.h"

#include "core/service/RunService.h"
#include "ui/common/Theme.h"
#include "ui/shell/MainWindow.h"

#include <QApplication>

namespace quorate::app {

Background::Background(ui::MainWindow& window, service::RunService& runs, const ui::Theme& theme)
    : m_window(window)
    , m_runs(runs)
    , m_tray(theme.icon(ui::Glyph::Turning, ui::Tone::Accent))
{
    QApplication::setQuitOnLastWindowClosed(true);
    connect(&m_tray, &QSystemTrayIcon::activated, this, &Background::showWindow);
    connect(&window, &ui::MainWindow::hiddenWhileRunning, this, &Background::goOn);
    connect(&runs, &service::RunService::runChanged, this, &Background::onRunChanged);
    connect(&window, &ui::MainWindow::quitWanted, this, &Background::finished);
    connect(&window, &ui::MainWindow::workEnded, this, [this] {
        if (!m_window.isVisible()) {
            Q_EMIT finished();
        }
    });
}

void Background::showWindow()
{
    m_tray.hide();
    QApplication::setQuitOnLastWindowClosed(true);
    m_window.show();
    m_window.raise();
    m_window.activateWindow();
}

void Background::goOn()
{
    QApplication::setQuitOnLastWindowClosed(false);
    sayWhat();
    m_tray.show();
    m_tray.showMessage(m_window.isRunUnderWay() ? tr("The run goes on") : tr("The act goes on"),
                       tr("Start Quorate again, or click here, to see it."));
}

void Background::onRunChanged(const RunId& id)
{
    if (m_window.isVisible()) {
        return;
    }
    sayWhat();
    const auto view = m_runs.view(id);
    if (view != nullptr && view->phase == run::RunPhase::Paused) {
        m_tray.showMessage(tr("A run waits for you"), view->sentence);
    }
}

/// Again whenever a run changes: it may end while an act, or another run, goes on or waits.
void Background::sayWhat()
{
    m_tray.setToolTip(m_window.isRunUnderWay()   ? tr("Quorate: a run is under way")
                      : m_window.isActUnderWay() ? tr("Quorate: an act is under way")
                                                 : tr("Quorate: a run waits for you"));
}

} // namespace quorate::app
