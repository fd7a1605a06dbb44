// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/EvidenceText.h"
#include "ui/cluster/NodesPane.h"
#include "ui/common/Format.h"
#include "ui/common/TableView.h"
#include "ui/shell/ClusterHeader.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/PaneStack.h"
#include "ui/upgrade/UpgradePane.h"

#include <QActionGroup>
#include <QApplication>
#include <QDesktopServices>
#include <QLabel>
#include <QMenuBar>
#include <QSettings>
#include <QStatusBar>
#include <QTabBar>
#include <QTimer>
#include <QUrl>

#include <algorithm>
#include <iterator>

namespace quorate::ui {
namespace {

constexpr Millis kStopLimit = Seconds(6); ///< an act that was stopped gives its lease back in 5 s
constexpr double kTextScaleStep = 0.25;
constexpr double kTextScaleMin = 0.75;
constexpr double kTextScaleMax = 2.0; ///< look/README: tested up to 200 %

QAction* add(QMenu* menu, const QString& text, const QString& name, const QKeySequence& keys = {})
{
    QAction* action = menu->addAction(text);
    action->setObjectName(name);
    action->setShortcut(keys);
    return action;
}

} // namespace

void MainWindow::makeMenus()
{
    makeClusterMenu();
    makeEditMenu();
    makeViewMenu();
    QMenu* node = menuBar()->addMenu(tr("&Node"));
    node->setToolTipsVisible(true);
    node->addActions(m_nodeActions->actions());
    QMenu* packages = menuBar()->addMenu(tr("&Packages"));
    connect(
        add(packages, tr("&Upgrade…"), QStringLiteral("upgradeAction"), QKeySequence(tr("Ctrl+U"))),
        &QAction::triggered, this, [this] {
            showPane(QStringLiteral("upgradePane"));
            upgradePane().startWizard();
        });
    connect(add(packages, tr("Upgrades and &runs"), QStringLiteral("runsAction")),
            &QAction::triggered, this, [this] { showPane(QStringLiteral("upgradePane")); });
    makeHelpMenu();
    connect(m_nodeActions, &NodeActions::started, this,
            [this](const QString& sentence) { m_messageLabel->setText(sentence); });
    connect(m_nodeActions, &NodeActions::finished, this,
            [this](const QString& sentence) { m_messageLabel->setText(sentence); });
}

void MainWindow::makeClusterMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Cluster"));
    connect(add(menu, tr("&Connect…"), QStringLiteral("connectAction"), QKeySequence(tr("Ctrl+N"))),
            &QAction::triggered, this, [this] { openConnectDialog(); });
    connect(add(menu, tr("&Ask every node now"), QStringLiteral("refreshAction"),
                QKeySequence::Refresh),
            &QAction::triggered, this, [this] { followLink(QStringLiteral("refresh")); });
    connect(add(menu, tr("&Sign in…"), QStringLiteral("signInAction")), &QAction::triggered, this,
            &MainWindow::askPassword);
    m_readOnlyAction = add(menu, tr("&Read-only"), QStringLiteral("readOnlyAction"));
    m_readOnlyAction->setCheckable(true);
    connect(m_readOnlyAction, &QAction::triggered, this, &MainWindow::changeReadOnly);
    m_leaseAction = add(menu, tr("Maintenance &lease…"), QStringLiteral("leaseAction"));
    connect(m_leaseAction, &QAction::triggered, this, &MainWindow::changeLeaseNamespace);
    connect(add(menu, tr("&Forget this cluster…"), QStringLiteral("forgetAction")),
            &QAction::triggered, this, &MainWindow::removeCluster);
    menu->addSeparator();
    connect(add(menu, tr("Close &window"), QStringLiteral("closeAction"), QKeySequence::Close),
            &QAction::triggered, this, &QWidget::close);
    connect(add(menu, tr("&Quit"), QStringLiteral("quitAction"), QKeySequence::Quit),
            &QAction::triggered, this, &MainWindow::quit);
}

