// SPDX-License-Identifier: GPL-3.0-or-later
// How a request is told to libcurl, and what its errors mean.
#include "core/net/HttpExchange.h"

#include <curl/curl.h>

#include <cerrno>

namespace quorate::net {
namespace {

constexpr long kOn = 1;
constexpr long kWinsockRefused = 10'061; // WSAECONNREFUSED, which is not Windows' own ECONNREFUSED

QByteArray hostAndPort(const QUrl& url)
{
    return hostPortText(url.host(QUrl::FullyEncoded), url.port(443)).toLatin1();
}

/// RFC 9110 section 7.2: without the port that https has by itself.
QByteArray hostHeader(const QUrl& url)
{
    return url.port(443) == 443 ? hostAndPort(url).chopped(4) : hostAndPort(url);
}

} // namespace

void HttpExchange::prepare(const QNetworkProxy& proxy)
{
    QUrl url = m_request.url;
    if (!m_peerName.isEmpty()) {
        // Another name is asked for and verified, at the same address.
        m_connectTo = curl_slist_append(m_connectTo, ("::" + hostAndPort(url)).constData());
        curl_easy_setopt(m_handle, CURLOPT_CONNECT_TO, m_connectTo);
        m_headers.add("Host", hostHeader(url));
        url.setHost(m_peerName);
    }
    curl_easy_setopt(m_handle, CURLOPT_URL, url.toEncoded(QUrl::RemoveFragment).constData());
    curl_easy_setopt(m_handle, CURLOPT_PATH_AS_IS, kOn);
    curl_easy_setopt(m_handle, CURLOPT_TCP_KEEPALIVE, kOn);
    prepareTransfer(m_handle, m_request.limits.connect, m_errorText);
    setHooks();
    prepareBody();
    prepareProxy(proxy);
    m_trust.apply(m_handle);
    m_headers.add("Accept-Encoding", "identity"); // else it is unpacked, and bounds mean nothing
    if (!m_request.idempotencyKey.isEmpty()) {
        m_headers.add("Idempotency-Key", m_request.idempotencyKey.toUtf8());
    }
    if (m_request.bearer) {
        m_headers.add("Authorization", "Bearer " + m_request.bearer->reveal());
    }
    for (const auto& [name, value] : m_request.headers) {
        m_headers.add(name, value);
    }
    curl_easy_setopt(m_handle, CURLOPT_HTTPHEADER, m_headers.list());
}

void HttpExchange::prepareBody()
{
    if (m_request.method == "HEAD") {
        curl_easy_setopt(m_handle, CURLOPT_NOBODY, kOn);
        return;
    }
    curl_easy_setopt(m_handle, CURLOPT_CUSTOMREQUEST, m_request.method.constData());
    if (m_request.body.isEmpty() && m_request.isSafe()) {
        return;
    }
    curl_easy_setopt(m_handle, CURLOPT_POSTFIELDS, m_request.body.constData());
    curl_easy_setopt(m_handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(m_request.body.size()));
    m_headers.leaveOut("Expect"); // no waiting for "100 Continue"
    if (m_request.body.isEmpty()) {
        m_headers.leaveOut("Content-Type");
    } else {
        m_headers.add("Content-Type", m_request.contentType);
    }
}

void HttpExchange::prepareProxy(const QNetworkProxy& proxy)
{
    curl_easy_setopt(m_handle, CURLOPT_NOPROXY, ""); // what the environment says was asked before
    if (proxy.type() != QNetworkProxy::HttpProxy && proxy.type() != QNetworkProxy::Socks5Proxy) {
        curl_easy_setopt(m_handle, CURLOPT_PROXY, "");
        return;
    }
    QUrl url;
    url.setScheme(proxy.type() == QNetworkProxy::HttpProxy ? QStringLiteral("http")
                                                           : QStringLiteral("socks5h"));
    url.setHost(proxy.hostName());
    url.setPort(proxy.port());
    curl_easy_setopt(m_handle, CURLOPT_PROXY, url.toEncoded().constData());
    curl_easy_setopt(m_handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, kOn);
    if (!proxy.user().isEmpty()) {
        QByteArray password = proxy.password().toUtf8();
        curl_easy_setopt(m_handle, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_ANY));
        curl_easy_setopt(m_handle, CURLOPT_PROXYUSERNAME, proxy.user().toUtf8().constData());
        curl_easy_setopt(m_handle, CURLOPT_PROXYPASSWORD, password.constData());
        wipeBytes(password);
    }
}

