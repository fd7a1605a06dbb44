// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/MainWindow.h"

#include "ui/activity/ActivityPane.h"
#include "ui/cluster/NodesPane.h"
#include "ui/cluster/OverviewPane.h"
#include "ui/common/Format.h"
#include "ui/connect/ConnectDialog.h"
#include "ui/services/ServicesPane.h"
#include "ui/shell/ClusterHeader.h"
#include "ui/shell/ClusterList.h"
#include "ui/shell/PaneStack.h"
#include "ui/upgrade/UpgradePane.h"

#include <QCloseEvent>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QStatusBar>
#include <QTabBar>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace quorate::ui {
namespace {

constexpr auto kGeometryKey = "window/geometry";
constexpr QSize kFirstSize{1280, 800};   ///< look/README
constexpr Millis kStatusAge{1500};       ///< a service that lives has a new one each second
constexpr QSize kSmallestSize{900, 600}; ///< below the 1024 × 700 that must fit

} // namespace

MainWindow::MainWindow(const UiContext& context, QWidget* parent)
    : QMainWindow(parent)
    , m_context(context)
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Quorate"));
    setMinimumSize(kSmallestSize);
    m_nodeActions = new NodeActions(context, this);
    m_list = new ClusterList(context, this);
    m_header = new ClusterHeader(context, this);
    m_stack = new PaneStack(this);
    makePanes();

    auto* central = new QWidget(this);
    auto* row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    auto* main = new QWidget(central);
    auto* column = new QVBoxLayout(main);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(grounded(m_header, Surface::Ground::Panel, Qt::BottomEdge));
    column->addWidget(m_stack, 1);
    m_list->setFixedWidth(context.theme.px(232));
    row->addWidget(grounded(m_list, Surface::Ground::Side, Qt::RightEdge));
    row->addWidget(main, 1);
    setCentralWidget(central);
    makeMenus();
    makeStatusStrip();
    watchWork();

    connect(m_list, &ClusterList::clusterChosen, this, &MainWindow::showCluster);
    connect(m_list, &ClusterList::connectRequested, this, [this] { openConnectDialog(); });
    connect(m_list, &ClusterList::workChosen, this, &MainWindow::followLink);
    connect(&context.clusters, &service::ClusterRegistry::clustersChanged, this, [this] {
        const auto ids = m_context.clusters.clusters();
        if (!m_current || m_context.clusters.service(*m_current) == nullptr) {
            ids.empty() ? showCluster(ClusterId{}) : showCluster(ids.front());
        }
    });
    m_timer = new QTimer(this);
    connect(m_timer, &QTimer::timeout, this, &MainWindow::tick);
    m_timer->setTimerType(Qt::VeryCoarseTimer); // when the services' timers wake us, too
    m_timer->start(Seconds(1));
    restoreLayout();
    m_stack->showPane(0);
    context.activity.look();
    const auto ids = context.clusters.clusters();
    showCluster(ids.empty() ? ClusterId{} : ids.front());
}

MainWindow::~MainWindow() = default;

QWidget* MainWindow::grounded(QWidget* content, Surface::Ground ground, Qt::Edges hairlines)
{
    auto* surface = new Surface(m_context.theme, ground, hairlines, this);
    auto* column = new QVBoxLayout(surface);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(content);
    return surface;
}

void MainWindow::makePanes()
{
    const auto fillMenu = [this](QMenu& menu, const QStringList& ids) {
        if (!ids.isEmpty()) {
            m_nodeActions->setNode(ids.front());
            menu.addActions(m_nodeActions->actions());
        }
    };
    connect(m_stack, &PaneStack::paneMade, this, [this](Pane* pane) {
        connect(pane, &Pane::nodeChosen, m_nodeActions, &NodeActions::setNode);
        connect(pane, &Pane::linkChosen, this, &MainWindow::followLink);
    });
    addPane(QStringLiteral("overviewPane"), tr("Overview"), [this, fillMenu](QWidget* parent) {
        auto* overview = new OverviewPane(m_context, parent);
        overview->setRowMenu(fillMenu);
        return overview;
    });
    addPane(QStringLiteral("nodesPane"), tr("Nodes"), [this, fillMenu](QWidget* parent) {
        auto* nodes = new NodesPane(m_context, *m_nodeActions, parent);
        nodes->setRowMenu(fillMenu);
        return nodes;
    });
    addPane(QStringLiteral("upgradePane"), tr("Packages && upgrade"),
            [this](QWidget* parent) { return new UpgradePane(m_context, parent); });
    addPane(QStringLiteral("activityPane"), tr("Activity"),
            [this](QWidget* parent) { return new ActivityPane(m_context, parent); });
    addPane(QStringLiteral("servicesPane"), tr("Services"),
            [this](QWidget* parent) { return new ServicesPane(m_context, parent); });
    connect(m_header->tabs(), &QTabBar::currentChanged, this, [this](int index) {
        if (index >= 0) {
            m_stack->showPane(index);
            m_stack->shownPane()->tick();
        }
    });
}

