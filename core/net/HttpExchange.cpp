// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpExchange.h"

#include <QNetworkAccessManager>
#include <QNetworkRequest>
#include <QSslConfiguration>

#include <algorithm>

namespace quorate::net {
namespace {

constexpr qint64 kReadBuffer = 1024 * 1024; // Qt holds back the socket when we are slower than this

/// Qt keeps one value a name and replaces it; what is there several times goes into one value, as
/// the lines that it becomes. HttpClient has refused values with line breaks of their own.
void addHeaders(QNetworkRequest& out, const HttpHeaders& headers)
{
    std::map<QByteArray, QByteArray> written;
    for (const auto& [name, value] : headers) {
        QByteArray& lines = written[name.toLower()];
        lines = lines.isNull() ? value : lines + "\r\n" + name + ": " + value;
        out.setRawHeader(name, lines);
    }
}

QSslConfiguration routeConfiguration(const TrustPolicy& policy, const HttpRoute& route,
                                     const QUrl& url)
{
    QSslConfiguration out = tlsConfiguration(policy, url.host(), url.port(443));
    if (!route.identity.isEmpty()) {
        out.setLocalCertificateChain(route.identity.chain);
        out.setPrivateKey(route.identity.key);
    }
    return out;
}

QNetworkRequest toQt(const HttpRequest& request, const TrustPolicy& policy, const HttpRoute& route)
{
    QNetworkRequest out(request.url);
    out.setSslConfiguration(routeConfiguration(policy, route, request.url));
    if (!route.peerName.isEmpty()) {
        out.setPeerVerifyName(route.peerName);
    }
    out.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                     QNetworkRequest::ManualRedirectPolicy);
    out.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    out.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    out.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    out.setRawHeader("Accept-Encoding", "identity"); // else Qt unpacks, and bounds mean nothing
    out.setRawHeader("User-Agent", "Quorate");
    if (!request.body.isEmpty()) {
        out.setRawHeader("Content-Type", request.contentType);
    }
    if (!request.idempotencyKey.isEmpty()) {
        out.setRawHeader("Idempotency-Key", request.idempotencyKey.toUtf8());
    }
    if (request.bearer) {
        out.setRawHeader("Authorization", "Bearer " + request.bearer->reveal());
    }
    addHeaders(out, request.headers);
    return out;
}

bool isHttpStatusError(QNetworkReply::NetworkError error)
{
    // Qt's word for status 400 (and 418) is that the operation is invalid.
    return error == QNetworkReply::NoError || error == QNetworkReply::ProtocolInvalidOperationError
           || (error > QNetworkReply::UnknownProxyError
               && error <= QNetworkReply::UnknownContentError)
           || error >= QNetworkReply::InternalServerError;
}

} // namespace

QSslConfiguration tlsConfiguration(const TrustPolicy& policy, const QString& host, int port)
{
    QSslConfiguration out = QSslConfiguration::defaultConfiguration();
    out.setProtocol(QSsl::TlsV1_2OrLater);
    out.setPeerVerifyMode(QSslSocket::VerifyPeer);
    out.setSslOption(QSsl::SslOptionDisableSessionTickets, true);
    out.setSslOption(QSsl::SslOptionDisableSessionSharing, true);
    out.setSslOption(QSsl::SslOptionDisableSessionPersistence, true);
    if (policy.pins.contains(hostPortText(host, port))) {
        out.setCaCertificates({});
    } else if (!policy.authorities.isEmpty()) {
        out.setCaCertificates(policy.authorities);
    }
    return out;
}

HttpExchange::HttpExchange(HttpRequest request, TrustPolicy policy, HttpRoute route,
                           std::shared_ptr<const Clock> clock, QObject* parent)
    : QObject(parent)
    , m_request(std::move(request))
    , m_policy(std::move(policy))
    , m_route(std::move(route))
    , m_clock(std::move(clock))
{
    m_response.endpoint = endpointOf(m_request.url);
    for (QTimer* timer : {&m_connectTimer, &m_totalTimer, &m_idleTimer}) {
        timer->setSingleShot(true);
    }
}

HttpExchange::~HttpExchange()
{
    m_onStop.reset();
    if (m_reply) {
        dropReply();
        m_reply->deleteLater();
    }
    answer();
    wipeBytes(m_request.body);
}

Async<HttpResponse> HttpExchange::start(QNetworkAccessManager* manager, std::stop_token stop)
{
    auto future = m_out.future();
    const QNetworkRequest request = toQt(m_request, m_policy, m_route);
    m_reply = m_request.body.isEmpty() && m_request.isSafe()
                  ? manager->sendCustomRequest(request, m_request.method)
                  : manager->sendCustomRequest(request, m_request.method, m_request.body);
    m_reply->setReadBufferSize(kReadBuffer);
    connectReply();
    if (m_request.limits.total > Millis(0)) {
        m_totalTimer.start(m_request.limits.total);
    }
    m_onStop.emplace(std::move(stop), [this] {
        QMetaObject::invokeMethod(
            this, [this] { cancel(); }, Qt::QueuedConnection);
    });
    return future;
}

