// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/Test.h"

#include "core/platform/kubernetes/Kubernetes.h"
#include "tests/support/TempDir.h"
#include "tests/transport/ConnectProxy.h"
#include "tests/transport/FakeServer.h"

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

} // namespace quorate::platform::kubernetes
