// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/Test.h"

#include "core/platform/kubernetes/Kubernetes.h"
#include "tests/support/TempDir.h"
#include "tests/transport/FakeServer.h"

#include <QTcpServer>
#include <QTcpSocket>

namespace quorate::platform::kubernetes {

/// A scripted API server and a client of it.
class KubeFixture : public testing::Test {
protected:
    KubeFixture();

    static const test::TestAuthority& authority();
    /// The client, made at the first call from `options`, `user` and `exec`.
    KubeClient& client();
    std::shared_ptr<KubeClient> sharedClient();
    /// For a platform or a discovery at the server, with no credentials and no node yet.
    [[nodiscard]] KubernetesOptions platformOptions() const;
    /// A plug-in that gives "run-1", "run-2" …, run without asking.
    void installPlugin();
    Result<QJsonObject> get(const QString& path);

    /// Writes the head of an answer without a length, and a chunk of it.
    static void beginStream(QSslSocket* socket, int status = 200);
    static void sendChunk(QSslSocket* socket, const QByteArray& bytes);
    static void endStream(QSslSocket* socket);

    test::TempDir folder;
    test::FakeServer server;
    KubeUser user;
    KubeClient::Options options;

private:
    std::set<QByteArray> m_approved;
    std::shared_ptr<KubeClient> m_client;
};

/// A proxy that tunnels (CONNECT) to the real addresses, and asks for a user when told so.
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

} // namespace quorate::platform::kubernetes
