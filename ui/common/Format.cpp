// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <cmath>

namespace quorate::ui {
namespace {

struct FormatWords {
    Q_DECLARE_TR_FUNCTIONS(Format)
};

QDateTime localTime(TimePoint at)
{
    return QDateTime::fromMSecsSinceEpoch(at.time_since_epoch().count());
}

} // namespace

QString numberText(qint64 number) { return QLocale().toString(number); }

QString decimalText(double number, int decimals)
{
    return QLocale().toString(number, 'f', decimals);
}

QString percentText(double ratio)
{
    return FormatWords::tr("%1 %").arg(numberText(std::llround(ratio * 100)));
}

QString bytesText(qint64 bytes)
{
    const int decimals = bytes < 1'000'000'000 ? 0 : 1;
    return QLocale().formattedDataSize(bytes, decimals, QLocale::DataSizeSIFormat);
}

QString rateText(double bytesPerSecond)
{
    return FormatWords::tr("%1/s").arg(bytesText(std::llround(std::max(bytesPerSecond, 0.0))));
}

QString durationText(Millis duration)
{
    const qint64 seconds = std::max<qint64>(duration.count() / 1000, 0);
    if (seconds < 120) {
        return FormatWords::tr("%1 s").arg(seconds);
    }
    if (seconds < 7200) {
        return FormatWords::tr("%1 min").arg(seconds / 60);
    }
    if (seconds < qint64(48) * 3600) {
        return FormatWords::tr("%1 h %2 min")
            .arg(seconds / 3600)
            .arg(seconds / 60 % 60, 2, 10, QLatin1Char('0'));
    }
    return FormatWords::tr("%1 d").arg(numberText(seconds / 86400));
}

QString ageText(std::optional<TimePoint> at, TimePoint now)
{
    return at ? durationText(now - *at) : FormatWords::tr("never");
}

QString freshnessText(std::optional<TimePoint> at, TimePoint now, Millis freshFor)
{
    if (!at) {
        return FormatWords::tr("never seen");
    }
    const QString age = durationText(now - *at);
    return now - *at <= freshFor ? FormatWords::tr("live · %1").arg(age)
                                 : FormatWords::tr("%1 old").arg(age);
}

QString clockText(TimePoint at) { return localTime(at).toString(QStringLiteral("HH:mm")); }

QString clockSecondsText(TimePoint at)
{
    return localTime(at).toString(QStringLiteral("HH:mm:ss"));
}

QString dateTimeText(TimePoint at)
{
    return localTime(at).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString utcText(TimePoint at)
{
    return localTime(at).toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))
           + FormatWords::tr(" UTC");
}

QString sensibleTimeText(TimePoint at, TimePoint now)
{
    return localTime(at).date() == localTime(now).date() ? clockText(at) : dateTimeText(at);
}

QString transferText(qint64 done, qint64 total, double bytesPerSecond)
{
    QStringList parts;
    parts.append(total > 0 ? FormatWords::tr("%1 of %2").arg(bytesText(done), bytesText(total))
                           : bytesText(done));
    if (bytesPerSecond >= 1) {
        parts.append(rateText(bytesPerSecond));
        if (total > done) {
            const double seconds = std::ceil(double(total - done) / bytesPerSecond);
            parts.append(
                FormatWords::tr("%1 left").arg(durationText(Millis(qint64(seconds * 1000)))));
        }
    }
    return dotted(parts);
}

QString dotted(const QStringList& parts)
{
    QStringList filled = parts;
    filled.removeAll(QString());
    return filled.join(FormatWords::tr(" · "));
}

} // namespace quorate::ui
