// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/QuorumBanner.h"

#include <QPainter>
#include <QTextLayout>

#include <cmath>

namespace quorate::ui {
namespace {

constexpr int kGlyph = 14;
constexpr int kGap = 10;
constexpr int kAgeGap = 16;
constexpr int kLeading = 3; // between wrapped lines

/// Lays the sentence out in `width`; returns its height.
double layOut(QTextLayout& layout, double width, int leading)
{
    double height = 0;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(std::max(width, 1.0));
        line.setPosition(QPointF(0, height));
        height += std::ceil(line.height()) + leading;
    }
    layout.endLayout();
    return std::max(height - leading, 0.0);
}

void prepare(QTextLayout& layout, const QuorumBannerText& text, const Theme& theme,
             Qt::LayoutDirection direction)
{
    layout.setText(text.head + text.rest);
    layout.setFont(theme.font(TextStyle::Sentence));
    QTextOption option;
    option.setWrapMode(QTextOption::WordWrap);
    option.setTextDirection(Qt::LayoutDirectionAuto);
    option.setAlignment(Qt::AlignAbsolute
                        | (direction == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft));
    layout.setTextOption(option);
    QTextLayout::FormatRange bold;
    bold.start = 0;
    bold.length = int(text.head.size());
    bold.format.setFont(theme.font(TextStyle::SentenceStrong));
    layout.setFormats({bold});
}

} // namespace

QuorumBanner::QuorumBanner(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void QuorumBanner::setText(const QuorumBannerText& text)
{
    if (text == m_text) {
        return;
    }
    const bool sentenceChanged = text.head != m_text.head || text.rest != m_text.rest;
    m_text = text;
    if (sentenceChanged) {
        setSpokenText(this, sentence(), true);
        updateGeometry();
    }
    setAccessibleDescription(m_text.age);
    update();
}

int QuorumBanner::textLeft() const { return theme().px(kGlyph) + theme().px(kGap); }

int QuorumBanner::ageWidth() const
{
    if (m_text.age.isEmpty()) {
        return 0;
    }
    return int(std::ceil(
               QFontMetricsF(theme().font(TextStyle::Body)).horizontalAdvance(m_text.age)))
           + theme().px(kAgeGap);
}

QSize QuorumBanner::sizeHint() const
{
    const QFontMetricsF strong(theme().font(TextStyle::SentenceStrong));
    const QFontMetricsF normal(theme().font(TextStyle::Sentence));
    const double width =
        strong.horizontalAdvance(m_text.head) + normal.horizontalAdvance(m_text.rest);
    const int total = textLeft() + int(std::ceil(width)) + 2 + ageWidth();
    return {total, heightForWidth(total)};
}

QSize QuorumBanner::minimumSizeHint() const
{
    const int width = theme().px(240);
    return {width, heightForWidth(std::max(width, this->width()))};
}

int QuorumBanner::heightForWidth(int width) const
{
    QTextLayout layout;
    prepare(layout, m_text, theme(), layoutDirection());
    const double height = layOut(layout, width - textLeft() - ageWidth(), theme().px(kLeading));
    const int line = QFontMetrics(theme().font(TextStyle::Sentence)).height();
    return std::max(int(std::ceil(height)), line) + theme().px(4);
}

void QuorumBanner::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const int top = theme().px(2);
    const QFontMetricsF metrics(theme().font(TextStyle::Sentence));
    const QRectF glyphBox(0, top, theme().px(kGlyph), std::ceil(metrics.height()));
    paintGlyph(painter, visual(glyphBox, rect()), m_text.glyph, theme().color(m_text.tone));

    QTextLayout layout;
    prepare(layout, m_text, theme(), layoutDirection());
    const double textWidth = width() - textLeft() - ageWidth();
    layOut(layout, textWidth, theme().px(kLeading));
    const QRectF textBox = visual(QRectF(textLeft(), top, textWidth, height()), rect());
    painter.setPen(theme().color(m_text.stale ? Tone::Muted : Tone::Plain));
    layout.draw(&painter, textBox.topLeft());

    if (!m_text.age.isEmpty()) {
        painter.setFont(theme().font(TextStyle::Body));
        painter.setPen(theme().color(m_text.stale ? Tone::Warn : Tone::Muted));
        const QRectF ageBox(width() - ageWidth(), top, ageWidth(), glyphBox.height());
        painter.drawText(visual(ageBox, rect()),
                         int(Qt::AlignVCenter | (isMirrored() ? Qt::AlignLeft : Qt::AlignRight)),
                         m_text.age);
    }
}

} // namespace quorate::ui
