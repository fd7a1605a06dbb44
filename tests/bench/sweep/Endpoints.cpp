// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/sweep/Endpoints.h"

#include <QCoreApplication>
#include <QFile>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>

namespace quorate::bench {
namespace {

/// As much as a node says of itself in one answer.
const QByteArray& answer()
{
    static const QByteArray text = [] {
        const QByteArray body =
            R"({"id":"node-1","state":"ready","text":")" + QByteArray(700, 'x') + "\"}";
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
               + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }();
    return text;
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void serve(QTcpSocket* socket)
{
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    auto asked = std::make_shared<QByteArray>();
    QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, asked] {
        asked->append(socket->readAll());
        for (qsizetype end = asked->indexOf("\r\n\r\n"); end >= 0;
             end = asked->indexOf("\r\n\r\n")) {
            asked->remove(0, end + 4);
            socket->write(answer());
        }
    });
}

} // namespace

int serveEndpoints(int argc, char** argv, const QString& folder)
{
    const QCoreApplication app(argc, argv);
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(
        QSslCertificate::fromData(contentOf(folder + QStringLiteral("/leaf.pem"))));
    tls.setPrivateKey(QSslKey(contentOf(folder + QStringLiteral("/leaf.key")), QSsl::Ec));
    std::vector<std::unique_ptr<QSslServer>> servers;
    for (int index = 0; index < kEndpoints; ++index) {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(tls);
        QObject::connect(server.get(), &QSslServer::pendingConnectionAvailable, server.get(),
                         [from = server.get()] { serve(from->nextPendingConnection()); });
        if (!server->listen(QHostAddress::LocalHost, quint16(kFirstPort + index))) {
            return 1;
        }
        servers.push_back(std::move(server));
    }
    QFile ready(folder + QStringLiteral("/ready"));
    return ready.open(QIODevice::WriteOnly) ? QCoreApplication::exec() : 1;
}

} // namespace quorate::bench
