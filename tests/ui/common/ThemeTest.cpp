// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Theme.h"
#include "ui/common/ErrorText.h"
#include "ui/common/Format.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QPalette>
#include <QRegularExpression>

#include <set>

namespace quorate::ui {
namespace {

TEST(Tokens, EveryUsedPairIsReadable)
{
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark, ThemeMode::HighContrast}) {
        const double limit =
            mode == ThemeMode::HighContrast ? 7.0 : 4.5; // WCAG 2.2, 1.4.3 and 1.4.6
        for (const ColorPair& pair : usedTextPairs(tokensFor(mode))) {
            EXPECT_GE(contrastRatio(pair.front, pair.back), limit)
                << pair.name << " on " << qPrintable(pair.back.name()) << " in mode " << int(mode);
        }
    }
}

TEST(Tokens, ContrastIsThatOfTheStandard)
{
    EXPECT_NEAR(contrastRatio(Qt::black, Qt::white), 21.0, 0.01);
    EXPECT_NEAR(contrastRatio(QColor(0x77, 0x77, 0x77), Qt::white), 4.48, 0.01);
}

TEST(Glyph, EachHasADrawingOfItsOwn)
{
    const Theme theme;
    std::set<QByteArray> drawings;
    for (int glyph = 1; glyph < kGlyphCount; ++glyph) {
        const QImage image = glyphPixmap(Glyph(glyph), Qt::red, 24, 1.0).toImage();
        int painted = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                painted += image.pixelColor(x, y).alpha() > 128 ? 1 : 0;
            }
        }
        EXPECT_GT(painted, 5) << qPrintable(glyphName(Glyph(glyph)));
        drawings.insert(
            QByteArray(reinterpret_cast<const char*>(image.constBits()), image.sizeInBytes()));
    }
    EXPECT_GE(int(drawings.size()), kGlyphCount - 2); // "close" may look like "cross"
    EXPECT_TRUE(glyphPixmap(Glyph::None, Qt::red, 24, 1.0).isNull());
}

TEST(Glyph, IsSharpOnDenseScreens)
{
    const Theme theme;
    const QPixmap pixmap = glyphPixmap(Glyph::Check, Qt::black, 12, 2.0);
    EXPECT_EQ(pixmap.width(), 24);
    EXPECT_EQ(pixmap.deviceIndependentSize(), QSizeF(12, 12));
}

TEST(Theme, FollowsModeAndTextSizeAndSaysSo)
{
    Theme theme;
    theme.install(*qApp);
    theme.setTextScale(1.0);
    int changes = 0;
    QObject::connect(&theme, &Theme::changed, &theme, [&changes] { ++changes; });
    theme.setMode(ThemeMode::Dark);
    EXPECT_TRUE(theme.isDark());
    EXPECT_EQ(qApp->palette().color(QPalette::Base), tokensFor(ThemeMode::Dark).panel);
    theme.setMode(ThemeMode::Dark);
    EXPECT_EQ(changes, 1);
    theme.setMode(ThemeMode::Light);
    EXPECT_EQ(theme.font(TextStyle::Body).pixelSize(), 13);
    EXPECT_EQ(theme.font(TextStyle::Title).pixelSize(), 20);
    theme.setTextScale(1.5);
    EXPECT_EQ(theme.font(TextStyle::Sentence).pixelSize(), 23);
    EXPECT_EQ(QApplication::font().pixelSize(), theme.font(TextStyle::Body).pixelSize());
    EXPECT_EQ(changes, 3);
    theme.setTextScale(100);
    EXPECT_LE(theme.textScale(), 3.0);
}

TEST(Theme, TheStyleSheetHasNoNameLeftInIt)
{
    Theme theme;
    theme.setMode(ThemeMode::Light);
    theme.setTextScale(1.5);
    const QString sheet = theme.styleSheet().section(QStringLiteral("*/"), 1);
    ASSERT_FALSE(sheet.isEmpty());
    EXPECT_FALSE(sheet.contains(QLatin1Char('@')));
    EXPECT_FALSE(sheet.contains(QRegularExpression(QStringLiteral("#\\d+#"))));
    EXPECT_TRUE(sheet.contains(QStringLiteral("padding: 8px 21px")));
}

TEST(ErrorText, EveryKindSaysWhatHappenedWhatIsUnharmedAndWhatNext)
{
    for (int kind = 0; kind <= int(ErrorKind::Internal); ++kind) {
        Error error = makeError(ErrorKind(kind), QStringLiteral("some-code"),
                                QStringLiteral("node-2 did not answer"));
        error = error.withContext(QStringLiteral("Install")).withContext(QStringLiteral("step 12"));
        const ErrorText text = errorText(error);
        EXPECT_FALSE(text.title.isEmpty());
        EXPECT_FALSE(text.unharmed.isEmpty());
        EXPECT_TRUE(!text.next.isEmpty() || error.kind == ErrorKind::Cancelled);
        EXPECT_EQ(text.happened, QStringLiteral("step 12, Install: node-2 did not answer."));
        EXPECT_TRUE(text.details.contains(QStringLiteral("some-code")));
        EXPECT_FALSE(text.sentences().contains(QLatin1Char('!')));
        EXPECT_FALSE(text.sentences().contains(QStringLiteral("please"), Qt::CaseInsensitive));
    }
    const ErrorText own = errorText(
        makeError(ErrorKind::Tls, {}, QStringLiteral("Changed"), QStringLiteral("Stop.")));
    EXPECT_EQ(own.next, QStringLiteral("Stop."));
}

TEST(Format, SizesTimesAndAges)
{
    QLocale::setDefault(QLocale::c());
    const TimePoint now(std::chrono::hours(1000));
    EXPECT_EQ(bytesText(48'000'000'000), QStringLiteral("48.0 GB"));
    EXPECT_EQ(bytesText(412'000'000), QStringLiteral("412 MB"));
    EXPECT_EQ(durationText(Seconds(48)), QStringLiteral("48 s"));
    EXPECT_EQ(durationText(std::chrono::minutes(125)), QStringLiteral("2 h 05 min"));
    EXPECT_EQ(durationText(std::chrono::hours(24 * 6)), QStringLiteral("6 d"));
    EXPECT_EQ(durationText(Millis(-5)), QStringLiteral("0 s"));
    EXPECT_EQ(freshnessText(now, now + Seconds(1), Seconds(10)), QStringLiteral("live · 1 s"));
    EXPECT_EQ(freshnessText(now, now + Seconds(240), Seconds(10)), QStringLiteral("4 min old"));
    EXPECT_EQ(freshnessText(std::nullopt, now, Seconds(10)), QStringLiteral("never seen"));
    EXPECT_EQ(transferText(412'000'000, 1'000'000'000, 98e6),
              QStringLiteral("412 MB of 1.0 GB · 98 MB/s · 6 s left"));
    EXPECT_EQ(transferText(5, 0, 0), QStringLiteral("5 bytes"));
    EXPECT_EQ(utcText(now), QStringLiteral("1970-02-11 16:00:00 UTC"));
}

} // namespace
} // namespace quorate::ui
