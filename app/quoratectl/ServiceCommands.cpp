// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "app/quoratectl/Json.h"

#include <QJsonArray>

namespace quorate::ctl {
namespace {

QJsonObject workloadJson(const Workload& workload)
{
    return {{QStringLiteral("kind"), workload.kind},
            {QStringLiteral("namespace"), workload.nameSpace},
            {QStringLiteral("name"), workload.name},
            {QStringLiteral("wanted"), workload.wanted},
            {QStringLiteral("ready"), workload.ready},
            {QStringLiteral("updated"), workload.updated},
            {QStringLiteral("restarts"), workload.restarts},
            {QStringLiteral("nodes"), QJsonArray::fromStringList(workload.nodes)},
            {QStringLiteral("images"), QJsonArray::fromStringList(workload.images)},
            {QStringLiteral("progress"), workload.progress}};
}

QJsonObject eventJson(const ClusterEvent& event)
{
    return {
        {QStringLiteral("lastAt"), toIso(event.lastAt)}, {QStringLiteral("warning"), event.warning},
        {QStringLiteral("reason"), event.reason},        {QStringLiteral("object"), event.object},
        {QStringLiteral("message"), event.message},      {QStringLiteral("source"), event.source},
        {QStringLiteral("count"), event.count}};
}

void sayInventory(Session& session, const Inventory& inventory)
{
    if (session.arguments().json()) {
        QJsonArray workloads;
        QJsonArray events;
        for (const Workload& workload : inventory.workloads) {
            workloads.append(workloadJson(workload));
        }
        for (const ClusterEvent& event : inventory.events) {
            events.append(eventJson(event));
        }
        printJson({{QStringLiteral("workloads"), workloads}, {QStringLiteral("events"), events}});
        session.end(kDone);
        return;
    }
    std::vector<QStringList> rows;
    for (const Workload& workload : inventory.workloads) {
        rows.push_back({workload.kind, workload.nameSpace + QLatin1Char('/') + workload.name,
                        QStringLiteral("%1/%2").arg(workload.ready).arg(workload.wanted),
                        QString::number(workload.restarts),
                        workload.nodes.join(QStringLiteral(", ")),
                        workload.images.join(QStringLiteral(", "))});
    }
    printTable({QStringLiteral("KIND"), QStringLiteral("NAME"), QStringLiteral("READY"),
                QStringLiteral("RESTARTS"), QStringLiteral("NODES"), QStringLiteral("IMAGE")},
               rows);
    for (const ClusterEvent& event : inventory.events) {
        if (event.warning) {
            print(QStringLiteral("%1  %2  %3: %4")
                      .arg(toIso(event.lastAt), event.object, event.reason, event.message));
        }
    }
    session.end(kDone);
}

} // namespace

void listServices(Session& session)
{
    session.withFreshStatus(
        [&session](service::ClusterService& cluster, const service::StatusPtr&) {
            session.whenReady<Inventory>(
                cluster.platform().inventory({}),
                [&session](const Inventory& inventory) { sayInventory(session, inventory); });
        });
}

/// "redeploy deployment shop/web"
void redeploy(Session& session)
{
    const QString name = session.arguments().positional(1);
    const qsizetype slash = name.indexOf(QLatin1Char('/'));
    if (slash <= 0 || slash == name.size() - 1) {
        session.endWith(usage(QStringLiteral("Name it as NAMESPACE/NAME, not \"%1\"").arg(name)));
        return;
    }
    actOnCluster(session, act::Redeploy{name.left(slash), session.arguments().positional(0),
                                        name.mid(slash + 1)});
}

} // namespace quorate::ctl
