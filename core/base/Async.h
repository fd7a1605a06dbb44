// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>
#include <QPromise>

#include <atomic>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate {

/// An answer that comes later: exactly one Result, or (when its maker died) a Cancelled error.
/// Finishes on the thread that made it. Cancellation travels down by std::stop_token, never through
/// the future. Why no coroutines and no `.then(context, …)`: docs/adr/0002-async.md.
template <typename T>
using Async = QFuture<Result<T>>;

template <typename T>
struct AsyncValue;
template <typename T>
struct AsyncValue<QFuture<tl::expected<T, Error>>> {
    using type = T;
};

inline Error cancelledError()
{
    return makeError(ErrorKind::Cancelled, QStringLiteral("cancelled"),
                     QStringLiteral("The request was cancelled"));
}

/// A future that is finished already.
template <typename T>
[[nodiscard]] Async<T> ready(Result<T> result)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(std::move(result));
    promise.finish();
    return promise.future();
}

/// The writing end, copyable so that several handlers can race; the first `resolve` wins, later
/// ones are ignored.
template <typename T>
class Resolver {
public:
    Resolver()
        : m_state(std::make_shared<State>())
    {
        m_state->promise.start();
    }
    [[nodiscard]] Async<T> future() const { return m_state->promise.future(); }
    [[nodiscard]] bool isResolved() const { return m_state->done.load(); }
    bool resolve(Result<T> result) const
    {
        if (m_state->done.exchange(true)) {
            return false;
        }
        m_state->promise.addResult(std::move(result));
        m_state->promise.finish();
        return true;
    }

private:
    struct State {
        QPromise<Result<T>> promise;
        std::atomic_bool done = false;
    };
    std::shared_ptr<State> m_state;
};

namespace detail {
template <typename T>
Result<T> takeResult(QFuture<Result<T>> future)
{
    if (future.isCanceled() || future.resultCount() == 0) {
        return fail(cancelledError());
    }
    return future.takeResult();
}
} // namespace detail

/// Calls `next(T)` when `first` succeeded; `next` returns Async<U> or Result<U>. An error
/// short-circuits. Runs on the thread that finishes `first`.
template <typename T, typename Next>
[[nodiscard]] auto andThen(QFuture<tl::expected<T, Error>> first, Next next)
{
    using Returned = std::invoke_result_t<Next, T>;
    if constexpr (requires { typename AsyncValue<Returned>::type; }) {
        using U = typename AsyncValue<Returned>::type;
        return first
            .then([next = std::move(next)](QFuture<Result<T>> done) mutable -> Async<U> {
                Result<T> result = detail::takeResult<T>(std::move(done));
                if (!result) {
                    return ready<U>(fail(std::move(result).error()));
                }
                return next(*std::move(result));
            })
            .unwrap();
    } else {
        using U = typename Returned::value_type;
        return Async<U>(
            first.then([next = std::move(next)](QFuture<Result<T>> done) mutable -> Result<U> {
                Result<T> result = detail::takeResult<T>(std::move(done));
                if (!result) {
                    return fail(std::move(result).error());
                }
                return next(*std::move(result));
            }));
    }
}

/// Calls `handle(Result<T>)` on the thread of `context` when the answer is there; never when
/// `context` is gone first.
template <typename T, typename Handle>
void deliver(QFuture<tl::expected<T, Error>> future, QObject* context, Handle handle)
{
    auto* watcher = new QFutureWatcher<Result<T>>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, handle = std::move(handle)]() mutable {
                         Result<T> result = detail::takeResult<T>(watcher->future());
                         watcher->deleteLater();
                         handle(std::move(result));
                     });
    watcher->setFuture(std::move(future));
}

/// All answers, in the order of the list; errors stay in their places. An empty list is ready at
/// once.
template <typename T>
[[nodiscard]] QFuture<std::vector<Result<T>>>
all(std::vector<QFuture<tl::expected<T, Error>>> futures)
{
    struct State {
        QPromise<std::vector<Result<T>>> promise;
        std::vector<std::optional<Result<T>>> results;
        std::atomic_size_t left = 0;
    };
    auto state = std::make_shared<State>();
    state->promise.start();
    state->results.resize(futures.size());
    state->left = futures.size();
    auto finish = [state] {
        std::vector<Result<T>> results;
        for (auto& result : state->results) {
            results.push_back(*std::move(result));
        }
        state->promise.addResult(std::move(results));
        state->promise.finish();
    };
    if (futures.empty()) {
        finish();
    }
    for (std::size_t index = 0; index < futures.size(); ++index) {
        futures[index].then([state, index, finish](QFuture<Result<T>> done) {
            state->results[index] = detail::takeResult<T>(std::move(done));
            if (state->left.fetch_sub(1) == 1) {
                finish();
            }
        });
    }
    return state->promise.future();
}

} // namespace quorate
