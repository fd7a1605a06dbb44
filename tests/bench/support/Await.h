// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"

#include <QEventLoop>

#include <optional>

namespace quorate::bench {

/// Turns the event loop until the answer is there: each of our calls has its own limit of time
/// inside.
template <typename T>
Result<T> await(QFuture<tl::expected<T, Error>> future)
{
    std::optional<Result<T>> answer;
    QObject context;
    QEventLoop loop;
    deliver(std::move(future), &context, [&](Result<T> result) {
        answer = std::move(result);
        loop.quit();
    });
    if (!answer) {
        loop.exec();
    }
    return *std::move(answer);
}

} // namespace quorate::bench
