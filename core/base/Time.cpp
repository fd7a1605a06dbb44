// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Time.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>

namespace quorate {

QString toIso(TimePoint time)
{
    const auto at = QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), Qt::UTC);
    return at.toString(Qt::ISODateWithMs);
}

Result<TimePoint> fromIso(const QString& text)
{
    // Qt reads a time without zone as local time: the answer would depend on this machine.
    static const QRegularExpression form(QRegularExpression::anchoredPattern(
        QStringLiteral("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-"
                       "][0-9]{2}:[0-9]{2})")));
    const QDateTime at = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!at.isValid() || !form.match(text).hasMatch()) {
        return fail(ErrorKind::Validation, QStringLiteral("bad-time"),
                    QStringLiteral("\"%1\" is not an ISO 8601 time").arg(text.left(40)),
                    QStringLiteral("Write it with its zone, for example 2026-11-21T10:04:05Z"));
    }
    return TimePoint(Millis(at.toUTC().toMSecsSinceEpoch()));
}

QString toDurationText(Millis duration)
{
    using std::chrono::floor;
    const auto seconds = floor<Seconds>(std::max(duration, Millis(0))).count();
    if (seconds < 120) {
        return QStringLiteral("%1 s").arg(seconds);
    }
    if (seconds < 7200) {
        return QStringLiteral("%1 min").arg(seconds / 60);
    }
    if (seconds < 48 * 3600) {
        const auto minutes = seconds / 60 % 60;
        return QStringLiteral("%1 h %2 min")
            .arg(seconds / 3600)
            .arg(minutes, 2, 10, QLatin1Char('0'));
    }
    return QStringLiteral("%1 d").arg(seconds / 86400);
}

} // namespace quorate
