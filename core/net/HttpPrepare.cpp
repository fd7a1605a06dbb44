// SPDX-License-Identifier: GPL-3.0-or-later
// How a request is told to libcurl.
#include "core/net/HttpExchange.h"

#include "core/net/CurlProxy.h"

#include <curl/curl.h>

namespace quorate::net {
namespace {

constexpr long kOn = 1;

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
    curl_easy_setopt(m_handle, CURLOPT_FRESH_CONNECT, m_request.newConnection ? kOn : 0L);
    prepareTransfer(m_handle, m_request.limits.connect, m_errorText);
    setHooks();
    prepareBody();
    prepareProxy(m_handle, proxy);
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

} // namespace quorate::net
