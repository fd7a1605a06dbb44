// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/OverviewPane.h"

#include "ui/common/Card.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"
#include "ui/common/TableView.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

namespace quorate::ui {
namespace {

constexpr int kTableRowsShown = 7; ///< the largest supported number of voters

} // namespace

OverviewPane::OverviewPane(const UiContext& context, QWidget* parent)
    : Pane(parent)
    , m_context(context)
{
    auto* column = new QVBoxLayout(this);
    const int gap = context.theme.px(14);
    column->setContentsMargins(context.theme.px(20), context.theme.px(16), context.theme.px(20),
                               context.theme.px(16));
    column->setSpacing(gap);
    column->addWidget(makeTopRow());

    auto* tableCard = new Card(context.theme, {}, this, Card::Padding::Flush);
    m_model = makeNodeTableModel(this);
    m_table = new TableView(context.theme, tableCard);
    m_table->setObjectName(QStringLiteral("overviewNodeTable"));
    m_table->setAccessibleName(tr("Nodes"));
    m_table->setTable(m_model);
    m_table->rememberLayout(context.settings, QStringLiteral("overviewNodes"));
    m_table->setEmptyText(tr("No node is known yet."),
                          tr("Quorate is asking the nodes of the cluster file."));
    tableCard->add(m_table, 1);
    column->addWidget(tableCard);
    column->addWidget(makeBottomRow(), 1);

    connect(m_table, &TableView::selectedIdsChanged, this, [this] {
        m_ring->setSelectedId(m_table->currentId());
        Q_EMIT nodeChosen(m_table->currentId());
    });
    connect(m_ring, &QuorumRing::nodeChosen, m_table, &TableView::selectId);
    connect(m_attention, &AttentionList::actionChosen, this, &Pane::linkChosen);
    connect(&context.runs, &service::RunService::runsChanged, this, &OverviewPane::refreshWork);
    connect(&context.runs, &service::RunService::runChanged, this, &OverviewPane::refreshWork);
    connect(&context.activity, &service::ActivityFeed::changed, this, &OverviewPane::refreshEvents);
    // After the table's own answer to it, which was connected before.
    connect(&context.theme, &Theme::changed, this,
            [this] { fitTable(std::exchange(m_rowsShown, 0)); });
}

QWidget* OverviewPane::makeTopRow()
{
    const Theme& theme = m_context.theme;
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme.px(14));

    auto* ringCard = new Card(theme, tr("Quorum"), row);
    m_ring = new QuorumRing(theme, ringCard);
    m_ring->setObjectName(QStringLiteral("quorumRing"));
    m_ringCaption = new TextLabel(theme, TextStyle::Body, {}, ringCard, Tone::Muted);
    m_ringCaption->setWordWrap(true);
    ringCard->add(m_ring, 1);
    ringCard->add(m_ringCaption);
    layout->addWidget(ringCard, 23);

    m_historyCard = new Card(theme, tr("Voters ready, last 24 h"), row);
    m_history = new StepChart(theme, m_historyCard);
    m_historyCaption = new TextLabel(theme, TextStyle::Body, {}, m_historyCard, Tone::Muted);
    m_historyCaption->setWordWrap(true);
    m_versions = new TextLabel(theme, TextStyle::Body, {}, m_historyCard);
    m_versions->setObjectName(QStringLiteral("versionsLabel"));
    m_versions->setWordWrap(true);
    m_historyCard->add(m_history, 1);
    m_historyCard->add(m_historyCaption);
    m_historyCard->add(m_versions);
    layout->addWidget(m_historyCard, 38);

    auto* attentionCard = new Card(theme, tr("Wants attention"), row);
    m_attention = new AttentionList(theme, attentionCard);
    m_attention->setObjectName(QStringLiteral("attentionList"));
    attentionCard->add(m_attention);
    attentionCard->content()->addStretch(1);
    layout->addWidget(attentionCard, 38);
    return row;
}

