// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/LaneChart.h"

#include "ui/common/Format.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace quorate::ui {
namespace {
constexpr double kZoomStep = 1.25;
constexpr Millis kVisibleMin{10'000}; // closer than ten seconds there is nothing to see
} // namespace

QString segmentStateWord(SegmentState state)
{
    switch (state) {
    case SegmentState::Planned: return LaneChart::tr("planned");
    case SegmentState::Running: return LaneChart::tr("running");
    case SegmentState::Waiting: return LaneChart::tr("waits for you");
    case SegmentState::Done: return LaneChart::tr("done");
    case SegmentState::Failed: return LaneChart::tr("failed");
    case SegmentState::Skipped: return LaneChart::tr("skipped");
    }
    return {};
}

Tone segmentTone(SegmentState state)
{
    switch (state) {
    case SegmentState::Planned:
    case SegmentState::Skipped: return Tone::Muted;
    case SegmentState::Running: return Tone::Accent;
    case SegmentState::Waiting: return Tone::Warn;
    case SegmentState::Done: return Tone::Ok;
    case SegmentState::Failed: return Tone::Bad;
    }
    return Tone::Muted;
}

Glyph segmentGlyph(SegmentState state)
{
    switch (state) {
    case SegmentState::Planned: return Glyph::None;
    case SegmentState::Running: return Glyph::Turning;
    case SegmentState::Waiting: return Glyph::Pause;
    case SegmentState::Done: return Glyph::Check;
    case SegmentState::Failed: return Glyph::Cross;
    case SegmentState::Skipped: return Glyph::Minus;
    }
    return Glyph::None;
}

LaneChart::LaneChart(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Course of the run"));
}

void LaneChart::setData(const LaneChartData& data)
{
    if (data == m_data) {
        return;
    }
    const bool lanesChanged = data.lanes.size() != m_data.lanes.size();
    m_data = data;
    m_data.end = std::max(m_data.end, m_data.start + kVisibleMin);
    if (m_fit) {
        m_visibleStart = m_data.start;
        m_visibleEnd = m_data.end;
    }
    if (lanesChanged) {
        updateGeometry();
    }
    setAccessibleDescription(textAlternative());
    update();
}

QString LaneChart::textAlternative() const
{
    QStringList parts;
    for (const Lane& lane : m_data.lanes) {
        QStringList segments;
        for (const LaneSegment& segment : lane.segments) {
            segments.append(tr("%1 %2, %3 to %4")
                                .arg(segment.label, segmentStateWord(segment.state),
                                     clockText(segment.start), clockText(segment.end)));
        }
        parts.append(tr("%1: %2.").arg(lane.title, segments.isEmpty()
                                                       ? tr("nothing planned")
                                                       : segments.join(QStringLiteral("; "))));
    }
    if (!m_data.voters.observed.empty()) {
        parts.append(tr("Voters ready, seen: %1.").arg(stepsInWords(m_data.voters.observed)));
    }
    if (!m_data.voters.forecast.empty()) {
        parts.append(tr("Forecast: %1.").arg(stepsInWords(m_data.voters.forecast)));
    }
    return parts.join(QLatin1Char('\n'));
}

QString LaneChart::spoken(const Position& position) const
{
    const Lane& lane = m_data.lanes[size_t(position.lane)];
    const LaneSegment& segment = lane.segments[size_t(position.segment)];
    const QString times = tr("%1 to %2").arg(clockText(segment.start), clockText(segment.end));
    QString text =
        tr("%1, %2: %3, %4").arg(lane.title, segment.label, segmentStateWord(segment.state), times);
    if (!segment.detail.isEmpty()) {
        text += QStringLiteral(". ") + segment.detail;
    }
    return text;
}

void LaneChart::setCurrent(const Position& position)
{
    m_currentId = m_data.lanes[size_t(position.lane)].segments[size_t(position.segment)].id;
    setSpokenText(this, spoken(position), true);
    Q_EMIT segmentChosen(m_currentId);
    update();
}

QString LaneChart::currentSegmentId() const { return m_currentId; }

void LaneChart::setCurrentSegmentId(const QString& id)
{
    m_currentId = id;
    update();
}

LaneChart::Position LaneChart::positionOf(const QString& id) const
{
    for (int lane = 0; lane < int(m_data.lanes.size()); ++lane) {
        const auto& segments = m_data.lanes[size_t(lane)].segments;
        for (int segment = 0; segment < int(segments.size()); ++segment) {
            if (segments[size_t(segment)].id == id) {
                return {lane, segment};
            }
        }
    }
    return {};
}

LaneChart::Position LaneChart::positionAt(const QPointF& point) const
{
    for (int lane = 0; lane < int(m_data.lanes.size()); ++lane) {
        const int count = int(m_data.lanes[size_t(lane)].segments.size());
        for (int segment = 0; segment < count; ++segment) {
            if (rectOf({lane, segment}).contains(point)) {
                return {lane, segment};
            }
        }
    }
    return {};
}

void LaneChart::moveCurrent(int laneStep, int segmentStep)
{
    Position at = positionOf(m_currentId);
    if (!at.isValid()) {
        for (int lane = 0; lane < int(m_data.lanes.size()) && !at.isValid(); ++lane) {
            if (!m_data.lanes[size_t(lane)].segments.empty()) {
                at = {lane, 0};
            }
        }
        if (at.isValid()) {
            setCurrent(at);
        }
        return;
    }
    const TimePoint start = m_data.lanes[size_t(at.lane)].segments[size_t(at.segment)].start;
    int lane = at.lane + laneStep;
    const int laneCount = int(m_data.lanes.size());
    while (lane >= 0 && lane < laneCount && m_data.lanes[size_t(lane)].segments.empty()) {
        lane += laneStep;
    }
    if (lane < 0 || lane >= laneCount) {
        return;
    }
    const auto& segments = m_data.lanes[size_t(lane)].segments;
    int segment = at.segment + segmentStep;
    if (laneStep != 0) { // the one nearest in time
        const auto nearest =
            std::ranges::min_element(segments, {}, [start](const LaneSegment& other) {
                return std::abs((other.start - start).count());
            });
        segment = int(nearest - segments.begin());
    }
    setCurrent({lane, std::clamp(segment, 0, int(segments.size()) - 1)});
}

void LaneChart::keyPressEvent(QKeyEvent* event)
{
    const int forward = isMirrored() ? -1 : 1;
    switch (event->key()) {
    case Qt::Key_Right: moveCurrent(0, forward); return;
    case Qt::Key_Left: moveCurrent(0, -forward); return;
    case Qt::Key_Up: moveCurrent(-1, 0); return;
    case Qt::Key_Down: moveCurrent(1, 0); return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoomBy(kZoomStep); return;
    case Qt::Key_Minus: zoomBy(1 / kZoomStep); return;
    case Qt::Key_0: zoomToFit(); return;
    case Qt::Key_Home: panBy(m_data.start - m_visibleStart); return;
    case Qt::Key_End: panBy(m_data.end - m_visibleEnd); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (positionOf(m_currentId).isValid()) {
            Q_EMIT segmentActivated(m_currentId);
        }
        return;
    default: ThemedWidget::keyPressEvent(event);
    }
}

void LaneChart::mousePressEvent(QMouseEvent* event)
{
    m_dragX = event->position().x();
    const Position position = positionAt(event->position());
    if (event->button() == Qt::LeftButton && position.isValid()) {
        setCurrent(position);
    }
}

void LaneChart::mouseMoveEvent(QMouseEvent* event)
{
    if (m_fit || !(event->buttons() & Qt::LeftButton)) {
        return;
    }
    const double moved = (event->position().x() - m_dragX) * (isMirrored() ? -1 : 1);
    m_dragX = event->position().x();
    const double visible = double((m_visibleEnd - m_visibleStart).count());
    panBy(Millis(std::llround(-moved * visible / std::max(plotRect().width(), 1.0))));
}

void LaneChart::mouseDoubleClickEvent(QMouseEvent* event)
{
    const Position position = positionAt(event->position());
    if (position.isValid()) {
        Q_EMIT segmentActivated(
            m_data.lanes[size_t(position.lane)].segments[size_t(position.segment)].id);
    }
}

void LaneChart::wheelEvent(QWheelEvent* event)
{
    if (!(event->modifiers() & Qt::ControlModifier)) {
        event->ignore(); // the pane scrolls
        return;
    }
    const QRectF plot = plotRect();
    double anchor = (event->position().x() - plot.left()) / std::max(plot.width(), 1.0);
    if (isMirrored()) {
        anchor = 1 - anchor;
    }
    zoomBy(event->angleDelta().y() > 0 ? kZoomStep : 1 / kZoomStep, std::clamp(anchor, 0.0, 1.0));
    event->accept();
}

void LaneChart::zoomToFit()
{
    m_fit = true;
    m_visibleStart = m_data.start;
    m_visibleEnd = m_data.end;
    update();
}

void LaneChart::zoomBy(double factor, double anchor)
{
    const Millis visible = m_visibleEnd - m_visibleStart;
    const Millis all = m_data.end - m_data.start;
    const Millis wanted(std::llround(double(visible.count()) / factor));
    if (wanted >= all) {
        zoomToFit();
        return;
    }
    const Millis next = std::max(wanted, kVisibleMin);
    const TimePoint fixed = m_visibleStart + Millis(std::llround(double(visible.count()) * anchor));
    m_fit = false;
    m_visibleStart = fixed - Millis(std::llround(double(next.count()) * anchor));
    m_visibleEnd = m_visibleStart + next;
    panBy(Millis(0));
}

void LaneChart::panBy(Millis by)
{
    const Millis visible = m_visibleEnd - m_visibleStart;
    const TimePoint last = std::max(m_data.end - visible, m_data.start);
    m_visibleStart = std::clamp(m_visibleStart + by, m_data.start, last);
    m_visibleEnd = m_visibleStart + visible;
    update();
}

bool LaneChart::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const Position position = positionAt(help->pos());
        if (position.isValid()) {
            QToolTip::showText(help->globalPos(), spoken(position), this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return ThemedWidget::event(event);
}

} // namespace quorate::ui
