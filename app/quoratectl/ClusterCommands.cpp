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
                                {QStringLiteral("readOnly"), profile.readOnly}});
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
        printError(QStringLiteral("Say on or off, not \"%1\"").arg(wanted));
        session.end(kUsage);
        return;
    }
    session.withCluster([&session, on = wanted == QLatin1String("on")](
                            service::ClusterService& cluster) {
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
