// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/Platform.h"

#include <QObject>

#include <memory>

namespace quorate::service {

/// The platform of a cluster through a change of password or trust: callers keep one reference, and
/// what it forwards to is exchanged. Without one, every call answers Unauthorized
/// "password-needed". What was under way on the one before answers Cancelled.
class PlatformHandle final : public QObject, public platform::Platform {
    Q_OBJECT
public:
    void set(std::unique_ptr<platform::Platform> inner) { m_inner = std::move(inner); }
    [[nodiscard]] bool isSet() const { return m_inner != nullptr; }

    [[nodiscard]] platform::Capabilities capabilities() const override;
    [[nodiscard]] Async<bool> prepare(std::stop_token stop) override;
    [[nodiscard]] Async<Observation> observe(NodeId node, std::stop_token stop) override;
    [[nodiscard]] Async<OperationId>
    perform(ActTarget target, Act act, platform::IdempotencyKey key, std::stop_token stop) override;
    [[nodiscard]] Async<OperationStatus> follow(ActTarget target, OperationId operation,
                                                std::stop_token stop) override;
    [[nodiscard]] Async<ProbeOutcome> probe(ActTarget target, Act act, platform::IdempotencyKey key,
                                            std::optional<Observation> before,
                                            std::stop_token stop) override;
    [[nodiscard]] Async<std::vector<StagedPackage>> stage(Package package,
                                                          std::vector<NodeId> nodes,
                                                          platform::StagingListener listener,
                                                          std::stop_token stop) override;
    [[nodiscard]] Async<Inventory> inventory(std::stop_token stop) override;
    [[nodiscard]] Async<platform::Lease> acquireLease(QString owner, QString note,
                                                      std::stop_token stop) override;
    [[nodiscard]] Async<platform::Lease> renewLease(QString owner, std::stop_token stop) override;
    [[nodiscard]] Async<bool> releaseLease(QString owner, std::stop_token stop) override;
    [[nodiscard]] Async<std::optional<platform::Lease>> readLease(std::stop_token stop) override;

Q_SIGNALS:
    void leaseMoved(); ///< it was taken, or given back, through here

private:
    std::unique_ptr<platform::Platform> m_inner;
};

} // namespace quorate::service
