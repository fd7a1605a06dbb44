// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/upgrade/RunPage.h"

#include "ui/cluster/EvidenceText.h"
#include "ui/common/Card.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"
#include "ui/common/Lists.h"
#include "ui/common/Notices.h"
#include "ui/common/TableView.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace quorate::ui {
namespace {

/// The steps of a run that has ended close nothing any more.
QString stateText(const run::ObligationView& obligation, bool ended)
{
    if (obligation.closedAt) {
        return RunPage::tr("closed %1").arg(clockText(*obligation.closedAt));
    }
    if (!obligation.openedAt) {
        return ended ? RunPage::tr("never opened") : RunPage::tr("not opened yet");
    }
    return obligation.closesAtStep && !ended
               ? RunPage::tr("closes at step %1").arg(obligation.closesAtStep->value.toInt())
               : RunPage::tr("open since %1").arg(clockText(*obligation.openedAt));
}

QString choicesText(const run::RunView& view)
{
    QStringList lines;
    for (const auto& each : view.offers) {
        lines.append(QStringLiteral("%1: %2").arg(each.title, each.consequence));
    }
    if (!lines.isEmpty()) {
        return lines.join(QLatin1Char('\n'));
    }
    if (!run::isEnded(view.phase)) {
        return RunPage::tr("Nothing can be chosen now.");
    }
    return std::ranges::any_of(view.obligations, &run::ObligationView::isOpen)
               ? RunPage::tr("The run left obligations open: restore by hand what they name, then "
                             "say so here. The report can be saved.")
               : RunPage::tr("Nothing is left to do; the report can be saved.");
}

} // namespace

RunPage::RunPage(const UiContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    setObjectName(QStringLiteral("runPage"));
    const Theme& theme = context.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(12));
    column->addWidget(makeHead());
    m_attention = new NoticeBar(theme, this);
    m_attention->setObjectName(QStringLiteral("runAttention"));
    column->addWidget(m_attention);
    auto* lanesCard = new Card(theme, {}, this);
    m_lanes = new LaneChart(theme, lanesCard);
    m_lanes->setObjectName(QStringLiteral("runLanes"));
    lanesCard->add(m_lanes, 1);
    column->addWidget(lanesCard, 5);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(14));
    auto* tableCard = new Card(theme, {}, this, Card::Padding::Flush);
    m_model = makeRunTableModel(this);
    m_table = new TableView(theme, tableCard);
    m_table->setObjectName(QStringLiteral("stepTable"));
    m_table->setAccessibleName(tr("Steps"));
    m_table->setTable(m_model);
    m_table->setSortingEnabled(false);
    m_table->rememberLayout(context.settings, QStringLiteral("runSteps"));
    tableCard->add(m_table, 1);
    row->addWidget(tableCard, 7);
    row->addWidget(makeSide(), 3);
    column->addLayout(row, 5);
    connect(m_lanes, &LaneChart::segmentChosen, m_table, &TableView::selectId);
    connect(&context.runs, &service::RunService::commandFailed, this,
            [this](const RunId& id, const Error& error) {
                if (id == m_run) {
                    m_context.dialogs.showError(error, [] {});
                }
            });
    connect(&context.runs, &service::RunService::runChanged, this, [this](const RunId& id) {
        if (id == m_run) {
            refresh();
        }
    });
}

QWidget* RunPage::makeHead()
{
    const Theme& theme = m_context.theme;
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.px(10));
    m_title = new TextLabel(theme, TextStyle::SentenceStrong, {}, head);
    m_title->setObjectName(QStringLiteral("runTitle"));
    m_title->setWordWrap(true);
    m_meta = new TextLabel(theme, TextStyle::Body, {}, head, Tone::Muted);
    m_meta->setWordWrap(true);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(theme.px(4));
    texts->addWidget(m_title);
    texts->addWidget(m_meta);
    row->addLayout(texts, 1);
    m_report = new QPushButton(tr("Save the report…"), head);
    m_report->setObjectName(QStringLiteral("saveReportButton"));
    connect(m_report, &QPushButton::clicked, this, &RunPage::exportReport);
    row->addWidget(m_report);
    m_offerRow = new QHBoxLayout;
    m_offerRow->setSpacing(theme.px(8));
    row->addLayout(m_offerRow);
    auto* close = new QPushButton(tr("All runs"), head);
    close->setObjectName(QStringLiteral("allRunsButton"));
    connect(close, &QPushButton::clicked, this, &RunPage::closed);
    row->addWidget(close);
    return head;
}

