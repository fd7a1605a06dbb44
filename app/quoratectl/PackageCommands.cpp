// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "app/quoratectl/Json.h"
#include "core/base/Text.h"

namespace quorate::ctl {
namespace {

void showPackage(Session& session, const Package& package)
{
    if (session.arguments().json()) {
        printJson({{QStringLiteral("package"), toJson(package)}});
        return;
    }
    QStringList from;
    for (const VersionRange& range : package.manifest.from) {
        from.append(range.toString());
    }
    print(bold(package.id().value) + QStringLiteral(" · ") + displayName(package.manifest.system));
    print(QStringLiteral("  version    %1").arg(package.manifest.version.toString()));
    print(QStringLiteral("  for        %1").arg(from.join(QStringLiteral(", "))));
    print(QStringLiteral("  size       %1").arg(toBytesText(package.sizeBytes)));
    print(QStringLiteral("  SHA-256    %1").arg(QString::fromLatin1(package.sha256.toHex())));
    print(QStringLiteral("  signed by  %1").arg(package.signedBy));
}

/// Tenths of the whole, one line each, so that a log stays readable.
platform::StagingListener progressPrinter()
{
    auto shown = std::make_shared<std::map<NodeId, int>>();
    return [shown](const platform::StagingProgress& progress) {
        const int tenth =
            progress.bytesTotal > 0 ? int(progress.bytesDone * 10 / progress.bytesTotal) : 0;
        int& last = (*shown)[progress.node];
        if (tenth > last) {
            last = tenth;
            printError(QStringLiteral("  %1: %2 of %3, %4/s")
                           .arg(progress.node.value, toBytesText(progress.bytesDone),
                                toBytesText(progress.bytesTotal),
                                toBytesText(static_cast<qint64>(progress.bytesPerSecond))));
        }
    };
}

void showStaged(Session& session, const Package& package, const std::vector<StagedPackage>& staged)
{
    if (session.arguments().json()) {
        QJsonArray list;
        for (const StagedPackage& one : staged) {
            list.append(toJson(one));
        }
        printJson({{QStringLiteral("package"), toJson(package)}, {QStringLiteral("staged"), list}});
    } else {
        print(QStringLiteral("%1 lies on %2 nodes, verified there")
                  .arg(package.id().value)
                  .arg(staged.size()));
    }
    session.end(kDone);
}

void stageOn(Session& session, service::ClusterService& cluster, const Package& package)
{
    std::vector<NodeId> nodes;
    for (const NodeRecord& record : cluster.status()->snapshot->nodes) {
        if (!record.address.isEmpty()) {
            nodes.push_back(record.id);
        }
    }
    const auto listener =
        session.arguments().json() ? platform::StagingListener() : progressPrinter();
    session.whenReady<std::vector<StagedPackage>>(
        session.services().upgrades().stage(cluster.status()->identity.id, package, nodes, listener,
                                            {}),
        [&session, package](const std::vector<StagedPackage>& staged) {
            showStaged(session, package, staged);
        });
}

} // namespace

void inspectPackage(Session& session)
{
    const auto inspect = [&session](const std::optional<ClusterId>& cluster) {
        session.whenReady<Package>(session.services().upgrades().inspect(
                                       session.arguments().positional(0), cluster, {}, {}),
                                   [&session](const Package& package) {
                                       showPackage(session, package);
                                       session.end(kDone);
                                   });
    };
    if (session.arguments().has("--cluster")) {
        session.withCluster([inspect](service::ClusterService& cluster) {
            inspect(cluster.status()->identity.id);
        });
    } else {
        inspect(std::nullopt);
    }
}

void stagePackage(Session& session)
{
    session.withFreshStatus([&session](service::ClusterService& cluster,
                                       const service::StatusPtr& status) {
        session.whenReady<Package>(
            session.services().upgrades().inspect(session.arguments().positional(0),
                                                  status->identity.id, {}, {}),
            [&session, &cluster](const Package& package) { stageOn(session, cluster, package); });
    });
}

void listPackages(Session& session)
{
    session.withFreshStatus([&session](service::ClusterService&, const service::StatusPtr& status) {
        QJsonArray list;
        std::vector<QStringList> rows;
        for (const NodeRecord& record : status->snapshot->nodes) {
            if (!record.isReachable()) {
                continue;
            }
            for (const StagedPackage& staged : record.last->self.stagedPackages) {
                QJsonObject object = toJson(staged);
                object[QStringLiteral("node")] = record.id.value;
                list.append(object);
                rows.push_back(
                    {record.name, staged.id.value, staged.version.toString(),
                     staged.sizeBytes > 0 ? toBytesText(staged.sizeBytes) : QStringLiteral("-"),
                     staged.verified ? QStringLiteral("verified") : staged.problem});
            }
        }
        if (session.arguments().json()) {
            printJson({{QStringLiteral("packages"), list}});
        } else {
            printTable({QStringLiteral("NODE"), QStringLiteral("PACKAGE"),
                        QStringLiteral("VERSION"), QStringLiteral("SIZE"), QStringLiteral("STATE")},
                       rows);
        }
        session.end(status->nodesReachable > 0 ? kDone : kCouldNotTell);
    });
}

} // namespace quorate::ctl