void HttpExchange::connectReply()
{
    connect(m_reply, &QNetworkReply::sslErrors, this, &HttpExchange::onSslErrors);
    connect(m_reply, &QNetworkReply::encrypted, this, &HttpExchange::onEncrypted);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &HttpExchange::onHead);
    connect(m_reply, &QNetworkReply::readyRead, this, &HttpExchange::onReadyRead);
    connect(m_reply, &QNetworkReply::finished, this, &HttpExchange::onFinished);
    connect(m_reply, &QNetworkReply::socketStartedConnecting, this,
            [this] { m_connectTimer.start(m_request.limits.connect); });
    connect(m_reply, &QNetworkReply::requestSent, this, [this] {
        m_connectTimer.stop();
        if (m_request.limits.idle > Millis(0)) {
            m_idleTimer.start(m_request.limits.idle);
        }
    });
    connect(&m_connectTimer, &QTimer::timeout, this, [this] {
        stopWith(timeoutError(QStringLiteral("connect-timeout"),
                              QStringLiteral("No connection within %1 s")));
    });
    connect(&m_totalTimer, &QTimer::timeout, this, [this] {
        stopWith(timeoutError(QStringLiteral("answer-timeout"),
                              QStringLiteral("No complete answer within %1 s")));
    });
    connect(&m_idleTimer, &QTimer::timeout, this, [this] {
        stopWith(timeoutError(QStringLiteral("idle-timeout"),
                              QStringLiteral("Nothing was received for %1 s")));
    });
}

void HttpExchange::onSslErrors(const QList<QSslError>& errors)
{
    // The connection is halted until this returns; unless acceptPinned is reached, Qt then closes
    // it.
    const QString host = m_request.url.host();
    const int port = m_request.url.port(443);
    const TrustVerdict verdict =
        judge(m_policy, host, port, m_reply->sslConfiguration().peerCertificateChain(), errors,
              m_clock->now());
    if (verdict.decision != TrustDecision::Trusted) {
        m_ownError = trustError(verdict, m_response.endpoint);
    } else if (m_policy.pins.contains(hostPortText(host, port))) {
        acceptPinned(errors);
    }
}

/// The one place that overrides Qt's verdict, and only for these errors of this very certificate
/// (QSslError compares the certificate too): the judge has just found its SHA-256 equal to the pin.
void HttpExchange::acceptPinned(const QList<QSslError>& errors)
{
    m_reply->ignoreSslErrors(errors);
}

/// A second look, in case some TLS library has no complaint where we count on one.
void HttpExchange::onEncrypted()
{
    const TrustVerdict verdict =
        judge(m_policy, m_request.url.host(), m_request.url.port(443),
              m_reply->sslConfiguration().peerCertificateChain(), {}, m_clock->now());
    if (verdict.decision != TrustDecision::Trusted) {
        stopWith(trustError(verdict, m_response.endpoint));
    }
}

void HttpExchange::onHead()
{
    qint64 bytes = 0;
    m_response.headers.clear();
    for (const auto& [name, value] : m_reply->rawHeaderPairs()) {
        bytes += name.size() + value.size();
        m_response.headers.append({name, value});
    }
    m_response.status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    m_response.requestId = QString::fromLatin1(m_response.header("X-Request-Id").left(128));
    bool isNumber = false;
    const int seconds = m_response.header("Retry-After").toInt(&isNumber);
    m_retryAfter = isNumber && seconds > 0 ? Millis(Seconds(seconds)) : Millis(0);
    if (bytes > m_request.limits.headerBytesMax) {
        stopWith(makeError(ErrorKind::Protocol, QStringLiteral("answer-too-large"),
                           QStringLiteral("The head of the answer is larger than %1 bytes")
                               .arg(m_request.limits.headerBytesMax)));
        return;
    }
    if (m_response.status > 0 && m_request.onHead) {
        std::exchange(m_request.onHead, nullptr)(m_response.status);
    }
}

void HttpExchange::onReadyRead()
{
    if (m_idleTimer.isActive()) {
        m_idleTimer.start();
    }
    const QPointer<HttpExchange> self(this); // a sink may end us
    while (self && m_reply && m_reply->bytesAvailable() > 0) {
        // No more than is there: QIODevice allocates what it is asked for, and the body would keep it.
        take(m_reply->read(std::min(m_reply->bytesAvailable(), kReadBuffer)));
    }
}

void HttpExchange::take(const QByteArray& part)
{
    m_bodyBytes += part.size();
    if (m_bodyBytes > m_request.limits.bodyBytesMax) {
        stopWith(makeError(ErrorKind::Protocol, QStringLiteral("answer-too-large"),
                           QStringLiteral("The answer is larger than %1 bytes")
                               .arg(m_request.limits.bodyBytesMax)));
        return;
    }
    if (m_request.sink && m_response.status / 100 == 2) {
        const HttpSink sink = m_request.sink;
        const QPointer<HttpExchange> self(this); // it may end us
        if (auto taken = sink(part); !taken && self) {
            stopWith(std::move(taken).error());
        }
        return;
    }
    m_response.body.append(part);
}

