// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Glyph.h"
#include "ui/common/Tokens.h"

#include <QFont>
#include <QIcon>
#include <QObject>

#include <optional>

class QApplication;

namespace quorate::ui {

/// The sizes and weights of text; pixel sizes are those at 100 %.
enum class TextStyle {
    Body,          ///< 13
    Strong,        ///< 13, semi-bold
    Caption,       ///< 11
    CaptionStrong, ///< 11, semi-bold: table headers, tags
    CardTitle,     ///< 12, semi-bold
    Sentence,      ///< 15
    SentenceStrong,
    Title, ///< 20, semi-bold
    Fixed, ///< 12 in the fixed font: addresses, hashes, times in lists
};

/// Colours, fonts and distances. One is made in main(), installed into the application and handed
/// to widgets by reference; it must outlive them. Follows the desktop's font size and (in System
/// mode) its light or dark palette.
class Theme final : public QObject {
    Q_OBJECT

public:
    explicit Theme(QObject* parent = nullptr);
    ~Theme() override;

    enum class Sheet { Now, Later };
    /// Fusion, palette, style sheet and font of the whole application, now and after every change.
    /// `Later`: the style sheet with applySheet() only. Qt styles a widget and all in it anew each
    /// time that it gets another parent; a window made first and styled then is made much sooner.
    void install(QApplication& application, Sheet sheet = Sheet::Now);
    void applySheet();

    void setMode(ThemeMode mode);
    [[nodiscard]] ThemeMode mode() const { return m_mode; }
    [[nodiscard]] bool isDark() const;
    [[nodiscard]] bool isHighContrast() const { return m_mode == ThemeMode::HighContrast; }

    /// Overrides the desktop's text size (1.0 = 100 %); nullopt follows it again.
    void setTextScale(std::optional<double> scale);
    [[nodiscard]] double textScale() const;

    [[nodiscard]] const Tokens& tokens() const { return *m_tokens; }
    [[nodiscard]] QColor color(Tone tone) const { return m_tokens->color(tone); }
    [[nodiscard]] QColor back(Tone tone) const { return m_tokens->back(tone); }
    [[nodiscard]] QFont font(TextStyle style) const;
    /// A distance that grows with the text: 4, 8, 12, 16, 20 and the heights made of text.
    [[nodiscard]] int px(int atHundredPercent) const;
    [[nodiscard]] int rowHeight() const { return px(30); } ///< of tables and lists
    [[nodiscard]] int glyphSize() const { return px(12); }
    /// Follows the theme by itself, also after a change of colours; dimmed when disabled.
    [[nodiscard]] QIcon icon(Glyph glyph, Tone tone = Tone::Plain) const;

    [[nodiscard]] QPalette palette() const;
    [[nodiscard]] QString styleSheet() const;

Q_SIGNALS:
    /// Colours or sizes are others; widgets that paint themselves update and re-measure.
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void readSystem();

    ThemeMode m_mode = ThemeMode::System;
    const Tokens* m_tokens = nullptr;
    QApplication* m_application = nullptr;
    std::optional<double> m_textScale;
    double m_systemScale = 1.0;
    QString m_family;
    QString m_fixedFamily;
    bool m_systemIsDark = false;
    bool m_hasSheet = false;
};

} // namespace quorate::ui
