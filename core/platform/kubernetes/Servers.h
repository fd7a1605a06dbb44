// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Access.h"
#include "core/platform/kubernetes/ApiServer.h"

namespace quorate::platform::kubernetes {

/// The API servers of one cluster, and requests that any of them may carry. Lives on one thread.
class Servers final : public QObject {
    Q_OBJECT
public:
    explicit Servers(KubernetesOptions options, QObject* parent = nullptr);
    ~Servers() override;

    [[nodiscard]] const KubernetesOptions& options() const { return m_options; }
    [[nodiscard]] ApiServer* find(const NodeId& node) const; ///< null: not of the control plane
    [[nodiscard]] Async<Observation> observe(const NodeId& node, std::stop_token stop);
    /// By the clock of the server that answered last.
    [[nodiscard]] TimePoint serverNow() const;
    [[nodiscard]] QString version() const;

    using Send = std::function<Async<KubeAnswer>(KubeClient&)>;
    /// Asks one server after the other, the one that answered last first, until one answers. Only
    /// for requests that may be repeated; a server that says 5xx does not count as an answer while
    /// there are others.
    [[nodiscard]] Async<KubeAnswer> askAny(Send send, std::stop_token stop);
    [[nodiscard]] Async<KubeAnswer> get(QString path, QUrlQuery query, std::stop_token stop);
    [[nodiscard]] Async<QJsonObject> getJson(QString path, QUrlQuery query, std::stop_token stop);
    /// All objects of a collection, on the first server that answers.
    [[nodiscard]] Async<QJsonArray> list(QString path, QString fieldSelector, std::stop_token stop);
    /// Sends a change to the server that answered a read just now; no other is tried once it was
    /// sent.
    [[nodiscard]] Async<KubeAnswer> change(KubeRequest request, std::stop_token stop);
    /// 2xx with an object, or its error.
    [[nodiscard]] Async<QJsonObject> changeJson(KubeRequest request, std::stop_token stop);

private:
    struct Tour;
    void next(const std::shared_ptr<Tour>& tour);
    [[nodiscard]] std::vector<KubeClient*> inOrder() const;

    KubernetesOptions m_options;
    std::vector<ApiServer*> m_servers;
    std::unique_ptr<KubeClient> m_named; ///< of the kubeconfig, when it is no node's own address
    KubeClient* m_preferred = nullptr;
};

/// A JSON request with a body.
[[nodiscard]] KubeRequest jsonRequest(const QByteArray& method, const QString& path,
                                      const QJsonObject& body);

} // namespace quorate::platform::kubernetes
