// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/CurlProxy.h"

#include "core/base/Secret.h"
#include "core/net/Http.h"

#include <QHostAddress>
#include <QNetworkProxyFactory>

#include <curl/curl.h>

namespace quorate::net {
namespace {

constexpr Millis kProxyKept{60'000}; ///< our own choice: a laptop may move to another network

} // namespace

QNetworkProxy ProxyChoice::proxyFor(const QUrl& url)
{
    const QString host = url.host();
    if (m_fixed) {
        return *m_fixed;
    }
    if (host == QStringLiteral("localhost") || QHostAddress(host).isLoopback()) {
        return QNetworkProxy(QNetworkProxy::NoProxy);
    }
    Answer& known = m_answers[hostPortText(host, url.port(443))];
    if (!known.age.isValid() || known.age.hasExpired(kProxyKept.count())) {
        const auto proxies = QNetworkProxyFactory::systemProxyForQuery(QNetworkProxyQuery(url));
        known.proxy = proxies.value(0, QNetworkProxy(QNetworkProxy::NoProxy));
        known.age.start();
    }
    return known.proxy;
}

void prepareProxy(CURL* handle, const QNetworkProxy& proxy)
{
    curl_easy_setopt(handle, CURLOPT_NOPROXY, ""); // what the environment says was asked before
    if (proxy.type() != QNetworkProxy::HttpProxy && proxy.type() != QNetworkProxy::Socks5Proxy) {
        curl_easy_setopt(handle, CURLOPT_PROXY, "");
        return;
    }
    QUrl url;
    url.setScheme(proxy.type() == QNetworkProxy::HttpProxy ? QStringLiteral("http")
                                                           : QStringLiteral("socks5h"));
    url.setHost(proxy.hostName());
    url.setPort(proxy.port());
    curl_easy_setopt(handle, CURLOPT_PROXY, url.toEncoded().constData());
    curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!proxy.user().isEmpty()) {
        QByteArray password = proxy.password().toUtf8();
        curl_easy_setopt(handle, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_ANY));
        curl_easy_setopt(handle, CURLOPT_PROXYUSERNAME, proxy.user().toUtf8().constData());
        curl_easy_setopt(handle, CURLOPT_PROXYPASSWORD, password.constData());
        wipeBytes(password);
    }
}

} // namespace quorate::net
