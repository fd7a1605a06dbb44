// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Wait.h"

#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

namespace quorate::test {

Millis waitLimit()
{
    static const int slowness = std::max(1, qEnvironmentVariableIntValue("QUORATE_TEST_SLOWNESS"));
    return Seconds(5) * slowness;
}

namespace detail {

void reportTimeout(const char* what, Millis limit, const Location& at)
{
    ADD_FAILURE_AT(at.file_name(), static_cast<int>(at.line()))
        << "waited " << limit.count() << " ms for " << what;
}

void spinUntilFinished(QFutureWatcherBase& watcher, const std::function<void()>& start,
                       Millis limit)
{
    QEventLoop loop;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(limit, &loop, &QEventLoop::quit);
    start();
    loop.exec();
}

} // namespace detail

bool waitUntil(const std::function<bool()>& predicate, Millis limit, const Location& at)
{
    constexpr Millis kLook{2};
    QEventLoop loop;
    bool reached = predicate();
    if (reached) {
        return true;
    }
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (predicate()) {
            reached = true;
            loop.quit();
        }
    });
    look.start(kLook);
    QTimer::singleShot(limit, &loop, &QEventLoop::quit);
    loop.exec();
    if (!reached) {
        detail::reportTimeout("the condition to hold", limit, at);
    }
    return reached;
}

void drainEvents()
{
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
}

} // namespace quorate::test
