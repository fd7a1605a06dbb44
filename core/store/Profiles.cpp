// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Sql.h"
#include "core/store/Store.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace quorate::store {
namespace {

/// In the form that ClusterFile::parse reads, so that a stored cluster passes the same checks as a
/// file.
QByteArray toText(const ClusterFile& file)
{
    QJsonArray nodes;
    for (const ClusterFileNode& node : file.nodes) {
        nodes.append(
            QJsonObject{{QStringLiteral("id"), node.id.value},
                        {QStringLiteral("name"), node.name},
                        {QStringLiteral("address"), node.address.toString(QUrl::FullyEncoded)}});
    }
    QJsonObject object{{QStringLiteral("format"), QStringLiteral("quorate-cluster/1")},
                       {QStringLiteral("name"), file.name},
                       {QStringLiteral("system"), toString(file.system)},
                       {QStringLiteral("platform"), file.platform},
                       {QStringLiteral("environment"), toString(file.environment)},
                       {QStringLiteral("nodes"), nodes}};
    if (!file.caPem.isEmpty()) {
        object.insert(QStringLiteral("ca"), QString::fromUtf8(file.caPem));
    }
    if (!file.publisherName.isEmpty() || !file.publisherCertificate.isEmpty()) {
        object.insert(QStringLiteral("publisher"),
                      QJsonObject{{QStringLiteral("name"), file.publisherName},
                                  {QStringLiteral("certificate"),
                                   QString::fromUtf8(file.publisherCertificate)}});
    }
    if (file.practice) {
        QJsonObject practice{{QStringLiteral("speed"), file.practice->speed}};
        if (!file.practice->credentialsFile.isEmpty()) {
            practice.insert(QStringLiteral("credentials"), file.practice->credentialsFile);
        }
        object.insert(QStringLiteral("practice"), practice);
    }
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace

Result<std::vector<ClusterProfile>> Store::profiles()
{
    QSqlDatabase connection = database();
    auto query = detail::execute(
        connection,
        QStringLiteral(
            "SELECT id, file, user, read_only, reserve, lease_namespace, keeps_etcd FROM profiles "
            "ORDER BY position"));
    if (!query) {
        return fail(std::move(query).error());
    }
    std::vector<ClusterProfile> list;
    while (query->next()) {
        const QString id = query->value(0).toString();
        auto file = ClusterFile::parse(query->value(1).toByteArray(), QStringLiteral("/"));
        if (!file) {
            return fail(
                makeError(ErrorKind::Storage, QStringLiteral("store-damaged"),
                          QStringLiteral("The stored cluster %1 cannot be read: %2")
                              .arg(id, file.error().message),
                          QStringLiteral("Restore the store from a backup, or choose another "
                                         "folder with --home")));
        }
        list.push_back({.id = ClusterId{id},
                        .file = *std::move(file),
                        .user = query->value(2).toString(),
                        .readOnly = query->value(3).toBool(),
                        .reserve = query->value(4).toInt(),
                        .leaseNamespace = query->value(5).toString(),
                        .keepsEtcd = query->value(6).toBool()});
    }
    return list;
}

Result<void> Store::saveProfile(const ClusterProfile& profile)
{
    return write(
        QStringLiteral(
            "INSERT INTO profiles (id, position, file, user, read_only, reserve, "
            "lease_namespace, keeps_etcd) "
            "VALUES (?, (SELECT ifnull(max(position), 0) + 1 FROM profiles), ?, ?, ?, ?, ?, "
            "?) "
            "ON CONFLICT (id) DO UPDATE SET file = excluded.file, user = excluded.user, "
            "read_only = excluded.read_only, reserve = excluded.reserve"),
        {profile.id.value, QString::fromUtf8(toText(profile.file)), profile.user, profile.readOnly,
         profile.reserve, profile.leaseNamespace, profile.keepsEtcd});
}

Result<void> Store::setLeaseNamespace(const ClusterId& id, const QString& nameSpace)
{
    return write(QStringLiteral("UPDATE profiles SET lease_namespace = ? WHERE id = ?"),
                 {nameSpace, id.value});
}

Result<QString> Store::leaseNamespace(const ClusterId& id)
{
    QSqlDatabase connection = database();
    auto query = detail::execute(
        connection, QStringLiteral("SELECT lease_namespace FROM profiles WHERE id = ?"),
        {id.value});
    if (!query) {
        return fail(std::move(query).error());
    }
    return query->next() ? query->value(0).toString() : QString();
}

Result<void> Store::setKeepsEtcd(const ClusterId& id, bool keeps)
{
    return write(QStringLiteral("UPDATE profiles SET keeps_etcd = ? WHERE id = ?"),
                 {keeps, id.value});
}

Result<void> Store::removeProfile(const ClusterId& id)
{
    return write(QStringLiteral("DELETE FROM profiles WHERE id = ?"), {id.value});
}

Result<std::vector<PinnedCertificate>> Store::pins()
{
    QSqlDatabase connection = database();
    auto query = detail::execute(
        connection,
        QStringLiteral(
            "SELECT host_port, sha256, accepted_at, accepted_by FROM pins ORDER BY host_port"));
    if (!query) {
        return fail(std::move(query).error());
    }
    std::vector<PinnedCertificate> list;
    while (query->next()) {
        list.push_back({.hostPort = query->value(0).toString(),
                        .sha256 = query->value(1).toByteArray(),
                        .acceptedAt = detail::toTime(query->value(2)),
                        .acceptedBy = query->value(3).toString()});
    }
    return list;
}

Result<void> Store::savePin(const PinnedCertificate& pin)
{
    return write(
        QStringLiteral("INSERT OR REPLACE INTO pins (host_port, sha256, accepted_at, accepted_by) "
                       "VALUES (?, ?, ?, ?)"),
        {pin.hostPort, pin.sha256, detail::toNumber(pin.acceptedAt), pin.acceptedBy});
}

Result<void> Store::removePin(const QString& hostPort)
{
    return write(QStringLiteral("DELETE FROM pins WHERE host_port = ?"), {hostPort});
}

} // namespace quorate::store
