// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/transport/FakeServer.h"

#include <gtest/gtest.h>

#include <QSslConfiguration>

namespace quorate::test {

FakeServer::FakeServer(const Identity& identity)
{
    setIdentity(identity);
    connect(&m_server, &QTcpServer::pendingConnectionAvailable, this, &FakeServer::onConnection);
    EXPECT_TRUE(m_server.listen(QHostAddress::LocalHost));
}

void FakeServer::setClientAuthority(const QSslCertificate& authority)
{
    m_clientAuthorities = {authority};
    setIdentity(m_identity);
}

void FakeServer::setIdentity(const Identity& identity)
{
    m_identity = identity;
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(identity.certificate);
    configuration.setPrivateKey(identity.key);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    if (!m_clientAuthorities.isEmpty()) {
        configuration.setPeerVerifyMode(QSslSocket::QueryPeer);
        configuration.setCaCertificates(m_clientAuthorities);
    }
    m_server.setSslConfiguration(configuration);
}

QUrl FakeServer::url(const QString& path) const
{
    return QUrl(QStringLiteral("https://127.0.0.1:%1%2").arg(port()).arg(path));
}

void FakeServer::onConnection()
{
    while (auto* socket = qobject_cast<QSslSocket*>(m_server.nextPendingConnection())) {
        ++m_connections;
        connect(socket, &QSslSocket::readyRead, this, [this, socket] { onReadyRead(socket); });
        connect(socket, &QSslSocket::disconnected, this, [this, socket] {
            m_buffers.remove(socket);
            socket->deleteLater();
        });
        onReadyRead(socket);
    }
}

void FakeServer::onReadyRead(QSslSocket* socket)
{
    const QByteArray part = socket->readAll();
    m_received += part;
    if (part.isEmpty()) {
        return;
    }
    if (m_bytesHandler) {
        m_bytesHandler(socket, part);
        return;
    }
    QByteArray& buffer = m_buffers[socket];
    buffer += part;
    while (takeRequest(socket, buffer)) {
    }
}

bool FakeServer::takeRequest(QSslSocket* socket, QByteArray& buffer)
{
    const auto end = buffer.indexOf("\r\n\r\n");
    if (end < 0) {
        return false;
    }
    const QByteArrayList lines = buffer.left(end).split('\n');
    const QByteArrayList words = lines.constFirst().trimmed().split(' ');
    FakeRequest request{words.value(0), words.value(1), {}, {}};
    for (const QByteArray& line : lines.mid(1)) {
        const auto colon = line.indexOf(':');
        request.headers[line.left(colon).toLower()] = line.mid(colon + 1).trimmed();
    }
    const auto length = request.headers.value("content-length").toLongLong();
    if (buffer.size() < end + 4 + length) {
        return false;
    }
    request.body = buffer.mid(end + 4, length);
    buffer.remove(0, end + 4 + length);
    m_requests.push_back(request);
    if (m_handler) {
        m_handler(request, socket);
    }
    return m_buffers.contains(socket) && !buffer.isEmpty();
}

void FakeServer::closeAll()
{
    const auto sockets = m_buffers.keys();
    for (QSslSocket* socket : sockets) {
        socket->abort();
    }
}

void FakeServer::answer(QSslSocket* socket, int status, const QByteArray& body,
                        const QByteArray& headers, const QByteArray& type)
{
    socket->write("HTTP/1.1 " + QByteArray::number(status) + " X\r\nContent-Type: " + type
                  + "\r\nX-Request-Id: req-7\r\n" + headers
                  + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
}

} // namespace quorate::test
