// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/AccessBook.h"
#include "core/platform/kubernetes/Acts.h"
#include "core/platform/kubernetes/InventoryReader.h"
#include "core/platform/kubernetes/MaintenanceLease.h"

namespace quorate::platform {
namespace kubernetes {
namespace {

/// The Platform over the Kubernetes API; the parts do the work, this joins them.
class KubernetesPlatform final : public Platform {
public:
    explicit KubernetesPlatform(KubernetesOptions options)
        : m_servers(std::move(options))
        , m_access(m_servers)
        , m_acts(m_servers)
        , m_lease(m_servers)
    {}

    [[nodiscard]] Capabilities capabilities() const override
    {
        Capabilities able = m_access.capabilities();
        able.leaseNamespace = m_servers.options().leaseNamespace;
        return able;
    }

    [[nodiscard]] Async<bool> prepare(std::stop_token stop) override
    {
        return m_access.ask(std::move(stop));
    }

    [[nodiscard]] Async<Observation> observe(NodeId node, std::stop_token stop) override
    {
        return m_servers.observe(node, std::move(stop));
    }

    [[nodiscard]] Async<OperationId> perform(ActTarget target, Act act, IdempotencyKey key,
                                             std::stop_token stop) override
    {
        return m_acts.perform(target, act, key, std::move(stop));
    }

    [[nodiscard]] Async<OperationStatus> follow(ActTarget, OperationId operation,
                                                std::stop_token stop) override
    {
        return m_acts.follow(operation, std::move(stop));
    }

    [[nodiscard]] Async<ProbeOutcome> probe(ActTarget target, Act act, IdempotencyKey key,
                                            std::optional<Observation> before,
                                            std::stop_token stop) override
    {
        return m_acts.probe(target, act, key, std::move(before), std::move(stop));
    }

    [[nodiscard]] Async<std::vector<StagedPackage>> stage(Package, std::vector<NodeId>,
                                                          StagingListener, std::stop_token) override
    {
        return ready<std::vector<StagedPackage>>(
            fail(ErrorKind::Validation, QStringLiteral("no-staging"),
                 QStringLiteral("Kubernetes takes no packages"),
                 QStringLiteral("Put it on the nodes by hand")));
    }

    [[nodiscard]] Async<Inventory> inventory(std::stop_token stop) override
    {
        return readInventory(m_servers, m_servers.options().clock, std::move(stop));
    }

    [[nodiscard]] Async<Lease> acquireLease(QString owner, QString note,
                                            std::stop_token stop) override
    {
        return m_lease.acquire(std::move(owner), std::move(note), std::move(stop));
    }

    [[nodiscard]] Async<Lease> renewLease(QString owner, std::stop_token stop) override
    {
        return m_lease.renew(std::move(owner), std::move(stop));
    }

    [[nodiscard]] Async<bool> releaseLease(QString owner, std::stop_token stop) override
    {
        return m_lease.release(std::move(owner), std::move(stop));
    }

    [[nodiscard]] Async<std::optional<Lease>> readLease(std::stop_token stop) override
    {
        return m_lease.read(std::move(stop));
    }

private:
    Servers m_servers;
    AccessBook m_access;
    Acts m_acts;
    MaintenanceLease m_lease;
};

} // namespace
} // namespace kubernetes

std::unique_ptr<Platform> makeKubernetesPlatform(KubernetesOptions options)
{
    return std::make_unique<kubernetes::KubernetesPlatform>(std::move(options));
}

} // namespace quorate::platform