Error HttpExchange::tooLarge(const QString& what, qint64 limit) const
{
    return makeError(ErrorKind::Protocol, QStringLiteral("answer-too-large"),
                     QStringLiteral("%1 is larger than %2 bytes").arg(what).arg(limit));
}

Error HttpExchange::timeoutError(const QString& code, const QString& text, Millis limit) const
{
    return makeError(ErrorKind::Timeout, code,
                     text.arg(static_cast<double>(limit.count()) / 1000.0),
                     QStringLiteral("Check that the node is up and not overloaded"));
}

Error HttpExchange::curlError(int code) const
{
    const QString reason = QString::fromLocal8Bit(m_errorText).simplified().left(200);
    const auto transport = [](const QString& name, const QString& text, const QString& cure = {}) {
        return makeError(ErrorKind::Transport, name, text, cure);
    };
    const auto handshake = [&reason] {
        return makeError(ErrorKind::Tls, QStringLiteral("tls-handshake-failed"),
                         QStringLiteral("No secure connection could be made: %1").arg(reason),
                         QStringLiteral("Check that the port is the node's HTTPS port"));
    };
    if (m_trust.hasRefused()) {
        return m_trust.refusal(m_response.endpoint);
    }
    long proxyStatus = 0;
    curl_easy_getinfo(m_handle, CURLINFO_HTTP_CONNECTCODE, &proxyStatus);
    if (proxyStatus >= 300) {
        return transport(QStringLiteral("proxy-refused"),
                         QStringLiteral("The proxy answered with status %1").arg(proxyStatus),
                         QStringLiteral("Check the proxy's address, user and password"));
    }
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION: return m_trust.refusal(m_response.endpoint);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CLIENTCERT: return handshake();
    case CURLE_OPERATION_TIMEDOUT:
        return timeoutError(QStringLiteral("connect-timeout"),
                            QStringLiteral("No connection within %1 s"), m_request.limits.connect);
    case CURLE_COULDNT_RESOLVE_HOST:
        return transport(QStringLiteral("host-not-found"),
                         QStringLiteral("The name of the node cannot be resolved"),
                         QStringLiteral("Check the address and the name service"));
    case CURLE_COULDNT_CONNECT: {
        long number = 0;
        curl_easy_getinfo(m_handle, CURLINFO_OS_ERRNO, &number);
        return number == ECONNREFUSED || number == kWinsockRefused
                   ? transport(QStringLiteral("connection-refused"),
                               QStringLiteral("The node refuses connections"),
                               QStringLiteral("Check that it is up, and its port"))
                   : transport(QStringLiteral("connection-failed"), reason);
    }
    case CURLE_UNSUPPORTED_PROTOCOL: // libcurl's word for an answer without a head, too
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return makeError(ErrorKind::Protocol, QStringLiteral("not-http"),
                         QStringLiteral("The answer is not HTTP"));
    case CURLE_OUT_OF_MEMORY: // libcurl's word for a header line beyond its own limit, too
        return tooLarge(QStringLiteral("The head of the answer"), m_request.limits.headerBytesMax);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        if (reason.contains(
                QStringLiteral("alert"))) { // the answer to our own certificate (TLS 1.3)
            return handshake();
        }
        return transport(QStringLiteral("connection-cut"),
                         QStringLiteral("The connection was cut before the answer was complete"));
    default: // libcurl's list is long and open: whatever else it says, no answer came
        return transport(QStringLiteral("connection-failed"), reason);
    }
}

} // namespace quorate::net
