// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/nodeadmin/Backups.h"
#include "core/platform/nodeadmin/Leases.h"
#include "core/platform/nodeadmin/Nodes.h"
#include "core/platform/nodeadmin/Stager.h"

namespace quorate::platform::nodeadmin {

/// The Platform over the Node Admin API; the parts do the work, this joins them.
class NodeAdminPlatform final : public Platform {
public:
    explicit NodeAdminPlatform(NodeAdminOptions options);
    ~NodeAdminPlatform() override;

    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] Async<Observation> observe(NodeId node, std::stop_token stop) override;
    [[nodiscard]] Async<OperationId> perform(ActTarget target, Act act, IdempotencyKey key,
                                             std::stop_token stop) override;
    [[nodiscard]] Async<OperationStatus> follow(ActTarget target, OperationId operation,
                                                std::stop_token stop) override;
    [[nodiscard]] Async<ProbeOutcome> probe(ActTarget target, Act act, IdempotencyKey key,
                                            std::optional<Observation> before,
                                            std::stop_token stop) override;
    [[nodiscard]] Async<std::vector<StagedPackage>> stage(Package package,
                                                          std::vector<NodeId> nodes,
                                                          StagingListener listener,
                                                          std::stop_token stop) override;
    [[nodiscard]] Async<Lease> acquireLease(QString owner, QString note,
                                            std::stop_token stop) override;
    [[nodiscard]] Async<Lease> renewLease(QString owner, std::stop_token stop) override;
    [[nodiscard]] Async<bool> releaseLease(QString owner, std::stop_token stop) override;
    [[nodiscard]] Async<std::optional<Lease>> readLease(std::stop_token stop) override;

private:
    std::shared_ptr<Nodes> m_nodes;
    std::shared_ptr<Backups> m_backups;
    std::shared_ptr<Leases> m_leases;
    std::vector<std::weak_ptr<Stager>> m_stagings;
};

} // namespace quorate::platform::nodeadmin
