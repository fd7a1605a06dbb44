// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/run/RunPlans.h"

#include <algorithm>

namespace quorate::test {

using namespace run;
using procedure::Plan;
using procedure::PlanStep;
using procedure::StepKind;
using procedure::When;

namespace {

using std::chrono::minutes;

const Version kOld{14, 1, 0, 0};
const Version kNew{14, 2, 0, 0};

class Builder {
public:
    explicit Builder(int nodes)
    {
        plan.procedure = ProcedureId{QStringLiteral("test")};
        plan.procedureTitle = QStringLiteral("One node at a time");
        plan.cluster = {ClusterId{QStringLiteral("c")},
                        QStringLiteral("Practice"),
                        SystemKind::Mss,
                        QStringLiteral("nodeadmin"),
                        Environment::Practice,
                        QStringLiteral("localhost")};
        plan.package = procedure::PlanPackage{PackageId{QStringLiteral("mss-14.2.0")},
                                              QStringLiteral("mss"),
                                              kNew,
                                              1000,
                                              QByteArray(32, 'p'),
                                              QStringLiteral("Vendor"),
                                              {}};
        plan.targetVersion = kNew;
        plan.voters = nodes;
        plan.stabilisation = Seconds(30);
        plan.plannedAt = TimePoint(std::chrono::hours(24 * 365 * 56));
        for (int number = nodes; number >= 1; --number) {
            const NodeId id{QStringLiteral("node-%1").arg(number)};
            plan.order.push_back(id);
            plan.sourceVersions[id] = kOld;
        }
        procedure::CheckSpec ready;
        ready.id = QStringLiteral("all-nodes-ready");
        ready.title = QStringLiteral("Every node is ready");
        plan.checks.push_back(ready);
    }

    PlanStep& add(StepKind kind, const char* title, std::optional<NodeId> node,
                  std::optional<Act> act = {}, When when = When::Always)
    {
        PlanStep step;
        step.id = StepId{QStringLiteral("%1").arg(plan.steps.size() + 1, 4, 10, QLatin1Char('0'))};
        step.kind = kind;
        step.title = QString::fromLatin1(title);
        step.node = std::move(node);
        step.act = std::move(act);
        step.when = when;
        step.expected = minutes(1);
        step.limit = minutes(15);
        step.takesVoterAway = step.act && quorate::takesVoterAway(*step.act);
        step.repeatable = !step.act || isRepeatable(*step.act);
        plan.steps.push_back(step);
        return plan.steps.back();
    }

