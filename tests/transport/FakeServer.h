// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/transport/TestAuthority.h"

#include <QHash>
#include <QPointer>
#include <QSslServer>
#include <QSslSocket>
#include <QUrl>

#include <functional>

namespace quorate::test {

/// One request as it came over the wire.
struct FakeRequest {
    QByteArray method;
    QByteArray path;                       ///< with its query
    QHash<QByteArray, QByteArray> headers; ///< names in lower case
    QByteArray body;
};

/// An HTTPS server on loopback whose every misbehaviour is scripted. Lives on the test's thread.
class FakeServer : public QObject {
    Q_OBJECT
public:
    using Handler = std::function<void(const FakeRequest& request, QSslSocket* socket)>;

    explicit FakeServer(const Identity& identity);

    /// For connections from now on.
    void setIdentity(const Identity& identity);
    /// Asks clients for a certificate of this authority (but takes them without one too); before
    /// setIdentity or the first connection.
    void setClientAuthority(const QSslCertificate& authority);
    /// Called for each complete request.
    void onRequest(Handler handler) { m_handler = std::move(handler); }
    /// Called for each piece of data instead; then nothing is parsed.
    void onBytes(std::function<void(QSslSocket*, const QByteArray&)> handler)
    {
        m_bytesHandler = std::move(handler);
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] QUrl url(const QString& path) const;
    /// Every byte that any client sent inside TLS.
    [[nodiscard]] const QByteArray& received() const { return m_received; }
    [[nodiscard]] int connections() const { return m_connections; }
    [[nodiscard]] const std::vector<FakeRequest>& requests() const { return m_requests; }
    void closeAll();

    static void answer(QSslSocket* socket, int status, const QByteArray& body,
                       const QByteArray& headers = {}, const QByteArray& type = "application/json");

private:
    void onConnection();
    void onReadyRead(QSslSocket* socket);
    bool takeRequest(QSslSocket* socket, QByteArray& buffer);

    Identity m_identity;
    QList<QSslCertificate> m_clientAuthorities;
    Handler m_handler;
    std::function<void(QSslSocket*, const QByteArray&)> m_bytesHandler;
    QHash<QSslSocket*, QByteArray> m_buffers;
    QByteArray m_received;
    std::vector<FakeRequest> m_requests;
    int m_connections = 0;
    QSslServer m_server; // goes first: closing its sockets still calls us
};

} // namespace quorate::test
