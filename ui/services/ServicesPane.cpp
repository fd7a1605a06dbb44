// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/ServicesPane.h"

#include "core/platform/LeaseRefusal.h"
#include "ui/common/Card.h"
#include "ui/common/FilterBar.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"
#include "ui/common/Notices.h"
#include "ui/common/TableView.h"

#include <QCheckBox>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

namespace quorate::ui {
namespace {

constexpr Millis kReadEvery = Seconds(10);  ///< as nodes in the background; peers.md section 8
constexpr Millis kStaleAfter = Seconds(30); ///< three readings missed

} // namespace

ServicesPane::ServicesPane(const UiContext& context, QWidget* parent)
    : Pane(parent)
    , m_context(context)
{
    const Theme& theme = context.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16));
    column->setSpacing(theme.px(12));
    m_filter = new FilterBar(theme, this);
    m_filter->setPlaceholder(tr("Filter workloads and events"));
    m_warningsOnly = new QCheckBox(tr("Warnings only"), this);
    m_warningsOnly->setObjectName(QStringLiteral("warningsOnlyCheck"));
    m_age = new TextLabel(theme, TextStyle::Caption, {}, this, Tone::Muted);
    m_age->setObjectName(QStringLiteral("inventoryAge"));
    m_redeploy = new QPushButton(tr("Redeploy…"), this);
    m_redeploy->setObjectName(QStringLiteral("redeployButton"));
    m_filter->addWidget(m_age);
    m_filter->addWidget(m_warningsOnly);
    m_filter->addWidget(m_redeploy);
    column->addWidget(m_filter);
    m_notice = new NoticeBar(theme, this);
    m_notice->setObjectName(QStringLiteral("servicesNotice"));
    column->addWidget(m_notice);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setHandleWidth(theme.px(14));
    splitter->addWidget(makeWorkloads());
    splitter->addWidget(makeEvents());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    column->addWidget(splitter, 1);

    connect(m_filter, &FilterBar::textChanged, this, [this](const QString& text) {
        m_workloads->proxy()->setFilterText(text);
        m_events->proxy()->setFilterText(text);
        m_filter->setCounts(m_workloads->proxy()->rowCount(), m_workloadModel->rowCount());
    });
    connect(m_filter, &FilterBar::leaveDown, m_workloads, [this] { m_workloads->setFocus(); });
    connect(m_warningsOnly, &QCheckBox::toggled, this, &ServicesPane::showInventory);
    connect(m_redeploy, &QPushButton::clicked, this, &ServicesPane::askRedeploy);
    connect(m_workloads, &TableView::selectedIdsChanged, this, &ServicesPane::refreshAge);
}

QWidget* ServicesPane::makeWorkloads()
{
    auto* card = new Card(m_context.theme, tr("Workloads"), this, Card::Padding::Flush);
    m_workloadModel = makeWorkloadTableModel(this);
    m_workloads = new TableView(m_context.theme, card);
    m_workloads->setObjectName(QStringLiteral("workloadTable"));
    m_workloads->setAccessibleName(tr("Workloads"));
    m_workloads->setTable(m_workloadModel);
    m_workloads->rememberLayout(m_context.settings, QStringLiteral("workloads"));
    m_workloads->setEmptyText(tr("No workload is known."),
                              tr("Deployments, stateful sets and daemon sets appear here."));
    card->add(m_workloads, 1);
    return card;
}

QWidget* ServicesPane::makeEvents()
{
    auto* card = new Card(m_context.theme, tr("Events"), this, Card::Padding::Flush);
    m_eventModel = makeEventTableModel(this);
    m_events = new TableView(m_context.theme, card);
    m_events->setObjectName(QStringLiteral("eventTable"));
    m_events->setAccessibleName(tr("Events"));
    m_events->setTable(m_eventModel);
    m_events->rememberLayout(m_context.settings, QStringLiteral("events"));
    m_events->sortByColumn(0, Qt::DescendingOrder);
    m_events->setEmptyText(tr("No event is known."),
                           tr("The cluster keeps them for about an hour."));
    card->add(m_events, 1);
    return card;
}

void ServicesPane::focusFilter() { m_filter->focusField(); }

void ServicesPane::onOtherCluster()
{
    m_inventory.reset();
    m_askedAt.reset();
    m_asking = false;
    m_hasError = false;
    m_notice->setNotice(Glyph::None, Tone::Plain, {});
    showInventory();
}

void ServicesPane::refresh()
{
    const TimePoint now = m_context.clock.now();
    if (cluster() != nullptr && isVisible() && !m_asking
        && (!m_askedAt || now - *m_askedAt >= kReadEvery)) {
        ask();
    }
    refreshAge();
}

