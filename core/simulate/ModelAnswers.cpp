// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/ModelCluster.h"

#include <algorithm>

namespace quorate::simulate {
namespace {

/// How long peers wait before they call a silent node down: 40 s (peers.md section 8, Kubernetes).
constexpr Millis kGrace = Seconds(40);
constexpr qint64 kDiskFree = 500'000'000'000;
constexpr qint64 kDiskTotal = 1'000'000'000'000;

PeerState seenAs(const ModelNode& node, TimePoint now)
{
    if (!node.answersPeers()) {
        return node.downAt && now - *node.downAt >= kGrace ? PeerState::Down : PeerState::Grace;
    }
    return node.state == NodeState::Ready ? PeerState::Ready : PeerState::Busy;
}

Error noAnswer(const QString& who)
{
    return makeError(ErrorKind::Timeout, QStringLiteral("no-answer"),
                     who + QStringLiteral(" does not answer"));
}

} // namespace

ClusterView ModelCluster::view(TimePoint now) const
{
    ClusterView seen;
    seen.leader = m_leader;
    seen.term = m_term;
    seen.members.reserve(m_nodes.size());
    for (const ModelNode& peer : m_nodes) {
        PeerView& view = seen.members.emplace_back();
        view.id = peer.id;
        view.name = peer.id.value;
        view.voter = true;
        view.cordoned = peer.cordoned;
        view.version = peer.version;
        view.state = seenAs(peer, now);
        view.lastContactAt = peer.downAt.value_or(now);
        if (view.state == PeerState::Grace) {
            view.graceEndsAt = *peer.downAt + kGrace;
        }
    }
    return seen;
}

Observation ModelCluster::observe(const ModelNode& node, TimePoint now,
                                  const ClusterView& cluster) const
{
    Observation seen;
    seen.node = node.id;
    seen.observedAt = now;
    NodeSelf& self = seen.self;
    self.name = node.id.value;
    self.state = node.state;
    self.version = node.version;
    self.voter = true;
    self.leader = m_leader == node.id;
    self.cordoned = node.cordoned;
    self.bootId = node.bootId;
    self.appliedIndex = node.applied;
    self.diskFreeBytes = node.diskFull ? 0 : kDiskFree;
    self.diskTotalBytes = kDiskTotal;
    self.updatesAvailable = node.updatesAvailable;
    self.rebootNeeded = node.rebootNeeded;
    self.verification =
        node.verificationFailed ? QStringLiteral("failed") : QStringLiteral("passed");
    self.stagedPackages = m_staged;
    for (const QString& service : node.services) {
        self.services.push_back({service, service, true});
    }
    if (node.verificationFailed) {
        self.conditions.push_back({QStringLiteral("verification-failed"), Severity::Error,
                                   QStringLiteral("the verification of the installation failed")});
    }
    seen.cluster = cluster;
    seen.cluster.appliedIndex = node.applied;
    return seen;
}

Result<OperationStatus> ModelCluster::follow(const ActTarget& target, const OperationId& id) const
{
    const auto own = std::ranges::find_if(
        m_nodes, [&](const ModelNode& node) { return node.id == target.node; });
    if (target.node ? own == m_nodes.end() || !own->answers() : !anyAnswers()) {
        return fail(noAnswer(target.node ? target.node->value : QStringLiteral("the cluster")));
    }
    const ModelOperation* known = operation(id.value);
    if (known == nullptr) {
        return fail(ErrorKind::NotFound, QStringLiteral("no-operation"),
                    QStringLiteral("It knows no such operation"));
    }
    OperationStatus status{id, known->state, 0.5, {}, {}};
    if (known->state == OperationStatus::State::Failed) {
        status.error = makeError(ErrorKind::Server, QStringLiteral("model-failure"),
                                 QStringLiteral("The node reports a failure"));
    }
    return status;
}

Result<ProbeOutcome> ModelCluster::probe(const ActTarget& target, const QString& key) const
{
    const Result<OperationStatus> status = follow(target, OperationId{key});
    if (!status) {
        return status.error().kind == ErrorKind::NotFound
                   ? Result<ProbeOutcome>(ProbeOutcome::NotDone)
                   : Result<ProbeOutcome>(fail(status.error()));
    }
    switch (status->state) {
    case OperationStatus::State::Running: return ProbeOutcome::Running;
    case OperationStatus::State::Succeeded: return ProbeOutcome::Done;
    case OperationStatus::State::Failed: return ProbeOutcome::NotDone;
    }
    return ProbeOutcome::Unknown;
}

void ModelCluster::inject(FaultKind kind, const NodeId& id, TimePoint now, Millis lasting)
{
    ModelNode* hit = node(id);
    if (hit == nullptr) {
        return;
    }
    switch (kind) {
    case FaultKind::NeverReturns: hit->neverReturns = true; break;
    case FaultKind::ReturnsOld: hit->returnsOld = true; break;
    case FaultKind::VerifyFails: hit->verifyFails = true; break;
    case FaultKind::OperationFails: hit->failNext = 1; break;
    case FaultKind::Unreachable:
        hit->cutOff = true;
        hit->reachableAt = now + lasting;
        break;
    case FaultKind::DiskFull: hit->diskFull = true; break;
    case FaultKind::PeerDies:
        hit->dead = true;
        setState(*hit, NodeState::Stopped, now);
        if (lasting > Millis(0)) {
            hit->revivesAt = now + lasting;
        }
        break;
    case FaultKind::LeaderMoves:
        if (hit->answersPeers() && hit->state == NodeState::Ready) {
            m_leader = id;
            ++m_term;
        }
        break;
    case FaultKind::AnswerLost: hit->loseNext = 1; break;
    case FaultKind::CoordinatorKilled: break; // the driver's own
    }
}

} // namespace quorate::simulate