std::vector<service::ActProgress> MainWindow::actsUnderWay() const
{
    std::vector<service::ActProgress> acts;
    for (const ClusterId& id : m_context.clusters.clusters()) {
        if (const auto* service = m_context.clusters.service(id)) {
            std::ranges::copy(service->activeActs(), std::back_inserter(acts));
        }
    }
    return acts;
}

/// Asks first while anything is under way.
void MainWindow::quit()
{
    if (!isAnythingUnderWay()) {
        Q_EMIT quitWanted();
        return;
    }
    const bool run = isRunUnderWay();
    const auto acts = actsUnderWay();
    const auto any = [&acts](auto what) { return std::ranges::any_of(acts, what); };
    QStringList consequence{tr("What was sent to a node goes on there.")};
    if (run) {
        consequence << tr("Quorate asks every node and offers to resume the run when it is started "
                          "again.");
    }
    if (any([](const auto& act) { return act.canStop && !act.byHand; })) {
        consequence << tr("A drain stops where it is: its node takes no new work until it is "
                          "resumed.");
    }
    if (any([](const auto& act) { return act.byHand; })) {
        consequence << tr("What is done by hand on a node is watched no longer.");
    }
    if (any([](const auto& act) { return !act.canStop; })) {
        consequence << tr("An act that cannot be stopped is followed no further: until its lease "
                          "ends by itself, in up to 3 minutes, no other change is let through.");
    }
    const bool act = !acts.empty();
    consequence << (run ? act ? tr("Closing the window instead lets both go on.")
                              : tr("Closing the window instead lets the run go on.")
                        : tr("Closing the window instead lets the act go on."));
    m_context.dialogs.confirm(
        {.title = run ? act ? tr("A run and an act are under way") : tr("A run is under way")
                      : tr("An act is under way"),
         .action = tr("Quit"),
         .quorumSentence = {},
         .consequence = consequence.join(QLatin1Char(' '))},
        [this](bool yes) {
            if (yes) {
                stopActsAndQuit();
            }
        });
}

/// What can be stopped gives its lease back first: else no other change would be let through until
/// that has ended by itself.
void MainWindow::stopActsAndQuit()
{
    m_quits = true;
    setEnabled(false);
    m_messageLabel->setText(tr("Stopping"));
    for (const ClusterId& id : m_context.clusters.clusters()) {
        auto* service = m_context.clusters.service(id);
        for (const auto& act :
             service ? service->activeActs() : std::vector<service::ActProgress>()) {
            if (act.canStop && !act.ended) {
                static_cast<void>(service->stopWaiting(act.node));
            }
        }
    }
    QTimer::singleShot(kStopLimit, this, &MainWindow::quitWanted);
    quitWhenStopped();
}

void MainWindow::quitWhenStopped()
{
    const auto acts = actsUnderWay();
    if (m_quits && std::ranges::none_of(acts, &service::ActProgress::canStop)) {
        Q_EMIT quitWanted();
    }
}

/// On at once; off only after a yes, and on production with the cluster's name typed.
void MainWindow::changeReadOnly(bool on)
{
    auto* service = cluster();
    if (service == nullptr || on) {
        if (service != nullptr) {
            service->setReadOnly(true);
        }
        refreshStatusStrip();
        return;
    }
    refreshStatusStrip(); // the tick stays until it is true
    const ClusterIdentity identity = service->status()->identity;
    Confirmation question;
    question.title = tr("Allow changes to %1").arg(identity.name);
    question.action = tr("Allow changes");
    question.quorumSentence = service->status()->assessment.sentence.text();
    question.quorumTone = Tone::Plain;
    question.consequence =
        tr("Until now nothing could be changed from here. From now on acts and runs are possible; "
           "each of them still asks first.");
    if (identity.environment == Environment::Production) {
        question.typedName = identity.name;
    }
    m_context.dialogs.confirm(question, [this, id = identity.id](bool yes) {
        if (auto* asked = yes ? m_context.clusters.service(id) : nullptr) {
            asked->setReadOnly(false);
        }
        refreshStatusStrip();
    });
}

