// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/ThemedWidget.h"

#include <vector>

class QGridLayout;
class QVBoxLayout;

namespace quorate::ui {

class TextLabel;

struct AttentionItem {
    QString id{};
    Glyph glyph = Glyph::Triangle;
    Tone tone = Tone::Warn;
    QString text{};
    QString action{}; ///< the link's words, "Replace…"; empty: none
    bool operator==(const AttentionItem&) const = default;
};

/// What wants a person: glyph, sentence, and a link that does something about it. Keyboard: Tab to
/// the links.
class AttentionList final : public ThemedWidget {
    Q_OBJECT

public:
    explicit AttentionList(const Theme& theme, QWidget* parent = nullptr);
    void setItems(const std::vector<AttentionItem>& items);
    void setEmptyText(const QString& text); ///< shown when there is nothing; muted
    [[nodiscard]] const std::vector<AttentionItem>& items() const { return m_items; }

Q_SIGNALS:
    void actionChosen(const QString& id);

protected:
    void onThemeChanged() override;

private:
    void rebuild();
    [[nodiscard]] QWidget* makeRow(const AttentionItem& item);

    std::vector<AttentionItem> m_items;
    QString m_emptyText;
    QVBoxLayout* m_column = nullptr;
};

struct EventItem {
    QString time{}; ///< already formatted, in the fixed font
    QString text{};
    Tone tone = Tone::Plain;
    bool operator==(const EventItem&) const = default;
};

/// Time and sentence, newest first, each on one line; what does not fit is elided.
class EventList final : public ThemedWidget {
    Q_OBJECT

public:
    explicit EventList(const Theme& theme, QWidget* parent = nullptr);
    void setItems(const std::vector<EventItem>& items);
    void setEmptyText(const QString& text);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] int lineHeight() const;

    std::vector<EventItem> m_items;
    QString m_emptyText;
};

struct KeyValueItem {
    QString key{};
    QString value{};
    TextStyle style = TextStyle::Body;
    Tone tone = Tone::Plain;
    Glyph glyph = Glyph::None; ///< before the value
    bool operator==(const KeyValueItem&) const = default;
};

/// Muted keys, selectable values; wraps; the keys' column is as wide as the widest.
class KeyValueList final : public ThemedWidget {
    Q_OBJECT

public:
    explicit KeyValueList(const Theme& theme, QWidget* parent = nullptr);
    void setItems(const std::vector<KeyValueItem>& items);
    [[nodiscard]] const std::vector<KeyValueItem>& items() const { return m_items; }

protected:
    void onThemeChanged() override;

private:
    void rebuild();
    void showValue(size_t row);

    std::vector<KeyValueItem> m_items;
    std::vector<TextLabel*> m_values; ///< one a row
    QGridLayout* m_grid = nullptr;
};

} // namespace quorate::ui
