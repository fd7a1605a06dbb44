// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/NodesPane.h"

#include "ui/cluster/NodeActions.h"
#include "ui/common/Card.h"
#include "ui/common/FilterBar.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"
#include "ui/common/Lists.h"
#include "ui/common/TableView.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <map>

namespace quorate::ui {
namespace {

/// A button that does what an action does, with the action's text, tool tip and enabled state.
QPushButton* makeActionButton(QAction* action, QWidget* parent)
{
    auto* button = new QPushButton(parent);
    button->setObjectName(
        action->objectName().replace(QStringLiteral("Action"), QStringLiteral("Button")));
    const auto follow = [button, action] {
        button->setText(action->text().remove(QLatin1Char('&')));
        button->setEnabled(action->isEnabled());
        button->setToolTip(action->toolTip());
        button->setVisible(action->isVisible() && action->data().toBool());
    };
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    return button;
}

void addUpdates(std::vector<KeyValueItem>& items, const NodeSelf& self)
{
    items.push_back({NodesPane::tr("Updates"), !self.updatesAvailable
                                                   ? NodesPane::tr("not looked for yet")
                                               : *self.updatesAvailable ? NodesPane::tr("available")
                                                                        : NodesPane::tr("none")});
    items.push_back({NodesPane::tr("Reboot needed"), self.rebootNeeded.value_or(false)
                                                         ? NodesPane::tr("yes")
                                                         : NodesPane::tr("no")});
}

std::vector<KeyValueItem> factsOf(const NodeRecord& record, const quorum::VoterVerdict* verdict,
                                  TimePoint now)
{
    const StateMark mark = markOf(record, verdict);
    std::vector<KeyValueItem> items{
        {NodesPane::tr("State"), mark.word, TextStyle::Body, mark.tone, mark.glyph},
        {NodesPane::tr("Why"),
         verdict != nullptr ? verdict->text : NodesPane::tr("It is no voter.")},
        {NodesPane::tr("Address"), record.address, TextStyle::Fixed},
    };
    if (record.error) {
        items.push_back(
            {NodesPane::tr("Last try"), describe(*record.error), TextStyle::Body, Tone::Warn});
    }
    if (!record.last) {
        items.push_back({NodesPane::tr("Last answer"), NodesPane::tr("never")});
        return items;
    }
    const NodeSelf& self = record.last->self;
    items.push_back({NodesPane::tr("Last answer"),
                     NodesPane::tr("%1 ago").arg(durationText(now - record.last->observedAt))});
    items.push_back({NodesPane::tr("Version"), self.version.toString()});
    if (self.startedAt) {
        items.push_back({NodesPane::tr("Started"), dateTimeText(*self.startedAt)});
    }
    if (self.diskFreeBytes && self.diskTotalBytes) {
        items.push_back({NodesPane::tr("Disk"), NodesPane::tr("%1 free of %2")
                                                    .arg(bytesText(*self.diskFreeBytes),
                                                         bytesText(*self.diskTotalBytes))});
    }
    if (self.cordoned) {
        items.push_back({NodesPane::tr("Work"), NodesPane::tr("cordoned: it takes no new work"),
                         TextStyle::Body, Tone::Warn, Glyph::Triangle});
    }
    if (self.updatesAvailable || self.rebootNeeded) { // some platforms know of neither
        addUpdates(items, self);
    }
    for (const StagedPackage& staged : self.stagedPackages) {
        items.push_back({NodesPane::tr("Staged"), staged.id.value, TextStyle::Fixed,
                         staged.verified ? Tone::Plain : Tone::Bad,
                         staged.verified ? Glyph::Check : Glyph::Cross});
    }
    for (const ServiceState& service : self.services) {
        items.push_back(
            {service.name, service.running ? NodesPane::tr("running") : NodesPane::tr("stopped")});
    }
    for (const Condition& condition : self.conditions) {
        items.push_back({NodesPane::tr("Condition"), condition.text, TextStyle::Body,
                         condition.severity == Severity::Error ? Tone::Bad : Tone::Warn});
    }
    return items;
}

/// Why acts cannot be chosen: once when it is the same for all, else with their names.
QString whyNotText(const QList<QAction*>& actions)
{
    std::map<QString, QStringList> byReason;
    qsizetype shown = 0;
    for (const QAction* action : actions) {
        if (!action->isVisible() || !action->data().toBool()) {
            continue;
        }
        ++shown;
        if (!action->isEnabled()) {
            byReason[action->toolTip()].append(
                action->text().remove(QLatin1Char('&')).remove(QChar(0x2026)));
        }
    }
    QStringList lines;
    for (const auto& [reason, names] : byReason) {
        lines.append(names.size() == shown
                         ? reason
                         : QStringLiteral("%1: %2").arg(names.join(QStringLiteral(", ")), reason));
    }
    return lines.join(QLatin1Char('\n'));
}

/// What every other reachable node says of this one.
std::vector<KeyValueItem> peersOf(const ClusterSnapshot& snapshot, const NodeId& node,
                                  TimePoint now)
{
    std::vector<KeyValueItem> items;
    for (const NodeRecord& other : snapshot.nodes) {
        if (other.id == node) {
            continue;
        }
        if (!other.isReachable()) {
            items.push_back(
                {other.name, NodesPane::tr("cannot be asked"), TextStyle::Body, Tone::Unknown});
            continue;
        }
        const PeerView* view = other.last->viewOf(node);
        if (view == nullptr) {
            items.push_back(
                {other.name, NodesPane::tr("does not know it"), TextStyle::Body, Tone::Warn});
            continue;
        }
        QString text = view->stateText;
        if (view->lastContactAt) {
            text = dotted({text, NodesPane::tr("last contact %1 ago")
                                     .arg(durationText(now - *view->lastContactAt))});
        }
        const Tone tone = view->state == PeerState::Ready  ? Tone::Ok
                          : view->state == PeerState::Down ? Tone::Bad
                                                           : Tone::Warn;
        items.push_back({other.name, text, TextStyle::Body, tone});
    }
    return items;
}

/// The columns that the detail beside the table has too; the column chooser brings them back.
const QStringList& columnsInDetail()
{
    static const QStringList ids{QStringLiteral("address"), QStringLiteral("load"),
                                 QStringLiteral("peers")};
    return ids;
}

} // namespace

NodesPane::NodesPane(const UiContext& context, NodeActions& actions, QWidget* parent)
    : Pane(parent)
    , m_context(context)
    , m_actions(actions)
{
    const Theme& theme = context.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16));
    column->setSpacing(theme.px(12));
    m_filter = new FilterBar(theme, this);
    m_filter->setPlaceholder(tr("Filter nodes"));
    column->addWidget(m_filter);

    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setHandleWidth(theme.px(14));
    auto* tableCard = new Card(theme, {}, splitter, Card::Padding::Flush);
    m_model = makeNodeTableModel(this);
    m_table = new TableView(theme, tableCard);
    m_table->setObjectName(QStringLiteral("nodeTable"));
    m_table->setAccessibleName(tr("Nodes"));
    m_table->setTable(m_model);
    for (size_t index = 0; index < m_model->columns().size(); ++index) {
        if (columnsInDetail().contains(m_model->columns()[index].id)) {
            m_table->setColumnHidden(static_cast<int>(index), true);
        }
    }
    m_table->rememberLayout(context.settings, QStringLiteral("nodes"));
    m_table->setEmptyText(tr("No node fits the filter."), tr("Empty the filter to see all nodes."));
    tableCard->add(m_table, 1);
    splitter->addWidget(tableCard);
    splitter->addWidget(makeDetail());
    splitter->setStretchFactor(0, 5);
    splitter->setStretchFactor(1, 3);
    column->addWidget(splitter, 1);

    connect(m_filter, &FilterBar::textChanged, this, [this](const QString& text) {
        m_table->proxy()->setFilterText(text);
        m_filter->setCounts(m_table->proxy()->rowCount(), m_model->rowCount());
    });
    connect(m_filter, &FilterBar::leaveDown, m_table, [this] { m_table->setFocus(); });
    connect(m_table, &TableView::selectedIdsChanged, this, [this] {
        refreshDetail();
        Q_EMIT nodeChosen(m_table->currentId());
    });
}

