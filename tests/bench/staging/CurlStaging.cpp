// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/staging/CurlStaging.h"

#include "tests/bench/support/Child.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

namespace quorate::bench {
namespace {

constexpr int kSecondsMax = 900; ///< for a gigabyte to each node, on a very slow machine

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The value of one header in what `curl --dump-header` left.
QString headerIn(const QByteArray& text, const QByteArray& name)
{
    for (const QByteArray& line : text.split('\n')) {
        if (line.toLower().startsWith(name + ':')) {
            return QString::fromLatin1(line.mid(name.size() + 1).trimmed());
        }
    }
    return {};
}

void writeFile(const QString& path, const QByteArray& text)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.write(text);
    }
}

} // namespace

CurlStaging::CurlStaging(ClusterFile cluster, QString sandbox, QString folder)
    : m_cluster(std::move(cluster))
    , m_sandbox(std::move(sandbox))
    , m_folder(std::move(folder))
{}

QString CurlStaging::file(const QString& what, size_t node) const
{
    return QStringLiteral("%1/%2-%3").arg(m_folder, what).arg(node);
}

QString CurlStaging::urlOf(size_t node, const QString& path) const
{
    return m_cluster.nodes[node].address.toString(QUrl::RemovePath) + QStringLiteral("/api/v1")
           + path;
}

QStringList CurlStaging::curl(size_t node, const QStringList& arguments) const
{
    // The token from a file, never as an argument; no proxy, no ~/.curlrc.
    QStringList command{QStringLiteral("curl"),
                        QStringLiteral("-q"),
                        QStringLiteral("-sSf"),
                        QStringLiteral("--noproxy"),
                        QStringLiteral("*"),
                        QStringLiteral("--cacert"),
                        m_sandbox + QStringLiteral("/ca.pem"),
                        QStringLiteral("-H"),
                        QStringLiteral("Tus-Resumable: 1.0.0")};
    if (QFile::exists(file(QStringLiteral("token"), node))) {
        command << QStringLiteral("-H") << QLatin1Char('@') + file(QStringLiteral("token"), node);
    }
    return command + arguments;
}

bool CurlStaging::runAll(const std::vector<QStringList>& commands, const QString& output) const
{
    std::vector<Child> children;
    for (size_t node = 0; node < commands.size(); ++node) {
        Child::Options options;
        options.output = file(output, node);
        children.emplace_back(commands[node], options);
    }
    bool succeeded = true;
    for (Child& child : children) {
        const ChildEnd end = child.wait(kSecondsMax);
        succeeded = succeeded && end.exited && end.exitCode == 0;
    }
    return succeeded;
}

bool CurlStaging::signIn()
{
    std::vector<QStringList> commands;
    for (size_t node = 0; node < m_cluster.nodes.size(); ++node) {
        commands.push_back(curl(
            node, {QStringLiteral("-H"), QStringLiteral("Content-Type: application/json"),
                   QStringLiteral("--data"), QLatin1Char('@') + m_cluster.practice->credentialsFile,
                   urlOf(node, QStringLiteral("/session"))}));
    }
    if (!runAll(commands, QStringLiteral("session"))) {
        return false;
    }
    for (size_t node = 0; node < m_cluster.nodes.size(); ++node) {
        const auto session =
            QJsonDocument::fromJson(contentOf(file(QStringLiteral("session"), node))).object();
        const QString token = session.value(QLatin1String("token")).toString();
        if (token.isEmpty()) {
            return false;
        }
        writeFile(file(QStringLiteral("token"), node), "Authorization: Bearer " + token.toUtf8());
    }
    return true;
}

bool CurlStaging::stage(const Package& package)
{
    ++m_round;
    const auto pair = [](const char* key, const QByteArray& value) {
        return QByteArray(key) + ' ' + value.toBase64();
    };
    const QByteArray metadata = pair("filename", QFileInfo(package.path).fileName().toUtf8()) + ','
                                + pair("sha256", package.sha256.toHex()) + ','
                                + pair("signature", package.signature);
    std::vector<QStringList> creations;
    for (size_t node = 0; node < m_cluster.nodes.size(); ++node) {
        creations.push_back(curl(
            node, {QStringLiteral("-X"), QStringLiteral("POST"), QStringLiteral("--dump-header"),
                   file(QStringLiteral("head"), node), QStringLiteral("-H"),
                   QStringLiteral("Upload-Length: %1").arg(package.sizeBytes), QStringLiteral("-H"),
                   QStringLiteral("Upload-Metadata: ") + QString::fromLatin1(metadata),
                   QStringLiteral("-H"),
                   QStringLiteral("Idempotency-Key: bench-%1-%2").arg(m_round).arg(node),
                   urlOf(node, QStringLiteral("/packages/uploads"))}));
    }
    if (!runAll(creations, QStringLiteral("created"))) {
        return false;
    }
    std::vector<QStringList> sendings;
    for (size_t node = 0; node < m_cluster.nodes.size(); ++node) {
        const QString location =
            headerIn(contentOf(file(QStringLiteral("head"), node)), "location");
        const QUrl target = m_cluster.nodes[node].address.resolved(QUrl(location));
        sendings.push_back(
            curl(node, {QStringLiteral("-X"), QStringLiteral("PATCH"), QStringLiteral("-H"),
                        QStringLiteral("Expect:"), QStringLiteral("-H"),
                        QStringLiteral("Content-Type: application/offset+octet-stream"),
                        QStringLiteral("-H"), QStringLiteral("Upload-Offset: 0"),
                        QStringLiteral("-T"), package.path, target.toString()}));
    }
    return runAll(sendings, QStringLiteral("sent"));
}

void CurlStaging::remove(const Package& package)
{
    std::vector<QStringList> commands;
    ++m_round;
    for (size_t node = 0; node < m_cluster.nodes.size(); ++node) {
        commands.push_back(
            curl(node, {QStringLiteral("-X"), QStringLiteral("DELETE"), QStringLiteral("-H"),
                        QStringLiteral("Idempotency-Key: bench-%1-%2").arg(m_round).arg(node),
                        urlOf(node, QStringLiteral("/packages/") + package.id().value)}));
    }
    [[maybe_unused]] const bool removed = runAll(commands, QStringLiteral("removed"));
}

} // namespace quorate::bench
