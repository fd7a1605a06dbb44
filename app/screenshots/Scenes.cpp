// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/screenshots/Scenes.h"

#include "core/procedure/Loader.h"
#include "ui/connect/ConnectDialog.h"
#include "ui/upgrade/UpgradePane.h"
#include "ui/upgrade/UpgradeWizard.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QLineEdit>

#include <algorithm>
#include <iterator>

namespace quorate::scenes {
namespace {

using fixtures::gatewayProd;
using Page = ui::UpgradeController::Page;

std::vector<store::ActivityEntry> activityOf(int countMax)
{
    const auto entry = [](qint64 number, int minutesAgo, const char* kind, const char* text) {
        store::ActivityEntry made;
        made.sequence = number;
        made.at = fixtures::sceneTime() - std::chrono::minutes(minutesAgo);
        made.actor = QStringLiteral("ops1");
        made.cluster = gatewayProd().identity.id;
        made.kind = QString::fromLatin1(kind);
        made.text = QString::fromUtf8(text);
        return made;
    };
    std::vector<store::ActivityEntry> entries{
        entry(4, 11, "run", "Run 7f3a: node-3 is back on 14.2.0, stable for 2 min"),
        entry(3, 37, "run", "Run 7f3a started: upgrade to 14.2.0, one node at a time"),
        entry(2, 52, "act", "Backup taken and downloaded with its key"),
        entry(1, 1212, "act", "node-2 rebooted; ready again after 11 min")};
    entries.resize(std::min(entries.size(), static_cast<size_t>(countMax)));
    return entries;
}

Async<service::EvidenceIdentity> evidenceOf()
{
    return ready<service::EvidenceIdentity>(service::EvidenceIdentity{
        .subject = QStringLiteral("CN=Quorate evidence, ops1@console"),
        .sha256 =
            QByteArray::fromHex("4b07c2915e3d88a4f160b27d93c5ea124b07c2915e3d88a4f160b27d93c5ea12"),
        .reason = {}});
}

Package samplePackage()
{
    Package package;
    package.path = QStringLiteral("/srv/packages/mss-appliance-14.2.0.qpkg");
    package.manifest = {QStringLiteral("mss-appliance"),
                        SystemKind::Mss,
                        Version{14, 2, 0, 0},
                        {{Version{14, 0, 0, 0}, Version{14, 2, 0, 0}}},
                        QStringLiteral("Security fixes; a reboot is needed.")};
    package.sizeBytes = 268'435'456;
    package.sha256 =
        QByteArray::fromHex("9c1e40d2aa7be1f09c1e40d2aa7be1f09c1e40d2aa7be1f09c1e40d2aa7be1f0");
    package.signedBy = QStringLiteral("Example Publisher CA 3");
    return package;
}

void prepareUpgrade(Stage& stage)
{
    stage.upgrades.shipped =
        procedure::loadProcedures().value_or(std::vector<procedure::Procedure>{});
    stage.upgrades.nextPackage = samplePackage();
    const auto fitting = stage.upgrades.procedures(SystemKind::Mss);
    if (fitting.empty()) {
        return;
    }
    const auto status = stage.clusters.at(0).status();
    procedure::CheckContext context;
    context.now = stage.clock.now();
    context.package = samplePackage().id();
    context.packageSha256 = samplePackage().sha256;
    context.packageBytes = samplePackage().sizeBytes;
    context.targetVersion = samplePackage().manifest.version;
    stage.upgrades.nextChecks =
        procedure::runChecks(fitting.front().checks, *status->snapshot, context);
    procedure::PlanOptions options;
    options.capabilities = fixtures::applianceCapabilities().acts;
    stage.upgrades.nextPlan =
        procedure::makePlan(fitting.front(), *status->snapshot, samplePackage(), options);
    stage.upgrades.nextSummary.runs = 300;
    stage.upgrades.nextSummary.sentence =
        QStringLiteral("300 runs with faults: 0 violations. Lowest margin 0 while a node is out.");
}

/// Walks the wizard to a page by its controller.
void walkTo(Stage& stage, Page page)
{
    prepareUpgrade(stage);
    stage.window->showPane(QStringLiteral("upgradePane"));
    stage.window->upgradePane().startWizard();
    auto& controller = stage.window->upgradePane().wizard()->controller();
    controller.choosePackage(samplePackage().path);
    QCoreApplication::sendPostedEvents();
    for (int guard = 0; controller.page() < page && guard < 200; ++guard) {
        QCoreApplication::processEvents(); // tidy: scenes have no event loop of their own
        for (const auto& warning : controller.warnings()) {
            controller.accept(warning.id, true);
        }
        if (controller.page() == Page::Plan) {
            if (auto* consent =
                    stage.window->findChild<QLineEdit*>(QStringLiteral("consentEdit"))) {
                consent->setText(controller.consentWord());
            }
        }
        controller.goOn();
    }
    QCoreApplication::processEvents(); // tidy: the last answers arrive
}

std::vector<platform::StagingProgress> stagingScript()
{
    using Phase = platform::StagingProgress::Phase;
    const auto row = [](const char* node, double share, double rate, Phase phase) {
        platform::StagingProgress made;
        made.node = NodeId{QString::fromLatin1(node)};
        made.bytesTotal = 268'435'456;
        made.bytesDone = static_cast<qint64>(268'435'456 * share);
        made.bytesPerSecond = rate;
        made.phase = phase;
        return made;
    };
    return {row("node-1", 0.62, 96e6, Phase::Sending), row("node-2", 1.0, 0, Phase::Verifying),
            row("node-3", 1.0, 0, Phase::Done)};
}

Scene paneScene(const char* name, const char* pane, service::ClusterStatus (*status)())
{
    return {QString::fromLatin1(name),
            [pane, status](std::unique_ptr<Stage>& stage, ui::Theme& theme) -> QWidget* {
                stage = std::make_unique<Stage>(theme, fleet(status()));
                stage->window->showPane(QString::fromLatin1(pane));
                return stage->window.get();
            }};
}

Scene wizardScene(const char* name, Page page)
{
    return {QString::fromLatin1(name),
            [page](std::unique_ptr<Stage>& stage, ui::Theme& theme) -> QWidget* {
                stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
                walkTo(*stage, page);
                if (page == Page::Staging) {
                    stage->upgrades.stagingScript = stagingScript();
                    stage->upgrades.holdStaging = true;
                    stage->window->upgradePane().wizard()->controller().startStaging();
                }
                return stage->window.get();
            }};
}

Scene runScene(const char* name, run::RunView (*view)(), service::ClusterStatus (*status)())
{
    return {QString::fromLatin1(name),
            [view, status](std::unique_ptr<Stage>& stage, ui::Theme& theme) -> QWidget* {
                stage = std::make_unique<Stage>(theme, fleet(status()));
                stage->runs.add(view());
                stage->window->showPane(QStringLiteral("upgradePane"));
                stage->window->upgradePane().showRun(view().id);
                return stage->window.get();
            }};
}

QWidget* connectDialog(std::unique_ptr<Stage>& stage, ui::Theme& theme, bool trust)
{
    stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
    auto* dialog = new ui::ConnectDialog(stage->context, stage->window.get());
    dialog->setAttribute(Qt::WA_DontShowOnScreen);
    dialog->show();
    if (trust) {
        service::ConnectOutcome outcome;
        outcome.need = service::ConnectOutcome::Need::Trust;
        net::CertificateInfo info;
        info.subject = QStringLiteral("gateway.example.com");
        info.issuer = QStringLiteral("gateway.example.com");
        info.names = {QStringLiteral("gateway.example.com"), QStringLiteral("10.20.0.11")};
        info.notBefore = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
        info.notAfter = QDateTime(QDate(2027, 1, 1), QTime(0, 0), Qt::UTC);
        info.keyText = QStringLiteral("EC P-256");
        info.sha256 = samplePackage().sha256;
        info.selfSigned = true;
        outcome.certificates = {info};
        outcome.hostPorts = {QStringLiteral("gateway.example.com:9443")};
        stage->clusters.nextOutcome = outcome;
        dialog->controller().useAddress(QStringLiteral("gateway.example.com"));
        QCoreApplication::processEvents(); // tidy: the answer arrives
    }
    return dialog;
}

} // namespace

std::vector<service::ClusterStatus> fleet(service::ClusterStatus first)
{
    return {std::move(first), fixtures::keysEmea(), fixtures::hostAccess(), fixtures::labStale()};
}

Stage::Stage(ui::Theme& shown, std::vector<service::ClusterStatus> statuses)
    : theme(shown)
    , clusters(std::move(statuses))
    , activity(activityOf)
    , dialogs(shown, nullptr)
    , context{shown, dialogs,  clock,      clusters, upgrades,
              runs,  activity, evidenceOf, nullptr,  QStringLiteral("ops1"),
              {}}
    , window(std::make_unique<ui::MainWindow>(context))
{
    dialogs.setParent(window.get());
    window->setAttribute(Qt::WA_DontShowOnScreen);
    window->show(); // first, as for a person: what comes later comes into a window that is seen
    for (int index = 0; index < static_cast<int>(clusters.clusters().size()); ++index) {
        auto& cluster = clusters.at(index);
        cluster.offline().able = cluster.status()->identity.platform == QLatin1String("kubernetes")
                                     ? fixtures::kubeCapabilities()
                                     : fixtures::applianceCapabilities();
        cluster.setStatus(*cluster.status()); // what can be done is looked at with each status
    }
}

std::vector<Scene> catalogue()
{
    std::vector<Scene> scenes{
        paneScene("overview", "overviewPane", gatewayProd),
        paneScene("overview-upgrading", "overviewPane", fixtures::gatewayProdUpgrading),
        paneScene("overview-lost", "overviewPane", fixtures::gatewayProdLost),
        paneScene("overview-cut-off", "overviewPane", fixtures::gatewayProdCutOff),
        paneScene("nodes", "nodesPane", gatewayProd),
        paneScene("upgrade-start", "upgradePane", gatewayProd),
        paneScene("activity", "activityPane", gatewayProd),
        wizardScene("wizard-1-package", Page::Package),
        wizardScene("wizard-2-method", Page::Method),
        wizardScene("wizard-3-checks", Page::Checks),
        wizardScene("wizard-4-plan", Page::Plan),
        wizardScene("wizard-5-staging", Page::Staging),
        runScene("run", fixtures::runAtNodeTwo, fixtures::gatewayProdUpgrading),
        runScene("run-paused", fixtures::runPausedWrongVersion, gatewayProd),
        runScene("run-report", fixtures::runSucceeded, gatewayProd),
    };
    scenes.push_back({QStringLiteral("connect"),
                      [](auto& stage, auto& theme) { return connectDialog(stage, theme, false); }});
    scenes.push_back({QStringLiteral("connect-trust"),
                      [](auto& stage, auto& theme) { return connectDialog(stage, theme, true); }});
    scenes.push_back(
        {QStringLiteral("about"), [](std::unique_ptr<Stage>& stage, ui::Theme& theme) -> QWidget* {
             stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
             stage->window->findChild<QAction*>(QStringLiteral("aboutAction"))->trigger();
             QCoreApplication::processEvents(); // tidy: the answer arrives
             return stage->window->findChild<QDialog*>();
         }});
    scenes.push_back({QStringLiteral("refusal"),
                      [](std::unique_ptr<Stage>& stage, ui::Theme& theme) -> QWidget* {
                          stage = std::make_unique<Stage>(theme,
                                                          fleet(fixtures::gatewayProdUpgrading()));
                          stage->window->nodeActions().setNode(QStringLiteral("node-1"));
                          stage->window->nodeActions().trigger(act::Reboot{});
                          return stage->window->findChild<QDialog*>();
                      }});
    scenes.push_back({QStringLiteral("confirm"),
                      [](std::unique_ptr<Stage>& stage, ui::Theme& theme) -> QWidget* {
                          stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
                          stage->window->nodeActions().setNode(QStringLiteral("node-2"));
                          stage->window->nodeActions().trigger(act::Shutdown{});
                          return stage->window->findChild<QDialog*>();
                      }});
    for (auto part : {kubernetesScenes(), troubleScenes()}) {
        std::ranges::move(part, std::back_inserter(scenes));
    }
    return scenes;
}

} // namespace quorate::scenes
