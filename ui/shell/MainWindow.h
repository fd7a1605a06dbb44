// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cluster/NodeActions.h"
#include "ui/cluster/Pane.h"
#include "ui/common/Card.h"

#include <QMainWindow>

#include <functional>

class QLabel;
class QTimer;

namespace quorate::ui {

class ClusterHeader;
class ClusterList;
class ConnectDialog;
class PaneStack;
class UpgradePane;

/// The window. It shows what services publish and sends what people ask for; runs go on without it.
/// Closing it while a run or an act is under way hides it (`hiddenWhileRunning`); the program ends
/// when nothing is under way (`workEnded`).
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(const UiContext& context, QWidget* parent = nullptr);
    ~MainWindow() override;

    void showCluster(const ClusterId& id);
    [[nodiscard]] std::optional<ClusterId> currentCluster() const;
    /// By object name: "overviewPane", "nodesPane", "upgradePane", "activityPane", "servicesPane".
    void showPane(const QString& name);
    void openConnectDialog(const QString& clusterFile = {});
    [[nodiscard]] UpgradePane& upgradePane();
    [[nodiscard]] NodeActions& nodeActions() { return *m_nodeActions; }
    [[nodiscard]] bool isRunUnderWay() const;
    [[nodiscard]] bool isActUnderWay() const; ///< on any of the clusters
    /// While anything is, the program goes on without a window.
    [[nodiscard]] bool isAnythingUnderWay() const { return isRunUnderWay() || isActUnderWay(); }

Q_SIGNALS:
    void hiddenWhileRunning();
    void quitWanted(); ///< may come more than once
    void workEnded();  ///< a run or an act has ended, and nothing else is under way

protected:
    void paintEvent(QPaintEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    QWidget* grounded(QWidget* content, Surface::Ground ground, Qt::Edges hairlines);
    void makePanes();
    void addPane(const QString& name, const QString& title, std::function<Pane*(QWidget*)> make);
    void makeMenus();
    void makeClusterMenu();
    void quit();
    void stopActsAndQuit();
    void quitWhenStopped();
    [[nodiscard]] std::vector<service::ActProgress> actsUnderWay() const; ///< on all clusters
    void changeReadOnly(bool on);
    void changeLeaseNamespace();
    void makeEditMenu();
    void makeViewMenu();
    void makeHelpMenu();
    void showAbout();
    void makeStatusStrip();
    void watchWork();
    void watchActs();
    void onRunChanged(const RunId& id);
    void onActChanged(const service::ActProgress& progress);
    void tellWhenNothingIsUnderWay();
    void followLink(const QString& target);
    void refreshStatusStrip();
    void tick();
    [[nodiscard]] service::ClusterService* cluster() const;
    ConnectDialog& makeConnectDialog(); ///< deletes itself when it is closed
    void askPassword();
    void decideTrust(); ///< about a certificate that is not trusted, or no longer
    void removeCluster();
    void restoreLayout();

    const UiContext& m_context;
    NodeActions* m_nodeActions = nullptr;
    ClusterList* m_list = nullptr;
    ClusterHeader* m_header = nullptr;
    PaneStack* m_stack = nullptr;
    bool m_wasPainted = false;
    bool m_quits = false; ///< as soon as what can be stopped has given back its lease
    QLabel* m_connectionLabel = nullptr;
    QLabel* m_workLabel = nullptr;
    QLabel* m_messageLabel = nullptr;
    QLabel* m_userLabel = nullptr;
    QAction* m_readOnlyAction = nullptr;
    QAction* m_leaseAction = nullptr;
    QTimer* m_timer = nullptr;
    std::optional<ClusterId> m_current;
};

} // namespace quorate::ui
