// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPixmap>

class QPainter;

namespace quorate::ui {

/// Our own drawings (resources/icons). States first, then things and actions.
enum class Glyph {
    None,
    Check,    ///< done, ready, passed
    Dot,      ///< healthy, as a whole
    Triangle, ///< warning
    Cross,    ///< failed, refused, down
    Ring,     ///< unknown, stale, planned (dashed circle)
    Turning,  ///< running
    Flag,     ///< obligation
    Star,     ///< leader
    Activity,
    Plus,
    Minus,
    Pause,
    Play,
    Stop,
    Refresh,
    Search,
    Filter,
    Copy,
    Save,
    Open,
    Upload,
    Download,
    Package,
    Node,
    Power,
    Lock,
    Info,
    More,
    ChevronDown,
    ChevronRight,
    ChevronLeft,
    ArrowRight,
    Close,
};

inline constexpr int kGlyphCount = int(Glyph::Close) + 1;

/// "check", the name of the drawing; empty for None.
[[nodiscard]] QString glyphName(Glyph glyph);
/// What a screen reader says where no word stands beside the glyph; translated, empty for None.
[[nodiscard]] QString glyphWord(Glyph glyph);

/// Tinted, `size` logical pixels square, sharp at `pixelRatio`. Cached.
[[nodiscard]] QPixmap glyphPixmap(Glyph glyph, const QColor& color, int size, qreal pixelRatio);
/// Centred in `rect` on whole pixels. `mirrored` for right-to-left layouts (only arrows are
/// turned).
void paintGlyph(QPainter& painter, const QRectF& rect, Glyph glyph, const QColor& color,
                bool mirrored = false);

} // namespace quorate::ui
