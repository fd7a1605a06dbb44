// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/ClusterServiceImpl.h"

#include "core/platform/LeaseRefusal.h"
#include "core/service/ActWords.h"
#include "core/service/NodeAct.h"
#include "core/service/StatusWords.h"

#include <QPointer>
#include <QUuid>

#include <algorithm>

namespace quorate::service {
namespace {

constexpr Millis kTick = Seconds(1); ///< ages and grace times move without an answer
constexpr Millis kTickUnseen =
    Seconds(2); ///< in the background only grace times are of interest; within 3 s
constexpr Millis kPublishDelay{20};            ///< answers that arrive together are shown together
constexpr Millis kLeaseInterval = Seconds(10); ///< our own choice; a lease lives 180 s
constexpr Millis kHistoryInterval = std::chrono::minutes(5);
constexpr Millis kHistoryShown = std::chrono::hours(24);

/// What the cluster's own rules, or its platform, do not let this user do.
std::optional<Error> permissionRefusal(const platform::Capabilities& able, const Act& act)
{
    if (const auto found = able.forbidden.find(actName(act)); found != able.forbidden.end()) {
        return makeError(ErrorKind::Precondition, QStringLiteral("not-permitted"), found->second,
                         QStringLiteral("Ask who looks after the cluster for these rights"));
    }
    if (!able.acts.empty() && !able.can(act) && !able.isByHand(act)) {
        return makeError(
            ErrorKind::Precondition, QStringLiteral("not-by-machine"),
            QStringLiteral("\"%1\" cannot be done from here on this cluster").arg(actTitle(act)),
            QStringLiteral("Do it on the node itself"));
    }
    return platform::leaseRefusal(able);
}

} // namespace

ClusterServiceImpl::ClusterServiceImpl(Context& context, store::ClusterProfile profile,
                                       QObject* parent)
    : ClusterService(parent)
    , m_context(context)
    , m_profile(std::move(profile))
{
    m_polls =
        std::make_unique<NodePolls>(m_platform, *m_context.clock, m_profile.file.nodes,
                                    NodePolls::Limits{.foreground = m_context.pollForeground});
    connect(m_polls.get(), &NodePolls::changed, this, &ClusterServiceImpl::publishSoon);
    m_publishSoon.setSingleShot(true);
    m_tick.setInterval(kTick);
    m_tick.setTimerType(Qt::VeryCoarseTimer);
    m_leaseTimer.setInterval(kLeaseInterval);
    m_leaseTimer.setTimerType(Qt::VeryCoarseTimer);
    connect(&m_publishSoon, &QTimer::timeout, this, &ClusterServiceImpl::publish);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (!m_polls->isAnswerNear()) { // which is published anyway
            publish();
        }
    });
    connect(&m_leaseTimer, &QTimer::timeout, this, &ClusterServiceImpl::readLease);
    // Whoever waits for the answer goes on first.
    connect(&m_platform, &PlatformHandle::leaseMoved, this, &ClusterServiceImpl::readLease,
            Qt::QueuedConnection);

    // A history that cannot be read is no reason not to watch; what fails to be written is told.
    if (auto points =
            m_context.store.history(m_profile.id, m_context.clock->now() - kHistoryShown)) {
        m_history = *std::move(points);
    }
    publish();
    m_leaseTimer.start();
    // Not at once: who makes us may have the access data, and a keychain takes longer than a look.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (!m_accountGiven) {
                findPassword();
            }
        },
        Qt::QueuedConnection);
}

ClusterServiceImpl::~ClusterServiceImpl()
{
    for (const Resolver<bool>& waiter : m_accountWaiters) {
        waiter.resolve(fail(cancelledError()));
    }
    qDeleteAll(std::exchange(m_acts, {}));
    m_polls.reset(); // before the platform that it asks
}

void ClusterServiceImpl::reconnect(store::ClusterProfile profile, const Account& account)
{
    const bool sameNodes = profile.file.nodes == m_profile.file.nodes;
    m_accountGiven = true;
    m_profile = std::move(profile);
    if (!sameNodes) {
        m_polls =
            std::make_unique<NodePolls>(m_platform, *m_context.clock, m_profile.file.nodes,
                                        NodePolls::Limits{.foreground = m_context.pollForeground});
        m_polls->setForeground(m_foreground);
        connect(m_polls.get(), &NodePolls::changed, this, &ClusterServiceImpl::publishSoon);
    }
    Account changed = account;
    if (!changed.etcd) {
        changed.etcd = m_account.etcd;
    }
    findEtcd(std::move(changed));
}

