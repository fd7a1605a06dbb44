// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quorate/DemoDriver.h"

#include "ui/upgrade/RunPage.h"
#include "ui/upgrade/UpgradePane.h"
#include "ui/upgrade/UpgradeWizard.h"

#include <QCheckBox>
#include <QDir>
#include <QLineEdit>
#include <QPixmap>
#include <QPushButton>
#include <QTextStream>

namespace quorate::app {
namespace {

constexpr Millis kPoll{200};
constexpr Millis kStageMax = std::chrono::minutes(2);
constexpr Millis kRunMax =
    std::chrono::minutes(20); ///< three nodes at 60 times the speed take about three
constexpr int kStepsPerPicture = 6;

void say(const QString& text) { QTextStream(stdout) << text << Qt::endl; }

} // namespace

DemoDriver::DemoDriver(Options options, ui::MainWindow& window, service::Services& services,
                       QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_window(window)
    , m_services(services)
{
    connect(&m_timer, &QTimer::timeout, this, &DemoDriver::poll);
}

void DemoDriver::start()
{
    QDir().mkpath(m_options.folder);
    m_stageClock.start();
    m_timer.start(kPoll);
}

service::ClusterService* DemoDriver::cluster() const
{
    const auto id = m_window.currentCluster();
    return id ? m_services.clusters().service(*id) : nullptr;
}

void DemoDriver::picture(const QString& name)
{
    const QString path = QStringLiteral("%1/%2-%3.png")
                             .arg(m_options.folder)
                             .arg(++m_pictures, 2, 10, QLatin1Char('0'))
                             .arg(name);
    if (m_window.grab().save(path)) {
        say(QStringLiteral("picture %1").arg(path));
    }
}

bool DemoDriver::press(const QString& objectName)
{
    auto* button = m_window.findChild<QAbstractButton*>(objectName);
    if (button == nullptr || !button->isEnabled() || !button->isVisible()) {
        return false;
    }
    button->click();
    return true;
}

void DemoDriver::end(int exitCode, const QString& sentence)
{
    m_timer.stop();
    m_ended = true;
    say(sentence);
    Q_EMIT finished(exitCode);
}

void DemoDriver::poll()
{
    const Millis limit = m_stage == Stage::Run ? kRunMax : kStageMax;
    if (m_stageClock.elapsed() > limit.count()) {
        picture(QStringLiteral("stuck"));
        end(1, QStringLiteral("demo: stage %1 did not end within its limit")
                   .arg(static_cast<int>(m_stage)));
        return;
    }
    if (m_stageClock.elapsed() < m_options.look.count() && m_stage != Stage::Run) {
        return;
    }
    if (advance() && !m_ended) {
        m_stage = static_cast<Stage>(static_cast<int>(m_stage) + 1);
        m_stageClock.restart();
    }
}

bool DemoDriver::advance()
{
    switch (m_stage) {
    case Stage::Connect: return isThere();
    case Stage::Overview:
        picture(QStringLiteral("overview"));
        m_window.showPane(QStringLiteral("nodesPane"));
        return true;
    case Stage::Nodes:
        picture(QStringLiteral("nodes"));
        m_window.showPane(QStringLiteral("upgradePane"));
        return startOver();
    case Stage::Package:
    case Stage::Method:
    case Stage::Checks:
    case Stage::Plan:
    case Stage::Staging: return driveWizard();
    case Stage::Run: return watchRun();
    case Stage::Report: saveReport(); return false;
    }
    return false;
}

bool DemoDriver::isThere()
{
    auto* service = cluster();
    if (service == nullptr) {
        return false;
    }
    const auto status = service->status();
    const bool cutShort = m_services.runs().activeRun(status->identity.id).has_value();
    const auto wanted = cutShort ? quorum::ClusterState::AtRisk : quorum::ClusterState::Quorate;
    if (status->assessment.state != quorum::ClusterState::Quorate
        && status->assessment.state != wanted) {
        return false;
    }
    if (!status->practice) {
        end(2, QStringLiteral("demo: this is no practice cluster; nothing was done"));
        return false;
    }
    say(status->assessment.sentence.text());
    m_window.showPane(QStringLiteral("overviewPane"));
    return true;
}

bool DemoDriver::startOver()
{
    const auto found = m_window.upgradePane().runPage().run();
    const auto view = found ? m_services.runs().view(*found) : nullptr;
    if (view == nullptr || run::isEnded(view->phase)) {
        return openWizard();
    }
    picture(QStringLiteral("found"));
    if (!press(QStringLiteral("offer-resume"))) {
        return false;
    }
    say(QStringLiteral("the window offers the run again: step %1 of %2")
            .arg(view->stepNumber)
            .arg(view->steps.size()));
    m_stage = Stage::Staging; // the next one is the run
    return true;
}

bool DemoDriver::openWizard()
{
    m_window.upgradePane().startWizard();
    if (auto* edit = m_window.findChild<QLineEdit*>(QStringLiteral("packageEdit"))) {
        edit->setText(m_options.packageFile);
    }
    return press(QStringLiteral("packageReadButton"));
}

bool DemoDriver::driveWizard()
{
    auto* wizard = m_window.upgradePane().wizard();
    if (wizard == nullptr) {
        return m_stage == Stage::Staging; // the run has started
    }
    auto& controller = wizard->controller();
    if (controller.problem()) {
        picture(QStringLiteral("problem"));
        end(1, QStringLiteral("demo: %1").arg(describe(*controller.problem())));
        return false;
    }
    if (m_stage == Stage::Plan) {
        for (const auto& warning : controller.warnings()) {
            if (auto* check =
                    m_window.findChild<QCheckBox*>(QStringLiteral("accept-%1").arg(warning.id))) {
                check->setChecked(true);
            }
        }
        if (auto* consent = m_window.findChild<QLineEdit*>(QStringLiteral("consentEdit"))) {
            consent->setText(controller.consentWord());
        }
    }
    if (m_stage == Stage::Staging && !controller.isStaged()) {
        if (!controller.isStaging() && press(QStringLiteral("stagingButton"))) {
            say(QStringLiteral("staging the package on every node"));
        } else if (controller.isStaging() && m_picturedStep == 0) {
            m_picturedStep = 1;
            picture(QStringLiteral("staging"));
        }
        return false;
    }
    if (!controller.canGoOn()) {
        return false;
    }
    static const QStringList names{QStringLiteral("package"), QStringLiteral("method"),
                                   QStringLiteral("checks"), QStringLiteral("plan"),
                                   QStringLiteral("staged")};
    picture(names.at(static_cast<int>(m_stage) - static_cast<int>(Stage::Package)));
    m_picturedStep = 0;
    return press(QStringLiteral("wizardNextButton"));
}

bool DemoDriver::watchRun()
{
    if (!m_run) {
        m_run = m_window.upgradePane().runPage().run();
        return false;
    }
    const auto view = m_services.runs().view(*m_run);
    if (view == nullptr) {
        return false;
    }
    if (view->stepNumber >= m_picturedStep + kStepsPerPicture) {
        m_picturedStep = view->stepNumber;
        picture(QStringLiteral("run-step-%1").arg(view->stepNumber));
        say(QStringLiteral("step %1 of %2: %3")
                .arg(view->stepNumber)
                .arg(view->steps.size())
                .arg(view->sentence));
    }
    const bool waits = view->phase == run::RunPhase::Paused && view->attention;
    if (waits
        && view->attention->code != QLatin1String("interrupted")) { // that one is being resumed
        picture(QStringLiteral("paused"));
        end(1, QStringLiteral("demo: the run waits for a person: %1 %2")
                   .arg(view->attention->title, view->attention->next));
        return false;
    }
    return run::isEnded(view->phase);
}

void DemoDriver::saveReport()
{
    m_timer.stop();
    const auto view = m_services.runs().view(*m_run);
    picture(QStringLiteral("report"));
    m_window.showPane(QStringLiteral("overviewPane"));
    // Not at once: a window that has just got other rows lays them out when the event loop runs.
    QTimer::singleShot(m_options.look, this, [this, view] {
        picture(QStringLiteral("overview-after"));
        exportReport(*view);
    });
}

void DemoDriver::exportReport(const run::RunView& view)
{
    const bool succeeded = view.phase == run::RunPhase::Succeeded;
    deliver(m_services.runs().exportReport(*m_run, m_options.folder), this,
            [this, succeeded, sentence = view.sentence](const Result<QStringList>& files) {
                if (!files) {
                    end(1, QStringLiteral("demo: %1").arg(describe(files.error())));
                    return;
                }
                say(QStringLiteral("report %1").arg(files->join(QLatin1Char(' '))));
                end(succeeded ? 0 : 1, sentence);
            });
}

} // namespace quorate::app
