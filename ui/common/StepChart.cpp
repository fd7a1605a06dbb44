// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/StepChart.h"

#include "ui/common/Format.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace quorate::ui {
namespace {

struct Span {
    TimePoint from;
    TimePoint to;
    int value = 0;
};

std::vector<Span> spansOf(const std::vector<StepPoint>& points, TimePoint end)
{
    std::vector<Span> spans;
    for (size_t index = 0; index < points.size(); ++index) {
        const TimePoint to = index + 1 < points.size() ? points[index + 1].at : end;
        spans.push_back({points[index].at, std::max(to, points[index].at), points[index].value});
    }
    return spans;
}

/// The lowest value of the scale: one below the majority, or below what was seen, so that a dip has
/// somewhere to go.
int bottomOf(const StepChartData& data)
{
    int lowest = data.majority;
    for (const auto* points : {&data.observed, &data.forecast}) {
        for (const StepPoint& point : *points) {
            lowest = point.value == kNotKnown ? lowest : std::min(lowest, point.value);
        }
    }
    return std::max(lowest - 1, 0);
}

/// Maps times and values into `area`.
struct Scale {
    QRectF area;
    TimePoint start;
    TimePoint end;
    int bottom = 0;
    int top = 1;
    bool mirrored = false;

    [[nodiscard]] double x(TimePoint at) const
    {
        const double share =
            double((at - start).count()) / double(std::max(end - start, Millis(1)).count());
        return mirrored ? area.right() - share * area.width() : area.left() + share * area.width();
    }
    [[nodiscard]] double y(int value) const
    {
        const double share = double(value - bottom) / std::max(top - bottom, 1);
        return std::round(area.bottom() - share * area.height());
    }
};

void strokeSpans(QPainter& painter, const Scale& scale, const std::vector<Span>& spans,
                 int majority, const QPen& good, const QPen& bad)
{
    QPainterPath above;
    QPainterPath below;
    bool isConnected = false;
    for (size_t index = 0; index < spans.size(); ++index) {
        const Span& span = spans[index];
        if (span.value == kNotKnown) {
            continue;
        }
        const QPointF from(scale.x(span.from), scale.y(span.value));
        const QPointF to(scale.x(span.to), scale.y(span.value));
        if (index > 0 && spans[index - 1].value != kNotKnown) {
            if (!isConnected) {
                above.moveTo(from.x(), scale.y(spans[index - 1].value));
            }
            above.lineTo(from);
        } else {
            above.moveTo(from);
        }
        isConnected = span.value >= majority;
        if (isConnected) {
            above.lineTo(to);
        } else {
            below.moveTo(from);
            below.lineTo(to);
        }
    }
    painter.setBrush(Qt::NoBrush);
    painter.strokePath(above, good);
    painter.strokePath(below, bad);
}

} // namespace

QString stepsInWords(const std::vector<StepPoint>& points)
{
    QStringList parts;
    for (size_t index = 0; index < points.size(); ++index) {
        const QString value = points[index].value == kNotKnown
                                  ? StepChart::tr("not known")
                                  : QString::number(points[index].value);
        parts.append(index + 1 < points.size()
                         ? StepChart::tr("%1 until %2").arg(value, clockText(points[index + 1].at))
                         : value);
    }
    return parts.join(QStringLiteral(", "));
}

StepChart::StepChart(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Voters ready over time"));
}

void StepChart::setData(const StepChartData& data)
{
    if (data == m_data) {
        return;
    }
    m_data = data;
    setAccessibleDescription(textAlternative());
    update();
}

QString StepChart::textAlternative() const
{
    QStringList parts;
    parts.append(tr("Voters ready of %1, majority %2.").arg(m_data.voters).arg(m_data.majority));
    if (!m_data.observed.empty()) {
        parts.append(tr("Seen: %1.").arg(stepsInWords(m_data.observed)));
    }
    if (!m_data.forecast.empty()) {
        parts.append(tr("Forecast: %1.").arg(stepsInWords(m_data.forecast)));
    }
    return parts.join(QLatin1Char(' '));
}

QSize StepChart::sizeHint() const { return {theme().px(320), theme().px(56)}; }

QSize StepChart::minimumSizeHint() const { return {theme().px(140), theme().px(40)}; }

void StepChart::paintSteps(QPainter& painter, const QRectF& area, const StepChartData& data,
                           const Theme& theme, bool mirrored)
{
    const Scale scale{.area = area,
                      .start = data.start,
                      .end = data.end,
                      .bottom = bottomOf(data),
                      .top = std::max(data.voters, data.majority),
                      .mirrored = mirrored};
    painter.save();
    painter.setClipRect(area.adjusted(0, -3, 0, 3));
    const double majorityY = scale.y(data.majority) + 0.5;
    QPen majority(theme.color(Tone::Bad), 1);
    majority.setDashPattern({3, 3});
    painter.setPen(majority);
    painter.drawLine(QPointF(area.left(), majorityY), QPointF(area.right(), majorityY));

    const double width = std::max(2.0, theme.px(20) / 10.0);
    QPen good(theme.color(Tone::Accent), width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
    QPen bad(theme.color(Tone::Bad), width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
    const TimePoint seenUntil = data.forecast.empty() ? data.end : data.forecast.front().at;
    strokeSpans(painter, scale, spansOf(data.observed, seenUntil), data.majority, good, bad);

    std::vector<StepPoint> ahead = data.forecast;
    if (!ahead.empty() && !data.observed.empty()) {
        ahead.insert(ahead.begin(), {ahead.front().at, data.observed.back().value});
    }
    good.setDashPattern({3, 2});
    bad.setDashPattern({3, 2});
    strokeSpans(painter, scale, spansOf(ahead, data.end), data.majority, good, bad);
    painter.restore();
}

void StepChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double margin = theme().px(4);
    paintSteps(painter, QRectF(rect()).adjusted(0, margin, 0, -margin), m_data, theme(),
               isMirrored());
}

bool StepChart::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), textAlternative(), this);
        return true;
    }
    return ThemedWidget::event(event);
}

} // namespace quorate::ui
