// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/Certificates.h"

#include "core/net/CurlProxy.h"
#include "core/net/TrustStore.h"

#include <QSslSocket>
#include <QTimer>

namespace quorate::net {
namespace {

/// Owns itself until it has answered.
class CertificateFetch final : public QObject {
public:
    CertificateFetch(const QString& host, int port, Millis limit)
        : m_endpoint(hostPortText(host, port))
    {
        m_socket.setPeerVerifyMode(QSslSocket::QueryPeer); // every certificate may be looked at
        connect(&m_socket, &QSslSocket::encrypted, this, [this] {
            auto chain = m_socket.peerCertificateChain();
            m_socket.abort();
            finish(std::move(chain));
        });
        connect(&m_socket, &QSslSocket::errorOccurred, this, &CertificateFetch::onError);
        QTimer::singleShot(limit, this, [this] {
            finish(fail(ErrorKind::Timeout, QStringLiteral("connect-timeout"),
                        QStringLiteral("No secure connection in time"),
                        QStringLiteral("Check that the node is up and not overloaded")));
        });
        QUrl url;
        url.setScheme(QStringLiteral("https"));
        url.setHost(host);
        url.setPort(port);
        m_socket.setProxy(ProxyChoice().proxyFor(url)); // the system's
        m_socket.connectToHostEncrypted(host, static_cast<quint16>(port));
    }

    Async<QList<QSslCertificate>> future(std::stop_token stop)
    {
        m_onStop.emplace(std::move(stop), [this] {
            QMetaObject::invokeMethod(
                this, [this] { finish(fail(cancelledError())); }, Qt::QueuedConnection);
        });
        return m_out.future();
    }

private:
    void onError(QAbstractSocket::SocketError error)
    {
        const bool tls = error == QAbstractSocket::SslHandshakeFailedError
                         || error == QAbstractSocket::SslInternalError
                         || error == QAbstractSocket::SslInvalidUserDataError;
        finish(
            fail(tls ? ErrorKind::Tls : ErrorKind::Transport,
                 tls ? QStringLiteral("tls-handshake-failed") : QStringLiteral("connection-failed"),
                 QStringLiteral("%1: %2").arg(m_endpoint, m_socket.errorString().left(200)),
                 QStringLiteral("Check the address and the port")));
    }

    void finish(Result<QList<QSslCertificate>> result)
    {
        if (m_out.isResolved()) {
            return;
        }
        m_onStop.reset();
        if (!result) {
            result.error().endpoint = m_endpoint;
        }
        deleteLater();
        m_out.resolve(std::move(result));
    }

    QSslSocket m_socket;
    QString m_endpoint;
    Resolver<QList<QSslCertificate>> m_out;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop;
};

} // namespace

Async<QList<QSslCertificate>> fetchCertificates(QString host, int port, std::stop_token stop,
                                                Millis limit)
{
    return (new CertificateFetch(host, port, limit))->future(std::move(stop));
}

} // namespace quorate::net
