// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/Nodes.h"

#include <algorithm>

namespace quorate::platform::nodeadmin {
namespace {

bool worthAskingAnother(const Error& error)
{
    switch (error.kind) {
    case ErrorKind::Transport:
    case ErrorKind::Tls:
    case ErrorKind::Timeout:
    case ErrorKind::Server:
    case ErrorKind::Protocol: return true;
    case ErrorKind::Cancelled:
    case ErrorKind::Unauthorized:
    case ErrorKind::Forbidden:
    case ErrorKind::NotFound:
    case ErrorKind::Conflict:
    case ErrorKind::Validation:
    case ErrorKind::Precondition:
    case ErrorKind::Storage:
    case ErrorKind::Internal: return false;
    }
    return false;
}

using Response = net::HttpResponse;

void askNext(const std::shared_ptr<Nodes>& nodes, std::vector<NodeClientPtr> left, Nodes::Send send,
             Resolver<Response> out)
{
    const NodeClientPtr node = left.front();
    left.erase(left.begin());
    detail::onAnswer<Response>(send(node), [nodes, node, left, send, out](Result<Response> result) {
        if (!result && worthAskingAnother(result.error()) && !left.empty()) {
            askNext(nodes, left, send, out);
            return;
        }
        if (result) {
            nodes->answered(node);
        }
        out.resolve(std::move(result));
    });
}

} // namespace

Nodes::Nodes(NodeAdminOptions options)
    : m_options(std::move(options))
    , m_clock(m_options.clock)
    , m_http(std::make_shared<net::HttpClient>(m_options.trust, m_clock))
{
    for (const ClusterFileNode& node : m_options.nodes) {
        m_clients.push_back(
            std::make_shared<NodeClient>(node, m_http, m_options.credentials, m_options.limits));
    }
}

Result<NodeClientPtr> Nodes::find(const NodeId& id) const
{
    for (const NodeClientPtr& client : m_clients) {
        if (client->id() == id) {
            return client;
        }
    }
    return fail(ErrorKind::Validation, QStringLiteral("unknown-node"),
                QStringLiteral("The cluster has no node \"%1\"").arg(id.value));
}

std::vector<NodeClientPtr> Nodes::inOrder() const
{
    std::vector<NodeClientPtr> order = m_clients;
    std::stable_partition(order.begin(), order.end(),
                          [this](const NodeClientPtr& node) { return node == m_preferred; });
    return order;
}

Async<net::HttpResponse> Nodes::askAny(Send send)
{
    if (m_clients.empty()) {
        return ready<Response>(fail(ErrorKind::Validation, QStringLiteral("no-nodes"),
                                    QStringLiteral("The cluster has no node")));
    }
    Resolver<Response> out;
    auto future = out.future();
    askNext(shared_from_this(), inOrder(), std::move(send), out);
    return future;
}

Async<NodeClientPtr> Nodes::firstAnswering(std::stop_token stop)
{
    auto asked = askAny([stop](const NodeClientPtr& node) {
        return node->send(node->request("GET", QStringLiteral("/node")), stop);
    });
    return andThen(std::move(asked),
                   [self = shared_from_this()](const Response&) -> Result<NodeClientPtr> {
                       return self->m_preferred;
                   });
}

} // namespace quorate::platform::nodeadmin
