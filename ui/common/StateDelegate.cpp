// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/StateDelegate.h"

#include "ui/common/TableModel.h"

#include <QPainter>

#include <cmath>

namespace quorate::ui {
namespace {

constexpr int kPadding = 10;
constexpr int kGlyphGap = 6;

double widestFigure(const QFontMetricsF& metrics)
{
    double widest = 0;
    for (char figure = '0'; figure <= '9'; ++figure) {
        widest = std::max(widest, metrics.horizontalAdvance(QLatin1Char(figure)));
    }
    return widest;
}

Glyph glyphOf(const QModelIndex& index, int role)
{
    const QVariant value = index.data(role);
    return value.isValid() ? Glyph(value.toInt()) : Glyph::None;
}

struct Line {
    QString text;
    double width = 0; ///< of all of it
    double room = 0;
    bool isMirrored = false;
};

/// Shortened to its room. What fits is drawn at a point: into a box it is shaped several times, and
/// a table paints hundreds of cells each second.
void paintLine(QPainter& painter, const QRectF& box, const Line& line)
{
    const QFontMetricsF metrics(painter.font());
    if (line.width <= line.room && !line.text.contains(QLatin1Char('\n'))) {
        const double base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2;
        const double left = line.isMirrored ? box.right() - line.width : box.left();
        painter.drawText(QPointF(left, base), line.text);
    } else {
        painter.drawText(box,
                         int(Qt::AlignVCenter | (line.isMirrored ? Qt::AlignRight : Qt::AlignLeft)),
                         metrics.elidedText(line.text, Qt::ElideRight, line.room));
    }
}

} // namespace

double tabularWidth(const QFontMetricsF& metrics, const QString& text)
{
    if (text.isEmpty()) {
        return 0;
    }
    const double figure = widestFigure(metrics);
    double width = 0;
    for (const QChar character : text) {
        width += character.isDigit() ? figure : metrics.horizontalAdvance(character);
    }
    return width;
}

void paintTabular(QPainter& painter, const QRectF& rect, Qt::Alignment alignment,
                  const QString& text)
{
    if (text.isEmpty()) {
        return;
    }
    const QFontMetricsF metrics(painter.font());
    const double figure = widestFigure(metrics);
    const double width = tabularWidth(metrics, text);
    double left = rect.left();
    if (alignment & Qt::AlignRight) {
        left = rect.right() - width;
    } else if (alignment & Qt::AlignHCenter) {
        left = rect.center().x() - width / 2;
    }
    const double base = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    for (const QChar character : text) {
        const double advance = metrics.horizontalAdvance(character);
        const double cell = character.isDigit() ? figure : advance;
        painter.drawText(QPointF(left + (cell - advance) / 2, base), QString(character));
        left += cell;
    }
}

StateDelegate::StateDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{}

void StateDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    const Tokens& tokens = m_theme.tokens();
    const QRectF cell = option.rect;
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const bool isHovered = option.state.testFlag(QStyle::State_MouseOver);
    const bool isMirrored = option.direction == Qt::RightToLeft;
    painter->save();
    if (isSelected || isHovered) {
        painter->fillRect(option.rect, isSelected ? tokens.selection : tokens.hover);
    }
    painter->fillRect(QRectF(cell.left(), cell.bottom() - 1, cell.width(), 1), tokens.line);

    const QVariant toneValue = index.data(ToneRole);
    const QColor color = m_theme.color(toneValue.isValid() ? Tone(toneValue.toInt()) : Tone::Plain);
    const Glyph glyph = glyphOf(index, GlyphRole);
    const Glyph trailing = glyphOf(index, TrailingGlyphRole);
    const bool isNumeric = index.data(NumericRole).toBool();
    const QString text = index.data(Qt::DisplayRole).toString();
    const double size = m_theme.glyphSize();
    const double gap = m_theme.px(kGlyphGap);
    const auto turned = [&](const QRectF& rect) {
        return isMirrored ? QRectF(cell.left() + cell.right() - rect.right(), rect.top(),
                                   rect.width(), rect.height())
                          : rect;
    };
    const QRectF inner = cell.adjusted(m_theme.px(kPadding), 0, -m_theme.px(kPadding), -1);
    painter->setFont(m_theme.font(TextStyle(index.data(StyleRole).toInt())));
    painter->setPen(color);
    const QFontMetricsF metrics(painter->font());
    const double glyphRoom = glyph == Glyph::None ? 0 : size + gap;
    const double trailingRoom = trailing == Glyph::None ? 0 : size + gap;
    const double room = std::max(inner.width() - glyphRoom - trailingRoom, 0.0);
    const double textWidth =
        isNumeric ? tabularWidth(metrics, text) : metrics.horizontalAdvance(text);
    const double left =
        isNumeric ? std::max(inner.right() - trailingRoom - textWidth - glyphRoom, inner.left())
                  : inner.left();
    if (glyph != Glyph::None) {
        paintGlyph(*painter, turned(QRectF(left, inner.top(), size, inner.height())), glyph, color,
                   isMirrored);
    }
    const QRectF textBox(left + glyphRoom, inner.top(), std::min(std::ceil(textWidth) + 1, room),
                         inner.height());
    if (isNumeric && textWidth <= room + 1) {
        paintTabular(*painter, turned(textBox), Qt::AlignLeft, text);
    } else {
        paintLine(*painter, turned(textBox), {text, textWidth, room + 0.5, isMirrored});
    }
    if (trailing != Glyph::None) {
        const QRectF box(textBox.right() + gap - 1, inner.top(), size, inner.height());
        paintGlyph(*painter, turned(box), trailing, m_theme.color(Tone::Plain), isMirrored);
    }
    if (option.state.testFlag(QStyle::State_HasFocus)
        && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(tokens.accent, 1));
        painter->drawRect(cell.adjusted(0.5, 0.5, -1.5, -1.5));
    }
    painter->restore();
}

QSize StateDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const
{
    const QFontMetricsF metrics(m_theme.font(TextStyle(index.data(StyleRole).toInt())));
    const QString text = index.data(Qt::DisplayRole).toString();
    const bool isNumeric = index.data(NumericRole).toBool();
    double width = isNumeric ? tabularWidth(metrics, text) : metrics.horizontalAdvance(text);
    for (const int role : {int(GlyphRole), int(TrailingGlyphRole)}) {
        if (glyphOf(index, role) != Glyph::None) {
            width += m_theme.glyphSize() + m_theme.px(kGlyphGap);
        }
    }
    return {int(std::ceil(width)) + 2 * m_theme.px(kPadding) + 1, m_theme.rowHeight()};
}

} // namespace quorate::ui
