// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/NodeAdminPlatform.h"

#include "core/platform/nodeadmin/ActRequests.h"
#include "core/platform/nodeadmin/Probe.h"

#include <QDir>
#include <QJsonDocument>

namespace quorate::platform {
namespace nodeadmin {
namespace {

Error wrongNode(const NodeId& wanted, const NodeId& found)
{
    return makeError(ErrorKind::Protocol, QStringLiteral("wrong-node"),
                     QStringLiteral("The node at this address calls itself \"%1\", not \"%2\"")
                         .arg(found.value, wanted.value),
                     QStringLiteral("Correct the addresses of the cluster"));
}

Result<Observation> joinObservation(const NodeClientPtr& node, const QJsonObject& self,
                                    const QJsonObject& cluster, TimePoint now)
{
    auto answer = decodeNode(self);
    if (!answer) {
        return fail(answer.error().withContext(node->label()));
    }
    auto view = decodeCluster(cluster);
    if (!view) {
        return fail(view.error().withContext(node->label()));
    }
    if (node->id().isEmpty()) {
        node->adoptId(answer->id);
    } else if (answer->id != node->id()) {
        return fail(wrongNode(node->id(), answer->id).withContext(node->label()));
    }
    Observation observation;
    observation.node = answer->id;
    observation.observedAt = now;
    observation.self = std::move(answer->self);
    observation.cluster = *std::move(view);
    return observation;
}

/// One question for both, so that they are of one moment. A node whose software does not know
/// `include` yet leaves its own state out, and is asked for it.
Async<Observation> observeNode(std::shared_ptr<Nodes> nodes, NodeClientPtr node,
                               std::stop_token stop)
{
    const auto join = [nodes, node](const QJsonObject& self, const QJsonObject& cluster) {
        nodes->answered(node);
        return joinObservation(node, self, cluster, nodes->clock().now());
    };
    return andThen(node->getJson(QStringLiteral("/cluster?include=node"), stop),
                   [node, join, stop](QJsonObject cluster) -> Async<Observation> {
                       const QJsonValue self = cluster.value(QStringLiteral("node"));
                       if (!self.isUndefined()) {
                           return ready(join(self.toObject(), cluster));
                       }
                       return andThen(node->getJson(QStringLiteral("/node"), stop),
                                      [join, cluster](const QJsonObject& asked) {
                                          return join(asked, cluster);
                                      });
                   });
}

/// Ids of the cluster's own work carry the node that does it: "node-1/op-17".
OperationId clusterOperation(const NodeId& node, const OperationId& operation)
{
    return OperationId{node.value + QLatin1Char('/') + operation.value};
}

Result<std::pair<NodeClientPtr, OperationId>>
resolveOperation(const Nodes& nodes, const ActTarget& target, const OperationId& operation)
{
    if (target.node) {
        return nodes.find(*target.node).map([&operation](const NodeClientPtr& node) {
            return std::pair(node, operation);
        });
    }
    for (const NodeClientPtr& node : nodes.all()) {
        const QString prefix = node->id().value + QLatin1Char('/');
        if (operation.value.startsWith(prefix)) {
            return std::pair(node, OperationId{operation.value.mid(prefix.size())});
        }
    }
    return fail(ErrorKind::NotFound, QStringLiteral("operation-unknown"),
                QStringLiteral("No node of the cluster has operation %1").arg(operation.value));
}

Result<void> checkFolder(const Act& act)
{
    const auto* backup = std::get_if<act::TakeBackup>(&act);
    if (backup != nullptr && !QDir::isAbsolutePath(backup->folder)) {
        return fail(ErrorKind::Validation, QStringLiteral("no-backup-folder"),
                    QStringLiteral("A backup needs a folder of this workstation"),
                    QStringLiteral("Choose a folder"));
    }
    return {};
}

Async<OperationId> performOn(std::shared_ptr<Backups> backups, NodeClientPtr node, Act act,
                             IdempotencyKey key, std::stop_token stop)
{
    const auto wanted = requestFor(act);
    if (!wanted) {
        return ready<OperationId>(
            fail(ErrorKind::Validation, QStringLiteral("act-not-remote"),
                 QStringLiteral("\"%1\" is not something that a node is told to do")
                     .arg(actTitle(act))));
    }
    if (auto folder = checkFolder(act); !folder) {
        return ready<OperationId>(fail(folder.error()));
    }
    auto request = node->request("POST", wanted->path);
    request.idempotencyKey = key.value;
    if (!wanted->body.isEmpty()) {
        request.body = QJsonDocument(wanted->body).toJson(QJsonDocument::Compact);
    }
    return andThen(node->sendJson(std::move(request), std::move(stop)),
                   [backups, node, act](const QJsonObject& object) -> Result<OperationId> {
                       auto accepted = decodeAccepted(object);
                       if (!accepted) {
                           return fail(accepted.error().withContext(node->label()));
                       }
                       if (const auto* backup = std::get_if<act::TakeBackup>(&act)) {
                           backups->expect(node->id(), accepted->status.id, backup->folder);
                       }
                       return accepted->status.id;
                   });
}

} // namespace

NodeAdminPlatform::NodeAdminPlatform(NodeAdminOptions options)
    : m_backups(std::make_shared<Backups>())
{
    const Seconds ttl = options.leaseTtl;
    m_nodes = std::make_shared<Nodes>(std::move(options));
    m_leases = std::make_shared<Leases>(m_nodes, ttl);
}

NodeAdminPlatform::~NodeAdminPlatform()
{
    for (const auto& staging : std::exchange(m_stagings, {})) {
        if (const auto alive = staging.lock()) {
            alive->cancel();
        }
    }
    m_nodes->http()->shutDown();
}

Capabilities NodeAdminPlatform::capabilities() const
{
    Capabilities out;
    const std::vector<Act> able{act::Drain{},          act::Resume{},         act::Reboot{},
                                act::Shutdown{},       act::StagePackage{},   act::InstallPackage{},
                                act::LookForUpdates{}, act::InstallUpdates{}, act::TakeBackup{},
                                act::ScaleCluster{},   act::StartService{},   act::StopService{}};
    for (const Act& act : able) {
        out.acts.insert(actName(act));
    }
    out.lease = true;
    out.staging = true;
    return out;
}

Async<Observation> NodeAdminPlatform::observe(NodeId node, std::stop_token stop)
{
    auto client = m_nodes->find(node);
    return client ? observeNode(m_nodes, *client, std::move(stop))
                  : ready<Observation>(fail(client.error()));
}

Async<OperationId> NodeAdminPlatform::perform(ActTarget target, Act act, IdempotencyKey key,
                                              std::stop_token stop)
{
    if (target.node) {
        auto client = m_nodes->find(*target.node);
        return client ? performOn(m_backups, *client, std::move(act), key, std::move(stop))
                      : ready<OperationId>(fail(client.error()));
    }
    // One node takes it; it was seen to answer just now, and no other is tried once it was sent.
    return andThen(m_nodes->firstAnswering(stop),
                   [backups = m_backups, act, key, stop](const NodeClientPtr& node) {
                       return andThen(performOn(backups, node, act, key, stop),
                                      [node](const OperationId& id) -> Result<OperationId> {
                                          return clusterOperation(node->id(), id);
                                      });
                   });
}

Async<OperationStatus> NodeAdminPlatform::follow(ActTarget target, OperationId operation,
                                                 std::stop_token stop)
{
    auto where = resolveOperation(*m_nodes, target, operation);
    if (!where) {
        return ready<OperationStatus>(fail(where.error()));
    }
    const auto [node, id] = *where;
    const QString path =
        QStringLiteral("/operations/") + QString::fromLatin1(QUrl::toPercentEncoding(id.value));
    return andThen(node->getJson(path, std::move(stop)),
                   [backups = m_backups, node = node,
                    operation](const QJsonObject& object) -> Result<OperationStatus> {
                       auto answer = decodeOperation(object);
                       if (!answer) {
                           return fail(answer.error().withContext(node->label()));
                       }
                       OperationStatus status = backups->adjusted(node, *answer);
                       status.id = operation;
                       return status;
                   });
}

Async<ProbeOutcome> NodeAdminPlatform::probe(ActTarget target, Act act, IdempotencyKey key,
                                             std::optional<Observation> before,
                                             std::stop_token stop)
{
    auto probe = std::make_shared<Probe>(m_nodes, m_backups, std::move(act), std::move(key),
                                         std::move(before));
    if (!target.node) {
        return probe->askAll(std::move(stop));
    }
    auto client = m_nodes->find(*target.node);
    return client ? probe->askNode(*client, std::move(stop))
                  : ready<ProbeOutcome>(fail(client.error()));
}

Async<std::vector<StagedPackage>> NodeAdminPlatform::stage(Package package,
                                                           std::vector<NodeId> nodes,
                                                           StagingListener listener,
                                                           std::stop_token stop)
{
    std::erase_if(m_stagings, [](const auto& staging) { return staging.expired(); });
    auto stager =
        std::make_shared<Stager>(m_nodes, std::move(package), std::move(listener), std::move(stop));
    m_stagings.push_back(stager);
    return stager->run(nodes);
}

Async<Lease> NodeAdminPlatform::acquireLease(QString owner, QString note, std::stop_token stop)
{
    return m_leases->acquire(std::move(owner), std::move(note), std::move(stop));
}

Async<Lease> NodeAdminPlatform::renewLease(QString owner, std::stop_token stop)
{
    return m_leases->renew(std::move(owner), std::move(stop));
}

Async<bool> NodeAdminPlatform::releaseLease(QString owner, std::stop_token stop)
{
    return m_leases->release(std::move(owner), std::move(stop));
}

Async<std::optional<Lease>> NodeAdminPlatform::readLease(std::stop_token stop)
{
    return m_leases->read(std::move(stop));
}

} // namespace nodeadmin

std::unique_ptr<Platform> makeNodeAdminPlatform(NodeAdminOptions options)
{
    return std::make_unique<nodeadmin::NodeAdminPlatform>(std::move(options));
}

} // namespace quorate::platform