QWidget* NodesPane::makeDetail()
{
    const Theme& theme = m_context.theme;
    m_detailCard = new Card(theme, tr("No node chosen"), this, Card::Padding::Bare);
    m_detailCard->setObjectName(QStringLiteral("nodeDetail"));
    m_facts = new KeyValueList(theme, m_detailCard);
    m_peers = new KeyValueList(theme, m_detailCard);
    // Two rows, so that the table keeps its width: what moves work, then what takes the machine
    // away.
    constexpr qsizetype kActionsARow = 3;
    for (qsizetype from = 0; from < m_actions.actions().size(); from += kActionsARow) {
        auto* buttons = new QHBoxLayout;
        buttons->setSpacing(theme.px(8));
        for (QAction* action : m_actions.actions().mid(from, kActionsARow)) {
            buttons->addWidget(makeActionButton(action, m_detailCard));
        }
        buttons->addStretch(1);
        m_detailCard->content()->addLayout(buttons);
    }
    m_whyNot = new TextLabel(theme, TextStyle::Caption, {}, m_detailCard, Tone::Muted);
    m_whyNot->setObjectName(QStringLiteral("whyNotLabel"));
    m_whyNot->setWordWrap(true);
    m_detailCard->add(m_whyNot);
    for (QAction* action : m_actions.actions()) {
        connect(action, &QAction::changed, this, &NodesPane::refreshWhyNot);
    }
    m_detailCard->add(m_facts);
    m_detailCard->add(new TextLabel(theme, TextStyle::CardTitle, tr("What its peers say"),
                                    m_detailCard, Tone::Muted));
    m_detailCard->add(m_peers);
    m_detailCard->content()->addStretch(1);
    return makeScrollingCard(theme, m_detailCard, this);
}

