// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Kubernetes.h"
#include "core/quorum/Quorum.h"
#include "tests/lab/KubeLab.h"

#include "tests/support/Test.h"

namespace quorate::platform::kubernetes {

/// A real cluster, and the platform as a console would have it after importing the kubeconfig.
class LabPlatform : public ::testing::Test {
protected:
    static constexpr Millis kSettled{90'000}; ///< everything back to work, also on two loaded cores

    static void SetUpTestSuite();
    static void TearDownTestSuite() { s_lab.reset(); }
    void SetUp() override;

    [[nodiscard]] static labtest::KubeLab& lab() { return *s_lab; }
    [[nodiscard]] Platform& platform() { return *m_platform; }
    [[nodiscard]] const std::vector<ClusterFileNode>& nodes() const { return m_nodes; }
    [[nodiscard]] KubernetesOptions optionsFor(const QString& kubeconfig) const;
    [[nodiscard]] std::unique_ptr<Platform> platformFor(const QString& kubeconfig) const;

    /// Asks every node at the same time, as the console's polls do, and keeps what it knew.
    const ClusterSnapshot& look();
    /// Looks again and again until it holds; the time that it took, or nothing after `limit`.
    std::optional<Millis> lookUntil(const std::function<bool(const quorum::Assessment&)>& wanted,
                                    Millis limit = kSettled);
    [[nodiscard]] quorum::Assessment assess() const;
    [[nodiscard]] quorum::VoterVerdict verdict(int node) const;
    [[nodiscard]] quorum::GateVerdict gate(int leaving) const;
    /// Follows an operation to its end.
    OperationStatus toEnd(const OperationId& id, Millis limit = kSettled);
    [[nodiscard]] TimePoint now() const { return m_clock->now(); }

private:
    static std::unique_ptr<labtest::KubeLab> s_lab;
    std::shared_ptr<const Clock> m_clock = std::make_shared<SystemClock>();
    std::vector<ClusterFileNode> m_nodes;
    std::unique_ptr<Platform> m_platform;
    ClusterSnapshot m_snapshot;
};

[[nodiscard]] NodeId nodeId(int number);

} // namespace quorate::platform::kubernetes
