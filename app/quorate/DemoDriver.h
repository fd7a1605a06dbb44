// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/Services.h"
#include "ui/shell/MainWindow.h"

#include <QElapsedTimer>
#include <QTimer>

namespace quorate::app {

/// Plays the guided upgrade of a practice cluster by itself: presses the real buttons of the real
/// window, saves a picture of each stage and the run's report, and ends the program. A run that was
/// cut short is resumed instead. Refuses any other cluster.
class DemoDriver final : public QObject {
    Q_OBJECT

public:
    struct Options {
        QString folder; ///< where pictures and report go
        QString packageFile;
        Millis look{1500}; ///< a person would look that long before going on
    };
    DemoDriver(Options options, ui::MainWindow& window, service::Services& services,
               QObject* parent);
    void start();

Q_SIGNALS:
    void finished(int exitCode);

private:
    enum class Stage {
        Connect,
        Overview,
        Nodes,
        Package,
        Method,
        Checks,
        Plan,
        Staging,
        Run,
        Report
    };
    void poll();
    [[nodiscard]] bool advance();   ///< true when the stage is over
    [[nodiscard]] bool isThere();   ///< the cluster, as far as the next stage needs it
    [[nodiscard]] bool startOver(); ///< to the wizard, or to the run that was cut short
    [[nodiscard]] bool openWizard();
    [[nodiscard]] bool driveWizard();
    [[nodiscard]] bool watchRun();
    void saveReport();
    void exportReport(const run::RunView& view);
    void picture(const QString& name);
    bool press(const QString& objectName);
    void end(int exitCode, const QString& sentence);
    [[nodiscard]] service::ClusterService* cluster() const;

    Options m_options;
    ui::MainWindow& m_window;
    service::Services& m_services;
    QTimer m_timer;
    QElapsedTimer m_stageClock;
    Stage m_stage = Stage::Connect;
    int m_pictures = 0;
    std::optional<RunId> m_run;
    int m_picturedStep = 0;
    bool m_ended = false;
};

} // namespace quorate::app
