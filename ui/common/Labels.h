// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/ThemedWidget.h"

#include "core/base/Time.h"

#include <QLabel>

namespace quorate::ui {

/// A QLabel in one of our styles and tones that follows the theme.
class TextLabel : public QLabel {
    Q_OBJECT

public:
    TextLabel(const Theme& theme, TextStyle style, const QString& text = {},
              QWidget* parent = nullptr, Tone tone = Tone::Plain);
    void setTone(Tone tone);
    void setTextStyle(TextStyle style);

protected:
    void changeEvent(QEvent* event) override;

private:
    void apply();
    void followDirection();

    const Theme& m_theme;
    TextStyle m_style;
    Tone m_tone;
};

/// One line that ends in "…" when there is no room; the tool tip and the accessible name hold all
/// of it.
class ElidedLabel final : public ThemedWidget {
    Q_OBJECT

public:
    explicit ElidedLabel(const Theme& theme, const QString& text = {}, QWidget* parent = nullptr);
    void setText(const QString& text);
    [[nodiscard]] QString text() const { return m_text; }
    void setTextStyle(TextStyle style);
    void setTone(Tone tone);
    void setElideMode(Qt::TextElideMode mode);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    TextStyle m_style = TextStyle::Body;
    Tone m_tone = Tone::Plain;
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

/// Glyph and word in the colour of a state: "✓ Ready". Optionally as a filled pill.
class StatusPill final : public ThemedWidget {
    Q_OBJECT

public:
    explicit StatusPill(const Theme& theme, QWidget* parent = nullptr);
    void setStatus(Glyph glyph, const QString& word, Tone tone);
    void setFilled(bool filled);
    [[nodiscard]] QString word() const { return m_word; }
    [[nodiscard]] Tone tone() const { return m_tone; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_word;
    Glyph m_glyph = Glyph::None;
    Tone m_tone = Tone::Plain;
    bool m_filled = false;
};

/// An outlined tag in small capitals: PRODUCTION in red, TEST in muted, PRACTICE in accent.
class TagLabel final : public ThemedWidget {
    Q_OBJECT

public:
    explicit TagLabel(const Theme& theme, const QString& text = {}, Tone tone = Tone::Muted,
                      QWidget* parent = nullptr);
    void setTag(const QString& text, Tone tone);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    Tone m_tone;
};

/// "live · 1 s", "4 min old", "never": how old what is shown is. Stale looks stale. The caller
/// tells it the time.
class AgeLabel final : public ThemedWidget {
    Q_OBJECT

public:
    explicit AgeLabel(const Theme& theme, QWidget* parent = nullptr);
    void setLimit(Millis freshFor); ///< older than this is stale; 10 s unless told
    void setAge(std::optional<TimePoint> observedAt, TimePoint now);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] bool isStale() const { return m_stale; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Millis m_freshFor{10'000}; // peers.md 8: "late" after a 10 s lease
    QString m_text;
    bool m_stale = true;
};

} // namespace quorate::ui
