// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QFuture>
#include <QPromise>

#include <atomic>
#include <memory>
#include <utility>

namespace quorate {

/// An answer that comes later: exactly one Result, or (when its maker died) a Cancelled error.
/// Finishes on the thread that made it; is consumed once (one andThen, deliver or all).
/// Cancellation travels down by std::stop_token, never through the future. Why no coroutines and no
/// `.then(context, …)`: docs/adr/0002-async.md.
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

} // namespace quorate
