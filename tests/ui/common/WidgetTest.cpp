// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/MessageGuard.h"
#include "tests/support/Wait.h"
#include "tests/ui/common/Samples.h"
#include "ui/common/Card.h"
#include "ui/common/FilterBar.h"
#include "ui/common/Labels.h"
#include "ui/common/Notices.h"
#include "ui/common/SceneRenderer.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QLineEdit>
#include <QPaintEvent>
#include <QProgressBar>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <QVBoxLayout>

#include <set>

namespace quorate::ui {
namespace {

QString text(const char* utf8) { return QString::fromUtf8(utf8); }

/// One theme for the program, as in main().
class Widgets : public testing::Test {
protected:
    void SetUp() override
    {
        theme.install(*qApp);
        theme.setTextScale(1.0);
        theme.setMode(ThemeMode::Light);
    }
    Theme theme;
};

std::unique_ptr<QWidget> everything(const Theme& theme)
{
    auto page = std::make_unique<QWidget>();
    auto* column = new QVBoxLayout(page.get());
    auto* banner = new QuorumBanner(theme);
    banner->setText(samples::banner(true));
    auto* ring = new QuorumRing(theme);
    ring->setData(samples::ring(7, true));
    auto* steps = new StepChart(theme);
    steps->setData(samples::voters());
    auto* lanes = new LaneChart(theme);
    lanes->setData(samples::lanes());
    auto* attention = new AttentionList(theme);
    attention->setItems(samples::attention());
    auto* events = new EventList(theme);
    events->setItems(samples::events());
    auto* values = new KeyValueList(theme);
    values->setItems(samples::certificate());
    auto* notice = new NoticeBar(theme);
    notice->setNotice(Glyph::Flag, Tone::Warn, text("2 obligations open"), text("Show"));
    auto* progress = new ProgressRow(theme);
    progress->setProgress({.done = 1, .total = 2});
    auto* card = new Card(theme, text("Quorum"));
    card->setCaption(text("majority 2"));
    card->add(ring, 1);
    auto* pill = new StatusPill(theme);
    pill->setStatus(Glyph::Check, text("Ready"), Tone::Ok);
    auto* empty = new EmptyState(theme);
    empty->setText(text("Why"), text("What"), text("Do"));
    const std::initializer_list<QWidget*> all = {banner,
                                                 card,
                                                 steps,
                                                 lanes,
                                                 attention,
                                                 events,
                                                 values,
                                                 notice,
                                                 progress,
                                                 pill,
                                                 empty,
                                                 new FilterBar(theme),
                                                 new TagLabel(theme, text("Production"), Tone::Bad),
                                                 new AgeLabel(theme),
                                                 new ElidedLabel(theme, text("long text"))};
    for (QWidget* widget : all) {
        column->addWidget(widget);
    }
    return page;
}

TEST_F(Widgets, PaintAtEveryScaleAndThemeAndDirectionWithoutAWarning)
{
    const test::MessageGuard guard({text("propagateSizeHints")});
    const SceneRenderer renderer(theme);
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark, ThemeMode::HighContrast}) {
        for (const double scale : {1.0, 1.5, 2.0}) {
            for (const auto direction : {Qt::LeftToRight, Qt::RightToLeft}) {
                const auto page = everything(theme);
                const QImage image = renderer.render(*page, {.size = {900, 1200},
                                                             .pixelRatio = scale,
                                                             .textScale = scale,
                                                             .mode = mode,
                                                             .direction = direction});
                std::set<QRgb> colors;
                for (int y = 0; y < image.height(); y += 3) {
                    for (int x = 0; x < image.width(); x += 3) {
                        colors.insert(image.pixel(x, y));
                    }
                }
                EXPECT_GT(colors.size(), 30U);
            }
        }
    }
}

TEST_F(Widgets, GrowWithTheText)
{
    LaneChart lanes(theme);
    lanes.setData(samples::lanes());
    StatusPill pill(theme);
    pill.setStatus(Glyph::Check, text("Ready"), Tone::Ok);
    QuorumBanner banner(theme);
    banner.setText(samples::banner(true));
    const int laneHeight = lanes.sizeHint().height();
    const int pillWidth = pill.sizeHint().width();
    const int bannerWidth = banner.sizeHint().width();
    EXPECT_GT(banner.heightForWidth(300),
              banner.heightForWidth(1200)); // it wraps, and is not cut off
    theme.setTextScale(2.0);
    EXPECT_NEAR(lanes.sizeHint().height(), 2 * laneHeight, 4);
    EXPECT_GT(pill.sizeHint().width(), pillWidth * 3 / 2);
    EXPECT_GT(banner.sizeHint().width(), bannerWidth * 3 / 2);
}

