// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Labels.h"

#include "ui/common/Format.h"

#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace quorate::ui {

// --- TextLabel

TextLabel::TextLabel(const Theme& theme, TextStyle style, const QString& text, QWidget* parent,
                     Tone tone)
    : QLabel(text, parent)
    , m_theme(theme)
    , m_style(style)
    , m_tone(tone)
{
    connect(&theme, &Theme::changed, this, &TextLabel::apply);
    setForegroundRole(QPalette::WindowText); // also on panels, where Qt would take Text
    apply();
}

void TextLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::LayoutDirectionChange) {
        followDirection();
    }
}

/// Leads from the layout's side, whatever the language of the text itself.
void TextLabel::followDirection()
{
    if (!(alignment() & Qt::AlignHCenter)) {
        const Qt::Alignment side = layoutDirection() == Qt::RightToLeft
                                       ? Qt::AlignRight | Qt::AlignAbsolute
                                       : Qt::Alignment(Qt::AlignLeft);
        setAlignment((alignment() & Qt::AlignVertical_Mask) | side);
    }
}

void TextLabel::setTone(Tone tone)
{
    m_tone = tone;
    apply();
}

void TextLabel::setTextStyle(TextStyle style)
{
    m_style = style;
    apply();
}

void TextLabel::apply()
{
    setFont(m_theme.font(m_style));
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, m_theme.color(m_tone));
    setPalette(colors);
}

// --- ElidedLabel

ElidedLabel::ElidedLabel(const Theme& theme, const QString& text, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setText(text);
}

void ElidedLabel::setText(const QString& text)
{
    if (text == m_text) { // told every second; a new geometry lays the whole window out
        return;
    }
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

void ElidedLabel::setTextStyle(TextStyle style)
{
    m_style = style;
    onThemeChanged();
}

void ElidedLabel::setTone(Tone tone)
{
    m_tone = tone;
    update();
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode)
{
    m_mode = mode;
    update();
}

QSize ElidedLabel::sizeHint() const
{
    const QFontMetrics metrics(theme().font(m_style));
    return {metrics.horizontalAdvance(m_text) + 2, metrics.height() + 2};
}

QSize ElidedLabel::minimumSizeHint() const
{
    const QFontMetrics metrics(theme().font(m_style));
    return {metrics.horizontalAdvance(m_text.left(3)) + metrics.horizontalAdvance(QChar(0x2026)),
            metrics.height() + 2};
}

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(theme().font(m_style));
    painter.setPen(theme().color(m_tone));
    const QString shown = painter.fontMetrics().elidedText(m_text, m_mode, width());
    setToolTip(shown == m_text ? QString() : m_text);
    painter.drawText(
        rect(), int(Qt::AlignVCenter | (isMirrored() ? Qt::AlignRight : Qt::AlignLeft)), shown);
}

// --- StatusPill

StatusPill::StatusPill(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void StatusPill::setStatus(Glyph glyph, const QString& word, Tone tone)
{
    const bool same = glyph == m_glyph && word == m_word && tone == m_tone;
    if (same) {
        return;
    }
    m_glyph = glyph;
    m_word = word;
    m_tone = tone;
    setSpokenText(this, word, false);
    onThemeChanged();
}

void StatusPill::setFilled(bool filled)
{
    m_filled = filled;
    onThemeChanged();
}

QSize StatusPill::sizeHint() const
{
    const QFontMetrics metrics(theme().font(TextStyle::Body));
    const int glyph = m_glyph == Glyph::None ? 0 : theme().glyphSize() + theme().px(6);
    const int padding = m_filled ? theme().px(16) : 0;
    return {metrics.horizontalAdvance(m_word) + glyph + padding + 2,
            metrics.height() + (m_filled ? theme().px(6) : 2)};
}

void StatusPill::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double left = 0;
    if (m_filled) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme().back(m_tone));
        painter.drawRoundedRect(rect(), height() / 2.0, height() / 2.0);
        left = theme().px(8);
    }
    if (m_glyph != Glyph::None) {
        const QRectF box(left, 0, theme().glyphSize(), height());
        paintGlyph(painter, visual(box, rect()), m_glyph, theme().color(m_tone));
        left += theme().glyphSize() + theme().px(6);
    }
    painter.setFont(theme().font(TextStyle::Body));
    painter.setPen(theme().color(m_tone));
    painter.drawText(visual(QRectF(left, 0, width() - left, height()), rect()),
                     int(Qt::AlignVCenter | (isMirrored() ? Qt::AlignRight : Qt::AlignLeft)),
                     m_word);
}

// --- TagLabel

TagLabel::TagLabel(const Theme& theme, const QString& text, Tone tone, QWidget* parent)
    : ThemedWidget(theme, parent)
    , m_tone(tone)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setTag(text, tone);
}

void TagLabel::setTag(const QString& text, Tone tone)
{
    if (text == m_text && tone == m_tone && isHidden() == text.isEmpty()) { // as ElidedLabel
        return;
    }
    m_text = text;
    m_tone = tone;
    setSpokenText(this, text, false);
    setVisible(!text.isEmpty());
    onThemeChanged();
}

QSize TagLabel::sizeHint() const
{
    const QFontMetrics metrics(theme().font(TextStyle::CaptionStrong));
    return {metrics.horizontalAdvance(m_text.toUpper()) + theme().px(18),
            metrics.height() + theme().px(6)};
}

void TagLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().color(m_tone), 1));
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
    painter.setFont(theme().font(TextStyle::CaptionStrong));
    painter.drawText(rect(), Qt::AlignCenter, m_text.toUpper());
}

// --- AgeLabel

AgeLabel::AgeLabel(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_text = freshnessText(std::nullopt, TimePoint(), m_freshFor);
    setAccessibleName(m_text);
}

void AgeLabel::setLimit(Millis freshFor) { m_freshFor = freshFor; }

void AgeLabel::setAge(std::optional<TimePoint> observedAt, TimePoint now)
{
    const QString text = freshnessText(observedAt, now, m_freshFor);
    const bool stale = !observedAt || now - *observedAt > m_freshFor;
    if (text == m_text && stale == m_stale) {
        return;
    }
    m_text = text;
    m_stale = stale;
    setSpokenText(this, text, false);
    setToolTip(observedAt ? utcText(*observedAt) : QString());
    onThemeChanged();
}

QSize AgeLabel::sizeHint() const
{
    const QFontMetrics metrics(theme().font(TextStyle::Body));
    const int glyph = m_stale ? theme().glyphSize() + theme().px(6) : 0;
    return {metrics.horizontalAdvance(m_text) + glyph + 2, metrics.height() + 2};
}

void AgeLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tone tone = m_stale ? Tone::Warn : Tone::Muted;
    double left = 0;
    if (m_stale) {
        paintGlyph(painter, visual(QRectF(0, 0, theme().glyphSize(), height()), rect()),
                   Glyph::Ring, theme().color(tone));
        left = theme().glyphSize() + theme().px(6);
    }
    painter.setFont(theme().font(TextStyle::Body));
    painter.setPen(theme().color(tone));
    painter.drawText(visual(QRectF(left, 0, width() - left, height()), rect()),
                     int(Qt::AlignVCenter | (isMirrored() ? Qt::AlignLeft : Qt::AlignRight)),
                     m_text);
}

} // namespace quorate::ui
