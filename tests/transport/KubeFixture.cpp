// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/transport/KubeFixture.h"

#include <QFile>

namespace quorate::platform::kubernetes {

KubeFixture::KubeFixture()
    : server(authority().issue())
{
    options.label = QStringLiteral("node-1");
    options.server = server.url(QString());
    options.trust.authorities = {authority().certificate()};
    options.clock = std::make_shared<SystemClock>();
    options.busyPauseMax = Millis(20);
}

const test::TestAuthority& KubeFixture::authority()
{
    static const test::TestAuthority made(QStringLiteral("Cluster CA"));
    return made;
}

KubeClient& KubeFixture::client() { return *sharedClient(); }

std::shared_ptr<KubeClient> KubeFixture::sharedClient()
{
    if (!m_client) {
        KubeCredentials::Options credentials;
        credentials.user = user;
        credentials.approved = m_approved;
        credentials.clock = options.clock;
        options.credentials = std::make_shared<KubeCredentials>(credentials);
        m_client = std::make_shared<KubeClient>(options);
    }
    return m_client;
}

KubernetesOptions KubeFixture::platformOptions() const
{
    KubeCredentials::Options credentials;
    credentials.clock = options.clock;
    KubernetesOptions to;
    to.server = options.server;
    to.trust = options.trust;
    to.clock = options.clock;
    to.credentials = std::make_shared<KubeCredentials>(credentials);
    return to;
}

void KubeFixture::installPlugin()
{
    const QByteArray count = folder.path(QStringLiteral("count")).toUtf8();
    const QString path = folder.write(
        QStringLiteral("login"),
        "#!/bin/sh\necho x >> " + count + "\nn=0; while read l; do n=$((n+1)); done < " + count
            + "\necho '{\"kind\":\"ExecCredential\",\"apiVersion\":"
              "\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"run-'$n'\"}}'\n");
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    ExecSpec spec;
    spec.apiVersion = QStringLiteral("client.authentication.k8s.io/v1");
    spec.command = path;
    user.exec = spec;
    m_approved = {describeExec(spec, QProcessEnvironment::systemEnvironment())->key};
}

Result<QJsonObject> KubeFixture::get(const QString& path)
{
    return test::waitFor(client().get(path, {}, {}));
}

void KubeFixture::beginStream(QSslSocket* socket, int status)
{
    socket->write("HTTP/1.1 " + QByteArray::number(status)
                  + " X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    socket->flush();
}

void KubeFixture::sendChunk(QSslSocket* socket, const QByteArray& bytes)
{
    socket->write(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n");
    socket->flush();
}

void KubeFixture::endStream(QSslSocket* socket) { socket->write("0\r\n\r\n"); }

} // namespace quorate::platform::kubernetes
