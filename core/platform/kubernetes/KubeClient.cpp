// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeClient.h"

#include "core/platform/kubernetes/KubeList.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTimer>

#include <algorithm>

namespace quorate::platform::kubernetes {

namespace {

constexpr Seconds kRetryAfterMax{3600};
constexpr int kStreamsPerLane = 4; // below net::HttpClient::kConnectionsPerServer
const RetryPolicy kBusy{0, Millis(500), Millis(10'000)};

QByteArray contentTypeOf(KubePatch kind)
{
    switch (kind) {
    case KubePatch::Merge: return "application/merge-patch+json";
    case KubePatch::Strategic: return "application/strategic-merge-patch+json";
    case KubePatch::Json: return "application/json-patch+json";
    }
    return {};
}

QByteArray bytesOf(const QJsonObject& object)
{
    return object.isEmpty() ? QByteArray() : QJsonDocument(object).toJson(QJsonDocument::Compact);
}

bool isSafe(const QByteArray& method) { return method == "GET" || method == "HEAD"; }

KubeRequest makeRequest(const QByteArray& method, QString path, const QJsonObject& object)
{
    KubeRequest out;
    out.method = method;
    out.path = std::move(path);
    out.body = bytesOf(object);
    return out;
}

} // namespace

/// Connections that show one certificate: either those of requests, or those of a few streams.
struct KubeClient::Lane {
    std::unique_ptr<net::HttpClient> http;
    int identityGeneration = 0;
    bool forStreams = false;
    int streams = 0;
};

/// One request with its second tries.
struct KubeClient::Attempt {
    KubeRequest request;
    bool isStream = false;
    bool renewed = false;
    int busy = 0;
    std::optional<KubeAnswer> busyAnswer; ///< while it is asked again
    Millis total{0};                      ///< the caller's own limit, for all tries together
    QElapsedTimer age;
    std::stop_token stop;
    Resolver<KubeAnswer> out;
    std::optional<std::stop_callback<std::function<void()>>> onStop; ///< during a pause
};

Millis KubeAnswer::retryAfter() const
{
    for (const auto& [name, value] : headers) {
        if (name.compare("Retry-After", Qt::CaseInsensitive) == 0) {
            return std::clamp<Seconds>(Seconds(value.toInt()), Seconds(0), kRetryAfterMax);
        }
    }
    return Millis(0);
}

KubeClient::KubeClient(Options options, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
{}

KubeClient::~KubeClient() { shutDown(); }

void KubeClient::shutDown()
{
    m_closed = true;
    const auto lanes = std::exchange(m_lanes, {}); // a continuation may come back to us
    for (const auto& lane : lanes) {
        lane->http->shutDown();
    }
    const auto retired = std::exchange(m_retired, {});
    for (const auto& old : retired) {
        if (const auto lane = old.lock()) {
            lane->http->shutDown();
        }
    }
}

Async<KubeAnswer> KubeClient::send(KubeRequest request, std::stop_token stop)
{
    return sendOn(false, std::move(request), std::move(stop));
}

Async<KubeAnswer> KubeClient::stream(KubeRequest request, std::stop_token stop)
{
    return sendOn(true, std::move(request), std::move(stop));
}

Async<KubeAnswer> KubeClient::sendOn(bool isStream, KubeRequest request, std::stop_token stop)
{
    auto attempt = std::make_shared<Attempt>();
    attempt->request = std::move(request);
    attempt->isStream = isStream;
    attempt->stop = std::move(stop);
    attempt->age.start();
    auto future = attempt->out.future();
    authorize(attempt);
    return future;
}

void KubeClient::authorize(const AttemptPtr& attempt)
{
    if (m_closed || attempt->stop.stop_requested()) {
        attempt->out.resolve(fail(cancelledError()));
        return;
    }
    const QPointer<KubeClient> self(this);
    detail::onAnswer<KubeCredential>(
        m_options.credentials->current(attempt->stop),
        [self, attempt](Result<KubeCredential> credential) {
            if (!self || self->m_closed) {
                attempt->out.resolve(fail(cancelledError()));
            } else if (!credential) {
                attempt->out.resolve(fail(credential.error().withContext(self->m_options.label)));
            } else {
                self->transmit(attempt, *credential);
            }
        });
}

void KubeClient::transmit(const AttemptPtr& attempt, const KubeCredential& credential)
{
    const auto lane = laneFor(credential, attempt->isStream);
    if (!lane) {
        attempt->out.resolve(fail(proxyFrom(m_options.proxy).error()));
        return;
    }
    lane->streams += attempt->isStream ? 1 : 0;
    const QPointer<KubeClient> self(this);
    detail::onAnswer<net::HttpResponse>(
        lane->http->send(httpRequest(attempt->request, credential), attempt->stop),
        [self, attempt, credential, lane](Result<net::HttpResponse> result) {
            lane->streams -= attempt->isStream ? 1 : 0;
            if (self) {
                self->answered(attempt, credential, std::move(result));
            } else {
                attempt->out.resolve(fail(cancelledError()));
            }
        });
}

void KubeClient::answered(const AttemptPtr& attempt, const KubeCredential& used,
                          Result<net::HttpResponse> result)
{
    if (!result) {
        if (attempt->busyAnswer && result.error().kind == ErrorKind::Timeout) {
            attempt->out.resolve(*std::move(attempt->busyAnswer)); // it is busy, and not silent
            return;
        }
        attempt->out.resolve(fail(result.error().withContext(m_options.label)));
        return;
    }
    KubeAnswer answer{result->status, std::move(result->body), result->endpoint,
                      std::move(result->headers)};
    if (answer.status == 401 && !attempt->renewed && m_options.credentials->refuse(used)) {
        attempt->renewed = true;
        authorize(attempt);
        return;
    }
    const bool isBusy =
        answer.status == 429 || (answer.status == 503 && answer.retryAfter() > Millis(0));
    if (isBusy && !attempt->isStream && isSafe(attempt->request.method)
        && attempt->busy + 1 < m_options.busyAttemptsMax) {
        ++attempt->busy;
        const Millis pause = pauseOf(*attempt, answer.retryAfter());
        // Who gave a limit of its own hears of it within that limit: a busy server is no silent
        // one.
        auto& limits = attempt->request.limits;
        attempt->total = limits && attempt->busy == 1 ? limits->total : attempt->total;
        const Millis left = attempt->total - Millis(attempt->age.elapsed()) - pause;
        if (!limits || left > Millis(0)) {
            if (limits) {
                limits->total = left;
            }
            attempt->busyAnswer = std::move(answer);
            later(attempt, pause);
            return;
        }
    }
    attempt->out.resolve(std::move(answer));
}

Millis KubeClient::pauseOf(const Attempt& attempt, Millis asked) const
{
    return std::min(std::max(asked, retryDelay(kBusy, attempt.busy)), m_options.busyPauseMax);
}

void KubeClient::later(const AttemptPtr& attempt, Millis pause)
{
    attempt->onStop.emplace(attempt->stop,
                            [out = attempt->out] { out.resolve(fail(cancelledError())); });
    QTimer::singleShot(pause, this, [this, attempt] {
        attempt->onStop.reset();
        if (!attempt->out.isResolved()) {
            authorize(attempt);
        }
    });
}

std::shared_ptr<KubeClient::Lane> KubeClient::laneFor(const KubeCredential& credential,
                                                      bool isStream)
{
    m_shown = credential.identity.chain.isEmpty() ? QSslCertificate()
                                                  : credential.identity.chain.constFirst();
    // What is under way on an older certificate goes on; its continuation holds the lane.
    std::erase_if(m_retired, [](const auto& old) { return old.expired(); });
    std::erase_if(m_lanes, [&](const auto& lane) {
        const bool isOld = lane->identityGeneration != credential.identityGeneration;
        if (isOld) {
            m_retired.push_back(lane);
        }
        return isOld;
    });
    for (const auto& lane : m_lanes) {
        if (lane->forStreams == isStream && (!isStream || lane->streams < kStreamsPerLane)) {
            return lane;
        }
    }
    net::HttpRoute route;
    route.identity = credential.identity;
    route.peerName = m_options.tlsServerName;
    if (!m_options.proxy.isEmpty()) {
        const auto proxy = proxyFrom(m_options.proxy);
        if (!proxy) {
            return nullptr;
        }
        route.proxy = *proxy;
    }
    auto lane = std::make_shared<Lane>();
    lane->http =
        std::make_unique<net::HttpClient>(m_options.trust, std::move(route), m_options.clock);
    lane->identityGeneration = credential.identityGeneration;
    lane->forStreams = isStream;
    m_lanes.push_back(lane);
    return lane;
}

net::HttpRequest KubeClient::httpRequest(const KubeRequest& request,
                                         const KubeCredential& credential) const
{
    net::HttpRequest out;
    out.method = request.method;
    out.url = m_options.server;
    out.url.setPath(m_options.server.path(QUrl::FullyEncoded) + request.path, QUrl::TolerantMode);
    if (!request.query.isEmpty()) {
        out.url.setQuery(request.query);
    }
    out.headers.emplaceBack("Accept", request.accept);
    out.headers += credential.headers;
    out.bearer = credential.bearer;
    if (credential.basic && !credential.bearer) {
        out.headers.emplaceBack("Authorization", "Basic " + credential.basic->reveal().toBase64());
    }
    out.body = request.body;
    out.contentType = request.contentType;
    out.limits = request.limits.value_or(m_options.limits);
    out.expectedBytes = request.expectedBytes;
    out.newConnection = request.newConnection;
    out.sink = request.sink;
    out.onHead = request.onHead;
    out.anyStatus = true;
    return out;
}

Async<QJsonObject> KubeClient::sendJson(KubeRequest request, std::stop_token stop)
{
    const QPointer<KubeClient> self(this);
    return andThen(send(std::move(request), std::move(stop)), [self](KubeAnswer answer) {
        return self ? parseAnswer(*self, std::move(answer), false)
                    : ready<QJsonObject>(fail(cancelledError()));
    });
}

Error KubeClient::explained(const KubeAnswer& answer) const
{
    Error error = kubeError(statusFrom(answer), answer.endpoint);
    const QDateTime end = m_shown.isNull() ? QDateTime() : m_shown.expiryDate();
    if (answer.status == 401 && end.isValid()
        && TimePoint(Millis(end.toMSecsSinceEpoch())) < m_options.clock->now()) {
        error.cure = QStringLiteral("The client certificate expired on %1; renew it in the "
                                    "kubeconfig")
                         .arg(end.toUTC().toString(Qt::ISODate));
    }
    return error.withContext(m_options.label);
}

Async<QJsonObject> KubeClient::get(QString path, QUrlQuery query, std::stop_token stop)
{
    KubeRequest request = makeRequest("GET", std::move(path), {});
    request.query = std::move(query);
    return sendJson(std::move(request), std::move(stop));
}

Async<QJsonObject> KubeClient::create(QString path, QJsonObject object, std::stop_token stop)
{
    return sendJson(makeRequest("POST", std::move(path), object), std::move(stop));
}

Async<QJsonObject> KubeClient::replace(QString path, QJsonObject object, std::stop_token stop)
{
    return sendJson(makeRequest("PUT", std::move(path), object), std::move(stop));
}

Async<QJsonObject> KubeClient::patch(QString path, KubePatch kind, QJsonValue body,
                                     std::stop_token stop)
{
    KubeRequest request = makeRequest("PATCH", std::move(path), {});
    const QJsonDocument document =
        body.isArray() ? QJsonDocument(body.toArray()) : QJsonDocument(body.toObject());
    request.body = document.toJson(QJsonDocument::Compact);
    request.contentType = contentTypeOf(kind);
    return sendJson(std::move(request), std::move(stop));
}

Async<QJsonObject> KubeClient::remove(QString path, QJsonObject deleteOptions, std::stop_token stop)
{
    return sendJson(makeRequest("DELETE", std::move(path), deleteOptions), std::move(stop));
}

QString kubePath(std::initializer_list<QString> parts)
{
    QString out;
    for (const QString& part : parts) {
        out += QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(part));
    }
    return out;
}

QString kubeletLeasesPath()
{
    return QStringLiteral("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases");
}

QString apiEndpointsPath()
{
    return QStringLiteral("/api/v1/namespaces/default/endpoints/kubernetes");
}

QUrlQuery anyVersion()
{
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("resourceVersion"), QStringLiteral("0"));
    return query;
}

Result<QNetworkProxy> proxyFrom(const QUrl& url)
{
    const auto refuse = [](const QString& what) {
        return fail(ErrorKind::Validation, QStringLiteral("proxy-unsupported"), what,
                    QStringLiteral("Name the proxy as http://host:port or socks5://host:port"));
    };
    const QString scheme = url.scheme();
    const bool isSocks = scheme == QLatin1String("socks5") || scheme == QLatin1String("socks5h");
    if (!url.isValid() || url.host().isEmpty()) {
        return refuse(QStringLiteral("The proxy-url is not an address"));
    }
    if (!isSocks && scheme != QLatin1String("http")) {
        return refuse(
            QStringLiteral("A proxy reached by %1 is not supported").arg(scheme.left(20)));
    }
    constexpr int kHttpPort = 80;
    constexpr int kSocksPort = 1080;
    return QNetworkProxy(isSocks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy,
                         url.host(), quint16(url.port(isSocks ? kSocksPort : kHttpPort)),
                         url.userName(QUrl::FullyDecoded), url.password(QUrl::FullyDecoded));
}

} // namespace quorate::platform::kubernetes
