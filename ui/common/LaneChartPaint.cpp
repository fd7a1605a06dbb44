// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/LaneChart.h"

// How the lane chart is measured and drawn; what it does is in LaneChart.cpp.

#include "ui/common/Format.h"

#include <QDateTime>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace quorate::ui {
namespace {

constexpr int kAxisHeight = 26;
constexpr int kLaneHeight = 36;
constexpr int kSegmentHeight = 26;
constexpr int kVotersGap = 10;
constexpr int kVotersHeight = 40;
constexpr int kBottom = 24; // room for "majority 2" and the legend's third line
constexpr int kTickDistance = 96;
constexpr int kTitleMin = 92;
constexpr int kTitleGap = 18;

using namespace std::chrono_literals;
constexpr std::array<Millis, 16> kTickSteps{1s,    5s,    10s, 30s, 1min, 2min, 5min, 10min,
                                            15min, 30min, 1h,  2h,  3h,   6h,   12h,  24h};

Millis tickStepFor(Millis visible, double width, double distance)
{
    for (const Millis step : kTickSteps) {
        if (double(step.count()) / double(visible.count()) * width >= distance) {
            return step;
        }
    }
    const auto days =
        std::chrono::ceil<std::chrono::hours>(visible * distance / std::max(width, 1.0)) / 24h + 1;
    return 24h * days;
}

/// The first multiple of `step` in local time at or after `start`.
TimePoint firstTick(TimePoint start, Millis step)
{
    const qint64 at = start.time_since_epoch().count();
    const qint64 offset = qint64(QDateTime::fromMSecsSinceEpoch(at).offsetFromUtc()) * 1000;
    const qint64 local = at + offset;
    const qint64 size = step.count();
    return TimePoint(Millis((local + size - 1) / size * size - offset));
}

} // namespace

double LaneChart::titleWidth() const
{
    const QFontMetricsF metrics(theme().font(TextStyle::Body));
    double widest =
        std::max(metrics.horizontalAdvance(tr("voters ready")), double(theme().px(kTitleMin)));
    for (const Lane& lane : m_data.lanes) {
        const double star = lane.leader ? theme().px(16) : 0;
        widest = std::max(widest, metrics.horizontalAdvance(lane.title) + star);
    }
    return std::ceil(std::min(widest, width() / 3.0)) + theme().px(kTitleGap);
}

QRectF LaneChart::plotRect() const
{
    const double top = theme().px(kAxisHeight);
    const double bottom = votersRect().bottom();
    const QRectF plot(titleWidth(), top, std::max(width() - titleWidth() - 2, 10.0), bottom - top);
    return visual(plot, rect());
}

QRectF LaneChart::votersRect() const
{
    const double top = theme().px(kAxisHeight)
                       + double(m_data.lanes.size()) * theme().px(kLaneHeight)
                       + theme().px(kVotersGap);
    const QRectF area(titleWidth(), top, std::max(width() - titleWidth() - 2, 10.0),
                      theme().px(kVotersHeight));
    return visual(area, rect());
}

QSize LaneChart::sizeHint() const
{
    const int height = theme().px(kAxisHeight) + int(m_data.lanes.size()) * theme().px(kLaneHeight)
                       + theme().px(kVotersGap) + theme().px(kVotersHeight) + theme().px(kBottom);
    return {theme().px(720), height};
}

QSize LaneChart::minimumSizeHint() const { return {theme().px(360), sizeHint().height()}; }

double LaneChart::x(TimePoint at) const
{
    const QRectF plot = plotRect();
    const double visible = double(std::max(m_visibleEnd - m_visibleStart, Millis(1)).count());
    const double share = double((at - m_visibleStart).count()) / visible;
    return isMirrored() ? plot.right() - share * plot.width() : plot.left() + share * plot.width();
}

QRectF LaneChart::rectOf(const Position& position) const
{
    const LaneSegment& segment =
        m_data.lanes[size_t(position.lane)].segments[size_t(position.segment)];
    const double from = std::round(std::min(x(segment.start), x(segment.end)));
    const double to = std::round(std::max(x(segment.start), x(segment.end)));
    const double laneTop =
        theme().px(kAxisHeight) + double(position.lane) * theme().px(kLaneHeight);
    const double height = theme().px(kSegmentHeight);
    const double top = std::round(laneTop + (theme().px(kLaneHeight) - height) / 2);
    return {from + 1, top, std::max(to - from - 2, 3.0), height};
}