/// Only some platforms have more than one place for it.
void MainWindow::changeLeaseNamespace()
{
    auto* service = cluster();
    if (service == nullptr) {
        return;
    }
    const auto status = service->status();
    m_context.dialogs.askText(
        {.title = tr("Maintenance lease of %1").arg(status->identity.name),
         .label = tr("Namespace that it is kept in; all consoles of one cluster must use the same, "
                     "or they do not see "
                     "each other's lease:"),
         .text = status->leaseNamespace,
         .action = tr("Keep it there")},
        [this, id = status->identity.id](const QString& typed) {
            auto* asked = typed.isNull() ? nullptr : m_context.clusters.service(id);
            if (asked == nullptr) {
                return;
            }
            deliver(asked->setLeaseNamespace(typed.trimmed()), this,
                    [this, typed](const Result<bool>& moved) {
                        if (moved) {
                            m_messageLabel->setText(
                                tr("The maintenance lease is kept in %1").arg(typed.trimmed()));
                        } else {
                            m_context.dialogs.showError(moved.error(), {});
                        }
                    });
        });
}

void MainWindow::makeEditMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Edit"));
    const auto onTable = [this](auto use) {
        return [this, use] {
            auto* table = qobject_cast<TableView*>(focusWidget());
            if (table != nullptr) {
                use(*table);
            }
        };
    };
    connect(add(menu, tr("&Copy rows as text"), QStringLiteral("copyAction")), &QAction::triggered,
            this, onTable([](TableView& table) { table.copyAction()->trigger(); }));
    connect(add(menu, tr("Copy rows as C&SV"), QStringLiteral("copyCsvAction")),
            &QAction::triggered, this,
            onTable([](TableView& table) { table.copyCsvAction()->trigger(); }));
    menu->addSeparator();
    connect(add(menu, tr("&Filter"), QStringLiteral("filterAction"), QKeySequence::Find),
            &QAction::triggered, this, [this] { m_stack->shownPane()->focusFilter(); });
}

void MainWindow::makeViewMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    for (int number = 0; number < m_stack->count(); ++number) {
        const PaneStack::Entry& pane = m_stack->entry(number);
        connect(add(menu, pane.title, pane.name + QStringLiteral("Action"),
                    QKeySequence(QStringLiteral("Ctrl+%1").arg(number + 1))),
                &QAction::triggered, this, [this, number] {
                    if (m_header->tabs()->isTabVisible(number)) {
                        m_header->tabs()->setCurrentIndex(number);
                    }
                });
    }
    menu->addSeparator();
    auto* group = new QActionGroup(this);
    const std::vector<std::pair<ThemeMode, QString>> modes{
        {ThemeMode::System, tr("Colours of the &desktop")},
        {ThemeMode::Light, tr("&Light")},
        {ThemeMode::Dark, tr("Da&rk")},
        {ThemeMode::HighContrast, tr("&High contrast")}};
    for (const auto& [mode, text] : modes) {
        QAction* action = group->addAction(menu->addAction(text));
        action->setObjectName(QStringLiteral("theme%1Action").arg(static_cast<int>(mode)));
        action->setCheckable(true);
        action->setChecked(m_context.theme.mode() == mode);
        connect(action, &QAction::triggered, this, [this, chosen = mode] {
            m_context.theme.setMode(chosen);
            if (m_context.settings != nullptr) {
                m_context.settings->setValue(QStringLiteral("theme"), static_cast<int>(chosen));
            }
        });
    }
    menu->addSeparator();
    const auto scale = [this](double by) {
        const double now = m_context.theme.textScale() + by;
        m_context.theme.setTextScale(std::clamp(now, kTextScaleMin, kTextScaleMax));
    };
    connect(add(menu, tr("Lar&ger text"), QStringLiteral("largerAction"), QKeySequence::ZoomIn),
            &QAction::triggered, this, [scale] { scale(kTextScaleStep); });
    connect(add(menu, tr("S&maller text"), QStringLiteral("smallerAction"), QKeySequence::ZoomOut),
            &QAction::triggered, this, [scale] { scale(-kTextScaleStep); });
    connect(add(menu, tr("Text as the des&ktop has it"), QStringLiteral("normalTextAction"),
                QKeySequence(tr("Ctrl+0"))),
            &QAction::triggered, this, [this] { m_context.theme.setTextScale(std::nullopt); });
}

