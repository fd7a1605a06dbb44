// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Theme.h"

#include <QWidget>

namespace quorate::ui {

/// Base of the widgets that paint themselves: holds the theme, repaints and re-measures when it
/// changes.
class ThemedWidget : public QWidget {
    Q_OBJECT

public:
    ThemedWidget(const Theme& theme, QWidget* parent);

protected:
    [[nodiscard]] const Theme& theme() const { return m_theme; }
    [[nodiscard]] bool isMirrored() const { return layoutDirection() == Qt::RightToLeft; }
    /// A rectangle given for left-to-right, turned round within `bounds` when the layout is
    /// right-to-left.
    [[nodiscard]] QRectF visual(const QRectF& rect, const QRectF& bounds) const;
    /// Fonts or colours changed; the base version updates geometry and repaints.
    virtual void onThemeChanged();

private:
    const Theme& m_theme;
};

/// Sets the accessible name and, when it changed and `announce` is on, tells screen readers at
/// once.
void setSpokenText(QWidget* widget, const QString& text, bool announce);

} // namespace quorate::ui
