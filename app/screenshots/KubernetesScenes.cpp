// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/screenshots/Scenes.h"

#include "core/procedure/Loader.h"
#include "ui/common/TableView.h"
#include "ui/connect/ConnectDialog.h"
#include "ui/upgrade/UpgradePane.h"
#include "ui/upgrade/UpgradeWizard.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>

namespace quorate::scenes {
namespace {

using Page = ui::UpgradeController::Page;
using ConnectState = ui::ConnectController::State;

/// The shop's cluster, with what runs on it.
void open(std::unique_ptr<Stage>& stage, ui::Theme& theme, bool readOnly = false)
{
    auto status = fixtures::shopKube();
    status.readOnly = readOnly;
    stage = std::make_unique<Stage>(theme, fleet(std::move(status)));
    stage->clusters.at(0).offline().nextInventory = fixtures::shopInventory();
}

void showServices(Stage& stage)
{
    stage.window->showPane(QStringLiteral("servicesPane"));
    QCoreApplication::processEvents(); // tidy: the inventory arrives
    stage.window->findChild<ui::TableView*>(QStringLiteral("workloadTable"))
        ->selectId(QStringLiteral("deployment shop/worker"));
}

QWidget* dialogAfter(Stage& stage, const char* action)
{
    stage.window->findChild<QAction*>(QString::fromLatin1(action))->trigger();
    return stage.window->findChild<QDialog*>();
}

QWidget* services(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    open(stage, theme);
    showServices(*stage);
    return stage->window.get();
}

QWidget* redeploy(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    open(stage, theme);
    showServices(*stage);
    stage->window->findChild<QPushButton*>(QStringLiteral("redeployButton"))->click();
    return stage->window->findChild<QDialog*>();
}

QWidget* nodesForbidden(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    open(stage, theme);
    auto& able = stage->clusters.at(0).offline().able;
    able.acts.erase(QStringLiteral("drain"));
    able.forbidden[QStringLiteral("drain")] =
        QStringLiteral("The cluster's rules forbid it: this user may not create pods/eviction");
    stage->clusters.at(0).setStatus(*stage->clusters.at(0).status());
    stage->window->showPane(QStringLiteral("nodesPane"));
    return stage->window.get();
}

QWidget* readOnly(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    open(stage, theme, true);
    stage->window->showPane(QStringLiteral("overviewPane"));
    return stage->window.get();
}

QWidget* allowChanges(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    open(stage, theme, true);
    return dialogAfter(*stage, "readOnlyAction");
}

QWidget* drain(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    open(stage, theme);
    stage->window->nodeActions().setNode(QStringLiteral("cp-2"));
    return dialogAfter(*stage, "drainAction");
}

const char* const kKubeconfig = R"(apiVersion: v1
kind: Config
current-context: shop-prod
clusters:
- {name: shop, cluster: {server: "https://10.30.0.11:6443"}}
users:
- name: ops1
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      interactiveMode: Never
      command: /usr/bin/env
      args: [shop-sign-in, --realm, shop.example.com, --user, ops1]
contexts:
- {name: shop-prod, context: {cluster: shop, user: ops1}}
- {name: shop-staging, context: {cluster: shop, user: ops1, namespace: maintenance}}
- {name: shop-lab, context: {cluster: shop, user: ops1}}
)";

/// The dialog with a kubeconfig in it, as far as `until`.
QWidget* kubeconfig(std::unique_ptr<Stage>& stage, ui::Theme& theme, ConnectState until,
                    const char* text)
{
    open(stage, theme);
    const QTemporaryDir folder;
    const QString before = QDir::currentPath();
    QDir::setCurrent(folder.path()); // so that messages name the file as a person would
    QFile file(QStringLiteral("config"));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) < 0) {
        return nullptr;
    }
    file.close();
    auto* dialog = new ui::ConnectDialog(stage->context, stage->window.get());
    dialog->setAttribute(Qt::WA_DontShowOnScreen);
    dialog->show();
    dialog->setClusterFile(file.fileName());
    if (until == ConnectState::Program) {
        dialog->controller().useContext(QStringLiteral("shop-prod"));
    }
    QDir::setCurrent(before);
    return dialog->controller().state() == until ? dialog : nullptr;
}

