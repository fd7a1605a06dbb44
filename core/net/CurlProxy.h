// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <QElapsedTimer>
#include <QNetworkProxy>
#include <QUrl>

#include <map>
#include <optional>

using CURL = void;

namespace quorate::net {

/// The given proxy, or the system's, but never the system's for this machine itself. What the
/// system said of an address is kept for a while: each question takes a thread of its own, and the
/// window's waits for it. Lives on one thread.
class ProxyChoice {
public:
    explicit ProxyChoice(std::optional<QNetworkProxy> fixed = {})
        : m_fixed(std::move(fixed))
    {}

    [[nodiscard]] QNetworkProxy proxyFor(const QUrl& url);

private:
    struct Answer {
        QNetworkProxy proxy;
        QElapsedTimer age;
    };
    std::optional<QNetworkProxy> m_fixed;
    std::map<QString, Answer> m_answers; ///< one client has few addresses
};

/// Tells libcurl of an HTTP or SOCKS 5 proxy, or that there is none; the environment is not asked
/// again.
void prepareProxy(CURL* handle, const QNetworkProxy& proxy);

} // namespace quorate::net
