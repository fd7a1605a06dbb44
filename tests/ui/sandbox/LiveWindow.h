// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/Test.h"

#include "core/service/Services.h"
#include "tests/integration/ctl/Ctl.h"
#include "ui/common/WidgetDialogs.h"
#include "ui/connect/ConnectDialog.h"
#include "ui/shell/MainWindow.h"

#include <QAbstractButton>

namespace quorate::ui {

using sandboxtest::PracticeCluster;

/// One step at a node, or one answer of a process; far more than either takes.
constexpr Millis kStepLimit = Seconds(60);

/// The program without its main(): services with a store on disk and the window over them, against
/// a practice cluster of its own. Questions are real dialogs, answered by pressing their buttons.
class LiveWindow : public testing::Test {
protected:
    explicit LiveWindow(int speed = 600)
        : m_cluster(QStringLiteral("mss"), 3, speed)
    {}
    void SetUp() override { ASSERT_TRUE(m_cluster.isUp()); }
    /// Whatever the test did: no secret was left in a file, nor is one on the screen.
    void TearDown() override;

    void openProgram();
    /// Another window over the same services; the one before is gone.
    void openWindow();
    void closeProgram(); ///< as a quit: nothing but the store is left
    /// Opens the cluster's own file and waits until every node is ready.
    void connectCluster();
    /// A cluster file that names neither the cluster's authority nor its credentials.
    [[nodiscard]] QString bareClusterFile() const;
    [[nodiscard]] QString password() const { return m_cluster.password(); }

    [[nodiscard]] ConnectDialog* connectDialog() const;
    [[nodiscard]] service::ClusterService* service() const;
    [[nodiscard]] bool hasReady(int nodes) const;
    /// The last run of the cluster; null: none.
    [[nodiscard]] service::RunViewPtr run() const;
    /// Presses a button of the window or of one of its dialogs, once it can be pressed.
    bool press(const QString& name, Millis limit = kStepLimit);
    /// The first visible widget of that name, wherever it is.
    [[nodiscard]] QWidget* visible(const QString& name) const;
    /// All that a widget says: its labels, top to bottom.
    [[nodiscard]] static QString spoken(const QWidget& widget);
    /// All text that a widget and its children hold, seen or not: what a screen reader, a copy or a
    /// picture could take from it.
    [[nodiscard]] static QString everyTextOf(const QWidget& widget);

    [[nodiscard]] PracticeCluster& cluster() { return m_cluster; }
    [[nodiscard]] QString home() const
    {
        return m_cluster.temporary().path(QStringLiteral("home"));
    }
    [[nodiscard]] MainWindow& window() { return *m_window; }
    [[nodiscard]] service::Services& services() { return *m_services; }

private:
    PracticeCluster m_cluster;
    Theme m_theme;
    std::unique_ptr<service::Services> m_services;
    std::unique_ptr<WidgetDialogs> m_dialogs;
    std::unique_ptr<UiContext> m_context;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace quorate::ui