void MainWindow::addPane(const QString& name, const QString& title,
                         std::function<Pane*(QWidget*)> make)
{
    m_stack->add({name, title, std::move(make)});
    m_header->tabs()->addTab(title);
}

UpgradePane& MainWindow::upgradePane()
{
    return *static_cast<UpgradePane*>(
        m_stack->pane(m_stack->indexOfName(QStringLiteral("upgradePane"))));
}

service::ClusterService* MainWindow::cluster() const
{
    return m_current ? m_context.clusters.service(*m_current) : nullptr;
}

std::optional<ClusterId> MainWindow::currentCluster() const { return m_current; }

void MainWindow::showCluster(const ClusterId& id)
{
    m_current = id.isEmpty() ? std::nullopt : std::optional(id);
    auto* now = cluster();
    // All of them, since a cluster begins in the foreground: a window that opens on five asks one
    // of them often.
    for (const ClusterId& each : m_context.clusters.clusters()) {
        if (auto* service = m_context.clusters.service(each)) {
            service->setForeground(service == now);
        }
    }
    if (now != nullptr) {
        m_list->setCurrent(id);
    }
    m_nodeActions->setCluster(now);
    m_header->setCluster(now);
    m_stack->setCluster(now);
    // Only some platforms list what runs on them.
    m_header->tabs()->setTabVisible(
        m_stack->indexOfName(QStringLiteral("servicesPane")),
        now != nullptr && now->status()->identity.platform == QLatin1String("kubernetes"));
    m_readOnlyAction->setEnabled(now != nullptr);
    m_leaseAction->setEnabled(now != nullptr);
    m_readOnlyAction->setChecked(now != nullptr && now->status()->readOnly);
    setWindowTitle(now != nullptr ? tr("%1 — Quorate").arg(now->status()->identity.name)
                                  : tr("Quorate"));
    refreshStatusStrip();
}

void MainWindow::showPane(const QString& name)
{
    if (const int index = m_stack->indexOfName(name); index >= 0) {
        m_header->tabs()->setCurrentIndex(index);
        m_stack->showPane(index); // it is the first tab already
    }
}

void MainWindow::followLink(const QString& target)
{
    if (target == QLatin1String("sign-in")) {
        askPassword();
    } else if (target == QLatin1String("trust")) {
        decideTrust();
    } else if (target == QLatin1String("refresh")) {
        if (auto* service = cluster()) {
            deliver(service->refresh(), this, [](const Result<service::StatusPtr>&) {});
        }
    } else if (target == QLatin1String("obligations")) {
        showPane(QStringLiteral("upgradePane"));
    } else {
        showPane(target + QStringLiteral("Pane"));
    }
}

ConnectDialog& MainWindow::makeConnectDialog()
{
    auto* dialog = new ConnectDialog(m_context, this);
    connect(dialog, &ConnectDialog::connected, this, &MainWindow::showCluster);
    return *dialog;
}

void MainWindow::openConnectDialog(const QString& clusterFile)
{
    ConnectDialog& dialog = makeConnectDialog();
    if (!clusterFile.isEmpty()) {
        dialog.setClusterFile(clusterFile);
    }
    dialog.open();
}

void MainWindow::decideTrust()
{
    auto* service = cluster();
    if (service == nullptr) {
        return;
    }
    ConnectDialog& dialog = makeConnectDialog();
    dialog.setKnown(service->clusterFile(), service->status()->user);
    dialog.open();
}

