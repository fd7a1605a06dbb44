// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/ActivityPane.h"

#include "ui/common/Card.h"
#include "ui/common/FilterBar.h"
#include "ui/common/Format.h"
#include "ui/common/TableView.h"

#include <QCheckBox>
#include <QVBoxLayout>

namespace quorate::ui {
namespace {

SnapshotTableModel<ActivityRow>* makeModel(QObject* parent)
{
    using Row = ActivityRow;
    std::vector<Column<Row>> columns;
    columns.push_back(
        {.info = {.id = QStringLiteral("time"),
                  .title = ActivityPane::tr("Time"),
                  .style = TextStyle::Fixed},
         .text = [](const Row& row) { return dateTimeText(row.at); },
         .sortValue =
             [](const Row& row) { return QVariant(qint64(row.at.time_since_epoch().count())); },
         .toolTip = [](const Row& row) { return utcText(row.at); }});
    columns.push_back(
        {.info = {.id = QStringLiteral("cluster"), .title = ActivityPane::tr("Cluster")},
         .text = [](const Row& row) { return row.cluster; }});
    columns.push_back({.info = {.id = QStringLiteral("who"), .title = ActivityPane::tr("Who")},
                       .text = [](const Row& row) { return row.actor; }});
    columns.push_back({.info = {.id = QStringLiteral("kind"), .title = ActivityPane::tr("Kind")},
                       .text = [](const Row& row) { return row.kind; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("text"), .title = ActivityPane::tr("What"), .stretch = true},
         .text = [](const Row& row) { return row.text; },
         .toolTip = [](const Row& row) { return row.text; }});
    return new SnapshotTableModel<Row>(
        std::move(columns), [](const Row& row) { return row.id; }, parent);
}

} // namespace

ActivityPane::ActivityPane(const UiContext& context, QWidget* parent)
    : Pane(parent)
    , m_context(context)
{
    const Theme& theme = context.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16));
    column->setSpacing(theme.px(12));
    m_filter = new FilterBar(theme, this);
    m_filter->setPlaceholder(tr("Filter activity"));
    m_onlyThis = new QCheckBox(tr("Only this cluster"), this);
    m_onlyThis->setObjectName(QStringLiteral("onlyThisCheck"));
    m_filter->addWidget(m_onlyThis);
    column->addWidget(m_filter);
    auto* card = new Card(theme, {}, this, Card::Padding::Flush);
    m_model = makeModel(this);
    m_table = new TableView(theme, card);
    m_table->setObjectName(QStringLiteral("activityTable"));
    m_table->setAccessibleName(tr("Activity"));
    m_table->setTable(m_model);
    m_table->rememberLayout(context.settings, QStringLiteral("activity"));
    m_table->sortByColumn(0, Qt::DescendingOrder);
    m_table->setEmptyText(tr("Nothing has been done yet."),
                          tr("Acts, runs and trust decisions appear here with time and name."));
    card->add(m_table, 1);
    column->addWidget(card, 1);
    connect(m_filter, &FilterBar::textChanged, this, [this](const QString& text) {
        m_table->proxy()->setFilterText(text);
        m_filter->setCounts(m_table->proxy()->rowCount(), m_model->rowCount());
    });
    connect(m_filter, &FilterBar::leaveDown, m_table, [this] { m_table->setFocus(); });
    connect(m_onlyThis, &QCheckBox::toggled, this, &ActivityPane::fill);
    connect(&context.activity, &service::ActivityFeed::changed, this, [this] {
        m_filled = false;
        if (isVisible()) {
            refresh();
        }
    });
}

void ActivityPane::focusFilter() { m_filter->focusField(); }

void ActivityPane::onOtherCluster() { m_filled = false; }

void ActivityPane::refresh()
{
    if (!m_filled) {
        fill();
    }
}

void ActivityPane::fill()
{
    std::vector<ActivityRow> rows;
    for (const auto& entry : m_context.activity.entries()) {
        const bool here = cluster() != nullptr && entry.cluster == cluster()->status()->identity.id;
        if (m_onlyThis->isChecked() && !here) {
            continue;
        }
        QString name;
        if (entry.cluster) {
            auto* service = m_context.clusters.service(*entry.cluster);
            name = service != nullptr ? service->status()->identity.name : entry.cluster->value;
        }
        rows.push_back(
            {QString::number(entry.sequence), entry.at, entry.actor, name, entry.kind, entry.text});
    }
    m_model->setRows(std::move(rows));
    m_filter->setCounts(m_table->proxy()->rowCount(), m_model->rowCount());
    m_filled = true;
}

} // namespace quorate::ui