void MainWindow::makeHelpMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    connect(add(menu, tr("&Guide"), QStringLiteral("guideAction"), QKeySequence::HelpContents),
            &QAction::triggered, this, [this] {
                m_context.dialogs.showMessage(
                    {.tone = Tone::Plain,
                     .title = tr("How Quorate works"),
                     .text = tr("The sentence under the cluster's name says whether it has its "
                                "quorum, and how old "
                                "that knowledge is. Every act that takes a node away is judged "
                                "first; a refusal says "
                                "why. Packages & upgrade leads through an upgrade: package, "
                                "method, checks, plan, "
                                "staging, run, report. The guide is in docs/guide.")},
                    [] {});
            });
    connect(add(menu, tr("&About Quorate"), QStringLiteral("aboutAction")), &QAction::triggered,
            this, &MainWindow::showAbout);
}

void MainWindow::showAbout()
{
    deliver(m_context.evidence(), this, [this](const Result<service::EvidenceIdentity>& identity) {
        const QString evidence = identity ? evidenceText(*identity) : describe(identity.error());
        m_context.dialogs.showMessage(
            {.tone = Tone::Plain,
             .title = tr("Quorate %1").arg(QApplication::applicationVersion()),
             .text = tr("A console for clustered appliances. Free software under the GNU "
                        "General Public License, version 3 or later.")
                     + QStringLiteral("\n\n") + evidence,
             .details = {}},
            [] {});
    });
}

void MainWindow::makeStatusStrip()
{
    const auto label = [this](const QString& name) {
        auto* made = new QLabel(this);
        made->setObjectName(name);
        return made;
    };
    m_connectionLabel = label(QStringLiteral("connectionLabel"));
    m_workLabel = label(QStringLiteral("workLabel"));
    m_messageLabel = label(QStringLiteral("messageLabel"));
    m_userLabel = label(QStringLiteral("userLabel"));
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(m_context.theme.px(12), 0, m_context.theme.px(12), 0);
    connect(&m_context.runs, &service::RunService::runsChanged, this,
            &MainWindow::refreshStatusStrip);
    statusBar()->addWidget(m_connectionLabel);
    statusBar()->addWidget(m_workLabel);
    statusBar()->addWidget(m_messageLabel, 1);
    statusBar()->addPermanentWidget(m_userLabel);
}

void MainWindow::refreshStatusStrip()
{
    auto* service = cluster();
    if (service == nullptr) {
        m_connectionLabel->setText(tr("Not connected"));
        m_workLabel->clear();
        m_userLabel->clear();
        return;
    }
    const auto status = service->status();
    m_readOnlyAction->setChecked(status->readOnly);
    m_leaseAction->setVisible(!status->leaseNamespace.isEmpty());
    m_connectionLabel->setText(tr("Connected to %1 of %2 nodes")
                                   .arg(status->nodesReachable)
                                   .arg(status->snapshot->nodes.size()));
    QString work;
    if (const auto active = m_context.runs.activeRun(status->identity.id)) {
        const auto view = m_context.runs.view(*active);
        work = tr("%1, step %2 of %3")
                   .arg(view->title.section(QStringLiteral(" · "), 0, 0))
                   .arg(view->stepNumber)
                   .arg(view->steps.size());
    }
    m_workLabel->setText(work);
    m_userLabel->setText(
        dotted({status->user, status->readOnly ? tr("read only") : tr("read and write")}));
}

} // namespace quorate::ui
