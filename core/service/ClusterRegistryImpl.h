// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/Account.h"
#include "core/service/ClusterRegistry.h"
#include "core/service/Context.h"

#include <map>

namespace quorate::service {

class ClusterServiceImpl;
class ConnectFlow;

/// Clusters of the store. A cluster is polled from the first time that its service is asked for.
class ClusterRegistryImpl final : public ClusterRegistry {
    Q_OBJECT
public:
    [[nodiscard]] static Result<std::unique_ptr<ClusterRegistryImpl>> open(Context& context);
    ~ClusterRegistryImpl() override;

    [[nodiscard]] std::vector<ClusterId> clusters() const override;
    [[nodiscard]] ClusterService* service(const ClusterId& id) override;
    [[nodiscard]] Async<ConnectOutcome> connectCluster(ConnectRequest request) override;
    [[nodiscard]] Async<ClusterFile>
    fileForAddress(QString address, std::vector<QByteArray> acceptFingerprints) override;
    [[nodiscard]] std::optional<ClusterId> reuse(const ClusterFile& file, const QString& user,
                                                 std::shared_ptr<const Secret> password,
                                                 std::shared_ptr<const Secret> etcd) override;
    [[nodiscard]] Result<void> remove(const ClusterId& id) override;

    /// The profile of a known cluster; null when unknown.
    [[nodiscard]] const store::ClusterProfile* profile(const ClusterId& id) const;

private:
    explicit ClusterRegistryImpl(Context& context);
    [[nodiscard]] Account accountInUse(const ConnectRequest& request) const;
    void onFlowEnded(ConnectFlow& flow, const ConnectRequest& request,
                     const Resolver<ConnectOutcome>& out, Result<ConnectOutcome> outcome);
    [[nodiscard]] Result<void> keep(const ConnectFlow& flow, store::ClusterProfile& profile);
    void finish(const ConnectRequest& request, const ConnectOutcome& outcome,
                const Resolver<ConnectOutcome>& out);
    [[nodiscard]] Async<bool> keepSecrets(const ClusterId& id, const ConnectRequest& request);
    [[nodiscard]] Async<bool> keepEtcd(const ClusterId& id, const Secret& etcd);
    [[nodiscard]] Result<void> removePinsOf(const store::ClusterProfile& profile);

    Context& m_context;
    std::vector<store::ClusterProfile> m_profiles;
    std::map<ClusterId, std::unique_ptr<ClusterServiceImpl>> m_services;
};

} // namespace quorate::service
