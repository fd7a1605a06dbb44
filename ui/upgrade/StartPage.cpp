// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/upgrade/StartPage.h"

#include "ui/common/Card.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"
#include "ui/common/Lists.h"
#include "ui/common/Notices.h"
#include "ui/common/TableView.h"
#include "ui/upgrade/PlanFacts.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace quorate::ui {

struct RunRowView {
    QString id;
    QString title;
    StateMark state;
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> endedAt;
    QString by;
    QString sentence;
    bool operator==(const RunRowView&) const = default;
};

namespace {

SnapshotTableModel<RunRowView>* makeModel(QObject* parent)
{
    using Row = RunRowView;
    std::vector<Column<Row>> columns;
    columns.push_back({.info = {.id = QStringLiteral("started"),
                                .title = StartPage::tr("Started"),
                                .style = TextStyle::Fixed},
                       .text =
                           [](const Row& row) {
                               return row.startedAt ? dateTimeText(*row.startedAt) : QString();
                           },
                       .sortValue =
                           [](const Row& row) {
                               return QVariant(
                                   row.startedAt ? qint64(row.startedAt->time_since_epoch().count())
                                                 : 0);
                           }});
    columns.push_back(
        {.info = {.id = QStringLiteral("run"), .title = StartPage::tr("Run"), .stretch = true},
         .text = [](const Row& row) { return row.title; },
         .toolTip = [](const Row& row) { return row.sentence; }});
    columns.push_back({.info = {.id = QStringLiteral("state"), .title = StartPage::tr("State")},
                       .text = [](const Row& row) { return row.state.word; },
                       .tone = [](const Row& row) { return row.state.tone; },
                       .glyph = [](const Row& row) { return row.state.glyph; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("took"), .title = StartPage::tr("Took"), .numeric = true},
         .text = [](const Row& row) {
             return row.startedAt && row.endedAt ? durationText(*row.endedAt - *row.startedAt)
                                                 : QString();
         }});
    columns.push_back({.info = {.id = QStringLiteral("by"), .title = StartPage::tr("By")},
                       .text = [](const Row& row) { return row.by; }});
    return new SnapshotTableModel<Row>(
        std::move(columns), [](const Row& row) { return row.id; }, parent);
}

} // namespace

StartPage::StartPage(const UiContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    const Theme& theme = context.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(14));
    m_damagedColumn = new QVBoxLayout;
    m_damagedColumn->setSpacing(theme.px(8));
    column->addLayout(m_damagedColumn);
    auto* card = new Card(theme, tr("Versions and packages"), this);
    m_card = card;
    m_packages = new KeyValueList(theme, card);
    card->add(m_packages);
    auto* row = new QHBoxLayout;
    m_upgrade = new QPushButton(tr("Upgrade…"), card);
    m_upgrade->setObjectName(QStringLiteral("startWizardButton"));
    m_upgrade->setProperty("kind", QStringLiteral("primary"));
    row->addWidget(m_upgrade);
    row->addStretch(1);
    card->content()->addLayout(row);
    column->addWidget(card);
    auto* tableCard = new Card(theme, tr("Runs"), this, Card::Padding::Flush);
    m_model = makeModel(this);
    m_table = new TableView(theme, tableCard);
    m_table->setObjectName(QStringLiteral("runTable"));
    m_table->setAccessibleName(tr("Runs"));
    m_table->setTable(m_model);
    m_table->setEmptyText(tr("No run yet."),
                          tr("Upgrade… leads through package, checks, plan and staging first."));
    tableCard->add(m_table, 1);
    column->addWidget(tableCard, 1);
    connect(m_upgrade, &QPushButton::clicked, this, &StartPage::wizardRequested);
    connect(m_table, &TableView::idActivated, this,
            [this](const QString& id) { Q_EMIT runChosen(RunId{id}); });
}

StartPage::~StartPage() = default;

void StartPage::setCluster(service::ClusterService* cluster)
{
    m_cluster = cluster;
    refresh();
}

/// Whether anything that can be done here begins with a package.
bool StartPage::hasPackages() const
{
    const ClusterIdentity& identity = m_cluster->status()->identity;
    const auto known = m_context.upgrades.procedures(identity.system);
    const auto fits = [&](const procedure::Procedure& each) {
        return each.platform.isEmpty() || each.platform == identity.platform;
    };
    return std::ranges::none_of(known, fits) || std::ranges::any_of(known, [&](const auto& each) {
               return fits(each) && each.needsPackage;
           });
}