QWidget* RunPage::makeSide()
{
    const Theme& theme = m_context.theme;
    m_nowCard = new Card(theme, tr("Now"), this, Card::Padding::Bare);
    m_now = new TextLabel(theme, TextStyle::Body, {}, m_nowCard);
    m_now->setObjectName(QStringLiteral("runNow"));
    m_now->setWordWrap(true);
    m_nowCard->add(m_now);
    m_nowCard->add(
        new TextLabel(theme, TextStyle::CardTitle, tr("Obligations"), m_nowCard, Tone::Muted));
    m_obligations = new KeyValueList(theme, m_nowCard);
    m_obligations->setObjectName(QStringLiteral("runObligations"));
    m_nowCard->add(m_obligations);
    m_restored = new QPushButton(tr("They are restored…"), m_nowCard);
    m_restored->setObjectName(QStringLiteral("restoredButton"));
    m_restored->setAccessibleDescription(
        tr("Say that what the run left open was restored by hand"));
    connect(m_restored, &QPushButton::clicked, this, &RunPage::confirmRestored);
    m_restored->hide();
    m_nowCard->content()->addWidget(m_restored, 0, Qt::AlignLeft);
    m_nowCard->add(
        new TextLabel(theme, TextStyle::CardTitle, tr("What you can do"), m_nowCard, Tone::Muted));
    m_undo = new TextLabel(theme, TextStyle::Body, {}, m_nowCard, Tone::Muted);
    m_undo->setObjectName(QStringLiteral("runChoices"));
    m_undo->setWordWrap(true);
    m_nowCard->add(m_undo);
    m_nowCard->content()->addStretch(1);
    return makeScrollingCard(theme, m_nowCard, this);
}

void RunPage::showRun(const std::optional<RunId>& id)
{
    m_run = id;
    m_followed.clear();
    refresh();
}

void RunPage::refresh()
{
    const auto view = m_run ? m_context.runs.view(*m_run) : nullptr;
    if (view == nullptr) {
        return;
    }
    const StateMark mark = markOf(view->phase);
    m_title->setText(view->title);
    QStringList meta{tr("run %1").arg(view->id.value.left(8)), mark.word};
    if (view->startedAt) {
        meta.append(tr("started %1 by %2").arg(clockText(*view->startedAt), view->startedBy));
    }
    if (view->endedAt) {
        meta.append(tr("ended %1").arg(clockText(*view->endedAt)));
    } else if (view->expectedEnd) {
        meta.append(tr("ends about %1").arg(clockText(*view->expectedEnd)));
    }
    m_meta->setText(dotted(meta));
    m_report->setVisible(run::isEnded(view->phase));
    auto* cluster = m_context.clusters.service(view->cluster.id);
    const auto leader = cluster != nullptr ? cluster->status()->assessment.leader : std::nullopt;
    m_lanes->setData(lanesOf(*view, leader, m_context.clock.now()));
    refreshOffers(*view);
    refreshAttention(*view);
    refreshSteps(*view);
    refreshSide(*view);
}

void RunPage::refreshSteps(const run::RunView& view)
{
    m_model->setRows(stepRows(view));
    const QString current = run::currentStepId(view).value;
    if (!current.isEmpty() && current != m_followed) {
        m_followed = current;
        m_table->selectId(current);
    }
}

