// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/transport/ConnectProxy.h"

#include <QTcpSocket>

#include <gtest/gtest.h>

namespace quorate::test {

ConnectProxy::ConnectProxy(QByteArray credentials)
    : m_credentials(std::move(credentials))
{
    connect(&m_server, &QTcpServer::newConnection, this, &ConnectProxy::onConnection);
    EXPECT_TRUE(m_server.listen(QHostAddress::LocalHost));
}

void ConnectProxy::onConnection()
{
    while (QTcpSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { onReadyRead(socket); });
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }
}

void ConnectProxy::onReadyRead(QTcpSocket* socket)
{
    if (!socket->peek(16 * 1024).contains("\r\n\r\n")) {
        return;
    }
    const QByteArray head = socket->readAll();
    const QByteArrayList words = head.left(head.indexOf('\r')).split(' ');
    m_requests.append(head.left(head.indexOf('\r')));
    const QByteArray wanted = "Proxy-Authorization: Basic " + m_credentials.toBase64();
    if (!m_credentials.isEmpty() && !head.contains(wanted)) {
        socket->write("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                      "Content-Length: 0\r\n\r\n");
        return;
    }
    tunnel(socket, words.value(1));
}

void ConnectProxy::tunnel(QTcpSocket* socket, const QByteArray& target)
{
    socket->disconnect(this);
    auto* onward = new QTcpSocket(socket);
    connect(onward, &QTcpSocket::connected, socket, [this, socket, onward] {
        socket->write("HTTP/1.1 200 Connected\r\n\r\n");
        connect(socket, &QTcpSocket::readyRead, onward,
                [socket, onward] { onward->write(socket->readAll()); });
        connect(onward, &QTcpSocket::readyRead, socket,
                [socket, onward] { socket->write(onward->readAll()); });
    });
    onward->connectToHost(QHostAddress(QHostAddress::LocalHost),
                          quint16(target.mid(target.lastIndexOf(':') + 1).toUInt()));
}

} // namespace quorate::test
