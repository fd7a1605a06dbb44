// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"

#include <QObject>
#include <QThreadPool>

#include <functional>
#include <stop_token>

namespace quorate::service {

/// Long blocking work away from the GUI thread. Answers on the thread of this object. Destroying it
/// asks all work to stop and waits for it.
class Pool final : public QObject {
    Q_OBJECT
public:
    explicit Pool(QObject* parent = nullptr)
        : QObject(parent)
    {
        m_pool.setMaxThreadCount(kThreadsMax);
    }
    ~Pool() override
    {
        m_stop.request_stop();
        m_pool.waitForDone();
    }

    /// `work(stop_token)` returns Result<T>; the token stops with `stop` or with the pool.
    template <typename T>
    [[nodiscard]] Async<T> run(std::function<Result<T>(std::stop_token)> work, std::stop_token stop)
    {
        const Resolver<T> inner;
        m_pool.start([inner, work = std::move(work), stop, own = m_stop] {
            std::stop_source both;
            const std::stop_callback first(stop, [&both] { both.request_stop(); });
            const std::stop_callback second(own.get_token(), [&both] { both.request_stop(); });
            inner.resolve(work(both.get_token()));
        });
        const Resolver<T> out;
        deliver(inner.future(), this, [out](Result<T> result) { out.resolve(std::move(result)); });
        return out.future();
    }

    /// Calls `what` on the thread of this object, later; from any thread. Dropped when this object
    /// goes first.
    void post(std::function<void()> what)
    {
        QMetaObject::invokeMethod(this, std::move(what), Qt::QueuedConnection);
    }

private:
    static constexpr int kThreadsMax =
        2; ///< inspect and simulate side by side; both are bound by disk or CPU
    QThreadPool m_pool;
    std::stop_source m_stop;
};

} // namespace quorate::service
