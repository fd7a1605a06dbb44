// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Servers.h"

#include <QJsonDocument>
#include <QPointer>

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

constexpr int kPagesMax = 1000; ///< of one list; 500 objects each

Error unknownNode(const NodeId& node)
{
    return makeError(ErrorKind::Validation, QStringLiteral("unknown-node"),
                     QStringLiteral("\"%1\" is not a node of this cluster").arg(node.value));
}

/// Another server may do better: no contact, or a server that is not well itself.
bool mayDoBetter(const Result<KubeAnswer>& answer)
{
    if (answer) {
        return answer->status >= 500 || answer->status == 429;
    }
    switch (answer.error().kind) {
    case ErrorKind::Transport:
    case ErrorKind::Timeout:
    case ErrorKind::Tls:
    case ErrorKind::Server:
    case ErrorKind::Protocol: return true;
    default: return false;
    }
}

} // namespace

struct Servers::Tour {
    Send send;
    std::vector<KubeClient*> left;
    std::stop_token stop;
    Resolver<KubeAnswer> out;
    std::optional<Result<KubeAnswer>> best; ///< the first that was not good enough
};

Servers::Servers(KubernetesOptions options, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    QStringList names;
    for (const ClusterFileNode& node : m_options.nodes) {
        names.append(node.id.value);
    }
    const auto membership = std::make_shared<Membership>();
    for (const ClusterFileNode& node : m_options.nodes) {
        m_servers.push_back(new ApiServer(m_options, node, names, membership, this));
    }
    if (!namesANode(m_options) && m_options.server.isValid()) {
        KubeClient::Options to;
        to.label = m_options.server.host();
        to.server = m_options.server;
        to.trust = m_options.trust;
        to.tlsServerName = m_options.tlsServerName;
        to.proxy = m_options.proxy;
        to.credentials = m_options.credentials;
        to.clock = m_options.clock;
        to.limits = m_options.limits;
        m_named = std::make_unique<KubeClient>(std::move(to));
    }
}

Servers::~Servers()
{
    // What is under way answers Cancelled now, while all that its continuations look at is still
    // here.
    for (KubeClient* client : inOrder()) {
        client->shutDown();
    }
}

ApiServer* Servers::find(const NodeId& node) const
{
    const auto found = std::ranges::find_if(
        m_servers, [&node](const ApiServer* server) { return server->node().id == node; });
    return found == m_servers.end() ? nullptr : *found;
}

Async<Observation> Servers::observe(const NodeId& node, std::stop_token stop)
{
    if (ApiServer* server = find(node)) {
        Resolver<Observation> out;
        const QPointer<Servers> self(this);
        deliver(server->observe(std::move(stop)), this,
                [self, out, server](Result<Observation> seen) {
                    if (seen && seen->cluster.majority == std::optional(true)) {
                        self->m_preferred = &server->client();
                    }
                    out.resolve(std::move(seen));
                });
        return out.future();
    }
    for (ApiServer* server : m_servers) {
        if (&server->client() == m_preferred || m_preferred == nullptr) {
            return server->observeWorker(node.value, std::move(stop));
        }
    }
    return m_servers.empty() ? ready<Observation>(fail(unknownNode(node)))
                             : m_servers.front()->observeWorker(node.value, std::move(stop));
}

TimePoint Servers::serverNow() const
{
    for (const ApiServer* server : m_servers) {
        if (&server->client() == m_preferred) {
            return server->serverNow();
        }
    }
    return m_servers.empty() ? m_options.clock->now() : m_servers.front()->serverNow();
}

QString Servers::version() const
{
    for (const ApiServer* server : m_servers) {
        if (!server->version().isEmpty()) {
            return server->version();
        }
    }
    return {};
}

std::vector<KubeClient*> Servers::inOrder() const
{
    std::vector<KubeClient*> all;
    for (const ApiServer* server : m_servers) {
        all.push_back(&server->client());
    }
    if (m_named) {
        all.push_back(m_named.get());
    }
    std::stable_partition(all.begin(), all.end(),
                          [this](KubeClient* c) { return c == m_preferred; });
    return all;
}

Async<KubeAnswer> Servers::askAny(Send send, std::stop_token stop)
{
    auto tour = std::make_shared<Tour>();
    tour->send = std::move(send);
    tour->left = inOrder();
    tour->stop = std::move(stop);
    next(tour);
    return tour->out.future();
}

