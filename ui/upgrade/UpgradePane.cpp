// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/upgrade/UpgradePane.h"

#include "ui/upgrade/RunPage.h"
#include "ui/upgrade/StartPage.h"
#include "ui/upgrade/UpgradeWizard.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace quorate::ui {

UpgradePane::UpgradePane(const UiContext& context, QWidget* parent)
    : Pane(parent)
    , m_context(context)
{
    const Theme& theme = context.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16));
    m_stack = new QStackedWidget(this);
    m_start = new StartPage(context, m_stack);
    m_run = new RunPage(context, m_stack);
    m_stack->addWidget(m_start);
    m_stack->addWidget(m_run);
    column->addWidget(m_stack);
    connect(m_start, &StartPage::wizardRequested, this, &UpgradePane::startWizard);
    connect(m_start, &StartPage::runChosen, this, &UpgradePane::showRun);
    connect(m_run, &RunPage::closed, this, [this] {
        m_run->showRun(std::nullopt);
        m_stack->setCurrentWidget(m_start);
        m_start->refresh();
    });
    connect(&context.runs, &service::RunService::runsChanged, this, &UpgradePane::findRun);
}

void UpgradePane::onOtherCluster()
{
    delete m_wizard;
    m_wizard = nullptr;
    m_run->showRun(std::nullopt);
    m_start->setCluster(cluster());
    m_stack->setCurrentWidget(m_start);
    findRun();
}

/// A run that is under way is what a person comes here for, also after the program was started
/// again.
void UpgradePane::findRun()
{
    m_start->refresh();
    if (cluster() == nullptr || m_wizard != nullptr || m_run->run()) {
        return;
    }
    if (const auto active = m_context.runs.activeRun(cluster()->status()->identity.id)) {
        showRun(*active);
    }
}

void UpgradePane::refresh()
{
    if (m_stack->currentWidget() == m_run) {
        m_run->refresh();
    } else if (m_stack->currentWidget() == m_start) {
        findRun();
    }
}

void UpgradePane::startWizard()
{
    if (cluster() == nullptr) {
        return;
    }
    if (const auto active = m_context.runs.activeRun(cluster()->status()->identity.id)) {
        showRun(*active);
        return;
    }
    if (m_wizard == nullptr
        && !m_context.runs.damagedRuns(cluster()->status()->identity.id).empty()) {
        m_run->showRun(std::nullopt);
        m_stack->setCurrentWidget(m_start); // says why
        m_start->refresh();
        return;
    }
    if (m_wizard == nullptr) {
        m_wizard = new UpgradeWizard(m_context, *cluster(), m_stack);
        m_stack->addWidget(m_wizard);
        connect(m_wizard, &UpgradeWizard::started, this, &UpgradePane::showRun);
        connect(m_wizard, &UpgradeWizard::closed, this, [this] {
            m_wizard->deleteLater();
            m_wizard = nullptr;
            m_stack->setCurrentWidget(m_start);
        });
    }
    m_stack->setCurrentWidget(m_wizard);
}

void UpgradePane::showRun(const RunId& id)
{
    if (m_wizard != nullptr) {
        m_wizard->deleteLater();
        m_wizard = nullptr;
    }
    m_run->showRun(id);
    m_stack->setCurrentWidget(m_run);
}

} // namespace quorate::ui
