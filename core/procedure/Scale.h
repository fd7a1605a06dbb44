// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

#include <algorithm>

namespace quorate::procedure::detail {

/// Divides times by a practice cluster's speed, and keeps them above what a real process on a busy
/// workstation needs: its nodes restart as real processes, and they are asked every 500 ms at the
/// quickest.
class Scale {
public:
    static constexpr double kSpeedMax = 3600; ///< an hour in a second; our own bound
    static constexpr Millis kLimitMin =
        Seconds(20); ///< a restart of a practice node on a busy machine
    static constexpr Millis kWarnMin = Seconds(10);
    static constexpr Millis kStabilisationMin{500};
    static constexpr Millis kGreenIntervalMin{200};
    static constexpr Millis kPauseMin{200};             ///< between attempts
    static constexpr Millis kFreshnessMin = Seconds(2); ///< four polls

    explicit Scale(double speed)
        : m_speed(speed)
    {}
    [[nodiscard]] Millis expected(Millis value) const { return divided(value, Millis(0)); }
    [[nodiscard]] Millis limit(Millis value) const { return divided(value, kLimitMin); }
    [[nodiscard]] Millis warnAfter(Millis value) const { return divided(value, kWarnMin); }
    [[nodiscard]] Millis stabilisation(Millis value) const
    {
        return divided(value, kStabilisationMin);
    }
    [[nodiscard]] Millis greenInterval(Millis value) const
    {
        return divided(value, kGreenIntervalMin);
    }
    [[nodiscard]] Millis pause(Millis value) const { return divided(value, kPauseMin); }
    /// The policy's times are divided by their maker already; only the floor is ours.
    [[nodiscard]] Millis freshness(Millis value) const
    {
        return m_speed > 1 ? std::max(value, kFreshnessMin) : value;
    }

private:
    /// 0 stays 0 (it means "none"); never longer than it was.
    [[nodiscard]] Millis divided(Millis value, Millis floor) const
    {
        const Millis scaled(qint64(double(value.count()) / m_speed));
        return std::min(value, std::max(scaled, floor));
    }

    double m_speed;
};

} // namespace quorate::procedure::detail
