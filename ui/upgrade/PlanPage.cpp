// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"
#include "ui/common/Card.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"
#include "ui/common/TableView.h"
#include "ui/upgrade/WizardPages.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace quorate::ui {

PlanPage::PlanPage(const UiContext& context, UpgradeController& controller, QWidget* parent)
    : WizardPage(context, controller, parent)
{
    setObjectName(QStringLiteral("planPage"));
    auto* lanesCard = new Card(theme(), tr("Forecast"), this);
    m_lanes = new LaneChart(theme(), lanesCard);
    m_lanes->setObjectName(QStringLiteral("planLanes"));
    lanesCard->add(m_lanes, 1);
    m_column->addWidget(lanesCard, 4);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme().px(14));
    auto* tableCard = new Card(theme(), {}, this, Card::Padding::Flush);
    m_model = makePlanTableModel(this);
    m_table = new TableView(theme(), tableCard);
    m_table->setObjectName(QStringLiteral("planTable"));
    m_table->setAccessibleName(tr("Steps of the plan"));
    m_table->setTable(m_model);
    m_table->setSortingEnabled(false);
    m_table->setEmptyText(tr("There is no plan yet."),
                          tr("It is made from what the nodes say now."));
    tableCard->add(m_table, 1);
    row->addWidget(tableCard, 2);
    row->addWidget(makeSide(), 1);
    m_column->addLayout(row, 5);
}

QWidget* PlanPage::makeSide()
{
    auto* card = new Card(theme(), tr("Before you start"), this, Card::Padding::Bare);
    auto* warnings = new QWidget(card); // first what a person has to decide
    m_warnings = new QVBoxLayout(warnings);
    m_warnings->setContentsMargins(0, 0, 0, 0);
    card->add(warnings);
    m_consentLabel = new TextLabel(theme(), TextStyle::Body, {}, card);
    m_consentLabel->setWordWrap(true);
    m_consent = new QLineEdit(card);
    m_consent->setObjectName(QStringLiteral("consentEdit"));
    card->add(m_consentLabel);
    card->add(m_consent);
    card->add(new TextLabel(theme(), TextStyle::CardTitle, tr("Simulation"), card, Tone::Muted));
    m_simulation = new TextLabel(theme(), TextStyle::Body, {}, card);
    m_simulation->setObjectName(QStringLiteral("simulationLabel"));
    m_simulation->setWordWrap(true);
    card->add(m_simulation);
    card->add(new TextLabel(theme(), TextStyle::CardTitle, tr("The plan"), card, Tone::Muted));
    m_facts = new KeyValueList(theme(), card);
    card->add(m_facts);
    auto* save = new QPushButton(tr("Save the plan…"), card);
    save->setObjectName(QStringLiteral("savePlanButton"));
    card->add(save);
    card->content()->addStretch(1);
    connect(m_consent, &QLineEdit::textChanged, &m_controller, &UpgradeController::typeConsent);
    connect(save, &QPushButton::clicked, this, &PlanPage::exportPlan);
    return makeScrollingCard(theme(), card, this);
}

void PlanPage::exportPlan()
{
    if (!m_controller.plan()) {
        return;
    }
    m_context.dialogs.askSaveFile(
        {.title = tr("Save the plan"),
         .directory = m_context.home,
         .fileName = QStringLiteral("plan.yaml"),
         .filters = {tr("Plans (*.yaml)")}},
        [this](const QString& path) {
            if (path.isEmpty() || !m_controller.plan()) {
                return;
            }
            QSaveFile file(path);
            const QByteArray text = procedure::toYaml(*m_controller.plan());
            if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()
                || !file.commit()) {
                m_context.dialogs.showError(
                    makeError(
                        ErrorKind::Storage, QStringLiteral("cannot-write"),
                        tr("The plan could not be written to %1: %2").arg(path, file.errorString()),
                        tr("Choose another folder")),
                    [] {});
            }
        });
}

void PlanPage::refresh()
{
    const auto& plan = m_controller.plan();
    if (!plan) {
        m_model->setRows({});
        m_lanes->setData({});
        m_simulation->setText(tr("Waits for the plan."));
        forgetAnswers();
        return;
    }
    const auto leader = m_controller.cluster().status()->assessment.leader;
    const LaneChartData lanes = lanesOf(*plan, leader, m_context.clock.now());
    if (m_lanes->data().lanes != lanes.lanes) {
        m_lanes->setData(lanes);
    }
    m_model->setRows(stepRows(*plan));
    QStringList order;
    for (const NodeId& node : plan->order) {
        order.append(node == leader ? tr("%1 (leader)").arg(node.value) : node.value);
    }
    std::vector<KeyValueItem> facts;
    if (m_controller.needsPackage()) {
        facts.push_back({tr("Target"), plan->targetVersion.toString(), TextStyle::Strong});
    }
    facts.insert(facts.end(),
                 {
                     {tr("Order"), order.join(QStringLiteral(" → "))},
                     {tr("Takes about"), durationText(plan->expectedDuration())},
                     {tr("Users"), plan->userImpact, TextStyle::Body,
                      plan->cutsUsersOff ? Tone::Warn : Tone::Plain},
                     {tr("Plan"), procedure::planHash(*plan).left(16), TextStyle::Fixed},
                 });
    m_facts->setItems(facts);
    const auto& summary = m_controller.simulation();
    m_simulation->setText(summary ? summary->sentence : tr("Simulating the plan with faults…"));
    refreshWarnings();
    m_consentLabel->setVisible(!m_controller.consentWord().isEmpty());
    m_consent->setVisible(!m_controller.consentWord().isEmpty());
    m_consentLabel->setText(tr("Users are cut off while this runs. Type <b>%1</b> to consent.")
                                .arg(m_controller.consentWord().toHtmlEscaped()));
    m_consent->setAccessibleName(tr("Type %1 to consent").arg(m_controller.consentWord()));
}

/// What was ticked and typed belonged to the plan that is gone.
void PlanPage::forgetAnswers()
{
    forgetWarnings();
    const QSignalBlocker quiet(m_consent);
    m_consent->clear();
}

void PlanPage::forgetWarnings()
{
    m_shownWarnings.clear();
    while (QLayoutItem* item = m_warnings->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
}

void PlanPage::refreshWarnings()
{
    const auto warnings = m_controller.warnings();
    if (warnings == m_shownWarnings) {
        return;
    }
    forgetWarnings();
    m_shownWarnings = warnings;
    for (const auto& warning : warnings) {
        auto* line = new QWidget(this);
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        auto* check = new QCheckBox(line);
        check->setObjectName(QStringLiteral("accept-%1").arg(warning.id));
        check->setAccessibleName(warning.text);
        check->setChecked(m_controller.isAccepted(warning.id));
        auto* text = new TextLabel(theme(), TextStyle::Body, tr("I accept: %1").arg(warning.text),
                                   line, Tone::Warn);
        text->setWordWrap(true);
        row->addWidget(check, 0, Qt::AlignTop);
        row->addWidget(text, 1);
        m_warnings->addWidget(line);
        connect(check, &QCheckBox::toggled, this,
                [this, id = warning.id](bool on) { m_controller.accept(id, on); });
    }
}

} // namespace quorate::ui
