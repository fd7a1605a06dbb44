// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/upgrade/UpgradeWizard.h"

#include "ui/common/Labels.h"
#include "ui/common/Notices.h"
#include "ui/upgrade/WizardPages.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace quorate::ui {

using Page = UpgradeController::Page;

namespace {

/// In the order of Page.
QStringList stepTitles()
{
    return {UpgradeWizard::tr("Package"), UpgradeWizard::tr("Method"), UpgradeWizard::tr("Checks"),
            UpgradeWizard::tr("Plan"), UpgradeWizard::tr("Staging")};
}

} // namespace

UpgradeWizard::UpgradeWizard(const UiContext& context, service::ClusterService& cluster,
                             QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    setObjectName(QStringLiteral("upgradeWizard"));
    const Theme& theme = context.theme;
    m_controller = new UpgradeController(context, cluster, this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(12));
    auto* names = new QHBoxLayout;
    names->setSpacing(theme.px(20));
    for (qsizetype step = 0; step < stepTitles().size(); ++step) {
        m_stepNames.push_back(new TextLabel(theme, TextStyle::Body, {}, this, Tone::Muted));
        names->addWidget(m_stepNames.back());
    }
    names->addStretch(1);
    column->addLayout(names);
    m_notice = new NoticeBar(theme, this);
    m_notice->setObjectName(QStringLiteral("wizardNotice"));
    column->addWidget(m_notice);
    m_stack = new QStackedWidget(this);
    m_pages = {new PackagePage(context, *m_controller, m_stack),
               new MethodPage(context, *m_controller, m_stack),
               new ChecksPage(context, *m_controller, m_stack),
               new PlanPage(context, *m_controller, m_stack),
               new StagingPage(context, *m_controller, m_stack)};
    for (WizardPage* page : m_pages) {
        m_stack->addWidget(page);
    }
    column->addWidget(m_stack, 1);
    column->addWidget(makeFooter());
    connect(m_controller, &UpgradeController::changed, this, &UpgradeWizard::refresh);
    connect(m_controller, &UpgradeController::started, this, &UpgradeWizard::started);
    refresh();
}

QWidget* UpgradeWizard::makeFooter()
{
    auto* footer = new QWidget(this);
    auto* row = new QHBoxLayout(footer);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(m_context.theme.px(8));
    auto* close = new QPushButton(tr("Close"), footer);
    close->setObjectName(QStringLiteral("wizardCloseButton"));
    m_reason = new TextLabel(m_context.theme, TextStyle::Body, {}, footer, Tone::Muted);
    m_reason->setObjectName(QStringLiteral("wizardReason"));
    m_reason->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_reason->setWordWrap(true);
    m_back = new QPushButton(tr("Back"), footer);
    m_back->setObjectName(QStringLiteral("wizardBackButton"));
    m_next = new QPushButton(footer);
    m_next->setObjectName(QStringLiteral("wizardNextButton"));
    m_next->setProperty("kind", QStringLiteral("primary"));
    row->addWidget(close);
    row->addWidget(m_reason, 1);
    row->addWidget(m_back);
    row->addWidget(m_next);
    connect(close, &QPushButton::clicked, this, &UpgradeWizard::closed);
    connect(m_back, &QPushButton::clicked, m_controller, &UpgradeController::goBack);
    connect(m_next, &QPushButton::clicked, m_controller, &UpgradeController::goOn);
    return footer;
}

QString UpgradeWizard::nextText() const
{
    switch (m_controller->page()) {
    case Page::Package: return tr("Choose the method");
    case Page::Method: return tr("Run the checks");
    case Page::Checks: return tr("Make the plan");
    case Page::Plan: return m_controller->needsPackage() ? tr("Go to staging") : tr("Start");
    case Page::Staging:
        return m_controller->plan() && m_controller->plan()->order.size() > 1
                   ? tr("Start the upgrade of %1 nodes").arg(m_controller->plan()->order.size())
                   : tr("Start the upgrade");
    }
    return {};
}

void UpgradeWizard::refresh()
{
    const auto index = static_cast<size_t>(m_controller->page());
    int number = 0;
    for (size_t step = 0; step < m_stepNames.size(); ++step) {
        const bool isOfPackage = step == static_cast<size_t>(Page::Package)
                                 || step == static_cast<size_t>(Page::Staging);
        const bool isShown = m_controller->needsPackage() || !isOfPackage;
        number += isShown ? 1 : 0;
        m_stepNames[step]->setVisible(isShown);
        m_stepNames[step]->setText(
            QStringLiteral("%1 %2").arg(number).arg(stepTitles().at(static_cast<qsizetype>(step))));
        m_stepNames[step]->setTextStyle(step == index ? TextStyle::Strong : TextStyle::Body);
        m_stepNames[step]->setTone(step == index  ? Tone::Accent
                                   : step < index ? Tone::Plain
                                                  : Tone::Muted);
    }
    if (m_controller->problem()) {
        m_notice->setError(*m_controller->problem());
    } else {
        m_notice->setNotice(Glyph::None, Tone::Plain, {});
    }
    m_pages[index]->refresh();
    m_stack->setCurrentIndex(static_cast<int>(index));
    m_back->setEnabled(m_controller->page() != m_controller->firstPage()
                       && !m_controller->isStaging());
    m_next->setText(nextText());
    m_next->setEnabled(m_controller->canGoOn());
    m_reason->setText(m_controller->whyNot());
}

} // namespace quorate::ui
