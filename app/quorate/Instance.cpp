// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quorate/Instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>

namespace quorate::app {
namespace {

constexpr int kAnswerMsMax = 1000; ///< a living instance answers at once
constexpr int kRequestMax = 4096;  ///< a path

} // namespace

Instance::Instance(const QString& home, QObject* parent)
    : QObject(parent)
{
    const QByteArray digest =
        QCryptographicHash::hash(QDir(home).absolutePath().toUtf8(), QCryptographicHash::Sha256);
    m_name = QStringLiteral("quorate-%1").arg(QString::fromLatin1(digest.toHex().left(16)));
}

bool Instance::handOver(const QString& clusterFile)
{
    QLocalSocket socket;
    socket.connectToServer(m_name);
    if (!socket.waitForConnected(kAnswerMsMax)) {
        return false;
    }
    socket.write(clusterFile.toUtf8() + '\n');
    socket.waitForBytesWritten(kAnswerMsMax);
    socket.waitForReadyRead(kAnswerMsMax);
    return socket.readAll() == "ok\n";
}

void Instance::listen()
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    QLocalServer::removeServer(m_name); // left by a crash: nobody answered a moment ago
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        QLocalSocket* socket = m_server.nextPendingConnection();
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            if (!socket->canReadLine()) {
                if (socket->bytesAvailable() > kRequestMax) {
                    socket->abort();
                }
                return;
            }
            const QString file = QString::fromUtf8(socket->readLine(kRequestMax)).trimmed();
            socket->write("ok\n");
            socket->disconnectFromServer();
            Q_EMIT requested(file);
        });
    });
    m_server.listen(m_name);
}

} // namespace quorate::app