void ServicesPane::ask()
{
    m_asking = true;
    m_askedAt = m_context.clock.now();
    const ClusterId asked = cluster()->status()->identity.id;
    deliver(cluster()->platform().inventory({}), this,
            [this, asked](const Result<Inventory>& answer) {
                if (cluster() != nullptr && cluster()->status()->identity.id == asked) {
                    onInventory(answer);
                }
            });
}

void ServicesPane::onInventory(const Result<Inventory>& answer)
{
    m_asking = false;
    const bool hadError = std::exchange(m_hasError, !answer);
    if (answer) {
        m_inventory = *answer;
        if (hadError) { // what an act came to stays until something else is to be said
            m_notice->setNotice(Glyph::None, Tone::Plain, {});
        }
    } else if (answer.error().code == QLatin1String("no-inventory")) {
        m_notice->setNotice(Glyph::None, Tone::Muted, answer.error().message);
    } else {
        m_notice->setError(answer.error());
    }
    showInventory();
}

void ServicesPane::showInventory()
{
    const Inventory shown = m_inventory.value_or(Inventory{});
    m_workloadModel->setRows(workloadRows(shown));
    m_eventModel->setRows(eventRows(shown, m_warningsOnly->isChecked()));
    m_filter->setCounts(m_workloads->proxy()->rowCount(), m_workloadModel->rowCount());
    refreshAge();
}

QString ServicesPane::whyNotRedeploy() const
{
    if (cluster() == nullptr || m_hasError || m_workloads->currentId().isEmpty()) {
        return tr("Choose a workload first");
    }
    if (cluster()->status()->readOnly) {
        return tr("This cluster is read-only; switch that off in the Cluster menu");
    }
    const auto able = cluster()->platform().capabilities();
    if (const auto found = able.forbidden.find(actName(act::Redeploy{}));
        found != able.forbidden.end()) {
        return found->second;
    }
    const auto lease = platform::leaseRefusal(able);
    return lease ? lease->message : QString();
}

void ServicesPane::refreshAge()
{
    const QString reason = whyNotRedeploy();
    m_redeploy->setEnabled(reason.isEmpty());
    m_redeploy->setToolTip(reason);
    if (!m_inventory) {
        m_age->setText({});
        return;
    }
    const Millis age = m_context.clock.now() - m_inventory->takenAt;
    m_age->setTone(age > kStaleAfter ? Tone::Unknown : Tone::Muted);
    m_age->setText(age > kStaleAfter ? tr("as of %1 ago").arg(durationText(age))
                                     : tr("%1 old").arg(durationText(age)));
}

void ServicesPane::askRedeploy()
{
    const WorkloadRow* row = m_workloadModel->find(m_workloads->currentId());
    if (row == nullptr || cluster() == nullptr) {
        return;
    }
    const act::Redeploy act{row->workload.nameSpace, row->workload.kind, row->workload.name};
    const service::ActPreview preview = cluster()->preview({}, act);
    if (preview.gate.verdict != quorum::Verdict::Yes) {
        m_context.dialogs.showMessage(
            {.tone = Tone::Warn,
             .title = tr("%1 is refused").arg(preview.title),
             .text = tr("%1 Nothing was sent.").arg(preview.gate.refusal)},
            [] {});
        return;
    }
    Confirmation question;
    question.title = preview.title;
    question.action = tr("Redeploy");
    question.quorumSentence = preview.gate.sentence;
    question.quorumTone = Tone::Plain;
    question.consequence = preview.consequence;
    question.whatIsSent = QStringLiteral("redeploy → %1").arg(row->id);
    // The answer is about what the question named, whatever is chosen by then.
    const ClusterId id = cluster()->status()->identity.id;
    m_context.dialogs.confirm(question, [this, act, id](bool yes) {
        if (yes) {
            redeploy(id, act);
        }
    });
}

void ServicesPane::redeploy(const ClusterId& id, const act::Redeploy& act)
{
    auto* service = m_context.clusters.service(id);
    if (service == nullptr) {
        return;
    }
    const QString name = service->status()->identity.name;
    m_notice->setNotice(Glyph::None, Tone::Plain, tr("%1: under way").arg(actTitle(act)));
    deliver(service->perform({}, act), this,
            [this, act, id, name](const Result<OperationStatus>& outcome) {
                const bool isShown = cluster() != nullptr && cluster()->status()->identity.id == id;
                if (!outcome) { // not in the notice, which the next look takes away
                    m_context.dialogs.showError(outcome.error().withContext(name), [] {});
                }
                if (isShown) {
                    m_notice->setNotice(outcome ? Glyph::Check : Glyph::Cross,
                                        outcome ? Tone::Ok : Tone::Bad,
                                        outcome ? tr("%1: done").arg(actTitle(act))
                                                : tr("%1: failed").arg(actTitle(act)));
                }
                m_askedAt.reset();
            });
}

} // namespace quorate::ui
