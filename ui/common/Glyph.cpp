// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Glyph.h"

#include <QCoreApplication>
#include <QFile>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <array>
#include <cmath>

namespace quorate::ui {
namespace {

struct GlyphInfo {
    const char* name;
    const char* word;
};

// In the order of the enum.
constexpr std::array<GlyphInfo, kGlyphCount> kGlyphs{{
    {"", ""},
    {"check", QT_TRANSLATE_NOOP("Glyph", "good")},
    {"dot", QT_TRANSLATE_NOOP("Glyph", "healthy")},
    {"triangle", QT_TRANSLATE_NOOP("Glyph", "warning")},
    {"cross", QT_TRANSLATE_NOOP("Glyph", "failed")},
    {"ring", QT_TRANSLATE_NOOP("Glyph", "not known")},
    {"turning", QT_TRANSLATE_NOOP("Glyph", "running")},
    {"flag", QT_TRANSLATE_NOOP("Glyph", "obligation")},
    {"star", QT_TRANSLATE_NOOP("Glyph", "leader")},
    {"activity", ""},
    {"plus", QT_TRANSLATE_NOOP("Glyph", "add")},
    {"minus", QT_TRANSLATE_NOOP("Glyph", "remove")},
    {"pause", QT_TRANSLATE_NOOP("Glyph", "paused")},
    {"play", QT_TRANSLATE_NOOP("Glyph", "start")},
    {"stop", QT_TRANSLATE_NOOP("Glyph", "stop")},
    {"refresh", QT_TRANSLATE_NOOP("Glyph", "refresh")},
    {"search", QT_TRANSLATE_NOOP("Glyph", "search")},
    {"filter", QT_TRANSLATE_NOOP("Glyph", "filter")},
    {"copy", QT_TRANSLATE_NOOP("Glyph", "copy")},
    {"save", QT_TRANSLATE_NOOP("Glyph", "save")},
    {"open", QT_TRANSLATE_NOOP("Glyph", "open")},
    {"upload", QT_TRANSLATE_NOOP("Glyph", "upload")},
    {"download", QT_TRANSLATE_NOOP("Glyph", "download")},
    {"package", ""},
    {"node", ""},
    {"power", ""},
    {"lock", QT_TRANSLATE_NOOP("Glyph", "locked")},
    {"info", QT_TRANSLATE_NOOP("Glyph", "note")},
    {"more", QT_TRANSLATE_NOOP("Glyph", "more")},
    {"chevron-down", ""},
    {"chevron-right", ""},
    {"chevron-left", ""},
    {"arrow-right", ""},
    {"close", QT_TRANSLATE_NOOP("Glyph", "close")},
}};

const GlyphInfo& infoOf(Glyph glyph) { return kGlyphs[size_t(glyph)]; }

/// The drawing in `color`: our files are drawn in black, and black is replaced.
QByteArray tintedDrawing(Glyph glyph, const QColor& color)
{
    QFile file(QStringLiteral(":/quorate/icons/%1.svg").arg(glyphName(glyph)));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    return file.readAll().replace("#000000", color.name().toLatin1());
}

bool turnsRound(Glyph glyph)
{
    return glyph == Glyph::ChevronLeft || glyph == Glyph::ChevronRight || glyph == Glyph::ArrowRight
           || glyph == Glyph::Play;
}

} // namespace

QString glyphName(Glyph glyph) { return QString::fromLatin1(infoOf(glyph).name); }

QString glyphWord(Glyph glyph)
{
    const char* word = infoOf(glyph).word;
    return *word == '\0' ? QString() : QCoreApplication::translate("Glyph", word);
}

QPixmap glyphPixmap(Glyph glyph, const QColor& color, int size, qreal pixelRatio)
{
    if (glyph == Glyph::None || size <= 0) {
        return {};
    }
    const int pixels = int(std::ceil(size * pixelRatio));
    const QString key = QStringLiteral("quorate-glyph/%1/%2/%3")
                            .arg(glyphName(glyph), color.name(QColor::HexArgb))
                            .arg(pixels);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(pixels, pixels);
        pixmap.fill(Qt::transparent);
        QSvgRenderer renderer(tintedDrawing(glyph, color));
        QPainter painter(&pixmap);
        painter.setOpacity(color.alphaF());
        renderer.render(&painter, QRectF(0, 0, pixels, pixels));
        painter.end();
        QPixmapCache::insert(key, pixmap);
    }
    pixmap.setDevicePixelRatio(pixelRatio);
    return pixmap;
}

void paintGlyph(QPainter& painter, const QRectF& rect, Glyph glyph, const QColor& color,
                bool mirrored)
{
    if (glyph == Glyph::None) {
        return;
    }
    const int size = int(std::lround(std::min(rect.width(), rect.height())));
    QPixmap pixmap = glyphPixmap(glyph, color, size, painter.device()->devicePixelRatioF());
    if (mirrored && turnsRound(glyph)) {
        pixmap = pixmap.transformed(QTransform::fromScale(-1, 1));
    }
    const QPointF corner(std::round(rect.center().x() - size / 2.0),
                         std::round(rect.center().y() - size / 2.0));
    painter.drawPixmap(corner, pixmap);
}

} // namespace quorate::ui
