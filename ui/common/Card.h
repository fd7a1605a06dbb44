// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/ThemedWidget.h"

class QLabel;
class QVBoxLayout;

namespace quorate::ui {

/// A panel with a hairline, radius 8, a muted title and an optional caption at the far end.
class Card final : public ThemedWidget {
    Q_OBJECT

public:
    /// Flush: content (a table) reaches the edges. Bare: as Normal, without a frame of its own.
    enum class Padding { Normal, Flush, Bare };
    explicit Card(const Theme& theme, const QString& title = {}, QWidget* parent = nullptr,
                  Padding padding = Padding::Normal);
    void setTitle(const QString& title);
    void setCaption(const QString& caption);
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString caption() const;
    /// Where content goes; the card owns what is added.
    [[nodiscard]] QVBoxLayout* content() const { return m_content; }
    void add(QWidget* widget, int stretch = 0);

protected:
    void paintEvent(QPaintEvent* event) override;
    void onThemeChanged() override;

private:
    void applyMargins();

    Padding m_padding;
    QLabel* m_title = nullptr;
    QLabel* m_caption = nullptr;
    QWidget* m_header = nullptr;
    QVBoxLayout* m_content = nullptr;
};

/// The frame of a bare card whose content scrolls when there is no room for it.
[[nodiscard]] Card* makeScrollingCard(const Theme& theme, Card* bare, QWidget* parent);

/// A plain area in one of the theme's grounds, with a hairline on the sides asked for: header,
/// cluster list, footer.
class Surface final : public ThemedWidget {
    Q_OBJECT

public:
    enum class Ground { Panel, Side, Window };
    Surface(const Theme& theme, Ground ground, Qt::Edges hairlines = {}, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Ground m_ground;
    Qt::Edges m_hairlines; ///< left and right are meant for left-to-right layouts
};

} // namespace quorate::ui
