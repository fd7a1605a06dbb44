// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/TrustStore.h"
#include "core/service/ClusterService.h"

namespace quorate::service {

/// What connecting needs before it can go on; answered by a person (dialog) or by options (command
/// line).
struct ConnectOutcome {
    enum class Need { Nothing, Trust, Password } need = Need::Nothing;
    std::optional<ClusterId> cluster{};               ///< set when connected
    std::vector<net::CertificateInfo> certificates{}; ///< Need::Trust: what each host:port served
    std::vector<QString> hostPorts{};                 ///< parallel to certificates
    /// Why a person is needed; also set when connected but the password could not be kept.
    std::optional<Error> reason{};
};

struct ConnectRequest {
    ClusterFile file;
    QString user;
    std::shared_ptr<Secret>
        password; ///< null: a practice cluster's own credentials file, then what the open cluster
                  ///< signs this user in with, then the keychain, then ask
    bool remember = true;
    std::vector<QByteArray>
        acceptFingerprints; ///< SHA-256 of certificates that the person has just accepted
    QString acceptedBy;
    QString leaseNamespace{}; ///< empty: as it was, of a new cluster the platform's own choice
    std::shared_ptr<Secret> etcd{}; ///< sealed (readEtcdFiles); null: as it was
};

/// All clusters of this installation.
class ClusterRegistry : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    ~ClusterRegistry() override = default;
    [[nodiscard]] virtual std::vector<ClusterId> clusters() const = 0; ///< in the operator's order
    [[nodiscard]] virtual ClusterService* service(const ClusterId& id) = 0; ///< null when unknown
    /// Tries the nodes; nothing is stored until it succeeds. An address alone ("host:9443") is
    /// turned into a one-node file by `fileForAddress`, which is completed from what that node says
    /// of its cluster.
    [[nodiscard]] virtual Async<ConnectOutcome> connectCluster(ConnectRequest request) = 0;
    [[nodiscard]] virtual Async<ClusterFile>
    fileForAddress(QString address, std::vector<QByteArray> acceptFingerprints) = 0;
    /// Gives a cluster that was connected before its access data anew, without asking any node;
    /// nullopt when there is none of this name, platform and CA. For callers that bring the access
    /// data each time. Without `etcd` the keychain's is used, when there is one.
    [[nodiscard]] virtual std::optional<ClusterId> reuse(const ClusterFile& file,
                                                         const QString& user,
                                                         std::shared_ptr<const Secret> password,
                                                         std::shared_ptr<const Secret> etcd);
    [[nodiscard]] virtual Result<void>
    remove(const ClusterId& id) = 0; ///< Precondition while a run is active

Q_SIGNALS:
    void clustersChanged();
    void statusChanged(quorate::ClusterId id);
};

inline std::optional<ClusterId> ClusterRegistry::reuse(const ClusterFile&, const QString&,
                                                       std::shared_ptr<const Secret>,
                                                       std::shared_ptr<const Secret>)
{
    return std::nullopt;
}

} // namespace quorate::service
