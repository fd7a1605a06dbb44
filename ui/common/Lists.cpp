// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Lists.h"

#include "ui/common/Labels.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QPainter>
#include <QPushButton>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

namespace quorate::ui {
namespace {

void clearLayout(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (item->widget() != nullptr) { // it may be what is being clicked
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
}

/// A line of body text with room for a link's edge above and below.
int lineHeightOf(const Theme& theme)
{
    return QFontMetrics(theme.font(TextStyle::Body)).height() + 2 * theme.px(1);
}

/// A glyph as tall as a line of text, so that it stands on the first line of what wraps.
QLabel* makeGlyph(const Theme& theme, QWidget* owner, Glyph glyph, Tone tone)
{
    auto* label = new QLabel(owner);
    label->setPixmap(
        glyphPixmap(glyph, theme.color(tone), theme.glyphSize(), owner->devicePixelRatioF()));
    label->setFixedHeight(lineHeightOf(theme));
    label->setAccessibleName(glyphWord(glyph));
    return label;
}

QGridLayout* makeGrid(QWidget* owner)
{
    auto* grid = new QGridLayout(owner);
    grid->setContentsMargins(0, 0, 0, 0);
    return grid;
}

} // namespace

// --- AttentionList

AttentionList::AttentionList(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
    , m_emptyText(tr("Nothing wants attention."))
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    setAccessibleName(tr("Wants attention"));
    rebuild();
}

void AttentionList::setItems(const std::vector<AttentionItem>& items)
{
    if (items != m_items) {
        m_items = items;
        rebuild();
    }
}

void AttentionList::setEmptyText(const QString& text)
{
    if (text != m_emptyText) { // told every second; a rebuild takes the focus from the links
        m_emptyText = text;
        rebuild();
    }
}

void AttentionList::rebuild()
{
    clearLayout(m_column);
    m_column->setSpacing(theme().px(7));
    for (const AttentionItem& item : m_items) {
        m_column->addWidget(makeRow(item));
    }
    if (m_items.empty() && !m_emptyText.isEmpty()) {
        auto* label = new TextLabel(theme(), TextStyle::Body, m_emptyText, this, Tone::Muted);
        label->setWordWrap(true);
        m_column->addWidget(label);
    }
    m_column->addStretch(1);
}

QWidget* AttentionList::makeRow(const AttentionItem& item)
{
    auto* owner = new QWidget(this);
    auto* row = new QHBoxLayout(owner);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme().px(10));
    row->addWidget(makeGlyph(theme(), owner, item.glyph, item.tone), 0, Qt::AlignTop);
    auto* text = new TextLabel(theme(), TextStyle::Body, item.text, owner);
    text->setWordWrap(true);
    text->setTextFormat(Qt::PlainText);
    text->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    text->setContentsMargins(0, theme().px(1), 0, theme().px(1));
    row->addWidget(text, 1);
    if (!item.action.isEmpty()) {
        auto* link = new QPushButton(item.action, owner);
        link->setProperty("kind", QStringLiteral("link"));
        link->setCursor(Qt::PointingHandCursor);
        link->setAccessibleDescription(item.text);
        link->setObjectName(item.id + QStringLiteral("AttentionButton"));
        link->setFixedHeight(lineHeightOf(theme()));
        connect(link, &QPushButton::clicked, this,
                [this, id = item.id] { Q_EMIT actionChosen(id); });
        row->addWidget(link, 0, Qt::AlignTop);
    }
    return owner;
}

void AttentionList::onThemeChanged()
{
    rebuild();
    ThemedWidget::onThemeChanged();
}

// --- EventList

EventList::EventList(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    setAccessibleName(tr("Events"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_emptyText = tr("No events yet.");
}

void EventList::setItems(const std::vector<EventItem>& items)
{
    if (items == m_items) {
        return;
    }
    m_items = items;
    QStringList lines;
    for (const EventItem& item : items) {
        lines.append(item.time + QLatin1Char(' ') + item.text);
    }
    setAccessibleDescription(lines.join(QLatin1Char('\n')));
    onThemeChanged();
}

void EventList::setEmptyText(const QString& text)
{
    m_emptyText = text;
    update();
}

int EventList::lineHeight() const
{
    return QFontMetrics(theme().font(TextStyle::Body)).height() + theme().px(6);
}

QSize EventList::sizeHint() const
{
    return {theme().px(320), lineHeight() * std::max(int(m_items.size()), 1)};
}

QSize EventList::minimumSizeHint() const { return {theme().px(160), lineHeight()}; }

void EventList::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const auto side = int(Qt::AlignVCenter | (isMirrored() ? Qt::AlignRight : Qt::AlignLeft));
    if (m_items.empty()) {
        painter.setFont(theme().font(TextStyle::Body));
        painter.setPen(theme().color(Tone::Muted));
        painter.drawText(QRectF(0, 0, width(), lineHeight()), side, m_emptyText);
        return;
    }
    const QFontMetricsF fixed(theme().font(TextStyle::Fixed));
    double timeWidth = 0;
    for (const EventItem& item : m_items) {
        timeWidth = std::max(timeWidth, std::ceil(fixed.horizontalAdvance(item.time)));
    }
    const double textLeft = timeWidth + theme().px(10);
    double top = 0;
    for (const EventItem& item : m_items) {
        if (top + lineHeight() > height() + 1) {
            break;
        }
        painter.setFont(theme().font(TextStyle::Fixed));
        painter.setPen(theme().color(Tone::Muted));
        painter.drawText(visual(QRectF(0, top, timeWidth + 1, lineHeight()), rect()), side,
                         item.time);
        painter.setFont(theme().font(TextStyle::Body));
        painter.setPen(theme().color(item.tone));
        const double room = std::max(width() - textLeft, 0.0);
        painter.drawText(visual(QRectF(textLeft, top, room, lineHeight()), rect()), side,
                         painter.fontMetrics().elidedText(item.text, Qt::ElideRight, int(room)));
        top += lineHeight();
    }
}

bool EventList::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int line = help->pos().y() / std::max(lineHeight(), 1);
        if (line >= 0 && line < int(m_items.size())) {
            QToolTip::showText(help->globalPos(), m_items[size_t(line)].text, this);
        }
        return true;
    }
    return ThemedWidget::event(event);
}