void HttpExchange::stopWith(Error error)
{
    if (m_result || m_out.isResolved()) {
        return;
    }
    error.endpoint = m_response.endpoint;
    error.requestId = m_response.requestId;
    if (m_reply) {
        dropReply();
    }
    finish(fail(std::move(error)));
}

/// A reply that has failed already, and only has not said so yet, must not be aborted: Qt would report
/// a second error on it and complain.
void HttpExchange::dropReply()
{
    m_reply->disconnect(this);
    if (m_reply->error() == QNetworkReply::NoError) {
        m_reply->abort();
    }
}

Error HttpExchange::timeoutError(const QString& code, const QString& text) const
{
    const auto limit = code == QStringLiteral("connect-timeout") ? m_request.limits.connect
                       : code == QStringLiteral("idle-timeout")  ? m_request.limits.idle
                                                                 : m_request.limits.total;
    return makeError(ErrorKind::Timeout, code,
                     text.arg(static_cast<double>(limit.count()) / 1000.0),
                     QStringLiteral("Check that the node is up and not overloaded"));
}

void HttpExchange::onFinished()
{
    const QPointer<HttpExchange> self(this);
    onReadyRead();
    if (self && !m_result) {
        finish(outcome());
    }
}

Error HttpExchange::replyError() const
{
    const QString reason = m_reply->errorString().left(200);
    switch (m_reply->error()) {
    case QNetworkReply::ConnectionRefusedError:
        return makeError(ErrorKind::Transport, QStringLiteral("connection-refused"),
                         QStringLiteral("The node refuses connections"),
                         QStringLiteral("Check that it is up, and its port"));
    case QNetworkReply::RemoteHostClosedError:
        return makeError(ErrorKind::Transport, QStringLiteral("connection-cut"),
                         QStringLiteral("The connection was cut before the answer was complete"));
    case QNetworkReply::HostNotFoundError:
        return makeError(ErrorKind::Transport, QStringLiteral("host-not-found"),
                         QStringLiteral("The name of the node cannot be resolved"),
                         QStringLiteral("Check the address and the name service"));
    case QNetworkReply::SslHandshakeFailedError:
        return makeError(ErrorKind::Tls, QStringLiteral("tls-handshake-failed"),
                         QStringLiteral("No secure connection could be made: %1").arg(reason),
                         QStringLiteral("Check that the port is the node's HTTPS port"));
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
    case QNetworkReply::ProtocolInvalidOperationError:
        return makeError(ErrorKind::Protocol, QStringLiteral("not-http"),
                         QStringLiteral("The answer is not HTTP"));
    case QNetworkReply::TimeoutError:
        return makeError(ErrorKind::Timeout, QStringLiteral("connect-timeout"),
                         QStringLiteral("The network gave up connecting"));
    default: // an open, foreign enum: whatever else it says, no answer came
        return makeError(ErrorKind::Transport, QStringLiteral("connection-failed"), reason);
    }
}

Result<HttpResponse> HttpExchange::outcome()
{
    const bool complete = m_response.status > 0 && isHttpStatusError(m_reply->error());
    if (m_ownError || !complete) {
        Error error = m_ownError ? *m_ownError : replyError();
        error.endpoint = m_response.endpoint;
        error.requestId = m_response.requestId;
        return fail(std::move(error));
    }
    const auto wanted = m_response.header("Content-Length");
    if (m_request.method != "HEAD" && !wanted.isEmpty() && wanted.toLongLong() != m_bodyBytes
        && m_response.status != 304) {
        Error error = makeError(ErrorKind::Transport, QStringLiteral("connection-cut"),
                                QStringLiteral("The connection was cut before the answer was "
                                               "complete"));
        error.endpoint = m_response.endpoint;
        return fail(std::move(error));
    }
    if (m_response.status / 100 == 2 || m_response.status == 304 || m_request.anyStatus) {
        return std::move(m_response);
    }
    return fail(errorForStatus(m_response));
}

void HttpExchange::finish(Result<HttpResponse> result)
{
    m_onStop.reset();
    for (QTimer* timer : {&m_connectTimer, &m_totalTimer, &m_idleTimer}) {
        timer->stop();
    }
    m_result = std::move(result);
    Q_EMIT ended();
    // From the event loop, so that a continuation may delete the client, and with it Qt's reply.
    QMetaObject::invokeMethod(this, &HttpExchange::answer, Qt::QueuedConnection);
    deleteLater();
}

void HttpExchange::answer()
{
    const Resolver<HttpResponse> out = m_out; // a continuation may delete us
    out.resolve(m_result ? *std::exchange(m_result, std::nullopt)
                         : Result<HttpResponse>(fail(cancelledError())));
}

} // namespace quorate::net
