// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/ReportText.h"

#include <algorithm>

namespace quorate::report::detail {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 170;
constexpr double kLeft = 34;
constexpr double kRight = 12;
constexpr double kTop = 14;
constexpr double kBottom = 30;

/// From time and voters to the picture.
struct Scale {
    TimePoint from;
    Millis span{1};
    int votersMax = 1;

    [[nodiscard]] double x(TimePoint at) const
    {
        const double part = double((at - from).count()) / double(span.count());
        return kLeft + std::clamp(part, 0.0, 1.0) * (kWidth - kLeft - kRight);
    }
    [[nodiscard]] double y(int voters) const
    {
        return kHeight - kBottom - (kHeight - kTop - kBottom) * voters / votersMax;
    }
};

QString number(double value) { return QString::number(value, 'f', 1); }

Scale scaleOf(const run::RunView& view, TimePoint now)
{
    Scale scale{.from = view.startedAt.value_or(view.votersSeen.front().at)};
    scale.from = std::min(scale.from, view.votersSeen.front().at);
    const TimePoint until = std::max(view.endedAt.value_or(now), view.votersSeen.back().at);
    scale.span = std::max(Millis(1), until - scale.from);
    scale.votersMax = std::max(1, view.majority);
    for (const run::VotersPoint& point : view.votersSeen) {
        scale.votersMax = std::max({scale.votersMax, point.ready, point.voters});
    }
    return scale;
}

/// Level until the next point, then straight up or down; one V a change. Broken where the number
/// was not known.
QString stepPath(const run::RunView& view, const Scale& scale)
{
    QString path;
    const run::VotersPoint* before = nullptr; // the one that the line comes from
    for (const run::VotersPoint& point : view.votersSeen) {
        const QString x = number(scale.x(point.at));
        const QString y = number(scale.y(point.ready));
        if (before == nullptr && point.known) {
            path += QStringLiteral("%1M%2 %3").arg(QLatin1String(path.isEmpty() ? "" : " "), x, y);
        } else if (before != nullptr && !point.known) {
            path += QStringLiteral(" H%1").arg(x);
        } else if (before != nullptr && before->ready != point.ready) {
            path += QStringLiteral(" H%1 V%2").arg(x, y);
        }
        before = point.known ? &point : nullptr;
    }
    return before == nullptr ? path : path + QStringLiteral(" H%1").arg(number(kWidth - kRight));
}

QString wordsOf(const run::RunView& view)
{
    const run::VotersPoint* lowest = lowestKnown(view);
    QString seen = QStringLiteral("not known");
    if (lowest != nullptr) {
        seen = QStringLiteral("at least %1 of %2").arg(lowest->ready).arg(lowest->voters);
        if (!std::ranges::all_of(view.votersSeen, &run::VotersPoint::known)) {
            seen += QStringLiteral(" while it was known, for some time it was not");
        }
    }
    return QStringLiteral("Ready voters over the run: %1; %2 are a majority")
        .arg(seen)
        .arg(view.majority);
}

QString label(double x, double y, const QString& anchor, const QString& text)
{
    return QStringLiteral("<text x=\"%1\" y=\"%2\" text-anchor=\"%3\">%4</text>")
        .arg(number(x), number(y), anchor, escaped(text));
}

} // namespace

const run::VotersPoint* lowestKnown(const run::RunView& view)
{
    const run::VotersPoint* lowest = nullptr;
    for (const run::VotersPoint& point : view.votersSeen) {
        if (point.known && (lowest == nullptr || point.ready < lowest->ready)) {
            lowest = &point;
        }
    }
    return lowest;
}

QString votersChart(const run::RunView& view, TimePoint now)
{
    if (view.votersSeen.empty()) {
        return QStringLiteral("<p>The voters were not observed.</p>");
    }
    const Scale scale = scaleOf(view, now);
    const QString words = wordsOf(view);
    QString svg = QStringLiteral("<svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"%3\">")
                      .arg(number(kWidth), number(kHeight), escaped(words));
    for (int voters = 0; voters <= scale.votersMax; ++voters) {
        svg += QStringLiteral("<line class=\"grid\" x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\"/>")
                   .arg(number(kLeft), number(kWidth - kRight), number(scale.y(voters)));
        svg +=
            label(kLeft - 8, scale.y(voters) + 4, QStringLiteral("end"), QString::number(voters));
    }
    svg += QStringLiteral("<line class=\"majority\" x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\"/>")
               .arg(number(kLeft), number(kWidth - kRight), number(scale.y(view.majority)));
    svg += label(kWidth - kRight, scale.y(view.majority) - 4, QStringLiteral("end"),
                 QStringLiteral("majority"));
    svg += QStringLiteral("<path class=\"ready\" d=\"%1\"/>").arg(stepPath(view, scale));
    svg += label(kLeft, kHeight - 10, QStringLiteral("start"), timeText(scale.from));
    svg += label(kWidth - kRight, kHeight - 10, QStringLiteral("end"),
                 timeText(scale.from + scale.span));
    return svg + QStringLiteral("</svg><p>%1.</p>").arg(escaped(words));
}

} // namespace quorate::report::detail
