// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/nodeadmin/NodeClient.h"

#include <vector>

namespace quorate::platform::nodeadmin {

using NodeClientPtr = std::shared_ptr<NodeClient>;

/// The nodes of one cluster, and requests that any of them may carry. Shared by everything that is
/// under way; the platform shuts the HTTP client down when it goes.
class Nodes final : public std::enable_shared_from_this<Nodes> {
public:
    explicit Nodes(NodeAdminOptions options);

    [[nodiscard]] const std::vector<NodeClientPtr>& all() const { return m_clients; }
    [[nodiscard]] const Clock& clock() const { return *m_clock; }
    [[nodiscard]] const std::shared_ptr<net::HttpClient>& http() const { return m_http; }
    /// Validation "unknown-node" when the cluster file does not have it.
    [[nodiscard]] Result<NodeClientPtr> find(const NodeId& id) const;
    /// The node that answered last comes first: requests for the cluster as a whole go there.
    void answered(const NodeClientPtr& node) { m_preferred = node; }
    [[nodiscard]] std::vector<NodeClientPtr> inOrder() const;

    using Send = std::function<Async<net::HttpResponse>(const NodeClientPtr&)>;
    /// Asks one node after the other until one answers; an error that another node would give as
    /// well (Conflict, Unauthorized, …) is an answer. Only for requests that may be repeated.
    [[nodiscard]] Async<net::HttpResponse> askAny(Send send);
    /// The first node that answers GET /node.
    [[nodiscard]] Async<NodeClientPtr> firstAnswering(std::stop_token stop);

private:
    NodeAdminOptions m_options;
    std::shared_ptr<const Clock> m_clock;
    std::shared_ptr<net::HttpClient> m_http;
    std::vector<NodeClientPtr> m_clients;
    NodeClientPtr m_preferred;
};

} // namespace quorate::platform::nodeadmin