void ClusterServiceImpl::setForeground(bool foreground)
{
    m_foreground = foreground;
    m_tick.setInterval(foreground ? kTick : kTickUnseen);
    m_polls->setForeground(foreground);
}

Async<StatusPtr> ClusterServiceImpl::refresh()
{
    adoptLeaseNamespace();
    if (!m_lookingForAccount) {
        return refreshReady();
    }
    const Resolver<bool> waiter;
    m_accountWaiters.push_back(waiter);
    Resolver<StatusPtr> out;
    deliver(waiter.future(), this, [this, out](const Result<bool>& found) {
        if (!found) {
            out.resolve(fail(found.error()));
            return;
        }
        deliver(refreshReady(), this,
                [out](Result<StatusPtr> status) { out.resolve(std::move(status)); });
    });
    return out.future();
}

Async<StatusPtr> ClusterServiceImpl::refreshReady()
{
    Resolver<StatusPtr> out;
    deliver(m_polls->pollAll(), this, [this, out](const Result<bool>& polled) {
        if (!polled) {
            out.resolve(fail(polled.error()));
            return;
        }
        publish();
        out.resolve(m_status);
    });
    return out.future();
}

quorum::Policy ClusterServiceImpl::policy() const { return {.reserve = m_profile.reserve}; }

void ClusterServiceImpl::publishSoon()
{
    if (!m_polls->isAnyUnderWay()) {
        m_publishSoon.start(0); // the last of them
    } else if (!m_publishSoon.isActive()) {
        m_publishSoon.start(kPublishDelay);
    }
}

void ClusterServiceImpl::publish()
{
    m_publishSoon.stop();
    m_tick.start(); // from now on again
    const TimePoint now = m_context.clock->now();
    auto status = std::make_shared<ClusterStatus>();
    status->snapshot = makeSnapshot(now);
    status->identity = status->snapshot->identity;
    status->assessment = quorum::assess(*status->snapshot, now, policy());
    status->assessedAt = now;
    status->nodesReachable =
        static_cast<int>(std::ranges::count_if(m_polls->records(), &NodeRecord::isReachable));
    status->connectionError = worstError();
    status->connection = connectionOf(*status);
    status->user = m_profile.user;
    status->readOnly = m_profile.readOnly;
    status->practice = m_profile.file.practice.has_value();
    status->speed = m_profile.file.practice ? m_profile.file.practice->speed : 1;
    status->leaseNamespace =
        m_platform.isSet() ? m_platform.capabilities().leaseNamespace : m_profile.leaseNamespace;
    status->asksEtcd = m_account.etcd != nullptr;
    status->etcdError = m_etcdError;
    status->lease = m_lease && m_lease->expiresAt > now ? m_lease : std::nullopt;
    keepHistory(*status);
    status->history = m_history;
    m_status = std::move(status);
    Q_EMIT statusChanged();
}

SnapshotPtr ClusterServiceImpl::makeSnapshot(TimePoint now) const
{
    auto snapshot = std::make_shared<ClusterSnapshot>();
    snapshot->identity = identityOf(m_profile);
    snapshot->nodes = m_polls->records();
    snapshot->takenAt = now;
    addUnlistedMembers(*snapshot);
    return snapshot;
}

ConnectionState ClusterServiceImpl::connectionOf(const ClusterStatus& status) const
{
    const auto total = static_cast<int>(m_polls->records().size());
    if (status.nodesReachable == total) {
        return ConnectionState::Connected;
    }
    if (status.nodesReachable > 0) {
        return ConnectionState::Partly;
    }
    if (status.connectionError && status.connectionError->kind == ErrorKind::Tls) {
        return ConnectionState::NeedsTrust;
    }
    if (status.connectionError && status.connectionError->kind == ErrorKind::Unauthorized) {
        return ConnectionState::NeedsPassword;
    }
    return m_polls->isEveryNodeTried() ? ConnectionState::Disconnected
                                       : ConnectionState::Connecting;
}