/// The same with the part about etcd unfolded, and a file that is not there.
QWidget* etcdFiles(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    QWidget* dialog = kubeconfig(stage, theme, ConnectState::Context, kKubeconfig);
    dialog->findChild<QAbstractButton*>(QStringLiteral("etcdButton"))->click();
    const auto fill = [dialog](const char* field, const char* path) {
        dialog->findChild<QLineEdit*>(QString::fromLatin1(field))
            ->setText(QString::fromLatin1(path));
    };
    fill("etcdCertificateEdit", "etcd-client.crt");
    fill("etcdKeyEdit", "etcd-client.key");
    fill("etcdAuthorityEdit", "etcd-ca.crt");
    dialog->findChild<QAbstractButton*>(QStringLiteral("nextButton"))->click();
    return dialog;
}

/// A lease of somebody else, in a namespace of its own.
QWidget* leaseHeld(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    open(stage, theme);
    auto status = *stage->clusters.at(0).status();
    platform::Lease lease;
    lease.owner = QStringLiteral("ops2@desk-14, run 7f3a");
    lease.acquiredAt = stage->clock.now() - std::chrono::minutes(4);
    lease.expiresAt = stage->clock.now() + Seconds(140);
    status.lease = lease;
    status.leaseNamespace = QStringLiteral("maintenance");
    stage->clusters.at(0).setStatus(status);
    stage->window->showPane(QStringLiteral("overviewPane"));
    return stage->window.get();
}

QWidget* moveLease(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    leaseHeld(stage, theme);
    return dialogAfter(*stage, "leaseAction");
}

void prepareMaintenance(Stage& stage)
{
    stage.upgrades.shipped =
        procedure::loadProcedures().value_or(std::vector<procedure::Procedure>{});
    const auto snapshot = stage.clusters.at(0).status()->snapshot;
    for (const auto& method : stage.upgrades.procedures(SystemKind::Generic)) {
        if (method.platform == QLatin1String("kubernetes")) {
            procedure::CheckContext context;
            context.now = stage.clock.now();
            procedure::PlanOptions options;
            options.capabilities = fixtures::kubeCapabilities().acts;
            stage.upgrades.nextChecks = procedure::runChecks(method.checks, *snapshot, context);
            stage.upgrades.nextPlan = procedure::makePlan(method, *snapshot, std::nullopt, options);
        }
    }
    stage.upgrades.nextSummary.runs = 300;
    stage.upgrades.nextSummary.sentence =
        QStringLiteral("300 runs with faults: 0 violations. Lowest margin 0 while a node is out.");
}

QWidget* maintenance(std::unique_ptr<Stage>& stage, ui::Theme& theme, Page page)
{
    open(stage, theme);
    prepareMaintenance(*stage);
    stage->window->showPane(QStringLiteral("upgradePane"));
    stage->window->upgradePane().startWizard();
    auto& controller = stage->window->upgradePane().wizard()->controller();
    for (int guard = 0; controller.page() < page && guard < 200; ++guard) {
        QCoreApplication::processEvents(); // tidy: scenes have no event loop of their own
        controller.goOn();
    }
    QCoreApplication::processEvents(); // tidy: the last answers arrive
    return stage->window.get();
}

} // namespace

std::vector<Scene> kubernetesScenes()
{
    return {
        {QStringLiteral("kube-services"), services},
        {QStringLiteral("kube-redeploy"), redeploy},
        {QStringLiteral("kube-nodes-forbidden"), nodesForbidden},
        {QStringLiteral("kube-read-only"), readOnly},
        {QStringLiteral("kube-allow-changes"), allowChanges},
        {QStringLiteral("kube-drain"), drain},
        {QStringLiteral("kubeconfig-context"),
         [](auto& stage, auto& theme) {
             return kubeconfig(stage, theme, ConnectState::Context, kKubeconfig);
         }},
        {QStringLiteral("kubeconfig-etcd"), etcdFiles},
        {QStringLiteral("kube-lease-held"), leaseHeld},
        {QStringLiteral("kube-lease-move"), moveLease},
        {QStringLiteral("kubeconfig-program"),
         [](auto& stage, auto& theme) {
             return kubeconfig(stage, theme, ConnectState::Program, kKubeconfig);
         }},
        {QStringLiteral("kubeconfig-wrong"),
         [](auto& stage, auto& theme) {
             return kubeconfig(stage, theme, ConnectState::Source,
                               "apiVersion: v1\nkind: Config\nusers:\n- ops1\n");
         }},
        {QStringLiteral("maintenance-1-method"),
         [](auto& stage, auto& theme) { return maintenance(stage, theme, Page::Method); }},
        {QStringLiteral("maintenance-3-plan"),
         [](auto& stage, auto& theme) { return maintenance(stage, theme, Page::Plan); }},
    };
}

} // namespace quorate::scenes
