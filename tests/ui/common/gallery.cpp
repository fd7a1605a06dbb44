// SPDX-License-Identifier: GPL-3.0-or-later
// Every widget of ui/common with sample values, as pictures: quorate_ui_gallery FOLDER
#include "tests/ui/common/Samples.h"
#include "ui/common/Card.h"
#include "ui/common/DialogParts.h"
#include "ui/common/FilterBar.h"
#include "ui/common/Labels.h"
#include "ui/common/Notices.h"
#include "ui/common/SceneRenderer.h"
#include "ui/common/TableView.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QTabBar>
#include <QVBoxLayout>

#include <cstdio>

using namespace quorate;
using namespace quorate::ui;

namespace {

QString text(const char* utf8) { return QString::fromUtf8(utf8); }

QWidget* makeHead(const Theme& theme, bool isRunning)
{
    auto* head = new QWidget;
    head->setAutoFillBackground(true);
    head->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(theme.px(20), theme.px(12), theme.px(20), 0);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(10));
    row->addWidget(new TextLabel(theme, TextStyle::Title, text("gateway-prod")));
    row->addWidget(new TagLabel(theme, text("Production"), Tone::Bad));
    row->addWidget(new TextLabel(
        theme, TextStyle::Body, text("MSS appliance · gateway.example.com"), nullptr, Tone::Muted));
    row->addStretch(1);
    auto* age = new AgeLabel(theme);
    age->setAge(samples::at(22, 0), samples::at(22, isRunning ? 4 : 0));
    row->addWidget(age);
    column->addLayout(row);
    auto* banner = new QuorumBanner(theme);
    QuorumBannerText sentence = samples::banner(isRunning);
    sentence.age.clear();
    banner->setText(sentence);
    column->addWidget(banner);
    auto* tabs = new QTabBar;
    tabs->setDrawBase(false);
    tabs->setExpanding(false);
    for (const char* name : {"Overview", "Nodes", "Packages & upgrade", "Activity"}) {
        tabs->addTab(text(name).replace(QLatin1Char('&'), QStringLiteral("&&")));
    }
    tabs->setCurrentIndex(isRunning ? 2 : 0);
    column->addWidget(tabs);
    return head;
}

TableView* makeTable(const Theme& theme, QWidget* page)
{
    auto* model = samples::nodeModel().release();
    model->setParent(page);
    auto* view = new TableView(theme);
    view->setTable(model);
    model->setRows(samples::nodeRows());
    view->selectId(text("node-2"));
    view->setFixedHeight(theme.px(28) + 3 * theme.rowHeight());
    return view;
}

QHBoxLayout* makeOverviewCards(const Theme& theme)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(14));
    auto* quorum = new Card(theme, text("Quorum"));
    auto* ring = new QuorumRing(theme);
    ring->setData(samples::ring(3));
    quorum->add(ring, 1);
    quorum->add(new TextLabel(theme, TextStyle::Body,
                              text("needs 2 of 3 · leader node-1 since 6 d"), nullptr,
                              Tone::Muted));
    auto* chartCard = new Card(theme, text("Voters ready, last 24 h"));
    chartCard->setCaption(text("majority 2"));
    auto* chart = new StepChart(theme);
    chart->setData(samples::voters());
    chartCard->add(chart);
    chartCard->content()->addStretch(1);
    auto* pill = new StatusPill(theme);
    pill->setStatus(Glyph::Check, text("Ready"), Tone::Ok);
    pill->setFilled(true);
    chartCard->add(pill);
    auto* wants = new Card(theme, text("Wants attention"));
    auto* list = new AttentionList(theme);
    list->setItems(samples::attention());
    wants->add(list, 1);
    row->addWidget(quorum, 2);
    row->addWidget(chartCard, 3);
    row->addWidget(wants, 3);
    return row;
}

QWidget* makeOverview(const Theme& theme)
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHead(theme, false));
    auto* body = new QVBoxLayout;
    body->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16));
    body->setSpacing(theme.px(14));
    body->addLayout(makeOverviewCards(theme));
    auto* tableCard = new Card(theme, {}, nullptr, Card::Padding::Flush);
    tableCard->add(makeTable(theme, page));
    body->addWidget(tableCard);
    auto* last = new QHBoxLayout;
    last->setSpacing(theme.px(14));
    auto* eventsCard = new Card(theme, text("Events"));
    auto* events = new EventList(theme);
    events->setItems(samples::events());
    eventsCard->add(events);
    auto* five = new Card(theme, text("Five, one cut off"));
    auto* broken = new QuorumRing(theme);
    RingData data = samples::ring(5, true);
    data.selectedId = text("1");
    broken->setData(data);
    five->add(broken);
    auto* values = new Card(theme, text("Candidate"));
    auto* list = new KeyValueList(theme);
    list->setItems(samples::certificate());
    values->add(list);
    for (Card* card : {eventsCard, five, values}) {
        last->addWidget(card, 1);
    }
    body->addLayout(last);
    body->addStretch(1);
    column->addLayout(body, 1);
    return page;
}

