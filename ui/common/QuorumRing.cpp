// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/QuorumRing.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <cmath>
#include <numbers>

namespace quorate::ui {
namespace {

constexpr int kNodeRadius = 15;
constexpr int kNodeRadiusSmall = 10; // from eight nodes on
constexpr int kManyNodes = 8;
constexpr int kLabelGap = 4;

/// Node 0 stands at the top, the others follow clockwise.
double angleOf(int index, int count) { return 2 * std::numbers::pi * index / std::max(count, 1); }

} // namespace

QuorumRing::QuorumRing(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Quorum"));
}

void QuorumRing::setData(const RingData& data)
{
    if (data == m_data) {
        return;
    }
    m_data = data;
    setAccessibleDescription(textAlternative());
    update();
}

void QuorumRing::setSelectedId(const QString& id)
{
    m_data.selectedId = id;
    update();
}

QString QuorumRing::textAlternative() const
{
    QStringList parts;
    for (const RingNode& node : m_data.nodes) {
        QString role;
        if (node.leader) {
            role = tr(", leader");
        } else if (!node.voter) {
            role = tr(", not a voter");
        }
        parts.append(tr("%1%2: %3.").arg(node.name, role, node.stateWord));
    }
    const int count = int(m_data.nodes.size());
    for (const RingLink& link : m_data.links) {
        const bool isKnown = link.from >= 0 && link.from < count && link.to >= 0 && link.to < count;
        if (!link.ok && link.known && isKnown) {
            parts.append(
                tr("%1 and %2 do not hear each other.")
                    .arg(m_data.nodes[size_t(link.from)].name, m_data.nodes[size_t(link.to)].name));
        }
    }
    return parts.join(QLatin1Char(' '));
}

double QuorumRing::nodeRadius() const
{
    return theme().px(int(m_data.nodes.size()) >= kManyNodes ? kNodeRadiusSmall : kNodeRadius);
}

QPointF QuorumRing::nodeCenter(int index) const
{
    const QFontMetricsF metrics(theme().font(TextStyle::Caption));
    const double label = metrics.height() + theme().px(kLabelGap);
    const double radius = nodeRadius();
    const int count = int(m_data.nodes.size());
    const QPointF middle = QRectF(rect()).center();
    if (count <= 1) {
        return middle;
    }
    double widest = 0;
    for (const RingNode& node : m_data.nodes) {
        widest = std::max(widest, metrics.horizontalAdvance(node.name) + theme().px(16));
    }
    // The lowest node may stand above the lowest point of the circle; the drawing is centred on
    // what is used.
    const double lowest = -std::cos(angleOf(count / 2, count)); // 1 for even counts
    const double free = height() - 2 * (label + radius) - 2;
    const double down = std::max(free / (1 + lowest), radius * 1.2);
    const double across = std::max((width() - std::max(widest, 2 * radius)) / 2, radius * 1.2);
    const double reach = std::min({down, across, double(theme().px(count > 4 ? 110 : 56))});
    const double angle = angleOf(index, count) * (isMirrored() ? -1 : 1);
    const double lift = reach * (1 - lowest) / 2;
    return {std::round(middle.x() + reach * std::sin(angle)),
            std::round(middle.y() - reach * std::cos(angle) + lift)};
}

QSize QuorumRing::sizeHint() const
{
    const bool isLarge = int(m_data.nodes.size()) > 4;
    return {theme().px(isLarge ? 260 : 190), theme().px(isLarge ? 230 : 140)};
}

QSize QuorumRing::minimumSizeHint() const { return {theme().px(150), theme().px(120)}; }

void QuorumRing::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintLinks(painter);
    for (int index = 0; index < int(m_data.nodes.size()); ++index) {
        paintNode(painter, index);
    }
}

void QuorumRing::paintLinks(QPainter& painter) const
{
    const int count = int(m_data.nodes.size());
    for (const RingLink& link : m_data.links) {
        if (link.from < 0 || link.from >= count || link.to < 0 || link.to >= count) {
            continue;
        }
        QColor color = theme().color(link.ok ? Tone::Ok : link.known ? Tone::Bad : Tone::Unknown);
        if (link.ok && !theme().isHighContrast()) {
            color.setAlphaF(0.55F);
        }
        QPen pen(color, link.ok ? theme().px(20) / 10.0 : theme().px(15) / 10.0);
        if (!link.ok) {
            pen.setDashPattern({4, 3});
        }
        painter.setPen(pen);
        painter.drawLine(nodeCenter(link.from), nodeCenter(link.to));
    }
}

