// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/EtcdClient.h"
#include "core/platform/kubernetes/NodeStore.h"

namespace quorate::platform::kubernetes {

/// Who is a member of etcd, by the last of its members that said so: for nodes whose own etcd says
/// nothing.
struct Membership {
    std::optional<std::vector<EtcdMember>> list;
};

/// Whether the kubeconfig's server is a node's own address; else it is a load balancer.
[[nodiscard]] bool namesANode(const KubernetesOptions& options);

/// Of one question to one API server. With the poll interval it keeps "lost within 5 s" and "cannot
/// be reached within 3 s" true, and stays below the console's own limit for a node's answer. Our
/// own choice.
constexpr Millis kAnswerMax{2200};

/// The API server of one control-plane node: its word about itself, and its view of all nodes.
class ApiServer final : public QObject {
    Q_OBJECT
public:
    /// `leases`: the nodes whose kubelets' signs of life are read with each observation.
    ApiServer(const KubernetesOptions& options, ClusterFileNode node, QStringList leases,
              std::shared_ptr<Membership> membership, QObject* parent = nullptr);
    ~ApiServer() override;

    [[nodiscard]] const ClusterFileNode& node() const { return m_node; }
    [[nodiscard]] KubeClient& client() const { return *m_client; }
    /// gitVersion, when it has said it.
    [[nodiscard]] const QString& version() const { return m_version; }
    /// Its clock, as its last answer told it.
    [[nodiscard]] TimePoint serverNow() const { return m_clock->now() + m_skew; }

    [[nodiscard]] Async<Observation> observe(std::stop_token stop);
    [[nodiscard]] Async<Observation> observeWorker(QString worker, std::stop_token stop);

private:
    struct Round;
    using RoundPtr = std::shared_ptr<Round>;
    using Take = void (ApiServer::*)(Round&, const KubeAnswer&);
    [[nodiscard]] Async<ServerAnswers> ask(std::stop_token stop);
    [[nodiscard]] Async<Observation> merged(ServerAnswers answers);
    void queue(Round& round, const QString& path, const QUrlQuery& query, Take take) const;
    void queueLeases(Round& round) const;
    void sendNext(const RoundPtr& round);
    void sendWaiting(const RoundPtr& round);
    void send(const RoundPtr& round, const QString& path, const QUrlQuery& query, Take take);
    [[nodiscard]] KubeRequest requestOf(const Round& round, const QString& path,
                                        const QUrlQuery& query) const;
    void transmit(const RoundPtr& round, KubeRequest request, Take take);
    void askOwnNode(const RoundPtr& round, bool onNewConnection);
    void answered(const RoundPtr& round, Take take, const Result<KubeAnswer>& answer);
    void awaitList(const RoundPtr& round, bool remembered);
    void askMore(const RoundPtr& round);
    void askEtcd(const RoundPtr& round);
    void part(const RoundPtr& round);
    void finish(const RoundPtr& round);
    void takeReadyz(Round& round, const KubeAnswer& answer);
    void takeLivez(Round& round, const KubeAnswer& answer);
    void takeVersion(Round& round, const KubeAnswer& answer);
    void takeOwnNode(Round& round, const KubeAnswer& answer);
    void takeLease(Round& round, const KubeAnswer& answer);
    void takeLeases(Round& round, const KubeAnswer& answer);
    void takeEndpoints(Round& round, const KubeAnswer& answer);

    ClusterFileNode m_node;
    QStringList m_leases;
    std::shared_ptr<Membership> m_membership;
    std::shared_ptr<const Clock> m_clock;
    std::optional<Millis> m_grace;
    std::shared_ptr<KubeClient> m_client;
    std::unique_ptr<EtcdClient> m_etcd;
    NodeStore* m_store = nullptr;
    QString m_version;
    std::optional<QStringList> m_endpoints;
    std::optional<std::vector<EtcdMember>> m_members; ///< as its own etcd last told
    std::map<QString, LeaseObject> m_heard;           ///< the newest lease of each node
    bool m_mayListLeases = true;
    Millis m_skew{0};
    std::optional<QString>
        m_balancer; ///< where the kubeconfig leads to, while this server never answered
    bool m_awaitedMembers = false;
    bool m_wasSilent = false;
    bool m_wasReady = true; ///< by its last readyz
};

} // namespace quorate::platform::kubernetes
