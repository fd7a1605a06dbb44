// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Card.h"

#include "ui/common/Labels.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

namespace quorate::ui {
namespace {
constexpr int kRadius = 8;
constexpr int kPaddingAcross = 16;
constexpr int kPaddingDown = 14;
} // namespace

Card::Card(const Theme& theme, const QString& title, QWidget* parent, Padding padding)
    : ThemedWidget(theme, parent)
    , m_padding(padding)
{
    auto* column = new QVBoxLayout(this);
    m_header = new QWidget(this);
    auto* row = new QHBoxLayout(m_header);
    m_title = new TextLabel(theme, TextStyle::CardTitle, {}, m_header, Tone::Muted);
    m_caption = new TextLabel(theme, TextStyle::CardTitle, {}, m_header, Tone::Muted);
    row->addWidget(m_title, 1);
    row->addWidget(m_caption);
    column->addWidget(m_header);
    m_content = new QVBoxLayout;
    column->addLayout(m_content, 1);
    setTitle(title);
    setCaption({});
    applyMargins();
}

void Card::setTitle(const QString& title)
{
    m_title->setText(title);
    m_header->setVisible(!title.isEmpty() || !caption().isEmpty());
    setAccessibleName(title);
}

void Card::setCaption(const QString& caption)
{
    m_caption->setText(caption);
    m_caption->setVisible(!caption.isEmpty());
    m_header->setVisible(!title().isEmpty() || !caption.isEmpty());
}

QString Card::title() const { return m_title->text(); }

QString Card::caption() const { return m_caption->text(); }

void Card::add(QWidget* widget, int stretch) { m_content->addWidget(widget, stretch); }

void Card::applyMargins()
{
    const int across = theme().px(kPaddingAcross);
    const int down = theme().px(kPaddingDown);
    const bool isFlush = m_padding == Padding::Flush;
    // A flush card keeps one pixel for its own hairline and its round corners free at the bottom.
    layout()->setContentsMargins(isFlush ? QMargins(1, 1, 1, theme().px(4))
                                         : QMargins(across, down, across, down));
    layout()->setSpacing(theme().px(8));
    m_header->layout()->setContentsMargins(isFlush ? QMargins(across, down, across, 0)
                                                   : QMargins());
    m_content->setContentsMargins(0, 0, 0, 0);
    m_content->setSpacing(theme().px(8));
}

void Card::paintEvent(QPaintEvent*)
{
    if (m_padding == Padding::Bare) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().tokens().line, 1));
    painter.setBrush(theme().tokens().panel);
    const double radius = theme().px(kRadius);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

Card* makeScrollingCard(const Theme& theme, Card* bare, QWidget* parent)
{
    auto* frame = new Card(theme, {}, parent, Card::Padding::Flush);
    auto* scroll = new QScrollArea(frame);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(bare->title()); // the keyboard scrolls it
    scroll->setWidget(bare);
    scroll->viewport()->setAutoFillBackground(false);
    bare->setAutoFillBackground(false); // setWidget switched it on
    frame->add(scroll, 1);
    return frame;
}

// --- Surface

Surface::Surface(const Theme& theme, Ground ground, Qt::Edges hairlines, QWidget* parent)
    : ThemedWidget(theme, parent)
    , m_ground(ground)
    , m_hairlines(hairlines)
{}

void Surface::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tokens& tokens = theme().tokens();
    painter.fillRect(rect(), m_ground == Ground::Panel  ? tokens.panel
                             : m_ground == Ground::Side ? tokens.side
                                                        : tokens.bg);
    const std::pair<Qt::Edge, QRectF> lines[] = {
        {Qt::TopEdge, QRectF(0, 0, width(), 1)},
        {Qt::BottomEdge, QRectF(0, height() - 1, width(), 1)},
        {Qt::LeftEdge, QRectF(0, 0, 1, height())},
        {Qt::RightEdge, QRectF(width() - 1, 0, 1, height())}};
    for (const auto& [edge, line] : lines) {
        if (m_hairlines & edge) {
            painter.fillRect(visual(line, QRectF(rect())), tokens.line);
        }
    }
}

// --- Card, changes

void Card::onThemeChanged()
{
    applyMargins();
    ThemedWidget::onThemeChanged();
}

} // namespace quorate::ui
