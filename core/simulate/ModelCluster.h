// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"
#include "core/simulate/Simulate.h"

#include <random>
#include <set>

namespace quorate::simulate {

/// One node of the model: what is true of it, not what anybody knows.
struct ModelNode {
    NodeId id;
    QString bootId; ///< of this start of it
    NodeState state = NodeState::Ready;
    Version version;
    std::optional<Version> installed; ///< takes effect with the next start
    int boot = 1;
    bool dead = false;
    bool cutOff = false; ///< works, but the console cannot reach it
    std::optional<TimePoint> revivesAt;
    std::optional<TimePoint> reachableAt;
    std::optional<TimePoint> downAt; ///< when its peers lost it
    std::optional<TimePoint> bootsAt;
    std::optional<TimePoint> readyAt;
    std::optional<TimePoint> readySince;
    int updatesOpen = 1;
    std::optional<bool> updatesAvailable;
    bool rebootNeeded = false;
    bool cordoned = false;
    bool verificationFailed = false;
    bool diskFull = false;
    qint64 applied = 1000;
    std::set<QString> services;
    // Faults that wait for their moment.
    bool neverReturns = false;
    bool returnsOld = false;
    bool verifyFails = false;
    int failNext = 0;
    int loseNext = 0;
    bool takenByUs = false; ///< from our act until it was back for the stabilisation time
    bool upgraded = false;  ///< an install of ours has ended well on it

    [[nodiscard]] bool answersPeers() const
    {
        return !dead && state != NodeState::Restarting && state != NodeState::Stopped;
    }
    [[nodiscard]] bool answers() const { return answersPeers() && !cutOff; }
};

struct ModelOperation {
    OperationId id;
    QString key;
    ActTarget target;
    ModelNode* own = nullptr; ///< nullptr: the cluster's
    Act act;
    TimePoint endsAt;
    bool fails = false;
    OperationStatus::State state = OperationStatus::State::Running;
};

/// A cluster in memory that behaves as the sandbox does: acts take their time, restarts take nodes
/// away, peers notice after their grace time. It knows nothing of runs; it judges each act that
/// reaches it by the invariants.
class ModelCluster {
public:
    ModelCluster(const procedure::Plan& plan, TimePoint start, quint64 seed);
    ModelCluster(const ModelCluster&) = delete;
    ModelCluster& operator=(const ModelCluster&) = delete;

    void advance(TimePoint now);
    [[nodiscard]] Result<OperationId> perform(const ActTarget& target, const Act& act,
                                              const QString& key, TimePoint now);
    [[nodiscard]] Result<OperationStatus> follow(const ActTarget& target,
                                                 const OperationId& id) const;
    [[nodiscard]] Result<ProbeOutcome> probe(const ActTarget& target, const QString& key) const;
    /// What every node that answers sees of the cluster: in the model all see the same.
    [[nodiscard]] ClusterView view(TimePoint now) const;
    [[nodiscard]] Observation observe(const ModelNode& node, TimePoint now) const
    {
        return observe(node, now, view(now));
    }
    [[nodiscard]] Observation observe(const ModelNode& node, TimePoint now,
                                      const ClusterView& seen) const;

    /// A person works on the node of this step and restarts it, the most that a manual step may do.
    void workOn(const NodeId& id, const StepId& step, TimePoint now);
    void inject(FaultKind kind, const NodeId& node, TimePoint now, Millis lasting);
    [[nodiscard]] ModelNode* node(const NodeId& id);
    [[nodiscard]] const std::vector<ModelNode>& nodes() const { return m_nodes; }
    [[nodiscard]] bool anyAnswers() const;
    [[nodiscard]] int ready() const;
    [[nodiscard]] int majority() const { return m_majority; }
    [[nodiscard]] int marginLowest() const { return m_marginLowest; }
    [[nodiscard]] const std::vector<QString>& violations() const { return m_violations; }
    /// Versions, states and what was executed: equal for two runs that did the same.
    [[nodiscard]] QString essence() const;

private:
    void end(ModelOperation& operation, TimePoint now);
    void boot(ModelNode& node, TimePoint now);
    void judgeLeaving(const ModelNode& leaving, const QString& step, TimePoint now);
    void judgeTwice(const ModelOperation& operation);
    void setState(ModelNode& node, NodeState state, TimePoint now);
    void electLeader();
    [[nodiscard]] bool isBackLongEnough(const ModelNode& node, TimePoint now) const;
    [[nodiscard]] Millis durationOf(const Act& act);
    [[nodiscard]] bool drainsPods() const;
    [[nodiscard]] const ModelOperation* operation(const QString& key) const;
    void startNode(ModelNode& node);

    const procedure::Plan* m_plan;
    std::vector<ModelNode> m_nodes; ///< as many as at the start: operations point to them
    std::vector<StagedPackage> m_staged;
    std::vector<ModelOperation> m_operations;
    std::vector<std::size_t> m_running; ///< of the operations, those that are not over
    std::map<QString, int>
        m_executed; ///< "node/step": non-repeatable acts that were begun and did not fail
    std::vector<QString> m_violations;
    std::optional<NodeId> m_leader;
    qint64 m_term = 1;
    int m_majority = 1;
    int m_marginLowest = 0;
    int m_scaled = 0;
    std::mt19937_64 m_random;
};

} // namespace quorate::simulate
