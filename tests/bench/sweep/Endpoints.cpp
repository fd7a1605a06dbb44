// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/sweep/Endpoints.h"

#include "tests/bench/support/Child.h"

#include <QCoreApplication>
#include <QFile>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>

namespace quorate::bench {
namespace {

constexpr int kOpensslSeconds = 30;

/// As much as a node says of itself in one answer.
const QByteArray& answer()
{
    static const QByteArray text = [] {
        const QByteArray body = R"({"id":"node-1","state":"ready","text":")" + QByteArray(700, 'x') + "\"}";
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size())
               + "\r\n\r\n" + body;
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
        for (qsizetype end = asked->indexOf("\r\n\r\n"); end >= 0; end = asked->indexOf("\r\n\r\n")) {
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
    tls.setLocalCertificateChain(QSslCertificate::fromData(contentOf(folder + QStringLiteral("/leaf.pem"))));
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

bool makeCertificates(const QString& folder)
{
    const auto path = [&](const char* name) { return folder + QLatin1Char('/') + QLatin1String(name); };
    const QStringList base{QStringLiteral("openssl"), QStringLiteral("req"), QStringLiteral("-x509"),
                           QStringLiteral("-newkey"), QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
                           QStringLiteral("ec_paramgen_curve:P-256"), QStringLiteral("-nodes"), QStringLiteral("-days"),
                           QStringLiteral("30")};
    const QStringList authority =
        base
        + QStringList{QStringLiteral("-subj"), QStringLiteral("/CN=Sweep authority"), QStringLiteral("-keyout"),
                      path("ca.key"), QStringLiteral("-out"), path("ca.pem")};
    const QStringList leaf =
        base
        + QStringList{QStringLiteral("-subj"), QStringLiteral("/CN=Sweep endpoint"), QStringLiteral("-CA"),
                      path("ca.pem"), QStringLiteral("-CAkey"), path("ca.key"), QStringLiteral("-addext"),
                      QStringLiteral("subjectAltName=IP:127.0.0.1"), QStringLiteral("-addext"),
                      QStringLiteral("basicConstraints=critical,CA:FALSE"), QStringLiteral("-keyout"), path("leaf.key"),
                      QStringLiteral("-out"), path("leaf.pem")};
    return runCommand(authority, kOpensslSeconds).exitCode == 0 && runCommand(leaf, kOpensslSeconds).exitCode == 0;
}

} // namespace quorate::bench
