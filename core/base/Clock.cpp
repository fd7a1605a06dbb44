// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Clock.h"

namespace quorate {

SystemClock::SystemClock()
    : m_wallStart(std::chrono::floor<Millis>(std::chrono::system_clock::now()))
    , m_steadyStart(std::chrono::steady_clock::now())
{}

TimePoint SystemClock::now() const
{
    return m_wallStart
           + std::chrono::floor<Millis>(std::chrono::steady_clock::now() - m_steadyStart);
}

} // namespace quorate
