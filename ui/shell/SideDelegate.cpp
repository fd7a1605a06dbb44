// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/SideDelegate.h"

#include <QPainter>

namespace quorate::ui {

SideDelegate::SideDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{}

QSize SideDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {m_theme.px(180), m_theme.rowHeight()};
}

void SideDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool chosen = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    const QRectF box = QRectF(option.rect).adjusted(0, 1, 0, -1);
    if (chosen || hovered) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(chosen ? m_theme.tokens().selection : m_theme.tokens().hover);
        painter->drawRoundedRect(box, m_theme.px(6), m_theme.px(6));
    }
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->setPen(m_theme.tokens().accent);
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(6), m_theme.px(6));
    }
    const bool mirrored = option.direction == Qt::RightToLeft;
    const auto place = [&](const QRectF& rect) {
        return mirrored ? QRectF(box.left() + box.right() - rect.right(), rect.top(), rect.width(),
                                 rect.height())
                        : rect;
    };
    const int pad = m_theme.px(8);
    const int glyphSize = m_theme.glyphSize();
    const QRectF glyphRect(box.left() + pad, box.center().y() - glyphSize / 2.0, glyphSize,
                           glyphSize);
    paintGlyph(*painter, place(glyphRect), static_cast<Glyph>(index.data(kSideGlyphRole).toInt()),
               m_theme.color(static_cast<Tone>(index.data(kSideToneRole).toInt())), mirrored);

    const QString caption = index.data(kSideCaptionRole).toString();
    painter->setFont(m_theme.font(TextStyle::Caption));
    const double captionWidth = painter->fontMetrics().horizontalAdvance(caption) + 1;
    const Qt::Alignment far = mirrored ? Qt::AlignLeft : Qt::AlignRight;
    const Qt::Alignment near = mirrored ? Qt::AlignRight : Qt::AlignLeft;
    painter->setPen(m_theme.tokens().muted);
    painter->drawText(
        place({box.right() - pad - captionWidth, box.top(), captionWidth, box.height()}),
        static_cast<int>(far | Qt::AlignVCenter), caption);
    painter->setFont(m_theme.font(chosen ? TextStyle::Strong : TextStyle::Body));
    painter->setPen(chosen ? m_theme.tokens().accent : m_theme.tokens().text);
    const double left = glyphRect.right() + pad;
    const QRectF nameRect(left, box.top(), box.right() - 2 * pad - captionWidth - left,
                          box.height());
    const QString name = painter->fontMetrics().elidedText(
        index.data(Qt::DisplayRole).toString(), Qt::ElideRight, static_cast<int>(nameRect.width()));
    painter->drawText(place(nameRect), static_cast<int>(near | Qt::AlignVCenter), name);
    painter->restore();
}

} // namespace quorate::ui
