// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpClient.h"

#include "core/net/HttpExchange.h"

#include <QHostAddress>
#include <QNetworkAccessManager>
#include <QNetworkProxyFactory>
#include <QPointer>

#include <algorithm>

namespace quorate::net {
namespace {

/// The system's proxies, but never for this machine itself.
class ProxyChoice final : public QNetworkProxyFactory {
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery& query) override
    {
        const QString host = query.peerHostName();
        if (host == QStringLiteral("localhost") || QHostAddress(host).isLoopback()) {
            return {QNetworkProxy(QNetworkProxy::NoProxy)};
        }
        return systemProxyForQuery(query);
    }
};

} // namespace

HttpClient::HttpClient(TrustPolicy policy, std::shared_ptr<const Clock> clock, QObject* parent)
    : QObject(parent)
    , m_policy(std::move(policy))
    , m_clock(std::move(clock))
    , m_manager(new QNetworkAccessManager(this))
{
    m_manager->setProxyFactory(new ProxyChoice); // which takes it over
    m_manager->setAutoDeleteReplies(false);
}

HttpClient::~HttpClient()
{
    shutDown();
    // Before the manager, which owns Qt's replies.
    qDeleteAll(findChildren<HttpExchange*>(QString(), Qt::FindDirectChildrenOnly));
}

void HttpClient::shutDown()
{
    m_closed = true;
    while (!m_exchanges.empty()) {
        (*m_exchanges.begin())->cancel();
    }
}

Async<HttpResponse> HttpClient::send(HttpRequest request, std::stop_token stop)
{
    return start(std::move(request), std::move(stop), nullptr);
}

Async<HttpResponse> HttpClient::start(HttpRequest request, std::stop_token stop,
                                      std::shared_ptr<Millis> retryAfter)
{
    if (m_closed || stop.stop_requested()) {
        return ready<HttpResponse>(fail(cancelledError()));
    }
    if (request.url.scheme() != QStringLiteral("https") || request.url.host().isEmpty()
        || !request.url.userInfo().isEmpty()) {
        return ready<HttpResponse>(
            fail(ErrorKind::Validation, QStringLiteral("not-https"),
                 QStringLiteral("\"%1\" is not an https address").arg(endpointOf(request.url)),
                 QStringLiteral("Write it as https://host:port")));
    }
    auto* exchange = new HttpExchange(std::move(request), m_policy, m_clock, this);
    m_exchanges.insert(exchange);
    connect(exchange, &HttpExchange::ended, this, [this, exchange, retryAfter] {
        if (retryAfter) {
            *retryAfter = exchange->retryAfter();
        }
        m_exchanges.erase(exchange);
    });
    return exchange->start(m_manager, std::move(stop));
}

Async<HttpResponse> HttpClient::sendPersistently(HttpRequest request, RetryPolicy policy,
                                                 std::stop_token stop)
{
    if (!request.isSafe() || request.sink) {
        return send(std::move(request), std::move(stop));
    }
    auto asked = std::make_shared<Millis>(0);
    const QPointer<HttpClient> self(this);
    auto attempt = [self, request, stop, asked] {
        return self ? self->start(request, stop, asked)
                    : ready<HttpResponse>(fail(cancelledError()));
    };
    auto later = [asked, policy, timer = timerScheduler()](Millis delay,
                                                           std::function<void()> work) {
        timer(std::clamp(*asked, delay, std::max(delay, policy.delayMax)), std::move(work));
    };
    return retry(policy, attempt, stop, later);
}

} // namespace quorate::net