QWidget* makeRun(const Theme& theme)
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHead(theme, true));
    auto* body = new QVBoxLayout;
    body->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16));
    body->setSpacing(theme.px(14));
    auto* notice = new NoticeBar(theme);
    notice->setNotice(Glyph::Flag, Tone::Warn,
                      text("2 obligations open: SSH started on node-1, users are cut off."),
                      text("Show"));
    body->addWidget(notice);
    auto* card = new Card(theme);
    auto* lanes = new LaneChart(theme);
    lanes->setData(samples::lanes());
    card->add(lanes);
    body->addWidget(card);
    auto* progress = new ProgressRow(theme);
    progress->setTitle(text("Staging mss-14.2.0 on node-2"));
    progress->setProgress({.done = 412'000'000, .total = 1'000'000'000, .perSecond = 96e6});
    progress->setCancellable(true);
    body->addWidget(progress);
    auto* filter = new FilterBar(theme);
    filter->setCounts(12, 300);
    for (const auto& [words, kind] : {std::pair{"Save report", ""},
                                      {"Reboot node-2", "danger"},
                                      {"Apply to 4 endpoints", "primary"}}) {
        auto* button = new QPushButton(text(words));
        button->setProperty("kind", text(kind));
        filter->addWidget(button);
    }
    body->addWidget(filter);
    auto* empty = new Card(theme, text("Packages"));
    auto* state = new EmptyState(theme);
    state->setText(text("No package is staged on this cluster."),
                   text("Add a package file, or drop one here."), text("Add package…"));
    empty->add(state, 1);
    body->addWidget(empty, 1);
    column->addLayout(body, 1);
    return page;
}

QWidget* makeConfirmation(const Theme& theme)
{
    return makeConfirmDialog(
        theme, nullptr,
        {.title = text("Reboot node-2"),
         .action = text("Reboot node-2"),
         .quorumSentence =
             text("3 of 3 ready, needs 2. While node-2 restarts (about 12 min) one more "
                  "failure stops the cluster."),
         .quorumTone = Tone::Warn,
         .consequence =
             text("Sessions on node-2 move to the other nodes; users may have to sign in again."),
         .whatIsSent = text("POST https://node-2:9443/api/v1/node/reboot"),
         .typedName = text("gateway-prod"),
         .destructive = true});
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const QString folder = QApplication::arguments().value(1, QStringLiteral("gallery"));
    Theme theme;
    theme.install(application);
    const SceneRenderer renderer(theme);
    struct Look {
        const char* name;
        SceneOptions options;
    };
    const std::vector<Look> looks = {
        {"light", {}},
        {"dark", {.mode = ThemeMode::Dark}},
        {"light-150", {.textScale = 1.5}},
        {"dark-200", {.size = {1600, 1200}, .textScale = 2.0, .mode = ThemeMode::Dark}},
        {"contrast", {.mode = ThemeMode::HighContrast}},
        {"light-2x", {.pixelRatio = 2.0}},
        {"light-rtl", {.direction = Qt::RightToLeft}}};
    const std::pair<const char*, QWidget* (*)(const Theme&)> pages[] = {
        {"overview", makeOverview}, {"run", makeRun}, {"confirm", makeConfirmation}};
    for (const Look& look : looks) {
        theme.setTextScale(look.options.textScale);
        theme.setMode(look.options.mode);
        for (const auto& [name, make] : pages) {
            const std::unique_ptr<QWidget> page(make(theme));
            SceneOptions options = look.options;
            if (qobject_cast<QDialog*>(page.get()) != nullptr) {
                options.size = page->sizeHint();
            }
            const QString path =
                QStringLiteral("%1/%2-%3.png").arg(folder, text(name), text(look.name));
            const Result<QString> written = renderer.renderToFile(*page, options, path);
            std::printf("%s\n", qPrintable(written ? *written : describe(written.error())));
        }
    }
    return 0;
}