QRectF LaneChart::segmentRect(const QString& id) const
{
    const Position position = positionOf(id);
    return position.isValid() ? rectOf(position).intersected(plotRect()) : QRectF();
}

void LaneChart::paintEvent(QPaintEvent*)
{
    if (m_data.start >= m_data.end) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintAxis(painter);
    paintVoters(painter);
    paintNow(painter);
    for (int lane = 0; lane < int(m_data.lanes.size()); ++lane) {
        paintLane(painter, lane);
    }
}

void LaneChart::paintAxis(QPainter& painter) const
{
    const QRectF plot = plotRect();
    const Millis step =
        tickStepFor(m_visibleEnd - m_visibleStart, plot.width(), theme().px(kTickDistance));
    painter.setFont(theme().font(TextStyle::Caption));
    const QFontMetricsF metrics(painter.font());
    const QRectF nowLabel = nowLabelRect();
    for (TimePoint tick = firstTick(m_visibleStart, step); tick <= m_visibleEnd; tick += step) {
        const double at = std::floor(x(tick)) + 0.5;
        painter.setPen(QPen(theme().tokens().line, 1));
        painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()));
        const QString label = step < 1min  ? clockSecondsText(tick)
                              : step < 24h ? clockText(tick)
                                           : dateTimeText(tick);
        const double textWidth = metrics.horizontalAdvance(label);
        const double left = isMirrored() ? at - 2 - textWidth : at + 2;
        const double gap = theme().px(8);
        const bool isCovered = nowLabel.isValid() && left < nowLabel.right() + gap
                               && left + textWidth > nowLabel.left() - gap;
        if (!isCovered && left + textWidth <= width() && left >= 0) {
            painter.setPen(theme().color(Tone::Muted));
            painter.drawText(QRectF(left, 0, textWidth + 1, plot.top() - theme().px(4)),
                             int(Qt::AlignVCenter | Qt::AlignLeft), label);
        }
    }
}

void LaneChart::paintLane(QPainter& painter, int lane) const
{
    const Lane& shown = m_data.lanes[size_t(lane)];
    const double top = theme().px(kAxisHeight) + double(lane) * theme().px(kLaneHeight);
    const double room = titleWidth() - theme().px(kTitleGap);
    painter.setFont(theme().font(TextStyle::Body));
    const QFontMetricsF metrics(painter.font());
    const double star = shown.leader ? theme().px(16) : 0;
    const QString title = metrics.elidedText(shown.title, Qt::ElideRight, room - star);
    const double textWidth = metrics.horizontalAdvance(title);
    painter.setPen(theme().color(Tone::Plain));
    painter.drawText(visual(QRectF(0, top, textWidth + 1, theme().px(kLaneHeight)), rect()),
                     int(Qt::AlignVCenter | Qt::AlignLeft), title);
    if (shown.leader) {
        const QRectF box(textWidth + theme().px(5), top, theme().px(11), theme().px(kLaneHeight));
        paintGlyph(painter, visual(box, rect()), Glyph::Star, theme().color(Tone::Plain));
    }
    painter.save();
    painter.setClipRect(plotRect().adjusted(-1, 0, 2, 0));
    for (int segment = 0; segment < int(shown.segments.size()); ++segment) {
        paintSegment(painter, {lane, segment});
    }
    painter.restore();
}

