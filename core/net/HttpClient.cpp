// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpClient.h"

#include "core/net/CurlProxy.h"
#include "core/net/HttpExchange.h"

#include <algorithm>

namespace quorate::net {
namespace {

bool areHeadersPlain(const HttpHeaders& headers)
{
    const auto isPlain = [](const QByteArray& text) {
        return !text.contains('\r') && !text.contains('\n') && !text.contains('\0');
    };
    return std::all_of(headers.begin(), headers.end(), [&](const auto& header) {
        return isPlain(header.first) && isPlain(header.second);
    });
}

QString serverOf(const QUrl& url) { return hostPortText(url.host(), url.port(443)); }

} // namespace

HttpClient::HttpClient(TrustPolicy policy, std::shared_ptr<const Clock> clock, QObject* parent)
    : HttpClient(std::move(policy), HttpRoute(), std::move(clock), parent)
{}

HttpClient::HttpClient(TrustPolicy policy, HttpRoute route, std::shared_ptr<const Clock> clock,
                       QObject* parent)
    : QObject(parent)
    , m_settings(std::make_unique<HttpSettings>())
    , m_proxies(std::make_unique<ProxyChoice>(route.proxy))
    , m_loop(std::make_unique<CurlLoop>())
{
    m_settings->tls = TlsPolicy::make(std::move(policy), route.identity);
    m_settings->peerName = route.peerName;
    m_settings->clock = std::move(clock);
}

HttpClient::~HttpClient()
{
    shutDown(); // before the loop, which libcurl's handles are in
}

const TrustPolicy& HttpClient::policy() const { return m_settings->tls->trust(); }

// The answers are given at once: a caller that keeps this client alive until it is answered would
// otherwise keep it for ever where no event loop runs any more.
void HttpClient::shutDown()
{
    m_closed = true;
    m_waiting.clear();
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
        return ready<HttpResponse>(
            fail(ErrorKind::Validation, QStringLiteral("bad-header"),
                 QStringLiteral("A header of the request has a line break")));
    }
    auto* exchange = new HttpExchange(std::move(request), *m_settings, this);
    m_exchanges.insert(exchange);
    const QString server = serverOf(exchange->url());
    connect(exchange, &HttpExchange::ended, this, [this, exchange, server, retryAfter] {
        if (retryAfter) {
            *retryAfter = exchange->retryAfter();
        }
        m_launched[server].erase(exchange);
        launchNext(server);
    });
    connect(exchange, &QObject::destroyed, this, [this, exchange] { m_exchanges.erase(exchange); });
    auto future = exchange->start(std::move(stop));
    m_waiting[server].emplace_back(exchange);
    launchNext(server);
    return future;
}

void HttpClient::launchNext(const QString& server)
{
    auto& waiting = m_waiting[server];
    while (!m_closed && !waiting.empty()
           && m_launched[server].size() < std::size_t(kConnectionsPerServer)) {
        const QPointer<HttpExchange> exchange = waiting.front();
        waiting.pop_front();
        if (exchange && !exchange->hasEnded()) { // it may have met its limit while it waited
            m_launched[server].insert(exchange);
            exchange->launch(*m_loop, m_proxies->proxyFor(exchange->url()));
        }
    }
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