void NodesPane::setRowMenu(std::function<void(QMenu&, const QStringList&)> fill)
{
    m_table->setRowMenu(std::move(fill));
}

void NodesPane::focusFilter() { m_filter->focusField(); }

void NodesPane::refresh()
{
    if (cluster() == nullptr) {
        m_model->setRows({});
        refreshDetail();
        return;
    }
    m_model->setRows(nodeRows(*cluster()->status(), m_context.clock.now()));
    m_filter->setCounts(m_table->proxy()->rowCount(), m_model->rowCount());
    if (m_table->currentId().isEmpty() && m_model->rowCount() > 0
        && m_table->selectedIds().isEmpty()) {
        m_table->selectId(m_model->idAt(0));
    }
    if (isVisible() && m_actions.node() != m_table->currentId()) {
        Q_EMIT nodeChosen(
            m_table->currentId()); // what the buttons here act on is what is chosen here
    }
    refreshDetail();
}

void NodesPane::refreshWhyNot()
{
    const QString text =
        m_table->currentId().isEmpty() ? QString() : whyNotText(m_actions.actions());
    m_whyNot->setText(text);
    m_whyNot->setVisible(!text.isEmpty());
}

void NodesPane::refreshDetail()
{
    refreshWhyNot();
    const NodeId id{m_table->currentId()};
    const NodeRecord* record =
        cluster() != nullptr ? cluster()->status()->snapshot->node(id) : nullptr;
    if (record == nullptr) {
        m_detailCard->setTitle(tr("No node chosen"));
        m_facts->setItems({});
        m_peers->setItems({});
        return;
    }
    const auto status = cluster()->status();
    const TimePoint now = m_context.clock.now();
    m_detailCard->setTitle(record->name);
    const auto facts = factsOf(*record, status->assessment.verdictOf(id), now);
    if (facts != m_facts->items()) {
        m_facts->setItems(facts);
    }
    const auto peers = peersOf(*status->snapshot, id, now);
    if (peers != m_peers->items()) {
        m_peers->setItems(peers);
    }
}

} // namespace quorate::ui
