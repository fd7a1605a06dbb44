// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Time.h"

#include <functional>
#include <stop_token>

namespace quorate {

/// How often, and how long to wait in between: doubling from `delayFirst` to `delayMax`. The
/// defaults are k9s' attempts and the kubelet's lease back-off (docs/adr/0002-async.md).
struct RetryPolicy {
    int attemptsMax = 15;
    Millis delayFirst{200};
    Millis delayMax{7000};
};

/// The pause after attempt `attempt`, counted from 1.
[[nodiscard]] Millis retryDelay(const RetryPolicy& policy, int attempt);

/// Runs a function later on this thread. Tests pass their own.
using Scheduler = std::function<void(Millis delay, std::function<void()> work)>;
[[nodiscard]] Scheduler timerScheduler();

namespace detail {

/// Keeps itself alive through the answer or the pause that it waits for.
template <typename T, typename Make>
class RetryLoop : public std::enable_shared_from_this<RetryLoop<T, Make>> {
public:
    RetryLoop(const RetryPolicy& policy, Make make, Scheduler scheduler)
        : m_policy(policy)
        , m_make(std::move(make))
        , m_scheduler(std::move(scheduler))
    {}

    [[nodiscard]] Async<T> start(std::stop_token stop)
    {
        m_stop = std::move(stop);
        Async<T> future = m_out.future();
        attempt();
        const Resolver<T> out = m_out;
        m_onStop.emplace(m_stop, [out] { out.resolve(fail(cancelledError())); });
        return future;
    }

private:
    void attempt()
    {
        if (m_stop.stop_requested()) {
            m_out.resolve(fail(cancelledError()));
            return;
        }
        ++m_attempt;
        detail::onAnswer<T>(m_make(), [self = this->shared_from_this()](Result<T> result) {
            self->handle(std::move(result));
        });
    }

    void handle(Result<T> result)
    {
        if (result || !result.error().retryable || m_stop.stop_requested()) {
            m_out.resolve(std::move(result));
        } else if (m_attempt >= m_policy.attemptsMax) {
            const QString after = QStringLiteral("after %1 attempts").arg(m_attempt);
            m_out.resolve(fail(m_attempt > 1 ? result.error().withContext(after) : result.error()));
        } else {
            m_scheduler(retryDelay(m_policy, m_attempt),
                        [self = this->shared_from_this()] { self->attempt(); });
        }
    }

    RetryPolicy m_policy;
    Make m_make;
    Scheduler m_scheduler;
    std::stop_token m_stop;
    int m_attempt = 0;
    Resolver<T> m_out;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop;
};

} // namespace detail

/// Calls `make()` (which returns Async<T>) until it succeeds, fails for a reason that is not worth
/// repeating (`Error::retryable`), or the attempts are used up; then the last error, with the
/// number of attempts as context. A requested stop ends it at once, also during a pause.
template <typename Make>
[[nodiscard]] auto retry(const RetryPolicy& policy, Make make, std::stop_token stop = {},
                         Scheduler scheduler = timerScheduler())
{
    using T = typename AsyncValue<std::invoke_result_t<Make&>>::type;
    auto loop =
        std::make_shared<detail::RetryLoop<T, Make>>(policy, std::move(make), std::move(scheduler));
    return loop->start(std::move(stop));
}

} // namespace quorate
