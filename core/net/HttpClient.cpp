// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpClient.h"

#include "core/net/HttpExchange.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QHostAddress>
#include <QNetworkAccessManager>
#include <QNetworkProxyFactory>
#include <QPointer>

#include <openssl/crypto.h>

#include <algorithm>
#include <map>

namespace quorate::net {
namespace {

/// The system's proxies, but never for this machine itself. What the system said of an address is kept for a while: each
/// question takes a thread of its own, and the window's waits for it.
class ProxyChoice final : public QNetworkProxyFactory {
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery& query) override
    {
        const QString host = query.peerHostName();
        if (host == QStringLiteral("localhost") || QHostAddress(host).isLoopback()) {
            return {QNetworkProxy(QNetworkProxy::NoProxy)};
        }
        Answer& known = m_answers[qMakePair(host, query.peerPort())];
        if (!known.age.isValid() || known.age.hasExpired(kProxyKept.count())) {
            known.proxies = systemProxyForQuery(query);
            known.age.start();
        }
        return known.proxies;
    }

private:
    static constexpr Millis kProxyKept{60'000}; ///< our own choice: a laptop may move to another network
    struct Answer {
        QList<QNetworkProxy> proxies;
        QElapsedTimer age;
    };
    std::map<QPair<QString, int>, Answer> m_answers; ///< one client has few addresses
};

/// Qt waits until a network thread is finished, not until it is gone: the thread may still be freeing
/// what OpenSSL keeps for it when `main` returns. Without OpenSSL's own clean-up at exit there is
/// nothing for the two to race about (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT). Must come
/// before anything else uses OpenSSL.
void leaveOpenSslToTheSystem()
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}
Q_COREAPP_STARTUP_FUNCTION(leaveOpenSslToTheSystem)

bool areHeadersPlain(const HttpHeaders& headers)
{
    const auto isPlain = [](const QByteArray& text) {
        return !text.contains('\r') && !text.contains('\n') && !text.contains('\0');
    };
    return std::all_of(headers.begin(), headers.end(), [&](const auto& header) {
        return isPlain(header.first) && isPlain(header.second);
    });
}

} // namespace

HttpClient::HttpClient(TrustPolicy policy, std::shared_ptr<const Clock> clock, QObject* parent)
    : HttpClient(std::move(policy), HttpRoute(), std::move(clock), parent)
{}

HttpClient::HttpClient(TrustPolicy policy, HttpRoute route, std::shared_ptr<const Clock> clock,
                       QObject* parent)
    : QObject(parent)
    , m_policy(std::move(policy))
    , m_route(std::move(route))
    , m_clock(std::move(clock))
    , m_manager(new QNetworkAccessManager(this))
{
    if (m_route.proxy) {
        m_manager->setProxy(*m_route.proxy);
    } else {
        m_manager->setProxyFactory(new ProxyChoice); // which takes it over
    }
    m_manager->setAutoDeleteReplies(false);
}

HttpClient::~HttpClient()
{
    shutDown(); // before the manager, which owns Qt's replies
}

// The answers are given at once: a caller that keeps this client alive until it is answered would
// otherwise keep it, and the network thread, for ever where no event loop runs any more.
void HttpClient::shutDown()
{
    m_closed = true;
    while (!m_exchanges.empty()) {
        delete m_exchanges.extract(m_exchanges.begin()).value();
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
    if (!areHeadersPlain(request.headers)) {
        return ready<HttpResponse>(fail(ErrorKind::Validation, QStringLiteral("bad-header"),
                                        QStringLiteral("A header of the request has a line break")));
    }
    auto* exchange = new HttpExchange(std::move(request), m_policy, m_route, m_clock, this);
    m_exchanges.insert(exchange);
    connect(exchange, &QObject::destroyed, this,
            [this, exchange] { m_exchanges.erase(exchange); });
    if (retryAfter) {
        connect(exchange, &HttpExchange::ended, this,
                [exchange, retryAfter] { *retryAfter = exchange->retryAfter(); });
    }
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
