// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/QuorumBanner.h"

#include <QPaintEvent>
#include <QPainter>
#include <QTextLayout>

#include <cmath>
#include <utility>

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
    QuorumBannerText grown = m_text;
    grown.age = text.age;
    m_text = text;
    const int widthBefore = std::exchange(m_ageWidth, ageWidthNow());
    if (sentenceChanged) {
        setSpokenText(this, sentence(), true);
        updateGeometry();
    }
    setAccessibleDescription(m_text.age);
    if (grown == text) {
        updateAge(widthBefore);
    } else {
        update();
    }
}

/// The age grows each second: where it leaves the sentence alone, nothing else is painted anew.
void QuorumBanner::updateAge(int widthBefore)
{
    const int left = width() - std::max(widthBefore, m_ageWidth);
    if (isMirrored() || m_sentenceEnd == 0 || left < m_sentenceEnd) {
        update();
    } else {
        update(left, 0, width() - left, height());
    }
}

void QuorumBanner::onThemeChanged()
{
    m_ageWidth = ageWidthNow();
    ThemedWidget::onThemeChanged();
}

int QuorumBanner::textLeft() const { return theme().px(kGlyph) + theme().px(kGap); }

int QuorumBanner::ageWidthNow() const
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
    const int total = textLeft() + int(std::ceil(width)) + 2 + m_ageWidth;
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
    const double height = layOut(layout, width - textLeft() - m_ageWidth, theme().px(kLeading));
    const int line = QFontMetrics(theme().font(TextStyle::Sentence)).height();
    return std::max(int(std::ceil(height)), line) + theme().px(4);
}

void QuorumBanner::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    const QFontMetricsF metrics(theme().font(TextStyle::Sentence));
    const QRectF glyphBox(0, theme().px(2), theme().px(kGlyph), std::ceil(metrics.height()));
    if (m_sentenceEnd == 0 || isMirrored() || event->rect().left() < m_sentenceEnd) {
        paintSentence(painter, glyphBox);
    }
    if (!m_text.age.isEmpty()) {
        painter.setFont(theme().font(TextStyle::Body));
        painter.setPen(theme().color(m_text.stale ? Tone::Warn : Tone::Muted));
        const QRectF ageBox(width() - m_ageWidth, glyphBox.top(), m_ageWidth, glyphBox.height());
        painter.drawText(visual(ageBox, rect()),
                         int(Qt::AlignVCenter | (isMirrored() ? Qt::AlignLeft : Qt::AlignRight)),
                         m_text.age);
    }
}

void QuorumBanner::paintSentence(QPainter& painter, const QRectF& glyphBox)
{
    paintGlyph(painter, visual(glyphBox, rect()), m_text.glyph, theme().color(m_text.tone));
    QTextLayout layout;
    prepare(layout, m_text, theme(), layoutDirection());
    const double textWidth = width() - textLeft() - m_ageWidth;
    layOut(layout, textWidth, theme().px(kLeading));
    const QRectF textBox = visual(QRectF(textLeft(), glyphBox.top(), textWidth, height()), rect());
    painter.setPen(theme().color(m_text.stale ? Tone::Muted : Tone::Plain));
    layout.draw(&painter, textBox.topLeft());
    // Wrapped, it may wrap elsewhere beside another age.
    m_sentenceEnd = layout.lineCount() == 1
                        ? textLeft() + int(std::ceil(layout.lineAt(0).naturalTextWidth())) + 1
                        : width() + 1;
}

} // namespace quorate::ui
