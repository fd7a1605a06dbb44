// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpClient.h"
#include "core/platform/nodeadmin/Decode.h"
#include "core/platform/nodeadmin/NodeAdmin.h"

#include <list>

namespace quorate::platform::nodeadmin {

using TokenPtr = std::shared_ptr<const Secret>;

/// One node: its address and its token. A request without a token waits for one log-in that all
/// share; a 401 renews the token once per request. Errors get the node's name as context.
class NodeClient final : public std::enable_shared_from_this<NodeClient> {
public:
    NodeClient(ClusterFileNode node, std::shared_ptr<net::HttpClient> http,
               CredentialsProvider credentials, net::HttpLimits limits);

    /// Empty until the first observation when the cluster file did not name it.
    [[nodiscard]] const NodeId& id() const { return m_node.id; }
    void adoptId(const NodeId& id) { m_node.id = id; }
    [[nodiscard]] QString label() const;
    [[nodiscard]] const std::shared_ptr<net::HttpClient>& http() const { return m_http; }

    /// "/node" → https://host:port/api/v1/node; `path` is encoded already, it may have a query.
    [[nodiscard]] QUrl url(const QString& path) const;
    [[nodiscard]] net::HttpRequest request(const QByteArray& method, const QString& path) const;
    [[nodiscard]] Async<net::HttpResponse> send(net::HttpRequest request, std::stop_token stop);
    [[nodiscard]] Async<QJsonObject> getJson(const QString& path, std::stop_token stop);
    [[nodiscard]] Async<QJsonObject> sendJson(net::HttpRequest request, std::stop_token stop);

    [[nodiscard]] Async<TokenPtr> token(std::stop_token stop);
    /// The node has refused it: the next `token` logs in again.
    void dropToken(const TokenPtr& token);

private:
    struct Parked {
        Resolver<TokenPtr> out;
        std::optional<std::stop_callback<std::function<void()>>> onStop;
    };
    void logIn();
    void loggedIn(std::shared_ptr<const Credentials> used, Result<TokenPtr> result);
    [[nodiscard]] Async<net::HttpResponse> sendWith(TokenPtr token, net::HttpRequest request,
                                                    std::stop_token stop, bool mayRenew);

    ClusterFileNode m_node;
    std::shared_ptr<net::HttpClient> m_http;
    CredentialsProvider m_credentials;
    net::HttpLimits m_limits;
    TokenPtr m_token;
    bool m_loggingIn = false;
    std::list<Parked> m_parked;
    std::shared_ptr<const Credentials> m_refused;
    Error m_refusal;
};

} // namespace quorate::platform::nodeadmin
