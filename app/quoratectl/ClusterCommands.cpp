// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"

#include <QJsonArray>

namespace quorate::ctl {

void listClusters(Session& session)
{
    const auto profiles = session.services().store().profiles();
    if (!profiles) {
        session.endWith(profiles.error());
        return;
    }
    QJsonArray list;
    std::vector<QStringList> rows;
    for (const store::ClusterProfile& profile : *profiles) {
        list.append(QJsonObject{{QStringLiteral("id"), profile.id.value},
                                {QStringLiteral("name"), profile.file.name},
                                {QStringLiteral("system"), toString(profile.file.system)},
                                {QStringLiteral("platform"), profile.file.platform},
                                {QStringLiteral("environment"), toString(profile.file.environment)},
                                {QStringLiteral("nodes"), int(profile.file.nodes.size())},
                                {QStringLiteral("user"), profile.user},
                                {QStringLiteral("readOnly"), profile.readOnly},
                                {QStringLiteral("leaseNamespace"), profile.leaseNamespace},
                                {QStringLiteral("asksEtcd"), profile.keepsEtcd}});
        rows.push_back({profile.id.value, profile.file.name, displayName(profile.file.system),
                        toString(profile.file.environment),
                        QString::number(profile.file.nodes.size()), profile.user});
    }
    if (session.arguments().json()) {
        printJson({{QStringLiteral("clusters"), list}});
    } else if (rows.empty()) {
        print(QStringLiteral("No cluster was connected yet. Use: quoratectl connect FILE"));
    } else {
        printTable({QStringLiteral("ID"), QStringLiteral("NAME"), QStringLiteral("SYSTEM"),
                    QStringLiteral("ENVIRONMENT"), QStringLiteral("NODES"), QStringLiteral("USER")},
                   rows);
    }
    session.end(kDone);
}

void removeCluster(Session& session)
{
    const QString reference = session.arguments().positional(0);
    const auto profiles = session.services().store().profiles();
    if (!profiles) {
        session.endWith(profiles.error());
        return;
    }
    for (const store::ClusterProfile& profile : *profiles) {
        if (profile.id.value != reference && profile.file.name != reference) {
            continue;
        }
        if (auto removed = session.services().clusters().remove(profile.id); !removed) {
            session.endWith(removed.error());
        } else {
            session.end(kDone);
        }
        return;
    }
    session.endWith(makeError(ErrorKind::NotFound, QStringLiteral("cluster-unknown"),
                              QStringLiteral("There is no cluster \"%1\" here").arg(reference)));
}

void setReadOnly(Session& session)
{
    const QString wanted = session.arguments().positional(0);
    if (wanted != QLatin1String("on") && wanted != QLatin1String("off")) {
        session.endWith(usage(QStringLiteral("Say on or off, not \"%1\"").arg(wanted)));
        return;
    }
    session.withCluster(
        [&session, on = wanted == QLatin1String("on")](service::ClusterService& cluster) {
            cluster.setReadOnly(on);
            const QString name = cluster.status()->identity.name;
            if (session.arguments().json()) {
                printJson({{QStringLiteral("cluster"), name}, {QStringLiteral("readOnly"), on}});
            } else {
                print(on ? QStringLiteral("%1 is read-only").arg(name)
                         : QStringLiteral("%1 may be changed").arg(name));
            }
            session.end(kDone);
        });
}

namespace {

void showLease(Session& session, const service::ClusterStatus& status,
               const std::optional<platform::Lease>& lease)
{
    const QString& place = status.leaseNamespace;
    if (session.arguments().json()) {
        QJsonValue held = QJsonValue::Null;
        if (lease) {
            held = QJsonObject{{QStringLiteral("owner"), lease->owner},
                               {QStringLiteral("acquiredAt"), toIso(lease->acquiredAt)},
                               {QStringLiteral("expiresAt"), toIso(lease->expiresAt)},
                               {QStringLiteral("note"), lease->note}};
        }
        printJson({{QStringLiteral("cluster"), status.identity.name},
                   {QStringLiteral("leaseNamespace"), place},
                   {QStringLiteral("lease"), held}});
    } else {
        print(QStringLiteral("The maintenance lease of %1 is kept in the namespace %2; %3")
                  .arg(status.identity.name, place,
                       lease ? QStringLiteral("%1 has held it for %2")
                                   .arg(lease->owner,
                                        toDurationText(session.now() - lease->acquiredAt))
                             : QStringLiteral("nobody holds it")));
    }
    session.end(kDone);
}

} // namespace

void leaseNamespace(Session& session)
{
    const QString wanted = session.arguments().positional(0);
    session.withCluster([&session, wanted](service::ClusterService& cluster) {
        // With a name it is only a wish: the service asks who holds the lease where it is now.
        auto moved = wanted.isEmpty() ? ready<bool>(true) : cluster.setLeaseNamespace(wanted);
        session.whenReady<bool>(std::move(moved), [&session, &cluster](bool) {
            session.whenReady<service::StatusPtr>(
                cluster.refresh(), [&session, &cluster](const service::StatusPtr& status) {
                    session.whenReady<std::optional<platform::Lease>>(
                        cluster.platform().readLease({}),
                        [&session, status](const std::optional<platform::Lease>& lease) {
                            showLease(session, *status, lease);
                        });
                });
        });
    });
}

void connectCluster(Session& session)
{
    session.connectReference(session.arguments().positional(0), [&session](const ClusterId& id) {
        const auto* cluster = session.services().clusters().service(id);
        if (session.arguments().json()) {
            printJson({{QStringLiteral("cluster"),
                        QJsonObject{{QStringLiteral("id"), id.value},
                                    {QStringLiteral("name"), cluster->status()->identity.name}}}});
        } else {
            print(QStringLiteral("Connected %1 (%2)")
                      .arg(cluster->status()->identity.name, id.value));
        }
        session.end(kDone);
    });
}

} // namespace quorate::ctl