void QuorumRing::paintNode(QPainter& painter, int index) const
{
    const RingNode& node = m_data.nodes[size_t(index)];
    const QPointF center = nodeCenter(index);
    const double radius = nodeRadius();
    const bool isSelected = !m_data.selectedId.isEmpty() && node.id == m_data.selectedId;
    if (isSelected) {
        painter.setPen(QPen(theme().color(Tone::Accent), hasFocus() ? 2 : 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(center, radius + 4, radius + 4);
    }
    // The panel first, so that no link shines through the soft fill.
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().tokens().panel);
    painter.drawEllipse(center, radius, radius);
    QPen edge(theme().color(node.tone), theme().px(20) / 10.0);
    if (!node.voter) {
        edge.setDashPattern({2, 2});
    }
    painter.setPen(edge);
    painter.setBrush(theme().back(node.tone));
    painter.drawEllipse(center, radius - 0.5, radius - 0.5);
    const double glyph = theme().glyphSize();
    paintGlyph(painter, QRectF(center.x() - glyph / 2, center.y() - glyph / 2, glyph, glyph),
               node.glyph, theme().color(node.tone));

    painter.setFont(theme().font(TextStyle::Caption));
    const QFontMetricsF metrics(painter.font());
    const int count = int(m_data.nodes.size());
    const bool isAbove = count > 1 && std::cos(angleOf(index, count)) > 0.2;
    const double star = node.leader ? theme().px(10) + theme().px(4) : 0;
    const double textWidth = metrics.horizontalAdvance(node.name);
    const double selectedGap = isSelected ? 3 : 0;
    const double top =
        isAbove ? center.y() - radius - theme().px(kLabelGap) - selectedGap - metrics.height()
                : center.y() + radius + theme().px(kLabelGap) + selectedGap;
    const QRectF label(center.x() - (textWidth + star) / 2, top, textWidth + star,
                       metrics.height());
    painter.setPen(theme().color(Tone::Plain));
    painter.drawText(visual(QRectF(label.left(), top, textWidth + 1, metrics.height()), label),
                     int(Qt::AlignVCenter | Qt::AlignLeft), node.name);
    if (node.leader) {
        const QRectF box(label.right() - theme().px(10), top, theme().px(10), metrics.height());
        paintGlyph(painter, visual(box, label), Glyph::Star, theme().color(Tone::Plain));
    }
}

int QuorumRing::nodeAt(const QPointF& position) const
{
    for (int index = 0; index < int(m_data.nodes.size()); ++index) {
        const QPointF away = position - nodeCenter(index);
        if (std::hypot(away.x(), away.y()) <= nodeRadius() + 4) {
            return index;
        }
    }
    return -1;
}

void QuorumRing::choose(int index)
{
    const RingNode& node = m_data.nodes[size_t(index)];
    setSelectedId(node.id);
    setSpokenText(this, tr("Quorum: %1, %2").arg(node.name, node.stateWord), true);
    Q_EMIT nodeChosen(node.id);
}

void QuorumRing::mousePressEvent(QMouseEvent* event)
{
    const int index = nodeAt(event->position());
    if (event->button() == Qt::LeftButton && index >= 0) {
        choose(index);
    } else {
        ThemedWidget::mousePressEvent(event);
    }
}

void QuorumRing::keyPressEvent(QKeyEvent* event)
{
    const int count = int(m_data.nodes.size());
    const int forward = isMirrored() ? Qt::Key_Left : Qt::Key_Right;
    const int backward = isMirrored() ? Qt::Key_Right : Qt::Key_Left;
    int step = 0;
    if (event->key() == forward || event->key() == Qt::Key_Down) {
        step = 1;
    } else if (event->key() == backward || event->key() == Qt::Key_Up) {
        step = -1;
    }
    if (step == 0 || count == 0) {
        ThemedWidget::keyPressEvent(event);
        return;
    }
    int current = step > 0 ? -1 : 0;
    for (int index = 0; index < count; ++index) {
        if (m_data.nodes[size_t(index)].id == m_data.selectedId) {
            current = index;
        }
    }
    choose((current + step + count) % count);
}

bool QuorumRing::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int index = nodeAt(help->pos());
        if (index >= 0) {
            const RingNode& node = m_data.nodes[size_t(index)];
            QToolTip::showText(help->globalPos(), tr("%1: %2").arg(node.name, node.stateWord),
                               this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return ThemedWidget::event(event);
}

} // namespace quorate::ui
