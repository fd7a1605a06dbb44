// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

#include <vector>

namespace quorate::ui {

/// What a colour says. Never used alone: always beside a glyph or a word.
enum class Tone { Plain, Muted, Accent, Ok, Warn, Bad, Unknown };

/// How the program chooses its colours; System follows the desktop.
enum class ThemeMode { System, Light, Dark, HighContrast };

/// The only colours of the program. Everything painted comes from here (tests/tidy).
struct Tokens {
    QColor bg{};     ///< the window behind the cards
    QColor panel{};  ///< cards, tables, fields
    QColor side{};   ///< the cluster list
    QColor line{};   ///< the one hairline colour
    QColor border{}; ///< edge of buttons and fields
    QColor text{};
    QColor muted{};
    QColor accent{};
    QColor onAccent{}; ///< text on a filled primary button
    QColor ok{};
    QColor warn{};
    QColor bad{};
    QColor unknown{};
    QColor okBack{};
    QColor warnBack{};
    QColor badBack{};
    QColor unknownBack{};
    QColor selection{}; ///< behind selected rows; text stays `text`
    QColor hover{};

    [[nodiscard]] QColor color(Tone tone) const;
    [[nodiscard]] QColor back(Tone tone) const; ///< the soft fill that belongs to a tone
};

/// System is not a set of colours of its own and answers as Light.
[[nodiscard]] const Tokens& tokensFor(ThemeMode mode);

/// WCAG 2 contrast ratio, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& first, const QColor& second);

/// A foreground and the background it is used on; tests hold every one to the limit of its theme.
struct ColorPair {
    const char* name = "";
    QColor front{};
    QColor back{};
};
[[nodiscard]] std::vector<ColorPair> usedTextPairs(const Tokens& tokens);

} // namespace quorate::ui
