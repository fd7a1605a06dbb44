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

    static void SetUpTestSuite(); ///< three nodes and a worker; others hide it and start their own
    /// Goes on with the lab of the suite before when that is alike; else there is a new one.
    static void startLab(int nodes, int workers);
    void SetUp() override;

    [[nodiscard]] static labtest::KubeLab& lab() { return *s_lab; }
    [[nodiscard]] static labtest::KubeLab* labOrNone() { return s_lab.get(); }
    [[nodiscard]] static int nodeCount() { return s_nodes; }
    [[nodiscard]] Platform& platform() { return *m_platform; }
    [[nodiscard]] const std::vector<ClusterFileNode>& nodes() const { return m_nodes; }
    [[nodiscard]] KubernetesOptions optionsFor(const QString& kubeconfig) const;
    [[nodiscard]] std::unique_ptr<Platform> platformFor(const QString& kubeconfig) const;
    /// From now on the cluster is looked at with that one, as a console that was just started.
    void use(const QString& kubeconfig);

    /// Asks every node at the same time, as the console's polls do, and keeps what it knew.
    const ClusterSnapshot& look();
    /// Looks again and again until it holds; the time that it took, or nothing after `limit`.
    std::optional<Millis> lookUntil(const std::function<bool(const quorum::Assessment&)>& wanted,
                                    Millis limit = kSettled);
    /// Looks until this node, just switched off, is said to be out of our reach or in its grace,
    /// which shall take 3 s at most; then until so many others are ready, which is theirs to say:
    /// had it been etcd's leader, they choose another.
    void expectSoonMissed(int node, int othersReady);
    [[nodiscard]] quorum::Assessment assess() const;
    [[nodiscard]] quorum::VoterVerdict verdict(int node) const;
    [[nodiscard]] quorum::GateVerdict gate(int leaving) const;
    /// Follows an operation to its end.
    OperationStatus toEnd(const OperationId& id, Millis limit = kSettled);
    [[nodiscard]] TimePoint now() const { return m_clock->now(); }
    [[nodiscard]] const ClusterSnapshot& seen() const { return m_snapshot; }

private:
    void forget(); ///< what was seen

    static std::unique_ptr<labtest::KubeLab> s_lab;
    static int s_nodes;
    static int s_workers;

    friend class LabEnd;
    std::shared_ptr<const Clock> m_clock = std::make_shared<SystemClock>();
    std::vector<ClusterFileNode> m_nodes;
    std::unique_ptr<Platform> m_platform;
    ClusterSnapshot m_snapshot;
};

[[nodiscard]] NodeId nodeId(int number);

} // namespace quorate::platform::kubernetes
