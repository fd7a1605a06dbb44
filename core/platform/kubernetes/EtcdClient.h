// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpClient.h"
#include "core/platform/kubernetes/Health.h"
#include "core/platform/kubernetes/Kubernetes.h"

namespace quorate::platform::kubernetes {

/// What one member of etcd said of itself in one round; what it did not say is not there.
struct EtcdAnswers {
    std::optional<HealthCheck> health;
    std::optional<EtcdStatus> status;
    std::optional<std::vector<EtcdMember>> members;
    std::optional<Error>
        trouble; ///< why it could not be asked; set only when it said nothing at all
};

/// The etcd of one node, over the JSON gateway of its clients' door (`/v3/…`, HTTP/1.1) and its
/// `/health`.
class EtcdClient final : public QObject {
    Q_OBJECT
public:
    EtcdClient(const EtcdAccess& access, const QString& host, std::shared_ptr<const Clock> clock,
               QObject* parent = nullptr);

    /// Never fails: trouble is one of the answers. At the latest after `limit`.
    [[nodiscard]] Async<EtcdAnswers> ask(Millis limit, std::stop_token stop);
    /// What is under way answers Cancelled now.
    void shutDown() { m_client.shutDown(); }

private:
    struct Round;
    using RoundPtr = std::shared_ptr<Round>;
    using Take = void (*)(EtcdAnswers&, const QJsonObject&);
    void send(const RoundPtr& round, const QString& path, Take take);
    static void part(Round& round);

    net::HttpClient m_client;
    QUrl m_url;
};

} // namespace quorate::platform::kubernetes
