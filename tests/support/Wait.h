// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Time.h"

#include <functional>
#include <optional>
#include <source_location>
#include <tuple>
#include <vector>

namespace quorate::test {

using Location = std::source_location;

/// The limit of a wait: five seconds times QUORATE_TEST_SLOWNESS (for loaded machines and
/// valgrind).
[[nodiscard]] Millis waitLimit();

namespace detail {
void reportTimeout(const char* what, Millis limit, const Location& at);
/// Turns the event loop until the watcher reports or the limit is over.
void spinUntilFinished(QFutureWatcherBase& watcher, const std::function<void()>& start,
                       Millis limit);
} // namespace detail

/// Turns the event loop until `future` has finished; fails the test and gives nothing after the
/// limit.
template <typename T>
std::optional<T> waitForFuture(QFuture<T> future, Millis limit = waitLimit(),
                               const Location& at = Location::current())
{
    QFutureWatcher<T> watcher;
    detail::spinUntilFinished(
        watcher, [&] { watcher.setFuture(future); }, limit);
    if (!future.isFinished()) {
        detail::reportTimeout("the future to finish", limit, at);
        return std::nullopt;
    }
    if (future.isCanceled() || future.resultCount() == 0) {
        return std::nullopt;
    }
    return quorate::detail::takeValue(future);
}

/// Turns the event loop until the answer is there. A dropped promise arrives as a Cancelled error,
/// as in `deliver`; no answer within the limit fails the test and arrives as a Timeout error.
template <typename T>
Result<T> waitFor(QFuture<tl::expected<T, Error>> future, Millis limit = waitLimit(),
                  const Location& at = Location::current())
{
    QFuture<Result<T>> copy = future;
    std::optional<Result<T>> result = waitForFuture(std::move(future), limit, at);
    if (result) {
        return *std::move(result);
    }
    if (copy.isFinished()) {
        return fail(cancelledError());
    }
    return fail(ErrorKind::Timeout, QStringLiteral("test-wait"),
                QStringLiteral("No answer within the limit"));
}

/// Turns the event loop until the predicate holds; fails the test and returns false after the
/// limit.
bool waitUntil(const std::function<bool()>& predicate, Millis limit = waitLimit(),
               const Location& at = Location::current());

/// Lets everything that is queued now happen, including deferred deletes.
void drainEvents();

/// Records the arguments of a signal: ValueSpy spy(&service, &Service::snapshotChanged); …
/// spy.waitForCount(2); A signal with a private argument needs the types spelled:
/// ValueSpy<QModelIndex, int, int>.
template <typename... Args>
class ValueSpy {
public:
    template <typename Sender, typename Signal>
    ValueSpy(Sender* sender, Signal signal)
    {
        QObject::connect(sender, signal, &m_context,
                         [this](const Args&... args) { m_values.emplace_back(args...); });
    }

    [[nodiscard]] int count() const { return static_cast<int>(m_values.size()); }
    [[nodiscard]] const std::vector<std::tuple<Args...>>& values() const { return m_values; }
    /// The first argument of the latest signal; there must have been one.
    [[nodiscard]] const auto& last() const { return std::get<0>(m_values.back()); }
    void clear() { m_values.clear(); }
    bool waitForCount(int wanted, Millis limit = waitLimit(),
                      const Location& at = Location::current())
    {
        return waitUntil([&] { return count() >= wanted; }, limit, at);
    }

private:
    QObject m_context;
    std::vector<std::tuple<Args...>> m_values;
};
template <typename Sender, typename Class, typename... Args>
ValueSpy(Sender*, void (Class::*)(Args...)) -> ValueSpy<std::decay_t<Args>...>;

} // namespace quorate::test
