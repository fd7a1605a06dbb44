// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/detail/Guards.h"

namespace quorate::test {

/// A plan as the planner makes them for an MSS appliance of `nodes` nodes (node-1 …, the leader
/// last): per node checks, look for updates, gate, drain, install, gate, restart, resume, wait;
/// then SSH on, scale, wait for all, SSH off.
procedure::Plan mssPlan(int nodes);
/// Per node: gate, install, restart, wait.
procedure::Plan cmPlan(int nodes);

/// A cluster that tests set by hand, and a run that they feed.
class RunBench {
public:
    explicit RunBench(procedure::Plan plan);

    struct Node {
        bool answers = true;
        NodeState state = NodeState::Ready;
        std::optional<PeerState> peersSay{}; ///< nullopt: what is so
        Version version;
        int boot = 1;
        bool updates = false;
        bool rebootNeeded = false;
        bool staged = true;
        QByteArray stagedSha;
        QString verification = QStringLiteral("passed");
        std::vector<ServiceState> services;
    };
    Node& node(int number) { return m_nodes[static_cast<std::size_t>(number - 1)]; }
    NodeId leader{QStringLiteral("node-1")};

    run::Transition feed(run::EventBody body);
    /// Starts, and is given the lease.
    void start(const std::vector<QString>& accepted = {});
    /// All nodes answer, or fail to, one second later.
    run::Transition look();
    /// Looks until the machine no longer waits for a look (or 50 times).
    void lookOn();
    void wait(Millis by) { now += by; }
    /// The act that was sent is done as asked; what it does to the node is the test's business.
    void succeed();
    /// Carries out the whole current step on a healthy cluster.
    void step();
    void stepTo(const QString& title);

    [[nodiscard]] const run::StepProgress& progress(int index) const
    {
        return state.steps[static_cast<std::size_t>(index)];
    }
    [[nodiscard]] const procedure::PlanStep& current() const
    {
        return plan.steps[static_cast<std::size_t>(state.current)];
    }
    [[nodiscard]] QString attention() const
    {
        return state.attention ? state.attention->code : QString();
    }
    [[nodiscard]] QString sent() const; ///< the last act that was sent: "drain node-1"
    [[nodiscard]] SnapshotPtr snapshot() const;

    procedure::Plan plan;
    run::RunState state;
    run::detail::Guards guards; ///< all, unless a test takes one away
    TimePoint now;
    std::vector<run::Effect> effects;       ///< of the last transition
    std::vector<run::RunEvent> journal;     ///< every record so far
    std::vector<run::effect::Perform> acts; ///< every act so far

private:
    Observation observation(int number) const;
    void applyAct(const run::effect::Perform& act);

    std::vector<Node> m_nodes;
};

} // namespace quorate::test