void Servers::next(const std::shared_ptr<Tour>& tour)
{
    if (tour->left.empty() || tour->stop.stop_requested()) {
        tour->out.resolve(tour->best.value_or(
            fail(tour->stop.stop_requested()
                     ? cancelledError()
                     : makeError(ErrorKind::Validation, QStringLiteral("no-nodes"),
                                 QStringLiteral("The cluster has no API server to ask")))));
        return;
    }
    KubeClient* client = tour->left.front();
    tour->left.erase(tour->left.begin());
    deliver(tour->send(*client), this, [this, tour, client](Result<KubeAnswer> answer) {
        if (!mayDoBetter(answer)) {
            if (answer) {
                m_preferred = client;
            }
            tour->out.resolve(std::move(answer));
            return;
        }
        if (!tour->best || (answer && !*tour->best)) {
            tour->best = std::move(answer);
        }
        next(tour);
    });
}

Async<KubeAnswer> Servers::get(QString path, QUrlQuery query, std::stop_token stop)
{
    return askAny(
        [path = std::move(path), query = std::move(query), stop](KubeClient& client) {
            KubeRequest request;
            request.path = path;
            request.query = query;
            return client.send(std::move(request), stop);
        },
        stop);
}

Async<QJsonObject> Servers::getJson(QString path, QUrlQuery query, std::stop_token stop)
{
    return andThen(get(std::move(path), std::move(query), std::move(stop)),
                   [](const KubeAnswer& answer) -> Result<QJsonObject> {
                       if (!answer.isOk()) {
                           return fail(kubeError(statusFrom(answer), answer.endpoint));
                       }
                       return parseJsonObject(answer.body, kKubeJson);
                   });
}

Async<QJsonArray> Servers::list(QString path, QString fieldSelector, std::stop_token stop)
{
    struct Pages {
        QJsonArray items;
        int count = 0;
    };
    auto pages = std::make_shared<Pages>();
    const QPointer<Servers> self(this);
    auto page = std::make_shared<std::function<Async<QJsonArray>(QString)>>();
    const std::weak_ptr<std::function<Async<QJsonArray>(QString)>> again = page;
    *page = [self, pages, path, fieldSelector, stop,
             again](const QString& from) -> Async<QJsonArray> {
        const auto hold = again.lock();
        if (!self || !hold || ++pages->count > kPagesMax) {
            return ready<QJsonArray>(fail(cancelledError()));
        }
        QUrlQuery query;
        query.addQueryItem(QStringLiteral("limit"), QStringLiteral("500"));
        if (!fieldSelector.isEmpty()) {
            query.addQueryItem(QStringLiteral("fieldSelector"), fieldSelector);
        }
        if (!from.isEmpty()) {
            query.addQueryItem(QStringLiteral("continue"), from);
        }
        return andThen(self->getJson(path, query, stop),
                       [pages, hold](const QJsonObject& object) -> Async<QJsonArray> {
                           for (const QJsonValue value :
                                object.value(QStringLiteral("items")).toArray()) {
                               pages->items.append(value);
                           }
                           const QString next = textOf(objectOf(object, "metadata"), "continue");
                           return next.isEmpty() ? ready<QJsonArray>(pages->items) : (*hold)(next);
                       });
    };
    return (*page)({});
}

Async<KubeAnswer> Servers::change(KubeRequest request, std::stop_token stop)
{
    const QPointer<Servers> self(this);
    // A read with a majority's consent first: it finds the server, and one that can write at all.
    return andThen(
        get(QStringLiteral("/api/v1/namespaces/default"), {}, stop),
        [self, request = std::move(request), stop](const KubeAnswer& found) -> Async<KubeAnswer> {
            if (found.status >= 500) { // none of them is well enough to be told anything
                return ready<KubeAnswer>(fail(kubeError(statusFrom(found), found.endpoint)));
            }
            if (!self) {
                return ready<KubeAnswer>(fail(cancelledError()));
            }
            return self->inOrder().front()->send(request, stop);
        });
}

Async<QJsonObject> Servers::changeJson(KubeRequest request, std::stop_token stop)
{
    return andThen(change(std::move(request), std::move(stop)),
                   [](const KubeAnswer& answer) -> Result<QJsonObject> {
                       if (!answer.isOk()) {
                           return fail(kubeError(statusFrom(answer), answer.endpoint));
                       }
                       return parseJsonObject(answer.body, kKubeJson);
                   });
}

KubeRequest jsonRequest(const QByteArray& method, const QString& path, const QJsonObject& body)
{
    KubeRequest request;
    request.method = method;
    request.path = path;
    request.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return request;
}

} // namespace quorate::platform::kubernetes