void MainWindow::askPassword()
{
    auto* service = cluster();
    if (service == nullptr) {
        return;
    }
    const QString user = service->status()->user;
    m_context.dialogs.askText({.title = tr("Sign in to %1").arg(service->status()->identity.name),
                               .label = tr("Password of %1").arg(user),
                               .text = {},
                               .action = tr("Sign in"),
                               .secret = true},
                              [this, service, user](const QString& password) {
                                  if (password.isNull()) {
                                      return;
                                  }
                                  deliver(service->signIn(user, Secret(password.toUtf8()), true),
                                          this, [this](const Result<bool>& done) {
                                              if (!done) {
                                                  m_context.dialogs.showError(done.error(), [] {});
                                              }
                                          });
                              });
}

void MainWindow::removeCluster()
{
    auto* service = cluster();
    if (service == nullptr) {
        return;
    }
    const ClusterId id = *m_current;
    m_context.dialogs.confirm(
        {.title = tr("Forget %1").arg(service->status()->identity.name),
         .action = tr("Forget the cluster"),
         .quorumSentence = {},
         .consequence = tr("Quorate forgets its addresses, pins and password. The cluster itself "
                           "is not touched.")},
        [this, id](bool yes) {
            if (!yes) {
                return;
            }
            if (const auto removed = m_context.clusters.remove(id); !removed) {
                m_context.dialogs.showError(removed.error(), [] {});
            }
        });
}

void MainWindow::watchWork()
{
    connect(&m_context.runs, &service::RunService::runChanged, this, &MainWindow::onRunChanged);
    connect(&m_context.clusters, &service::ClusterRegistry::clustersChanged, this,
            &MainWindow::watchActs);
    watchActs();
}

void MainWindow::watchActs()
{
    for (const ClusterId& id : m_context.clusters.clusters()) {
        if (auto* service = m_context.clusters.service(id)) {
            connect(service, &service::ClusterService::actChanged, this, &MainWindow::onActChanged,
                    Qt::UniqueConnection);
        }
    }
}

bool MainWindow::isRunUnderWay() const
{
    for (const auto& view : m_context.runs.runs()) {
        if (view->phase == run::RunPhase::Running || view->phase == run::RunPhase::Resuming
            || view->phase == run::RunPhase::Pausing || view->phase == run::RunPhase::Cancelling) {
            return true;
        }
    }
    return false;
}

bool MainWindow::isActUnderWay() const { return !actsUnderWay().empty(); }

/// Not when one is paused: it waits for a person, who is to be told.
void MainWindow::onRunChanged(const RunId& id)
{
    refreshStatusStrip();
    const auto view = m_context.runs.view(id);
    if (view != nullptr && run::isEnded(view->phase)) {
        tellWhenNothingIsUnderWay();
    }
}

void MainWindow::onActChanged(const service::ActProgress& progress)
{
    if (progress.ended) {
        quitWhenStopped();
        tellWhenNothingIsUnderWay();
    }
}

void MainWindow::tellWhenNothingIsUnderWay()
{
    if (!isAnythingUnderWay()) {
        Q_EMIT workEnded();
    }
}

void MainWindow::paintEvent(QPaintEvent* event)
{
    QMainWindow::paintEvent(event);
    if (!m_wasPainted) {
        m_wasPainted = true;
        QTimer::singleShot(0, m_stack, &PaneStack::makeRest);
    }
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_context.settings != nullptr) {
        m_context.settings->setValue(QLatin1String(kGeometryKey), saveGeometry());
    }
    QMainWindow::closeEvent(event);
    if (isAnythingUnderWay()) {
        Q_EMIT hiddenWhileRunning();
    }
}

void MainWindow::restoreLayout()
{
    resize(kFirstSize);
    if (m_context.settings != nullptr) {
        restoreGeometry(m_context.settings->value(QLatin1String(kGeometryKey)).toByteArray());
    }
}

void MainWindow::tick()
{
    if (!isVisible()) {
        return;
    }
    m_context.activity.look();
    const auto* now = cluster();
    if (now == nullptr || m_context.clock.now() - now->status()->assessedAt > kStatusAge) {
        m_header->refresh();
        m_list->refresh();
        m_stack->shownPane()->tick();
    } else {
        m_list->refreshWork(); // a status that has just come has shown all else
    }
    refreshStatusStrip();
}

} // namespace quorate::ui
