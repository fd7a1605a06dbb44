// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/CurlError.h"

#include <curl/curl.h>

#include <cerrno>

namespace quorate::net {
namespace {

constexpr long kWinsockRefused = 10'061; // WSAECONNREFUSED, which is not Windows' own ECONNREFUSED

Error transport(const QString& name, const QString& text, const QString& cure = {})
{
    return makeError(ErrorKind::Transport, name, text, cure);
}

/// `reason`: OpenSSL's words, in which the alert of the other side is named.
Error handshake(const QString& reason)
{
    const auto says = [&reason](const char* word) { return reason.contains(QLatin1String(word)); };
    if (says("alert") && (says("certificate") || says("unknown ca"))) {
        return makeError(
            ErrorKind::Tls, QStringLiteral("client-certificate-refused"),
            QStringLiteral("The server wants another client certificate: %1").arg(reason),
            QStringLiteral("Give one that its authority has signed"));
    }
    return makeError(ErrorKind::Tls, QStringLiteral("tls-handshake-failed"),
                     QStringLiteral("No secure connection could be made: %1").arg(reason),
                     QStringLiteral("Check that the port is the node's HTTPS port"));
}

Error notConnected(CURL* handle, const QString& reason)
{
    long number = 0;
    curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number);
    return number == ECONNREFUSED || number == kWinsockRefused
               ? transport(QStringLiteral("connection-refused"),
                           QStringLiteral("The node refuses connections"),
                           QStringLiteral("Check that it is up, and its port"))
               : transport(QStringLiteral("connection-failed"), reason);
}

Error explain(const FailedTransfer& failed)
{
    const QString reason = QString::fromLocal8Bit(failed.words).simplified().left(200);
    if (failed.trust.hasRefused()) {
        return failed.trust.refusal(failed.endpoint);
    }
    long proxyStatus = 0;
    curl_easy_getinfo(failed.handle, CURLINFO_HTTP_CONNECTCODE, &proxyStatus);
    if (proxyStatus >= 300) {
        return transport(QStringLiteral("proxy-refused"),
                         QStringLiteral("The proxy answered with status %1").arg(proxyStatus),
                         QStringLiteral("Check the proxy's address, user and password"));
    }
    switch (failed.code) {
    case CURLE_PEER_FAILED_VERIFICATION: return failed.trust.refusal(failed.endpoint);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CLIENTCERT: return handshake(reason);
    case CURLE_OPERATION_TIMEDOUT:
        return timeoutError(QStringLiteral("connect-timeout"),
                            QStringLiteral("No connection within %1 s"), failed.limits.connect);
    case CURLE_COULDNT_RESOLVE_HOST:
        return transport(QStringLiteral("host-not-found"),
                         QStringLiteral("The name of the node cannot be resolved"),
                         QStringLiteral("Check the address and the name service"));
    case CURLE_COULDNT_CONNECT: return notConnected(failed.handle, reason);
    case CURLE_UNSUPPORTED_PROTOCOL: // libcurl's word for an answer without a head, too
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return makeError(ErrorKind::Protocol, QStringLiteral("not-http"),
                         QStringLiteral("The answer is not HTTP"));
    case CURLE_OUT_OF_MEMORY: // libcurl's word for a header line beyond its own limit, too
        return tooLargeError(QStringLiteral("The head of the answer"),
                             failed.limits.headerBytesMax);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_RECV_ERROR:
        if (reason.contains(
                QLatin1String("alert"))) { // the answer to our own certificate (TLS 1.3)
            return handshake(reason);
        }
        return transport(QStringLiteral("connection-cut"),
                         QStringLiteral("The connection was cut before the answer was complete"));
    default: // libcurl's list is long and open: whatever else it says, no answer came
        return transport(QStringLiteral("connection-failed"), reason);
    }
}

} // namespace

Error explainTransfer(const FailedTransfer& failed)
{
    Error error = explain(failed);
    error.endpoint = failed.endpoint;
    return error;
}

Error tooLargeError(const QString& what, qint64 limit)
{
    return makeError(ErrorKind::Protocol, QStringLiteral("answer-too-large"),
                     QStringLiteral("%1 is larger than %2 bytes").arg(what).arg(limit));
}

Error timeoutError(const QString& code, const QString& text, Millis limit)
{
    return makeError(ErrorKind::Timeout, code,
                     text.arg(static_cast<double>(limit.count()) / 1000.0),
                     QStringLiteral("Check that the node is up and not overloaded"));
}

} // namespace quorate::net
