// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator sees when something is left over, damaged, changed or could not be known.
#include "app/screenshots/Scenes.h"

#include "ui/connect/ConnectDialog.h"
#include "ui/upgrade/UpgradePane.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QDialog>

#include <algorithm>

namespace quorate::scenes {
namespace {

using fixtures::gatewayProd;

/// A run whose journal has a record that cannot be read.
QWidget* damagedRun(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
    stage->runs.damaged = {
        {RunId{QStringLiteral("5c20")}, gatewayProd().identity.id,
         makeError(ErrorKind::Storage, QStringLiteral("journal-damaged"),
                   QStringLiteral("Record 31 of the journal of run 5c20 cannot be read"),
                   QStringLiteral("Restore the store from a backup"))}};
    Q_EMIT stage->runs.runsChanged();
    stage->window->showPane(QStringLiteral("upgradePane"));
    return stage->window.get();
}

/// A run that ended before it had undone everything.
run::RunView leftOpen()
{
    auto view = fixtures::runSucceeded();
    view.phase = run::RunPhase::Failed;
    for (auto& obligation : view.obligations) {
        obligation.closedAt.reset();
    }
    return view;
}

/// Shown on a cluster that is read-only.
QWidget* obligationsLeft(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    auto status = gatewayProd();
    status.readOnly = true;
    stage = std::make_unique<Stage>(theme, fleet(std::move(status)));
    stage->runs.add(leftOpen());
    stage->window->showPane(QStringLiteral("overviewPane"));
    return stage->window.get();
}

QWidget* obligationsOfRun(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
    stage->runs.add(leftOpen());
    stage->window->showPane(QStringLiteral("upgradePane"));
    stage->window->upgradePane().showRun(leftOpen().id);
    return stage->window.get();
}

QWidget* restored(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    obligationsOfRun(stage, theme);
    stage->window->findChild<QAbstractButton*>(QStringLiteral("restoredButton"))->click();
    return stage->window->findChild<QDialog*>();
}

/// The node offers another certificate than the one that was accepted.
QWidget* changedCertificate(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
    auto* dialog = new ui::ConnectDialog(stage->context, stage->window.get());
    dialog->setAttribute(Qt::WA_DontShowOnScreen);
    dialog->show();
    net::CertificateInfo info;
    info.subject = QStringLiteral("node-2.example.com");
    info.issuer = info.subject;
    info.names = {info.subject, QStringLiteral("10.20.0.12")};
    info.notBefore = QDateTime(QDate(2026, 2, 27), QTime(0, 0), Qt::UTC);
    info.notAfter = QDateTime(QDate(2027, 2, 27), QTime(0, 0), Qt::UTC);
    info.keyText = QStringLiteral("EC P-256");
    info.sha256 =
        QByteArray::fromHex("71d3c05e9a2284bb60f71d3c05e9a2284bb60f71d3c05e9a2284bb60f71d3c05");
    info.selfSigned = true;
    service::ConnectOutcome outcome;
    outcome.need = service::ConnectOutcome::Need::Trust;
    outcome.certificates = {info};
    outcome.hostPorts = {QStringLiteral("10.20.0.12:9443")};
    outcome.reason = net::trustError(
        {net::TrustDecision::Changed,
         QStringLiteral("The certificate of 10.20.0.12:9443 is no longer the one that was "
                        "accepted; compare its fingerprint with the node's before you accept it")},
        outcome.hostPorts.front());
    stage->clusters.nextOutcome = outcome;
    dialog->setKnown(stage->clusters.at(0).clusterFile(), QStringLiteral("ops1"));
    QCoreApplication::processEvents(); // tidy: the answer arrives
    return dialog;
}

/// The console was cut off for a while: how many were ready then, nobody knows.
QWidget* unknownVoters(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
    auto view = fixtures::runSucceeded();
    const auto cut = std::ranges::find(view.votersSeen, 2, &run::VotersPoint::ready);
    if (cut != view.votersSeen.end()) {
        view.votersSeen.insert(
            cut + 1, {cut->at + std::chrono::minutes(3), 0, cut->voters, /*known*/ false});
        view.votersSeen.insert(cut + 2, {cut->at + std::chrono::minutes(8), 2, cut->voters});
    }
    const RunId id = view.id;
    stage->runs.add(std::move(view));
    stage->window->showPane(QStringLiteral("upgradePane"));
    stage->window->upgradePane().showRun(id);
    return stage->window.get();
}

/// Quitting while a drain is under way.
QWidget* quitQuestion(std::unique_ptr<Stage>& stage, ui::Theme& theme)
{
    stage = std::make_unique<Stage>(theme, fleet(gatewayProd()));
    service::ActProgress drain;
    drain.node = NodeId{QStringLiteral("node-2")};
    drain.act = act::Drain{};
    drain.canStop = true;
    stage->clusters.at(0).underWay = {drain};
    stage->window->findChild<QAction*>(QStringLiteral("quitAction"))->trigger();
    return stage->window->findChild<QDialog*>();
}

} // namespace

std::vector<Scene> troubleScenes()
{
    return {
        {QStringLiteral("start-damaged-run"), damagedRun},
        {QStringLiteral("obligations-left"), obligationsLeft},
        {QStringLiteral("run-obligations-left"), obligationsOfRun},
        {QStringLiteral("run-restored"), restored},
        {QStringLiteral("connect-changed"), changedCertificate},
        {QStringLiteral("run-voters-unknown"), unknownVoters},
        {QStringLiteral("quit-during-act"), quitQuestion},
    };
}

} // namespace quorate::scenes
