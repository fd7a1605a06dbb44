// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

namespace quorate {

/// Where the time comes from. Injected everywhere, so that tests own it; nothing else may ask the
/// system (tests/tidy).
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
};

/// The machine's clock, made steady: it starts at the wall time and then follows the monotonic
/// clock, so that a corrected wall clock never makes an observation look younger than it is.
class SystemClock final : public Clock {
public:
    SystemClock();
    [[nodiscard]] TimePoint now() const override;

private:
    TimePoint m_wallStart;
    std::chrono::steady_clock::time_point m_steadyStart;
};

/// A clock that moves when told to.
class ManualClock final : public Clock {
public:
    explicit ManualClock(TimePoint start = TimePoint(std::chrono::hours(24 * 365 * 56)))
        : m_now(start)
    {}
    [[nodiscard]] TimePoint now() const override { return m_now; }
    void advance(Millis by) { m_now += by; }
    void set(TimePoint at) { m_now = at; }

private:
    TimePoint m_now;
};

} // namespace quorate
