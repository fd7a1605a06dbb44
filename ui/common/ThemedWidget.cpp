// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/ThemedWidget.h"

#include <QAccessible>

namespace quorate::ui {

ThemedWidget::ThemedWidget(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    connect(&theme, &Theme::changed, this, &ThemedWidget::onThemeChanged);
}

QRectF ThemedWidget::visual(const QRectF& rect, const QRectF& bounds) const
{
    if (!isMirrored()) {
        return rect;
    }
    return {bounds.left() + bounds.right() - rect.right(), rect.top(), rect.width(), rect.height()};
}

void ThemedWidget::onThemeChanged()
{
    updateGeometry();
    update();
}

void setSpokenText(QWidget* widget, const QString& text, bool announce)
{
    if (widget->accessibleName() == text) {
        return;
    }
    widget->setAccessibleName(text); // sends NameChanged
    if (announce) {
        QAccessibleEvent event(widget, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

} // namespace quorate::ui
