// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Theme.h"

#include <QStyledItemDelegate>

namespace quorate::ui {

/// Paints the cells of our tables: glyph and text in the colour of the state, numbers right with
/// figures of one width, hairline below, selection that keeps the text's colours.
class StateDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit StateDelegate(const Theme& theme, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;

private:
    const Theme& m_theme;
};

/// The width of `text` when every figure is as wide as the widest one.
[[nodiscard]] double tabularWidth(const QFontMetricsF& metrics, const QString& text);
/// Draws `text` so; Qt 6.4 has no way to ask the font for its tabular figures.
void paintTabular(QPainter& painter, const QRectF& rect, Qt::Alignment alignment,
                  const QString& text);

} // namespace quorate::ui
