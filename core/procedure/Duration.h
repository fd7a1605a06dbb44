// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <optional>

namespace quorate::procedure {

/// "15 min", "1500 ms", "2 h": one whole number and one unit, as in procedures and plans. nullopt
/// when it is not that, or longer than kDurationMax.
inline constexpr Millis kDurationMax = std::chrono::hours(24 * 7);
std::optional<Millis> durationFrom(const QString& text);
/// Exact, in the largest unit that divides it: what durationFrom reads back.
QString durationText(Millis duration);

} // namespace quorate::procedure