// --- KeyValueList

KeyValueList::KeyValueList(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
    , m_grid(makeGrid(this))
{}

void KeyValueList::setItems(const std::vector<KeyValueItem>& items)
{
    const auto sameButValue = [](const KeyValueItem& left, const KeyValueItem& right) {
        return left.key == right.key && left.style == right.style && left.tone == right.tone
               && left.glyph == right.glyph;
    };
    const std::vector<KeyValueItem> before = std::exchange(m_items, items);
    if (!std::ranges::equal(before, m_items, sameButValue)) {
        rebuild();
        return;
    }
    for (size_t row = 0; row < m_items.size(); ++row) { // what a person has selected stays selected
        if (m_items[row].value != before[row].value) {
            showValue(row);
        }
    }
}

void KeyValueList::showValue(size_t row)
{
    const KeyValueItem& item = m_items[row];
    m_values[row]->setText(item.value);
    m_values[row]->setAccessibleName(item.key + QStringLiteral(": ") + item.value);
}

void KeyValueList::rebuild()
{
    clearLayout(m_grid);
    m_values.clear();
    m_grid->setHorizontalSpacing(theme().px(12));
    m_grid->setVerticalSpacing(theme().px(5));
    m_grid->setColumnStretch(1, 1);
    int row = 0;
    for (const KeyValueItem& item : m_items) {
        auto* key = new TextLabel(theme(), TextStyle::Body, item.key, this, Tone::Muted);
        key->setWordWrap(true); // only where there is no room for both columns
        m_grid->addWidget(key, row, 0, Qt::AlignTop);
        auto* value = new TextLabel(theme(), item.style, {}, this, item.tone);
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        m_values.push_back(value);
        showValue(m_values.size() - 1);
        if (item.glyph == Glyph::None) {
            m_grid->addWidget(value, row, 1, Qt::AlignTop);
        } else {
            auto* owner = new QWidget(this);
            auto* pair = new QHBoxLayout(owner);
            pair->setContentsMargins(0, 0, 0, 0);
            pair->setSpacing(theme().px(6));
            pair->addWidget(makeGlyph(theme(), owner, item.glyph,
                                      item.tone == Tone::Plain ? Tone::Ok : item.tone),
                            0, Qt::AlignTop);
            pair->addWidget(value, 1);
            m_grid->addWidget(owner, row, 1, Qt::AlignTop);
        }
        ++row;
    }
    m_grid->setRowStretch(row, 1);
}

void KeyValueList::onThemeChanged()
{
    rebuild();
    ThemedWidget::onThemeChanged();
}

} // namespace quorate::ui
