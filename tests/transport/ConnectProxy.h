// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QTcpServer>

namespace quorate::test {

/// A proxy that tunnels (CONNECT), and asks for a user when told so. Whatever name is asked for,
/// the other end is on this machine.
class ConnectProxy : public QObject {
    Q_OBJECT
public:
    explicit ConnectProxy(QByteArray credentials = {});
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    /// The first lines of all requests.
    [[nodiscard]] const QByteArrayList& requests() const { return m_requests; }

private:
    void onConnection();
    void onReadyRead(QTcpSocket* socket);
    void tunnel(QTcpSocket* socket, const QByteArray& target);

    QByteArray m_credentials;
    QByteArrayList m_requests;
    QTcpServer m_server;
};

/// What the system says of proxies, for as long as it lives: on Linux the environment's word.
class SystemProxy {
public:
    explicit SystemProxy(quint16 port)
    {
        qputenv("https_proxy", "http://127.0.0.1:" + QByteArray::number(port));
        qunsetenv("no_proxy");
        qunsetenv("NO_PROXY");
    }
    SystemProxy(const SystemProxy&) = delete;
    SystemProxy& operator=(const SystemProxy&) = delete;
    ~SystemProxy() { qunsetenv("https_proxy"); }
};

} // namespace quorate::test
