// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Theme.h"

#include <QStyledItemDelegate>

namespace quorate::ui {

inline constexpr int kSideIdRole = Qt::UserRole + 1;
inline constexpr int kSideGlyphRole = Qt::UserRole + 2;
inline constexpr int kSideToneRole = Qt::UserRole + 3;
inline constexpr int kSideCaptionRole = Qt::UserRole + 4;

/// A row of the left side: glyph, name, muted caption at the far end; the chosen one on a rounded
/// ground.
class SideDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit SideDelegate(const Theme& theme, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& m_theme;
};

} // namespace quorate::ui
