// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Duration.h"

#include <QRegularExpression>

#include <array>

namespace quorate::procedure {
namespace {

struct Unit {
    const char* name;
    qint64 millis;
};
constexpr std::array<Unit, 4> kUnits{{{"h", 3'600'000}, {"min", 60'000}, {"s", 1000}, {"ms", 1}}};

} // namespace

std::optional<Millis> durationFrom(const QString& text)
{
    static const QRegularExpression form(
        QRegularExpression::anchoredPattern(QStringLiteral("([0-9]{1,9}) (h|min|s|ms)")));
    const auto match = form.match(text);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    for (const Unit& unit : kUnits) {
        if (match.captured(2) == QLatin1String(unit.name)) {
            const Millis value(match.captured(1).toLongLong() * unit.millis);
            return value <= kDurationMax ? std::optional(value) : std::nullopt;
        }
    }
    return std::nullopt;
}

QString durationText(Millis duration)
{
    if (duration.count() == 0) {
        return QStringLiteral("0 s");
    }
    for (const Unit& unit : kUnits) {
        if (duration.count() % unit.millis == 0) {
            return QStringLiteral("%1 %2")
                .arg(duration.count() / unit.millis)
                .arg(QLatin1String(unit.name));
        }
    }
    return {};
}

} // namespace quorate::procedure
