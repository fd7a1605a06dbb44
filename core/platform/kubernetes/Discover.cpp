// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Discover.h"

#include <QHostAddress>

#include <algorithm>

namespace quorate::platform {
namespace kubernetes {
namespace {

constexpr int kApiPort = 6443; ///< kubeadm's, k3s', RKE2's, Talos' and OpenShift's
/// For a page of 500 nodes (some 2.5 MB). After this what the server remembers must do, which needs
/// no etcd. Our own.
constexpr Millis kFirstPageMax{3000};
/// An API server gives its etcd up after 11 s; until then it may be the line that is slow.
constexpr Millis kRememberedMax{15'000};

QUrl addressOf(const NodeObject& node, int port)
{
    QUrl url;
    url.setScheme(QStringLiteral("https"));
    url.setHost(node.internalAddresses.value(0, node.meta.name));
    url.setPort(port);
    return url;
}

/// What is asked before there is a platform; keeps its client until all is answered.
struct Asking {
    std::shared_ptr<KubeClient> client;
    QUrl server;
    std::vector<NodePtr> nodes;
    bool remembered = false; ///< as this server has it, without etcd's consent
    QStringList apiServers;
    int port = kApiPort;
    QString version;
};
using AskingPtr = std::shared_ptr<Asking>;

Async<KubernetesCluster> askVersion(const AskingPtr& asking, std::stop_token stop)
{
    return andThen(asking->client->get(QStringLiteral("/version"), {}, std::move(stop)),
                   [asking](const QJsonObject& object) -> Result<KubernetesCluster> {
                       asking->version = textOf(object, "gitVersion").left(64);
                       auto out = clusterFrom(asking->nodes, asking->apiServers, asking->port,
                                              asking->server, asking->version);
                       if (out.nodes.empty()) {
                           return fail(
                               ErrorKind::Validation, QStringLiteral("no-control-plane"),
                               QStringLiteral("The cluster does not tell which of its nodes serve "
                                              "the API (a hosted control plane?)"),
                               QStringLiteral("Quorate needs a control plane of its own nodes"));
                       }
                       return out;
                   });
}

Async<KubernetesCluster> askEndpoints(const AskingPtr& asking, std::stop_token stop)
{
    KubeRequest request;
    request.path = apiEndpointsPath();
    if (asking->remembered) {
        request.query = anyVersion();
    }
    return andThen(
        asking->client->send(std::move(request), stop), [asking, stop](const KubeAnswer& answer) {
            // A user who may not read it gets along with the marks of the nodes.
            if (const auto object = parseJsonObject(answer.body); object && answer.isOk()) {
                asking->apiServers = decodeEndpointAddresses(*object);
                asking->port = decodeEndpointPort(*object);
            }
            return askVersion(asking, stop);
        });
}

/// The list of nodes could not be read for want of etcd.
bool isWithoutEtcd(const Error& error)
{
    return error.httpStatus > 0 && isWithoutEtcd(quorumReadOf(error.httpStatus, error.message));
}

Error noMajority(const AskingPtr& asking)
{
    return makeError(
        ErrorKind::Server, QStringLiteral("no-majority"),
        QStringLiteral(
            "%1 answers, but its etcd has no contact with a majority, so that it cannot list the "
            "nodes of its cluster")
            .arg(asking->server.host()),
        QStringLiteral(
            "Bring back the nodes of its control plane first (power, network, etcd). A cluster "
            "that was connected before is shown also without"));
}

Async<KubeListEnd> listNodes(const AskingPtr& asking, std::stop_token stop)
{
    const std::weak_ptr<Asking> weak = asking;
    const auto page = [weak](const QJsonObject& object) -> Result<void> {
        if (const auto held = weak.lock()) {
            for (const QJsonValue value : object.value(QStringLiteral("items")).toArray()) {
                auto node = decodeNodeObject(value.toObject());
                if (!node) {
                    return fail(node.error());
                }
                held->nodes.push_back(std::make_shared<const NodeObject>(*std::move(node)));
            }
        }
        return {};
    };
    KubeListOptions options;
    options.pageLimit = asking->remembered ? kRememberedMax : kFirstPageMax;
    if (asking->remembered) {
        options.resourceVersion = QStringLiteral("0");
    }
    asking->nodes.clear();
    return asking->client->list(QStringLiteral("/api/v1/nodes"), options, page, std::move(stop));
}

/// As etcd's majority has them, or else as the server remembers them: a cluster that is lost is to
/// be shown as that.
Async<KubeListEnd> findNodes(const AskingPtr& asking, std::stop_token stop)
{
    const Resolver<KubeListEnd> out;
    detail::onAnswer<KubeListEnd>(listNodes(asking, stop), [asking, stop,
                                                            out](Result<KubeListEnd> first) {
        const bool tooLong = !first && first.error().kind == ErrorKind::Timeout;
        if (first || !(tooLong || isWithoutEtcd(first.error()))) {
            out.resolve(std::move(first));
            return;
        }
        asking->remembered = true;
        detail::onAnswer<KubeListEnd>(listNodes(asking, stop), [asking,
                                                                out](Result<KubeListEnd> second) {
            const bool lost = !second && isWithoutEtcd(second.error());
            out.resolve(lost ? Result<KubeListEnd>(fail(noMajority(asking))) : std::move(second));
        });
    });
    return out.future();
}

} // namespace

int decodeEndpointPort(const QJsonObject& object)
{
    for (const QJsonValue& subset : listOf(object, "subsets")) {
        for (const QJsonValue& value : listOf(subset.toObject(), "ports")) {
            const auto port = integerOf(value.toObject(), "port").value_or(0);
            if (port > 0 && port < 65536) {
                return static_cast<int>(port);
            }
        }
    }
    return kApiPort;
}

KubernetesCluster clusterFrom(const std::vector<NodePtr>& nodes, const QStringList& apiServers,
                              int port, const QUrl& server, const QString& version)
{
    KubernetesCluster out;
    out.version = version;
    RoleHints hints;
    hints.apiServers = apiServers;
    const Roles roles = rolesOf(nodes, hints);
    const bool isSingle = roles.controlPlane().size() == 1;
    bool isNamed = false;
    for (const NodePtr& shared : nodes) {
        const NodeObject& node = *shared;
        const NodeRole role = roles.of(node.meta.name);
        out.workers += role.isWorker() ? 1 : 0;
        if (!role.controlPlane) {
            continue;
        }
        out.distribution = distributionOf(node);
        ClusterFileNode entry;
        entry.id = NodeId{node.meta.name};
        entry.name = node.meta.name;
        const bool isHere = isSingle || node.hasAddress(server.host());
        isNamed = isNamed || isHere;
        entry.address = isHere ? server : addressOf(node, port);
        out.nodes.push_back(std::move(entry));
    }
    std::ranges::sort(out.nodes, {}, &ClusterFileNode::id);
    if (!isNamed && !out.nodes.empty()) {
        out.notes.append(
            QStringLiteral("The kubeconfig names %1, which is no node's own address "
                           "(a load balancer?): each node's API server is asked at its "
                           "internal address")
                .arg(server.host()));
    }
    if (roles.votersAssumed) {
        out.notes.append(QStringLiteral("Nothing says which nodes hold etcd: those that serve the "
                                        "API are counted as its voters"));
    }
    return out;
}

} // namespace kubernetes

Async<KubernetesCluster> discoverKubernetes(KubernetesOptions options, std::stop_token stop)
{
    using namespace kubernetes;
    auto asking = std::make_shared<Asking>();
    asking->server = options.server;
    KubeClient::Options to;
    to.label = options.server.host();
    to.server = options.server;
    to.trust = std::move(options.trust);
    to.tlsServerName = options.tlsServerName;
    to.proxy = options.proxy;
    to.credentials = std::move(options.credentials);
    to.clock = std::move(options.clock);
    to.limits = options.limits;
    // The last answer lets go of it, and stands in its call then.
    asking->client = std::shared_ptr<KubeClient>(new KubeClient(std::move(to)),
                                                 [](KubeClient* done) { done->deleteLater(); });
    return andThen(findNodes(asking, stop),
                   [asking, stop](const KubeListEnd&) { return askEndpoints(asking, stop); });
}

} // namespace quorate::platform
