// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Tokens.h"

#include <algorithm>
#include <cmath>

namespace quorate::ui {
namespace {

constexpr QRgb rgb(unsigned value) { return 0xff000000U | value; }

Tokens lightTokens()
{
    return {.bg = rgb(0xf5f6f8),
            .panel = rgb(0xffffff),
            .side = rgb(0xeceff3),
            .line = rgb(0xdfe3e8),
            .border = rgb(0xc4cbd4),
            .text = rgb(0x1b232d),
            .muted = rgb(0x566472),
            .accent = rgb(0x2458c6),
            .onAccent = rgb(0xffffff),
            .ok = rgb(0x1a7040),
            .warn = rgb(0x8f5b00),
            .bad = rgb(0xb3261e),
            .unknown = rgb(0x5f6672),
            .okBack = rgb(0xe4f4ea),
            .warnBack = rgb(0xfdf0d9),
            .badBack = rgb(0xfbe6e4),
            .unknownBack = rgb(0xf0f2f5),
            .selection = rgb(0xe8eefb),
            .hover = rgb(0xf2f4f8)};
}

Tokens darkTokens()
{
    return {.bg = rgb(0x14181d),
            .panel = rgb(0x1c2229),
            .side = rgb(0x171c22),
            .line = rgb(0x323b46),
            .border = rgb(0x465160),
            .text = rgb(0xe7ecf2),
            .muted = rgb(0x9aa7b5),
            .accent = rgb(0x7aa2f7),
            .onAccent = rgb(0x10151c),
            .ok = rgb(0x5fce8f),
            .warn = rgb(0xf0b355),
            .bad = rgb(0xff8a80),
            .unknown = rgb(0x9aa3ad),
            .okBack = rgb(0x173323),
            .warnBack = rgb(0x3a2d14),
            .badBack = rgb(0x3d1f1d),
            .unknownBack = rgb(0x262d36),
            .selection = rgb(0x24304a),
            .hover = rgb(0x222a33)};
}

Tokens highContrastTokens()
{
    return {.bg = rgb(0x000000),
            .panel = rgb(0x000000),
            .side = rgb(0x000000),
            .line = rgb(0x9a9a9a),
            .border = rgb(0xffffff),
            .text = rgb(0xffffff),
            .muted = rgb(0xe2e2e2),
            .accent = rgb(0x8cc8ff),
            .onAccent = rgb(0x000000),
            .ok = rgb(0x6bf29a),
            .warn = rgb(0xffd24a),
            .bad = rgb(0xffa8a0),
            .unknown = rgb(0xdcdcdc),
            .okBack = rgb(0x002a12),
            .warnBack = rgb(0x2b2000),
            .badBack = rgb(0x330a06),
            .unknownBack = rgb(0x1c1c1c),
            .selection = rgb(0x0b2f57),
            .hover = rgb(0x1f1f1f)};
}

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

/// WCAG 2.2, "relative luminance".
double luminance(const QColor& color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
           + 0.0722 * linear(color.blueF());
}

} // namespace

QColor Tokens::color(Tone tone) const
{
    switch (tone) {
    case Tone::Plain: return text;
    case Tone::Muted: return muted;
    case Tone::Accent: return accent;
    case Tone::Ok: return ok;
    case Tone::Warn: return warn;
    case Tone::Bad: return bad;
    case Tone::Unknown: return unknown;
    }
    return text;
}

QColor Tokens::back(Tone tone) const
{
    switch (tone) {
    case Tone::Plain:
    case Tone::Muted: return hover;
    case Tone::Accent: return selection;
    case Tone::Ok: return okBack;
    case Tone::Warn: return warnBack;
    case Tone::Bad: return badBack;
    case Tone::Unknown: return unknownBack;
    }
    return hover;
}

const Tokens& tokensFor(ThemeMode mode)
{
    static const Tokens light = lightTokens();
    static const Tokens dark = darkTokens();
    static const Tokens highContrast = highContrastTokens();
    switch (mode) {
    case ThemeMode::System:
    case ThemeMode::Light: return light;
    case ThemeMode::Dark: return dark;
    case ThemeMode::HighContrast: return highContrast;
    }
    return light;
}

double contrastRatio(const QColor& first, const QColor& second)
{
    const double one = luminance(first) + 0.05;
    const double other = luminance(second) + 0.05;
    return std::max(one, other) / std::min(one, other);
}

std::vector<ColorPair> usedTextPairs(const Tokens& t)
{
    std::vector<ColorPair> pairs;
    const std::vector<std::pair<const char*, QColor>> backs = {{"bg", t.bg},
                                                               {"panel", t.panel},
                                                               {"side", t.side},
                                                               {"selection", t.selection},
                                                               {"hover", t.hover}};
    const std::vector<std::pair<const char*, QColor>> fronts = {
        {"text", t.text}, {"muted", t.muted}, {"accent", t.accent},  {"ok", t.ok},
        {"warn", t.warn}, {"bad", t.bad},     {"unknown", t.unknown}};
    for (const auto& back : backs) {
        for (const auto& front : fronts) {
            pairs.push_back({front.first, front.second, back.second});
        }
    }
    pairs.push_back({"onAccent on accent", t.onAccent, t.accent});
    pairs.push_back({"ok on okBack", t.ok, t.okBack});
    pairs.push_back({"warn on warnBack", t.warn, t.warnBack});
    pairs.push_back({"bad on badBack", t.bad, t.badBack});
    pairs.push_back({"unknown on unknownBack", t.unknown, t.unknownBack});
    for (const QColor& back : {t.okBack, t.warnBack, t.badBack, t.unknownBack}) {
        pairs.push_back({"text on a soft fill", t.text, back});
        pairs.push_back({"accent on a soft fill", t.accent, back}); // links in notices
    }
    return pairs;
}

} // namespace quorate::ui
