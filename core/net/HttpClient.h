// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Retry.h"
#include "core/net/Http.h"
#include "core/net/HttpRoute.h"
#include "core/net/TrustStore.h"

#include <QObject>
#include <QPointer>

#include <deque>
#include <map>
#include <set>

namespace quorate::net {

class CurlLoop;
class HttpExchange;
class ProxyChoice;
struct HttpSettings;

/// HTTPS for one cluster, over libcurl (ADR 10): strict TLS by its trust policy, bounded answers,
/// no redirects, cookies or cache. Lives on one thread (the GUI thread) and answers there; never
/// blocks. When it goes, or after `shutDown`, everything under way answers Cancelled.
///
/// No byte of a request leaves before the certificate of the connection was judged: see CurlTrust.
/// Connections are kept for later requests, at most kConnectionsPerServer for one host:port; what
/// comes beyond them waits its turn.
class HttpClient final : public QObject {
    Q_OBJECT
public:
    static constexpr int kConnectionsPerServer = 6; ///< what browsers keep to

    HttpClient(TrustPolicy policy, std::shared_ptr<const Clock> clock, QObject* parent = nullptr);
    HttpClient(TrustPolicy policy, HttpRoute route, std::shared_ptr<const Clock> clock,
               QObject* parent = nullptr);
    ~HttpClient() override;

    /// One try. Errors: Transport, Tls, Timeout, Cancelled, Protocol, or by status
    /// (errorForStatus).
    [[nodiscard]] Async<HttpResponse> send(HttpRequest request, std::stop_token stop);
    /// Tries again after Transport, Timeout and 429/502/503/504, as long as the policy says; waits
    /// what Retry-After asks, at most `delayMax`. Only safe requests: others are sent once.
    [[nodiscard]] Async<HttpResponse> sendPersistently(HttpRequest request, RetryPolicy policy,
                                                       std::stop_token stop);

    /// Fixed for the life of the client: a connection was judged by it, and another policy needs
    /// another client.
    [[nodiscard]] const TrustPolicy& policy() const;
    void shutDown();

private:
    [[nodiscard]] Async<HttpResponse> start(HttpRequest request, std::stop_token stop,
                                            std::shared_ptr<Millis> retryAfter);
    void launchNext(const QString& server);

    std::unique_ptr<HttpSettings> m_settings;
    std::unique_ptr<ProxyChoice> m_proxies;
    std::unique_ptr<CurlLoop> m_loop;
    std::set<HttpExchange*> m_exchanges;
    std::map<QString, std::set<HttpExchange*>> m_launched; ///< by host:port
    std::map<QString, std::deque<QPointer<HttpExchange>>> m_waiting;
    bool m_closed = false;
};

} // namespace quorate::net