void LaneChart::paintSegment(QPainter& painter, const Position& position) const
{
    const LaneSegment& segment =
        m_data.lanes[size_t(position.lane)].segments[size_t(position.segment)];
    const QRectF box = rectOf(position).adjusted(0.5, 0.5, -0.5, -0.5);
    const Tone tone = segmentTone(segment.state);
    const bool isAhead =
        segment.state == SegmentState::Planned || segment.state == SegmentState::Skipped;
    const double radius = std::min(double(theme().px(4)), box.width() / 2);
    painter.setBrush(theme().tokens().panel); // hides the grid behind
    painter.setPen(Qt::NoPen);
    painter.drawRoundedRect(box, radius, radius);
    QPen edge(isAhead ? theme().tokens().border : theme().color(tone), 1);
    if (isAhead) {
        edge.setColor(theme().color(Tone::Muted));
        edge.setDashPattern({4, 3});
    }
    painter.setPen(edge);
    painter.setBrush(isAhead ? theme().tokens().unknownBack : theme().back(tone));
    painter.drawRoundedRect(box, radius, radius);
    if (!m_currentId.isEmpty() && segment.id == m_currentId) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().color(hasFocus() ? Tone::Accent : Tone::Plain), 2));
        painter.drawRoundedRect(box, radius, radius);
    }

    const double padding = theme().px(5);
    const double glyph = theme().px(11);
    double left = padding;
    const Glyph drawn = segmentGlyph(segment.state);
    const bool isNarrow = box.width() < 2 * padding + glyph;
    if (drawn != Glyph::None) {
        if (box.width() < glyph + 4) {
            return;
        }
        const QRectF at(isNarrow ? box.center().x() - glyph / 2 : box.left() + left, box.top(),
                        glyph, box.height());
        paintGlyph(painter, isNarrow ? at : visual(at, box), drawn, theme().color(tone));
        left += glyph + theme().px(3);
    }
    painter.setFont(theme().font(TextStyle::Caption));
    const QFontMetricsF metrics(painter.font());
    const double room = box.width() - left - theme().px(3);
    const QString label = metrics.elidedText(segment.label, Qt::ElideRight, room);
    if (room < metrics.horizontalAdvance(segment.label.left(3)) || label.size() < 3) {
        return; // the tool tip has it
    }
    painter.setPen(theme().color(tone));
    painter.drawText(visual(QRectF(box.left() + left, box.top(), room + 2, box.height()), box),
                     int(Qt::AlignVCenter | (isMirrored() ? Qt::AlignRight : Qt::AlignLeft)),
                     label);
}

void LaneChart::paintVoters(QPainter& painter) const
{
    const QRectF area = votersRect();
    StepChartData data = m_data.voters;
    data.start = m_visibleStart;
    data.end = m_visibleEnd;
    const QRectF inner = area.adjusted(0, theme().px(4), 0, -theme().px(4));
    StepChart::paintSteps(painter, inner, data, theme(), isMirrored());

    const double room = titleWidth() - theme().px(kTitleGap);
    const auto side = int(isMirrored() ? Qt::AlignRight : Qt::AlignLeft);
    const QFontMetricsF body(theme().font(TextStyle::Body));
    const QFontMetricsF caption(theme().font(TextStyle::Caption));
    painter.setFont(theme().font(TextStyle::Body));
    painter.setPen(theme().color(Tone::Plain));
    QRectF line = visual(QRectF(0, area.top(), room, body.height()), rect());
    painter.drawText(line, side, body.elidedText(tr("voters ready"), Qt::ElideRight, room));
    painter.setFont(theme().font(TextStyle::Caption));
    painter.setPen(theme().color(Tone::Muted));
    line = line.translated(0, body.height() + theme().px(2));
    QStringList legends{tr("solid: seen")};
    if (!data.forecast.empty()) {
        legends.append(tr("dashed: forecast"));
    }
    if (std::ranges::find(data.observed, kNotKnown, &StepPoint::value) != data.observed.end()) {
        legends.append(tr("gap: not known"));
    }
    for (const QString& legend : legends) {
        line.setHeight(caption.height());
        painter.drawText(line, side, caption.elidedText(legend, Qt::ElideRight, room));
        line.translate(0, caption.height());
    }
    painter.setPen(theme().color(Tone::Bad));
    const QRectF foot(area.left(), area.bottom(), area.width(), theme().px(kBottom));
    painter.drawText(foot, int(Qt::AlignVCenter | (isMirrored() ? Qt::AlignLeft : Qt::AlignRight)),
                     tr("majority %1").arg(m_data.voters.majority));
}

QString LaneChart::nowLabel() const { return tr("now %1").arg(clockText(*m_data.now)); }

QRectF LaneChart::nowLabelRect() const
{
    if (!m_data.now || *m_data.now < m_visibleStart || *m_data.now > m_visibleEnd) {
        return {};
    }
    const double textWidth =
        QFontMetricsF(theme().font(TextStyle::CaptionStrong)).horizontalAdvance(nowLabel());
    const double left =
        std::clamp(x(*m_data.now) - textWidth / 2, 0.0, std::max(width() - textWidth, 0.0));
    return {left, 0, textWidth + 1, plotRect().top() - theme().px(4)};
}

void LaneChart::paintNow(QPainter& painter) const
{
    if (!nowLabelRect().isValid()) {
        return;
    }
    const QRectF plot = plotRect();
    const double at = std::round(x(*m_data.now));
    painter.setPen(QPen(theme().color(Tone::Accent), 2, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()));
    painter.setFont(theme().font(TextStyle::CaptionStrong));
    painter.drawText(nowLabelRect(), int(Qt::AlignVCenter | Qt::AlignLeft), nowLabel());
}

} // namespace quorate::ui