QWidget* OverviewPane::makeBottomRow()
{
    const Theme& theme = m_context.theme;
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme.px(14));
    auto* workCard = new Card(theme, tr("Work on this cluster"), row);
    m_work = new KeyValueList(theme, workCard);
    m_work->setObjectName(QStringLiteral("workList"));
    workCard->add(m_work);
    workCard->content()->addStretch(1);
    auto* eventCard = new Card(theme, tr("Events"), row);
    m_events = new EventList(theme, eventCard);
    m_events->setEmptyText(tr("Nothing has been done from here yet."));
    eventCard->add(m_events, 1);
    layout->addWidget(workCard, 1);
    layout->addWidget(eventCard, 1);
    return row;
}

void OverviewPane::setRowMenu(std::function<void(QMenu&, const QStringList&)> fill)
{
    m_table->setRowMenu(std::move(fill));
}

void OverviewPane::refresh()
{
    if (cluster() == nullptr) {
        m_model->setRows({});
        return;
    }
    const auto status = cluster()->status();
    const TimePoint now = m_context.clock.now();
    m_ring->setData(ringOf(*status, m_table->currentId()));
    m_ringCaption->setText(ringCaption(*status));
    m_historyCard->setCaption(tr("majority %1").arg(status->assessment.majority));
    m_history->setData(historyOf(*status, now));
    m_historyCaption->setText(historyCaption(*status, now));
    m_versions->setText(
        tr("<b>Version</b>&nbsp; %1").arg(versionsText(*status->snapshot).toHtmlEscaped()));
    const auto attention = attentionOf(*status, now);
    const bool live = status->assessment.state != quorum::ClusterState::Unknown;
    m_attention->setEmptyText(live ? tr("Nothing that Quorate checks.")
                                   : tr("Not known while no node answers."));
    m_attention->setItems(attention);
    m_model->setRows(nodeRows(*status, now));
    fitTable(std::clamp(static_cast<int>(status->snapshot->nodes.size()), 1, kTableRowsShown));
    refreshEvents();
    refreshWork();
}

/// Only for another number of rows: what a header needs is a question to the style for each of its
/// sections. What was measured before the pane is shown does not count: fonts may still come.
void OverviewPane::fitTable(int rows)
{
    if (rows == m_rowsShown) {
        return;
    }
    m_rowsShown = isVisible() ? rows : 0;
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height()
                            + rows * m_context.theme.rowHeight() + m_context.theme.px(4));
}

void OverviewPane::refreshEvents()
{
    if (cluster() != nullptr) {
        m_events->setItems(eventsOf(m_context.activity.entries(), cluster()->status()->identity.id,
                                    m_context.clock.now()));
    }
}

void OverviewPane::refreshWork()
{
    if (cluster() == nullptr) {
        return;
    }
    std::vector<KeyValueItem> items;
    const auto status = cluster()->status();
    if (const auto active = m_context.runs.activeRun(status->identity.id)) {
        const auto view = m_context.runs.view(*active);
        items.push_back({tr("Run"), view->title, TextStyle::Body, Tone::Accent, Glyph::Turning});
        items.push_back({tr("Step"), tr("%1 of %2").arg(view->stepNumber).arg(view->steps.size())});
        items.push_back({tr("Now"), view->sentence});
    }
    for (const auto& active : cluster()->activeActs()) {
        items.push_back({active.node.value, dotted({actTitle(active.act), active.message}),
                         TextStyle::Body, Tone::Accent, Glyph::Turning});
    }
    if (items.empty()) {
        items.push_back(
            {tr("Now"), tr("No run and no act is under way."), TextStyle::Body, Tone::Muted});
    }
    for (const QString& title :
         service::openObligations(m_context.runs.runs(), status->identity.id)) {
        items.push_back({tr("Obligation"), title, TextStyle::Body, Tone::Warn, Glyph::Flag});
    }
    if (const QString lease = leaseText(*status, m_context.clock.now()); !lease.isEmpty()) {
        items.push_back(
            {tr("Lease"), lease, TextStyle::Body, status->lease ? Tone::Plain : Tone::Muted});
    }
    if (m_work->items() != items) {
        m_work->setItems(items);
    }
}

} // namespace quorate::ui
