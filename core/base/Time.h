// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <chrono>

namespace quorate {

using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
/// UTC, to the millisecond. All times in snapshots, plans and journals.
using TimePoint = std::chrono::sys_time<Millis>;

/// "2026-11-21T10:04:05.123Z".
QString toIso(TimePoint time);
[[nodiscard]] Result<TimePoint> fromIso(const QString& text);
/// "48 s", "12 min", "2 h 05 min", "6 d". For people: rounds down, one or two units.
QString toDurationText(Millis duration);

} // namespace quorate
