// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace quorate::ui {

/// Figures, sizes and times as a person reads them, by the locale; times are local, tool tips say
/// UTC.
[[nodiscard]] QString numberText(qint64 number);
[[nodiscard]] QString decimalText(double number, int decimals);
[[nodiscard]] QString percentText(double ratio); ///< 0.42 → "42 %"
[[nodiscard]] QString bytesText(qint64 bytes);   ///< "48.0 GB", powers of ten
[[nodiscard]] QString rateText(double bytesPerSecond);
[[nodiscard]] QString durationText(Millis duration); ///< "48 s", "12 min", "2 h 05 min", "6 d"
[[nodiscard]] QString ageText(std::optional<TimePoint> at, TimePoint now); ///< "1 s"; "never"
[[nodiscard]] QString freshnessText(std::optional<TimePoint> at, TimePoint now, Millis freshFor);
[[nodiscard]] QString clockText(TimePoint at);        ///< "22:34"
[[nodiscard]] QString clockSecondsText(TimePoint at); ///< "22:34:07"
[[nodiscard]] QString dateTimeText(TimePoint at);     ///< "2026-03-02 22:34"
[[nodiscard]] QString utcText(TimePoint at);          ///< "2026-03-02 21:34:07 UTC", for tool tips
/// "22:34" today, else "2026-03-02 22:34".
[[nodiscard]] QString sensibleTimeText(TimePoint at, TimePoint now);
/// "412 MB of 1.0 GB · 96 MB/s · 6 s left"; leaves out what is not known.
[[nodiscard]] QString transferText(qint64 done, qint64 total, double bytesPerSecond);
/// Joined by " · ", empty parts left out.
[[nodiscard]] QString dotted(const QStringList& parts);

} // namespace quorate::ui