/// What a widget was asked to paint.
class PaintSpy final : public QObject {
public:
    explicit PaintSpy(QWidget& widget) { widget.installEventFilter(this); }
    QList<QRect> painted;

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint) {
            painted.append(static_cast<QPaintEvent*>(event)->rect());
        }
        return false;
    }
};

TEST_F(Widgets, BannerPaintsOnlyTheAgeThatHasGrown)
{
    QuorumBanner banner(theme);
    QuorumBannerText words = samples::banner(false);
    banner.setText(words);
    banner.resize(banner.sizeHint().width() + 200, banner.sizeHint().height());
    PaintSpy spy(banner);
    banner.show();
    ASSERT_TRUE(test::waitUntil([&] { return spy.painted.contains(banner.rect()); }));
    const auto paintedFor = [&](const QuorumBannerText& next) {
        spy.painted.clear();
        banner.setText(next);
        static_cast<void>(test::waitUntil([&] { return !spy.painted.isEmpty(); }));
        return spy.painted.isEmpty() ? QRect() : spy.painted.last();
    };
    words.age = text("live · 12 s");
    const QRect age = paintedFor(words);
    EXPECT_GT(age.left(), banner.sizeHint().width());
    EXPECT_EQ(age.right(), banner.rect().right());
    words.stale = true; // the sentence fades too
    EXPECT_EQ(paintedFor(words), banner.rect());
    words.head = text("2 of 3 voters ready");
    words.age = text("live · 13 s");
    EXPECT_EQ(paintedFor(words), banner.rect());
    banner.resize(300, banner.heightForWidth(300)); // wrapped: another age may wrap it elsewhere
    ASSERT_TRUE(test::waitUntil([&] { return spy.painted.last() == banner.rect(); }));
    words.age = text("live · 14 s");
    EXPECT_EQ(paintedFor(words), banner.rect());
}

TEST_F(Widgets, SayInWordsWhatTheyDraw)
{
    QuorumBanner banner(theme);
    banner.setText(samples::banner(false));
    EXPECT_EQ(
        banner.accessibleName(),
        text("3 of 3 voters ready, 2 needed. One node may fail without stopping the cluster."));
    EXPECT_EQ(banner.accessibleDescription(), text("live · 1 s"));
    QuorumRing ring(theme);
    ring.setData(samples::ring(3, true));
    EXPECT_EQ(ring.accessibleDescription(),
              text("node-1, leader: ready. node-2: ready. node-3: cannot be reached. node-3 and "
                   "node-1 do not hear each "
                   "other. node-3 and node-2 do not hear each other."));
    LaneChart lanes(theme);
    lanes.setData(samples::lanes());
    EXPECT_TRUE(lanes.textAlternative().contains(
        text("node-2: Install done, 22:26 to 22:34; Reboot running")));
    EXPECT_TRUE(
        lanes.textAlternative().contains(text("Voters ready, seen: 3 until 22:10, 2 until 22:17")));
    StepChart steps(theme);
    steps.setData(samples::voters());
    EXPECT_EQ(steps.accessibleDescription(),
              text("Voters ready of 3, majority 2. Seen: 3 until 08:14, 2 until 10:25, 3."));
    StatusPill pill(theme);
    pill.setStatus(Glyph::Cross, text("Down"), Tone::Bad);
    EXPECT_EQ(pill.accessibleName(), text("Down"));
}

TEST_F(Widgets, TheRingIsChosenFromByKeyboardAndMouse)
{
    QuorumRing ring(theme);
    ring.setData(samples::ring(3));
    ring.resize(220, 180);
    test::ValueSpy chosen(&ring, &QuorumRing::nodeChosen);
    QTest::keyClick(&ring, Qt::Key_Right);
    EXPECT_EQ(chosen.last(), text("0"));
    QTest::keyClick(&ring, Qt::Key_Left);
    EXPECT_EQ(chosen.last(), text("2"));
    QTest::mouseClick(&ring, Qt::LeftButton, {}, ring.nodeCenter(1).toPoint());
    EXPECT_EQ(chosen.last(), text("1"));
    EXPECT_TRUE(ring.accessibleName().contains(text("node-2")));
}