    Plan plan;
};

} // namespace

Plan mssPlan(int nodes)
{
    Builder build(nodes);
    const PackageId package = build.plan.package->id;
    for (const NodeId& node : build.plan.order) {
        build.add(StepKind::Checks, "Check", node);
        build.add(StepKind::Act, "Look for updates", node, act::LookForUpdates{});
        build.add(StepKind::Gate, "Gate", node);
        build.add(StepKind::Act, "Drain", node, act::Drain{});
        build.add(StepKind::Act, "Install updates", node, act::InstallUpdates{},
                  When::UpdatesAvailable);
        build.add(StepKind::Act, "Install", node, act::InstallPackage{package}, When::NotOnTarget);
        build.add(StepKind::Gate, "Gate again", node, {}, When::RebootNeeded);
        build.add(StepKind::Act, "Restart", node, act::Reboot{}, When::RebootNeeded);
        build.add(StepKind::Act, "Resume", node, act::Resume{});
        build.add(StepKind::WaitBack, "Wait", node);
    }
    const NodeId one = build.plan.order.front();
    build.plan.obligations.push_back({QStringLiteral("ssh"), QStringLiteral("SSH is running")});
    build.add(StepKind::Act, "SSH on", one, act::StartService{QStringLiteral("ssh")})
        .opensObligation = QStringLiteral("ssh");
    build.add(StepKind::Act, "Scale", one, act::ScaleCluster{});
    build.add(StepKind::WaitAllReady, "All ready", std::nullopt);
    build.add(StepKind::Act, "SSH off", one, act::StopService{QStringLiteral("ssh")})
        .closesObligation = QStringLiteral("ssh");
    return build.plan;
}

Plan cmPlan(int nodes)
{
    Builder build(nodes);
    const PackageId package = build.plan.package->id;
    for (const NodeId& node : build.plan.order) {
        build.add(StepKind::Gate, "Gate", node);
        build.add(StepKind::Act, "Install", node, act::InstallPackage{package}, When::NotOnTarget);
        build.add(StepKind::Act, "Restart", node, act::Reboot{}, When::RebootNeeded);
        build.add(StepKind::WaitBack, "Wait", node);
    }
    return build.plan;
}

RunBench::RunBench(Plan made)
    : plan(std::move(made))
    , state(initialState(plan, RunId{QStringLiteral("r1")}))
    , now(plan.plannedAt)
    , m_nodes(static_cast<std::size_t>(plan.voters))
{
    for (Node& one : m_nodes) {
        one.version = kOld;
        one.stagedSha = plan.package->sha256;
    }
}

Observation RunBench::observation(int number) const
{
    const Node& one = m_nodes[static_cast<std::size_t>(number - 1)];
    const NodeId id{QStringLiteral("node-%1").arg(number)};
    Observation seen;
    seen.node = id;
    seen.observedAt = now;
    seen.self.name = id.value;
    seen.self.state = one.state;
    seen.self.version = one.version;
    seen.self.voter = true;
    seen.self.leader = leader == id;
    seen.self.bootId = QStringLiteral("%1#%2").arg(id.value).arg(one.boot);
    seen.self.appliedIndex = 100;
    seen.self.updatesAvailable = one.updates;
    seen.self.rebootNeeded = one.rebootNeeded;
    seen.self.verification = one.verification;
    seen.self.services = one.services;
    if (one.staged) {
        seen.self.stagedPackages.push_back(
            {plan.package->id, plan.package->name, kNew, 1000, one.stagedSha, true, {}});
    }
    seen.cluster.leader = leader;
    seen.cluster.term = 3;
    seen.cluster.appliedIndex = 100;
    for (int peer = 1; peer <= plan.voters; ++peer) {
        const Node& other = m_nodes[static_cast<std::size_t>(peer - 1)];
        PeerView view;
        view.id = NodeId{QStringLiteral("node-%1").arg(peer)};
        view.voter = true;
        view.state = other.peersSay                    ? *other.peersSay
                     : !other.answers                  ? PeerState::Down
                     : other.state == NodeState::Ready ? PeerState::Ready
                                                       : PeerState::Busy;
        view.lastContactAt = now;
        seen.cluster.members.push_back(view);
    }
    return seen;
}

SnapshotPtr RunBench::snapshot() const
{
    auto made = std::make_shared<ClusterSnapshot>();
    made->identity = plan.cluster;
    made->takenAt = now;
    for (int number = 1; number <= plan.voters; ++number) {
        NodeRecord record;
        record.id = NodeId{QStringLiteral("node-%1").arg(number)};
        record.name = record.id.value;
        record.address = QStringLiteral("localhost:%1").arg(9443 + number);
        record.attemptedAt = now;
        if (m_nodes[static_cast<std::size_t>(number - 1)].answers) {
            record.last = observation(number);
        } else {
            record.error = makeError(ErrorKind::Timeout, QStringLiteral("no-answer"),
                                     QStringLiteral("no answer"));
            record.failingSince = now;
        }
        made->nodes.push_back(std::move(record));
    }
    return made;
}

Transition RunBench::feed(EventBody body)
{
    Transition transition =
        run::detail::stepWith(guards, plan, state, RunEvent{now, std::move(body), {}});
    state = transition.state;
    effects = transition.effects;
    if (transition.record) {
        journal.push_back(*transition.record);
    }
    for (const Effect& effect : transition.effects) {
        if (const auto* perform = std::get_if<effect::Perform>(&effect)) {
            acts.push_back(*perform);
        }
    }
    return transition;
}

void RunBench::start(const std::vector<QString>& accepted)
{
    feed(event::Started{state.id, QStringLiteral("ops"), accepted});
    feed(event::LeaseAnswered{false, std::optional(now + std::chrono::hours(8))});
}

Transition RunBench::look()
{
    now += Seconds(1);
    return feed(event::Observed{snapshot()});
}

void RunBench::lookOn()
{
    for (int times = 0; times < 50; ++times) {
        const bool looks = state.stage == Stage::Look || state.stage == Stage::LookAll
                           || state.stage == Stage::Verify || state.stage == Stage::WaitBack
                           || state.stage == Stage::WaitReady;
        if (!looks || state.phase == RunPhase::Paused) {
            return;
        }
        now += Seconds(4);
        look();
    }
}

void RunBench::applyAct(const effect::Perform& performed)
{
    if (!performed.target.node) {
        return;
    }
    Node& one = node(performed.target.node->value.mid(5).toInt());
    if (std::holds_alternative<act::Drain>(performed.act)) {
        one.state = NodeState::Drained;
    } else if (std::holds_alternative<act::InstallPackage>(performed.act)) {
        one.state = NodeState::Drained;
        one.rebootNeeded = true;
    } else if (std::holds_alternative<act::Reboot>(performed.act)) {
        one.version = one.rebootNeeded ? kNew : one.version;
        one.rebootNeeded = false;
        ++one.boot;
        one.state = NodeState::Ready;
    } else if (std::holds_alternative<act::Resume>(performed.act)) {
        one.state = NodeState::Ready;
    } else if (const auto* started = std::get_if<act::StartService>(&performed.act)) {
        one.services = {{started->service, started->service, true}};
    } else if (std::holds_alternative<act::StopService>(performed.act)) {
        one.services.clear();
    }
}

void RunBench::succeed()
{
    now += Seconds(1);
    if (state.stage == Stage::Sent) {
        feed(event::Performed{state.serial, OperationId{QStringLiteral("op")}});
    }
    applyAct(acts.back());
    OperationStatus status;
    status.state = OperationStatus::State::Succeeded;
    feed(event::Followed{state.serial, status});
}

void RunBench::step()
{
    const int before = state.current;
    for (int times = 0; times < 100 && state.current == before && !isEnded(state.phase); ++times) {
        if (state.phase == RunPhase::Paused) {
            return;
        }
        if (state.stage == Stage::Sent || state.stage == Stage::Follow) {
            succeed();
        } else {
            now += Seconds(4);
            look();
        }
    }
}

void RunBench::stepTo(const QString& title)
{
    for (int times = 0; times < 200 && !isEnded(state.phase) && state.phase != RunPhase::Paused;
         ++times) {
        if (state.current >= 0 && current().title == title) {
            return;
        }
        step();
    }
}

QString RunBench::sent() const
{
    if (acts.empty()) {
        return {};
    }
    const auto& last = acts.back();
    return actName(last.act) + QLatin1Char(' ')
           + (last.target.node ? last.target.node->value : QStringLiteral("cluster"));
}

} // namespace quorate::test