std::vector<RunId> StartPage::damagedRuns() const
{
    return m_cluster != nullptr ? m_context.runs.damagedRuns(m_cluster->status()->identity.id)
                                : std::vector<RunId>();
}

void StartPage::refreshDamaged()
{
    const std::vector<RunId> damaged = damagedRuns();
    if (!std::ranges::equal(damaged, m_damaged, {}, {}, &std::pair<RunId, NoticeBar*>::first)) {
        for (const auto& [id, bar] : std::exchange(m_damaged, {})) {
            m_damagedColumn->removeWidget(bar);
            bar->hide();
            bar->deleteLater(); // its button may be what is just pressed
        }
        for (const RunId& id : damaged) {
            auto* bar = new NoticeBar(m_context.theme, this);
            bar->setObjectName(QStringLiteral("damagedRun-%1").arg(id.value));
            connect(bar, &NoticeBar::actionChosen, this, [this, id] { giveUp(id); });
            m_damagedColumn->addWidget(bar);
            m_damaged.emplace_back(id, bar);
        }
    }
    for (const auto& [id, bar] : m_damaged) {
        // Not by errorText: for most kinds it says that nothing was changed, which is not known.
        const Error problem = m_context.runs.problemOf(id).value_or(Error{});
        QStringList parts{
            tr("Run %1 cannot be read. No other can start before it is given up").arg(id.value),
            problem.message, problem.cure};
        parts.removeAll(QString());
        bar->setNotice(Glyph::Cross, Tone::Bad, parts.join(QStringLiteral(". ")) + QLatin1Char('.'),
                       tr("Give it up…"));
    }
    const QString reason =
        damaged.empty() ? QString() : tr("A run that cannot be read has to be given up first.");
    m_upgrade->setToolTip(reason);
    m_upgrade->setAccessibleDescription(reason);
}

bool StartPage::isDamaged(const RunId& id) const
{
    const std::vector<RunId> damaged = damagedRuns();
    return std::ranges::find(damaged, id) != damaged.end();
}

void StartPage::giveUp(const RunId& id)
{
    m_context.dialogs.confirm(
        {.title = tr("Give up run %1").arg(id.value),
         .action = tr("Give it up"),
         .consequence =
             tr("What the run did on the nodes stays as it is, and it cannot be resumed. "
                "Look at each node before anything else is started."),
         .destructive = true},
        [this, id](bool yes) {
            // Meanwhile it may have become readable: then this would cancel it.
            if (yes && isDamaged(id)) {
                if (const auto done = m_context.runs.command(id, run::RunCommand::Cancel); !done) {
                    m_context.dialogs.showError(done.error(), [] {});
                }
            }
            refresh();
        });
}

void StartPage::refresh()
{
    refreshDamaged();
    m_upgrade->setEnabled(m_cluster != nullptr && !m_cluster->status()->readOnly
                          && m_damaged.empty());
    if (m_cluster == nullptr) {
        m_packages->setItems({});
        m_model->setRows({});
        return;
    }
    const auto status = m_cluster->status();
    const bool packages = hasPackages();
    m_card->setTitle(packages ? tr("Versions and packages") : tr("Versions"));
    m_upgrade->setText(packages ? tr("Upgrade…") : tr("Maintain the nodes…"));
    m_table->setEmptyText(
        tr("No run yet."),
        packages ? tr("Upgrade… leads through package, checks, plan and staging first.")
                 : tr("Maintain the nodes… leads through method, checks and plan first."));
    std::vector<KeyValueItem> items;
    for (const NodeRecord& record : status->snapshot->nodes) {
        if (!record.last) {
            items.push_back({record.name, tr("not known"), TextStyle::Body, Tone::Unknown});
            continue;
        }
        QStringList staged;
        for (const StagedPackage& package : record.last->self.stagedPackages) {
            staged.append(package.verified ? tr("holds %1").arg(package.id.value)
                                           : tr("holds %1, not verified").arg(package.id.value));
        }
        items.push_back(
            {record.name, dotted(QStringList{record.last->self.version.toString()} + staged)});
    }
    if (items != m_packages->items()) {
        m_packages->setItems(items);
    }
    std::vector<RunRowView> rows;
    for (const auto& view : m_context.runs.runs()) {
        if (view->cluster.id == status->identity.id) {
            rows.push_back({view->id.value, view->title, markOf(view->phase), view->startedAt,
                            view->endedAt, view->startedBy, view->sentence});
        }
    }
    m_model->setRows(std::move(rows));
}

} // namespace quorate::ui
