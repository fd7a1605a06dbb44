// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Resolver.h"

#include <QFutureWatcher>
#include <QObject>

#include <atomic>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace quorate {

namespace detail {
/// The value of a finished future. Not QFuture::takeResult: that resets the shared state, and a
/// QPromise that dies later takes it for unfinished and runs the continuation once more (Qt 6.4).
template <typename T>
[[nodiscard]] T takeValue(const QFuture<T>& future)
{
    if constexpr (std::is_copy_constructible_v<T>) {
        return future.result();
    } else {
        return std::move(const_cast<T&>(*future.constBegin()));
    }
}

template <typename T>
[[nodiscard]] Result<T> takeResult(const QFuture<Result<T>>& future)
{
    if (future.isCanceled() || future.resultCount() == 0) {
        return fail(cancelledError());
    }
    return takeValue(future);
}

/// Calls `use(Result<T>)` once, also when the promise was dropped: a plain `then` is silent then.
/// `use` is a std::function so that Qt's continuations are compiled once for a T, not once for each
/// caller.
template <typename T>
void onAnswer(QFuture<tl::expected<T, Error>> future, std::function<void(Result<T>)> use)
{
    future.then([use](const QFuture<Result<T>>& done) { use(takeResult<T>(done)); })
        .onCanceled([use] { use(Result<T>(fail(cancelledError()))); });
}

template <typename T, typename Next>
auto callWith(Next& next, Result<T> result)
{
    if constexpr (std::is_void_v<T>) {
        return next();
    } else {
        return next(*std::move(result));
    }
}

/// What a continuation hands on: T of Async<T> or of Result<T>.
template <typename Returned>
struct HandedOn {
    static constexpr bool isAsync = false;
    using type = typename Returned::value_type;
};
template <typename T>
struct HandedOn<QFuture<tl::expected<T, Error>>> {
    static constexpr bool isAsync = true;
    using type = T;
};
} // namespace detail

/// Calls `next(T)` when `first` succeeded; `next` returns Async<U> or Result<U>. An error
/// short-circuits. Runs on the thread that finishes `first`, or at once when it has finished.
template <typename T, typename Next>
[[nodiscard]] auto andThen(QFuture<tl::expected<T, Error>> first, Next next)
{
    using Handed = detail::HandedOn<decltype(detail::callWith<T>(next, Result<T>(fail(Error{}))))>;
    using U = typename Handed::type;
    Resolver<U> out;
    auto shared = std::make_shared<Next>(std::move(next));
    detail::onAnswer<T>(std::move(first), [out, shared](Result<T> result) {
        if (!result) {
            out.resolve(fail(std::move(result).error()));
            return;
        }
        auto returned = detail::callWith<T>(*shared, std::move(result));
        if constexpr (Handed::isAsync) {
            detail::onAnswer<U>(std::move(returned),
                                [out](Result<U> answer) { out.resolve(std::move(answer)); });
        } else {
            out.resolve(std::move(returned));
        }
    });
    return out.future();
}

/// Calls `handle(Result<T>)` on the thread of `context` when the answer is there; never when
/// `context` is gone first. Call it on that thread.
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
        detail::onAnswer<T>(std::move(futures[index]), [state, index, finish](Result<T> result) {
            state->results[index] = std::move(result);
            if (state->left.fetch_sub(1) == 1) {
                finish();
            }
        });
    }
    return state->promise.future();
}

} // namespace quorate