std::optional<Error> ClusterServiceImpl::worstError() const
{
    const auto rank = [](const Error& error) {
        return error.kind == ErrorKind::Tls ? 0 : error.kind == ErrorKind::Unauthorized ? 1 : 2;
    };
    std::optional<Error> worst;
    for (const NodeRecord& record : m_polls->records()) {
        if (record.error && (!worst || rank(*record.error) < rank(*worst))) {
            worst = record.error;
        }
    }
    // Why there is no password says more than that there is none.
    if (worst && worst->kind == ErrorKind::Unauthorized && m_accountError) {
        worst->message = m_accountError->message;
        worst->code = m_accountError->code;
        worst->cure = m_accountError->cure;
    }
    return worst;
}

void ClusterServiceImpl::keepHistory(const ClusterStatus& status)
{
    if (!m_polls->isEveryNodeTried()) {
        return;
    }
    const store::HistoryPoint point{.at = status.assessedAt,
                                    .ready = status.assessment.ready,
                                    .voters = status.assessment.voters,
                                    .state = quorum::toString(status.assessment.state)};
    if (!m_history.empty()) {
        store::HistoryPoint last = m_history.back();
        const bool recent = point.at - last.at < kHistoryInterval;
        last.at = point.at;
        if (recent && last == point) {
            return;
        }
    }
    m_history.push_back(point);
    const auto old = std::ranges::find_if(m_history, [&](const store::HistoryPoint& each) {
        return each.at >= point.at - kHistoryShown;
    });
    m_history.erase(m_history.begin(), old);
    if (auto kept = m_context.store.addHistory(m_profile.id, point); !kept) {
        qWarning("%s", qUtf8Printable(describe(kept.error())));
    }
}

QString ClusterServiceImpl::nameOf(const NodeId& node) const
{
    const NodeRecord* record = m_status->snapshot->node(node);
    return record && !record->name.isEmpty() ? record->name : node.value;
}

bool ClusterServiceImpl::isCordoned(const NodeId& node) const
{
    const NodeRecord* record = m_status->snapshot->node(node);
    return record && record->last && record->last->self.cordoned;
}

ActPreview ClusterServiceImpl::preview(const NodeId& node, const Act& act) const
{
    ActPreview preview;
    preview.gate = judgeAct(*m_status, m_context.clock->now(), policy(), node, act);
    preview.title = titleOf(nameOf(node), act);
    const platform::Capabilities able = m_platform.capabilities();
    preview.byHand = able.isByHand(act);
    preview.canStop = preview.byHand || able.canStop(act);
    preview.consequence = preview.byHand ? byHandConsequenceOf(nameOf(node), act, isCordoned(node))
                                         : consequenceOf(nameOf(node), act);
    preview.needsTypedName =
        m_profile.file.environment == Environment::Production && isDestructive(act);
    if (const auto refusal = refusalBeforehand(node, act)) {
        preview.gate.verdict = quorum::Verdict::No;
        preview.gate.refusal = refusal->message + QStringLiteral(". ") + refusal->cure;
    }
    return preview;
}

std::optional<Error> ClusterServiceImpl::refusalBeforehand(const NodeId& node, const Act& act) const
{
    if (!isSingleAct(act)) {
        return makeError(ErrorKind::Validation, QStringLiteral("not-a-single-act"),
                         QStringLiteral("\"%1\" is part of a procedure").arg(actTitle(act)),
                         QStringLiteral("Make a plan and run it"));
    }
    if (node.isEmpty() ? isOfNode(act) : !m_status->snapshot->node(node)) {
        return makeError(ErrorKind::Validation, QStringLiteral("node-unknown"),
                         QStringLiteral("This cluster has no node \"%1\"").arg(node.value),
                         QStringLiteral("List the nodes to see their names"));
    }
    if (m_profile.readOnly) {
        return makeError(ErrorKind::Precondition, QStringLiteral("read-only"),
                         QStringLiteral("This cluster is read-only here"),
                         QStringLiteral("Switch read-only mode off first"));
    }
    if (m_rightsKnown) {
        if (auto refusal = permissionRefusal(m_platform.capabilities(), act)) {
            return refusal;
        }
    }
    if (m_context.hasActiveRun && m_context.hasActiveRun(m_profile.id)) {
        return makeError(ErrorKind::Precondition, QStringLiteral("run-active"),
                         QStringLiteral("A run of this cluster has not ended"),
                         QStringLiteral("Let it end, or cancel it first"));
    }
    if (takesVoterAway(act) && std::ranges::any_of(m_acts, [](const NodeAct* other) {
            return takesVoterAway(other->progress().act);
        })) {
        return makeError(ErrorKind::Precondition, QStringLiteral("act-active"),
                         QStringLiteral("Another node is just being taken out"),
                         QStringLiteral("Wait until it is back"));
    }
    return tlsRefusal(m_polls->records());
}

