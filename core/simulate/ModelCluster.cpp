// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/ModelCluster.h"

#include <algorithm>

namespace quorate::simulate {
namespace {

/// Where a plan does not say how long an act takes.
constexpr Millis kActNominal = Seconds(30);
/// A person restarts a machine. Our own choice; below every limit of a wait for it.
constexpr Millis kWork = std::chrono::minutes(3);
/// From the start of a node until it calls itself ready.
constexpr Millis kStarting = Seconds(20);

Error silent(const ActTarget& target)
{
    const QString who = target.node ? target.node->value : QStringLiteral("the cluster");
    return makeError(ErrorKind::Timeout, QStringLiteral("no-answer"),
                     who + QStringLiteral(" does not answer"));
}

bool isRefused(const ModelNode& node, const Act& act)
{
    return std::holds_alternative<act::InstallPackage>(act) && node.diskFull;
}

} // namespace

ModelCluster::ModelCluster(const procedure::Plan& plan, TimePoint start, quint64 seed)
    : m_plan(&plan)
    , m_random(seed)
{
    std::set<NodeId> ids(plan.order.begin(), plan.order.end());
    for (const auto& [id, version] : plan.sourceVersions) {
        ids.insert(id);
    }
    for (const NodeId& id : ids) {
        ModelNode node;
        node.id = id;
        const auto source = plan.sourceVersions.find(id);
        node.version = source == plan.sourceVersions.end() ? Version{1, 0, 0, 0} : source->second;
        node.readySince = start - std::chrono::hours(1);
        node.boot = 0;
        startNode(node);
        m_nodes.push_back(std::move(node));
    }
    if (plan.package) {
        const procedure::PlanPackage& package = *plan.package;
        m_staged.push_back({package.id,
                            package.name,
                            package.version,
                            package.sizeBytes,
                            package.sha256,
                            true,
                            {}});
    }
    m_majority = static_cast<int>(m_nodes.size()) / 2 + 1;
    m_marginLowest = static_cast<int>(m_nodes.size()) - m_majority;
    if (!plan.order.empty()) {
        m_leader = plan.order.back();
    }
}

void ModelCluster::startNode(ModelNode& node)
{
    ++node.boot;
    node.bootId = node.id.value + QLatin1Char('#') + QString::number(node.boot);
}

ModelNode* ModelCluster::node(const NodeId& id)
{
    const auto found = std::ranges::find(m_nodes, id, &ModelNode::id);
    return found == m_nodes.end() ? nullptr : &*found;
}

bool ModelCluster::anyAnswers() const { return std::ranges::any_of(m_nodes, &ModelNode::answers); }

int ModelCluster::ready() const
{
    return static_cast<int>(std::ranges::count_if(m_nodes, [](const ModelNode& node) {
        return node.answersPeers() && node.state == NodeState::Ready;
    }));
}

void ModelCluster::setState(ModelNode& node, NodeState state, TimePoint now)
{
    if (node.takenByUs && isBackLongEnough(node, now)) {
        node.takenByUs = false;
    }
    node.state = state;
    if (state == NodeState::Ready && !node.dead) {
        node.readySince = node.readySince.value_or(now);
    } else {
        node.readySince.reset();
    }
    if (node.answersPeers()) {
        node.downAt.reset();
    } else {
        node.downAt = node.downAt.value_or(now);
    }
    m_marginLowest = std::min(m_marginLowest, ready() - m_majority);
    electLeader();
}

void ModelCluster::electLeader()
{
    const auto able = [](const ModelNode& node) {
        return node.answersPeers() && node.state == NodeState::Ready;
    };
    if (m_leader) {
        const ModelNode* leader = node(*m_leader);
        if (leader != nullptr && able(*leader)) {
            return;
        }
    }
    const auto next = std::ranges::find_if(m_nodes, able);
    m_leader = next == m_nodes.end() ? std::nullopt : std::optional(next->id);
    ++m_term;
}

/// There a drain moves pods, and the node goes on voting.
bool ModelCluster::drainsPods() const
{
    return m_plan->cluster.platform == QLatin1String("kubernetes");
}

bool ModelCluster::isBackLongEnough(const ModelNode& node, TimePoint now) const
{
    if (node.cordoned) {
        return false;
    }
    const bool proven =
        !node.upgraded || m_plan->targetVersion.isNull() || node.version == m_plan->targetVersion;
    return node.readySince && now - *node.readySince >= m_plan->stabilisation && proven
           && !node.verificationFailed;
}

Millis ModelCluster::durationOf(const Act& act)
{
    Millis nominal = kActNominal;
    for (const procedure::PlanStep& step : m_plan->steps) {
        if (step.act && step.act->index() == act.index() && step.expected > Millis(0)) {
            nominal = step.expected;
            break;
        }
    }
    std::uniform_real_distribution<double> spread(0.8, 1.2);
    return Millis(static_cast<qint64>(static_cast<double>(nominal.count()) * spread(m_random)));
}

const ModelOperation* ModelCluster::operation(const QString& key) const
{
    // From the end: asked for is nearly always the last one.
    const auto found = std::find_if(m_operations.rbegin(), m_operations.rend(),
                                    [&key](const ModelOperation& each) { return each.key == key; });
    return found == m_operations.rend() ? nullptr : &*found;
}

void ModelCluster::judgeLeaving(const ModelNode& leaving, const QString& step, TimePoint now)
{
    const bool isReady = leaving.answersPeers() && leaving.state == NodeState::Ready;
    if (isReady && m_nodes.size() > 1 && ready() - 1 < m_majority) {
        m_violations.push_back(QStringLiteral("below-majority"));
    }
    for (const ModelNode& other : m_nodes) {
        if (other.id != leaving.id && other.takenByUs && !isBackLongEnough(other, now)) {
            m_violations.push_back(QStringLiteral("two-out"));
        }
    }
    if (!isReady || m_leader != leaving.id || m_nodes.size() < 2) {
        return;
    }
    bool later = false;
    for (const procedure::PlanStep& planned : m_plan->steps) {
        if (later && planned.node && planned.node != leaving.id && planned.act
            && takesVoterAway(*planned.act)) {
            m_violations.push_back(QStringLiteral("leader-early"));
            return;
        }
        later = later || planned.id.value == step;
    }
}

void ModelCluster::judgeTwice(const ModelOperation& operation)
{
    if (isRepeatable(operation.act) || operation.fails) {
        return;
    }
    const QString where =
        operation.target.node ? operation.target.node->value : QStringLiteral("cluster");
    const QString step = operation.key.section(QLatin1Char('/'), 1, 1);
    if (++m_executed[where + QLatin1Char('/') + step] > 1) {
        m_violations.push_back(QStringLiteral("acted-twice"));
    }
}

Result<OperationId> ModelCluster::perform(const ActTarget& target, const Act& act,
                                          const QString& key, TimePoint now)
{
    ModelNode* own = target.node ? node(*target.node) : nullptr;
    if (target.node ? own == nullptr || !own->answers() : !anyAnswers()) {
        return fail(silent(target));
    }
    if (const ModelOperation* known = operation(key)) {
        return known->id;
    }
    const auto atWork = [&](std::size_t other) { return m_operations[other].own == own; };
    if (std::ranges::any_of(m_running, atWork)) {
        return fail(ErrorKind::Conflict, QStringLiteral("busy"),
                    QStringLiteral("It is at work on something else"));
    }
    ModelOperation begun{OperationId{key}, key, target, own, act, now + durationOf(act), false, {}};
    if (own != nullptr) {
        begun.fails = isRefused(*own, act) || std::exchange(own->failNext, 0) > 0;
    }
    if (own != nullptr && takesVoterAway(act)) {
        judgeLeaving(*own, key.section(QLatin1Char('/'), 1, 1), now);
    }
    judgeTwice(begun);
    if (own != nullptr && !begun.fails) {
        if (std::holds_alternative<act::Drain>(act)) {
            own->cordoned = own->cordoned || drainsPods();
            setState(*own, drainsPods() ? own->state : NodeState::Draining, now);
        } else if (std::holds_alternative<act::InstallPackage>(act)
                   || std::holds_alternative<act::InstallUpdates>(act)) {
            setState(*own, NodeState::Updating, now);
        } else if (std::holds_alternative<act::Reboot>(act)) {
            setState(*own, NodeState::Restarting, now);
            own->bootsAt = own->neverReturns ? std::nullopt : std::optional(begun.endsAt);
        } else if (std::holds_alternative<act::Shutdown>(act)) {
            setState(*own, NodeState::Stopped, now);
        }
    }
    if (own != nullptr && takesVoterAway(act)) {
        own->takenByUs = true; // after the change of state, which judges the time before it
    }
    m_running.push_back(m_operations.size());
    m_operations.push_back(begun);
    if (own != nullptr && own->loseNext > 0) {
        --own->loseNext;
        return fail(silent(target));
    }
    return begun.id;
}

void ModelCluster::workOn(const NodeId& id, const StepId& step, TimePoint now)
{
    ModelNode* own = node(id);
    if (own == nullptr || own->dead) {
        return;
    }
    judgeLeaving(*own, step.value, now);
    setState(*own, NodeState::Restarting, now);
    own->bootsAt = own->neverReturns ? std::nullopt : std::optional(now + kWork);
    own->takenByUs = true;
}

void ModelCluster::boot(ModelNode& node, TimePoint now)
{
    node.bootsAt.reset();
    startNode(node);
    node.rebootNeeded = false;
    if (node.installed && !node.returnsOld) {
        node.version = *node.installed;
        node.verificationFailed = node.verifyFails;
    }
    node.installed.reset();
    setState(node, NodeState::Starting, now);
    node.readyAt = now + kStarting;
    std::erase_if(m_running, [&](std::size_t index) {
        ModelOperation& operation = m_operations[index];
        if (operation.own != &node || !std::holds_alternative<act::Reboot>(operation.act)) {
            return false;
        }
        operation.state = OperationStatus::State::Succeeded;
        return true;
    });
}

void ModelCluster::end(ModelOperation& operation, TimePoint now)
{
    operation.state =
        operation.fails ? OperationStatus::State::Failed : OperationStatus::State::Succeeded;
    ModelNode* own = operation.own;
    if (operation.fails) {
        return;
    }
    m_scaled += std::holds_alternative<act::ScaleCluster>(operation.act) ? 1 : 0;
    if (own == nullptr) {
        return;
    }
    if (std::holds_alternative<act::Drain>(operation.act)) {
        setState(*own, drainsPods() ? own->state : NodeState::Drained, now);
    } else if (std::holds_alternative<act::Cordon>(operation.act)) {
        own->cordoned = true;
    } else if (std::holds_alternative<act::Resume>(operation.act)) {
        own->cordoned = false;
        setState(*own, own->state == NodeState::Drained ? NodeState::Ready : own->state, now);
    } else if (std::holds_alternative<act::LookForUpdates>(operation.act)) {
        own->updatesAvailable = own->updatesOpen > 0;
    } else if (std::holds_alternative<act::InstallUpdates>(operation.act)) {
        own->updatesOpen = 0;
        own->updatesAvailable = false;
        own->rebootNeeded = true;
        setState(*own, NodeState::Drained, now);
    } else if (std::holds_alternative<act::InstallPackage>(operation.act)) {
        own->installed = m_plan->targetVersion;
        own->upgraded = true;
        own->rebootNeeded = true;
        setState(*own, NodeState::Drained, now);
    } else if (const auto* started = std::get_if<act::StartService>(&operation.act)) {
        own->services.insert(started->service);
    } else if (const auto* stopped = std::get_if<act::StopService>(&operation.act)) {
        own->services.erase(stopped->service);
    }
}

void ModelCluster::advance(TimePoint now)
{
    std::erase_if(m_running, [&](std::size_t index) {
        ModelOperation& operation = m_operations[index];
        const bool byItself = !std::holds_alternative<act::Reboot>(operation.act)
                              && !std::holds_alternative<act::Shutdown>(operation.act);
        const bool isOver = byItself && operation.endsAt <= now
                            && (operation.own == nullptr || !operation.own->dead);
        if (isOver) {
            end(operation, operation.endsAt);
        }
        return isOver;
    });
    for (ModelNode& node : m_nodes) {
        node.applied = 1000 + now.time_since_epoch() / Seconds(1) % 100000;
        if (node.bootsAt && *node.bootsAt <= now && !node.dead) {
            boot(node, *node.bootsAt);
        }
        if (node.readyAt && *node.readyAt <= now && !node.dead) {
            setState(node, NodeState::Ready, *node.readyAt);
            node.readyAt.reset();
        }
        if (node.reachableAt && *node.reachableAt <= now) {
            node.cutOff = false;
            node.reachableAt.reset();
        }
        if (node.revivesAt && *node.revivesAt <= now) {
            node.dead = false;
            node.revivesAt.reset();
            startNode(node);
            setState(node, NodeState::Ready, now);
        }
    }
}

QString ModelCluster::essence() const
{
    QStringList parts;
    for (const ModelNode& node : m_nodes) {
        parts.append(QStringLiteral("%1:%2:%3:%4")
                         .arg(node.id.value, node.version.toString(),
                              toString(node.state)
                                  + (node.cordoned ? QStringLiteral(" cordoned") : QString()),
                              node.services.empty() ? QString() : *node.services.begin()));
    }
    for (const auto& [what, times] : m_executed) {
        parts.append(QStringLiteral("%1x%2").arg(what).arg(times));
    }
    parts.append(QStringLiteral("scaled %1").arg(m_scaled));
    return parts.join(QLatin1Char(' '));
}

} // namespace quorate::simulate