TEST_F(Widgets, TheLanesAreWalkedZoomedAndMirrored)
{
    LaneChart chart(theme);
    const LaneChartData data = samples::lanes();
    chart.setData(data);
    chart.resize(900, chart.sizeHint().height());
    test::ValueSpy chosen(&chart, &LaneChart::segmentChosen);
    QTest::keyClick(&chart, Qt::Key_Right);
    EXPECT_EQ(chosen.last(), data.lanes[0].segments[0].id);
    QTest::keyClick(&chart, Qt::Key_Right);
    QTest::keyClick(&chart, Qt::Key_Down);
    EXPECT_EQ(chosen.last(), data.lanes[1].segments[0].id);
    EXPECT_TRUE(chart.accessibleName().startsWith(text("node-2, Install: done")));
    test::ValueSpy activated(&chart, &LaneChart::segmentActivated);
    QTest::keyClick(&chart, Qt::Key_Return);
    EXPECT_EQ(activated.count(), 1);

    const QString id = data.lanes[0].segments[1].id;
    const QRectF before = chart.segmentRect(id);
    chart.zoomBy(2.0, 0.0);
    EXPECT_NEAR(chart.segmentRect(id).width(), before.width() * 2, 4);
    QTest::keyClick(&chart, Qt::Key_0);
    EXPECT_EQ(chart.segmentRect(id), before);
    chart.setLayoutDirection(Qt::RightToLeft);
    EXPECT_NEAR(chart.segmentRect(id).right(), chart.width() - before.left(), 2);
}

TEST_F(Widgets, AttentionLinksNameTheirItem)
{
    AttentionList list(theme);
    list.setItems(samples::attention());
    test::ValueSpy chosen(&list, &AttentionList::actionChosen);
    auto* link = list.findChild<QPushButton*>(text("diskAttentionButton"));
    ASSERT_NE(link, nullptr);
    EXPECT_EQ(link->accessibleDescription(), text("node-3: 11.2 GB free, an upgrade needs 12"));
    link->click();
    EXPECT_EQ(chosen.last(), text("disk"));
}

TEST_F(Widgets, AnAgeLooksStaleWhenItIs)
{
    AgeLabel age(theme);
    EXPECT_TRUE(age.isStale());
    const TimePoint seen = samples::at(10, 0);
    age.setAge(seen, seen + Seconds(1));
    EXPECT_FALSE(age.isStale());
    EXPECT_EQ(age.text(), text("live · 1 s"));
    age.setAge(seen, seen + Seconds(240));
    EXPECT_TRUE(age.isStale());
    EXPECT_EQ(age.text(), text("4 min old"));
}

TEST_F(Widgets, ProgressAndNoticesTellAndAct)
{
    ProgressRow row(theme);
    row.setTitle(text("Staging"));
    row.setProgress({.done = 500'000'000, .total = 1'000'000'000, .perSecond = 100e6});
    EXPECT_EQ(row.figures(), text("500 MB of 1.0 GB · 100 MB/s · 5 s left"));
    EXPECT_EQ(row.findChild<QProgressBar*>()->value(), 500);
    test::ValueSpy<> cancelled(&row, &ProgressRow::cancelRequested);
    row.findChild<QToolButton*>(text("progressCancelButton"))->click();
    EXPECT_EQ(cancelled.count(), 1);

    NoticeBar notice(theme);
    notice.setError(
        makeError(ErrorKind::Precondition, text("gate-no"), text("node-1 is down already")));
    EXPECT_TRUE(notice.text().contains(text("node-1 is down already. Nothing was sent.")));
    EXPECT_FALSE(notice.isHidden());
    notice.setNotice(Glyph::None, Tone::Plain, {});
    EXPECT_TRUE(notice.isHidden());
}

TEST_F(Widgets, TheFilterIsEmptiedByEscape)
{
    FilterBar bar(theme);
    test::ValueSpy changed(&bar, &FilterBar::textChanged);
    auto* field = bar.findChild<QLineEdit*>(text("filterField"));
    QTest::keyClicks(field, text("node"));
    EXPECT_EQ(changed.last(), text("node"));
    QTest::keyClick(field, Qt::Key_Escape);
    EXPECT_EQ(bar.text(), QString());
    test::ValueSpy<> left(&bar, &FilterBar::leaveDown);
    QTest::keyClick(field, Qt::Key_Down);
    EXPECT_EQ(left.count(), 1);
}

} // namespace
} // namespace quorate::ui