void RunPage::refreshOffers(const run::RunView& view)
{
    if (view.offers == m_offers && m_offerRow->count() == static_cast<int>(m_offers.size())) {
        return;
    }
    m_offers = view.offers;
    while (QLayoutItem* item = m_offerRow->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (const auto& each : m_offers) {
        auto* button = new QPushButton(each.title, this);
        button->setObjectName(QStringLiteral("offer-%1").arg(run::toString(each.command)));
        button->setToolTip(each.consequence);
        button->setAccessibleDescription(each.consequence);
        button->setProperty("kind", each.command == run::RunCommand::Resume
                                        ? QStringLiteral("primary")
                                        : QString());
        connect(button, &QPushButton::clicked, this, [this, each] { offer(each); });
        m_offerRow->addWidget(button);
    }
}

void RunPage::refreshAttention(const run::RunView& view)
{
    if (!view.attention) {
        m_attention->setNotice(Glyph::None, Tone::Plain, {});
        return;
    }
    const auto& attention = *view.attention;
    QStringList sentences{attention.title, attention.unharmed, attention.next};
    sentences.removeAll(QString());
    m_attention->setNotice(Glyph::Triangle, Tone::Warn, sentences.join(QLatin1Char(' ')));
}

void RunPage::refreshSide(const run::RunView& view)
{
    m_nowCard->setTitle(view.nodeOut ? tr("While %1 is out").arg(view.nodeOut->value) : tr("Now"));
    QString now = view.sentence;
    auto* cluster = m_context.clusters.service(view.cluster.id);
    if (cluster != nullptr && !run::isEnded(view.phase)) {
        now = cluster->status()->assessment.sentence.text() + QLatin1Char('\n') + now;
    }
    m_now->setText(now);
    std::vector<KeyValueItem> items;
    for (const auto& obligation : view.obligations) {
        const bool open = obligation.isOpen();
        items.push_back({obligation.text(), stateText(obligation, run::isEnded(view.phase)),
                         TextStyle::Body, open ? Tone::Warn : Tone::Muted,
                         open ? Glyph::Flag : Glyph::None});
    }
    if (items.empty()) {
        items.push_back({tr("None"), QString(), TextStyle::Body, Tone::Muted});
    }
    if (items != m_obligations->items()) {
        m_obligations->setItems(items);
    }
    m_restored->setVisible(run::isEnded(view.phase) && !service::openTitles(view).isEmpty());
    m_undo->setText(choicesText(view));
}

void RunPage::offer(const run::CommandOffer& chosen)
{
    const bool harmless = chosen.command == run::RunCommand::Pause
                          || chosen.command == run::RunCommand::Resume
                          || chosen.command == run::RunCommand::ConfirmDone;
    if (!m_run) {
        return;
    }
    if (harmless) {
        send(*m_run, chosen.command);
        return;
    }
    m_context.dialogs.confirm({.title = chosen.title,
                               .action = QString(chosen.title).remove(QStringLiteral("…")),
                               .quorumSentence = {},
                               .consequence = chosen.consequence},
                              [this, command = chosen.command, id = *m_run](bool yes) {
                                  if (yes) {
                                      send(id, command);
                                  }
                              });
}

void RunPage::send(const RunId& id, run::RunCommand command)
{
    if (const auto done = m_context.runs.command(id, command); !done) {
        m_context.dialogs.showError(done.error(), [] {});
    }
}

void RunPage::confirmRestored()
{
    const auto view = m_run ? m_context.runs.view(*m_run) : nullptr;
    if (view == nullptr) {
        return;
    }
    m_context.dialogs.confirm(
        {.title = tr("They are restored"),
         .action = tr("They are restored"),
         .quorumSentence = {},
         .consequence = tr("You say that this was restored by hand: %1. It is no longer shown as "
                           "open; nothing is sent, and your name is recorded.")
                            .arg(service::openTitles(*view).join(QStringLiteral(", ")))},
        [this, id = *m_run](bool yes) {
            if (!yes) {
                return;
            }
            if (const auto done = m_context.runs.confirmRestored(id); !done) {
                m_context.dialogs.showError(done.error(), [] {});
            }
        });
}

void RunPage::exportReport()
{
    if (!m_run) {
        return;
    }
    m_context.dialogs.askDirectory({.title = tr("Folder for the report"),
                                    .directory = m_context.home,
                                    .fileName = {},
                                    .filters = {}},
                                   [this, id = *m_run](const QString& folder) {
                                       if (folder.isEmpty()) {
                                           return;
                                       }
                                       deliver(m_context.runs.exportReport(id, folder), this,
                                               [this](const Result<QStringList>& files) {
                                                   if (!files) {
                                                       m_context.dialogs.showError(files.error(),
                                                                                   [] {});
                                                       return;
                                                   }
                                                   onReportSaved(*files);
                                               });
                                   });
}

void RunPage::onReportSaved(const QStringList& files)
{
    deliver(m_context.evidence(), this,
            [this, files](const Result<service::EvidenceIdentity>& identity) {
                const QString evidence =
                    identity ? evidenceText(*identity) : describe(identity.error());
                m_context.dialogs.showMessage(
                    {.tone = Tone::Ok,
                     .title = tr("The report is saved"),
                     .text = files.join(QLatin1Char('\n')) + QStringLiteral("\n\n") + evidence,
                     .details = {}},
                    [] {});
            });
}

} // namespace quorate::ui
