// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Retry.h"

#include <QTimer>

#include <algorithm>

namespace quorate {

Millis retryDelay(const RetryPolicy& policy, int attempt)
{
    Millis delay = policy.delayFirst;
    for (int doubled = 1; doubled < attempt && delay < policy.delayMax; ++doubled) {
        delay *= 2;
    }
    return std::min(delay, policy.delayMax);
}

Scheduler timerScheduler()
{
    return [](Millis delay, std::function<void()> work) {
        QTimer::singleShot(delay, std::move(work));
    };
}

} // namespace quorate