Async<OperationStatus> ClusterServiceImpl::perform(NodeId node, Act act)
{
    adoptLeaseNamespace();
    if (const auto refusal = refusalBeforehand(node, act)) {
        return ready<OperationStatus>(fail(*refusal));
    }
    // What this user may do decides about the lease too, so it is asked before anything else.
    return andThen(m_platform.prepare({}), [self = QPointer(this), node, act](bool) {
        if (!self) {
            return ready<OperationStatus>(fail(cancelledError()));
        }
        self->m_rightsKnown = true;
        return self->performPrepared(node, act);
    });
}

Async<OperationStatus> ClusterServiceImpl::performPrepared(const NodeId& node, const Act& act)
{
    if (const auto refusal = refusalBeforehand(node, act)) {
        return ready<OperationStatus>(fail(*refusal));
    }
    const QString actId = QUuid::createUuid().toString(QUuid::Id128).left(8);
    NodeActEnvironment environment{
        .platform = m_platform,
        .clock = *m_context.clock,
        .leaseOwner = QStringLiteral("%1, act %2").arg(m_context.actor(), actId),
        .nodeName = nameOf(node),
        .speed = m_status->speed,
        .byHand = m_platform.capabilities().isByHand(act),
        .canStop = m_platform.capabilities().canStop(act),
        .askGate = [this, node, act] { return askGate(node, act); },
        .note =
            [this](const QString& text) {
                return m_context.store.addActivity(m_context.actor(), m_profile.id,
                                                   QStringLiteral("act"), text);
            },
        .lastObservation =
            [this, node] {
                const NodeRecord* record = m_status->snapshot->node(node);
                return record ? record->last : std::nullopt;
            },
    };
    auto* work = new NodeAct(std::move(environment), node, act, this);
    m_acts.push_back(work);
    connect(work, &NodeAct::changed, this, [this, work] { Q_EMIT actChanged(work->progress()); });
    connect(work, &NodeAct::ended, this, [this, work] { onActEnded(work); });
    return work->start();
}

Async<std::optional<Error>> ClusterServiceImpl::askGate(NodeId node, Act act)
{
    return andThen(
        refresh(), [this, node, act](const StatusPtr& fresh) -> Result<std::optional<Error>> {
            if (auto refusal = tlsRefusal(fresh->snapshot->nodes)) {
                return refusal;
            }
            const auto verdict = judgeAct(*fresh, m_context.clock->now(), policy(), node, act);
            if (verdict.verdict == quorum::Verdict::Yes) {
                return std::optional<Error>();
            }
            return std::optional<Error>(makeError(ErrorKind::Precondition,
                                                  QStringLiteral("gate-refused"), verdict.refusal));
        });
}

void ClusterServiceImpl::onActEnded(NodeAct* act)
{
    std::erase(m_acts, act);
    Q_EMIT actChanged(act->progress());
    act->deleteLater();
    deliver(m_polls->pollAll(), this, [](const Result<bool>&) {});
}

bool ClusterServiceImpl::stopWaiting(const NodeId& node)
{
    const auto found = std::ranges::find_if(m_acts, [&node](const NodeAct* act) {
        const ActProgress& progress = act->progress();
        return progress.canStop && !progress.ended && progress.node == node;
    });
    if (found == m_acts.end()) {
        return false;
    }
    (*found)->stopWaiting();
    return true;
}

std::vector<ActProgress> ClusterServiceImpl::activeActs() const
{
    std::vector<ActProgress> list;
    std::ranges::transform(m_acts, std::back_inserter(list),
                           [](const NodeAct* act) { return act->progress(); });
    return list;
}

void ClusterServiceImpl::setReadOnly(bool readOnly)
{
    if (m_profile.readOnly == readOnly) {
        return;
    }
    store::ClusterProfile changed = m_profile;
    changed.readOnly = readOnly;
    auto kept = m_context.store.saveProfile(changed);
    if (kept) {
        m_profile = std::move(changed);
        kept = m_context.store.addActivity(
            m_context.actor(), m_profile.id, QStringLiteral("setting"),
            readOnly ? QStringLiteral("Read-only mode on") : QStringLiteral("Read-only mode off"));
    }
    if (!kept) {
        qWarning("%s", qUtf8Printable(describe(kept.error())));
    }
    publish();
}

} // namespace quorate::service
