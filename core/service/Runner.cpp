// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/Runner.h"

#include "core/procedure/Planner.h"
#include "core/run/Replay.h"

#include <QPointer>

#include <algorithm>

namespace quorate::service {
namespace {

std::vector<NodeRecord> nodesOf(const procedure::Plan& plan)
{
    std::set<NodeId> ids(plan.order.begin(), plan.order.end());
    for (const auto& [id, version] : plan.sourceVersions) {
        ids.insert(id);
    }
    std::vector<NodeRecord> nodes;
    for (const NodeId& id : ids) {
        nodes.push_back(NodeRecord{.id = id, .name = id.value, .address = id.value});
    }
    return nodes;
}

Error notOffered(run::RunCommand command)
{
    return makeError(
        ErrorKind::Precondition, QStringLiteral("not-offered"),
        QStringLiteral("\"%1\" is not possible now").arg(run::toString(command)),
        QStringLiteral("Look at the run again: what is possible depends on where it stands"));
}

} // namespace

Runner::Runner(Options options, procedure::Plan plan, RunId id, QObject* parent)
    : QObject(parent)
    , m_platform(options.platform)
    , m_journal(options.journal)
    , m_clock(options.clock)
    , m_scheduler(std::move(options.scheduler))
    , m_package(std::move(options.package))
    , m_plan(std::move(plan))
    , m_planHash(procedure::planHash(m_plan))
    , m_state(run::initialState(m_plan, id))
    , m_self(std::make_shared<Runner*>(this))
{
    for (NodeRecord& node : options.nodes.empty() ? nodesOf(m_plan) : options.nodes) {
        m_polls.push_back(NodePoll{.record = std::move(node)});
    }
}

Runner::~Runner()
{
    m_self.reset();
    m_stop.request_stop();
}

Result<void> Runner::start(const std::vector<QString>& acceptedWarnings, const QString& startedBy)
{
    if (m_loaded || m_state.phase != run::RunPhase::Ready) {
        return fail(ErrorKind::Precondition, QStringLiteral("run-started"),
                    QStringLiteral("This run was started already"));
    }
    m_loaded = true;
    if (!feed(run::event::Started{m_state.id, startedBy, acceptedWarnings, m_planHash})) {
        return fail(
            m_journalError.value_or(makeError(ErrorKind::Internal, QStringLiteral("not-started"),
                                              QStringLiteral("The run did not start"))));
    }
    return {};
}

Result<void> Runner::load()
{
    Result<std::vector<run::JournalRecord>> records = m_journal.read(m_state.id);
    if (!records) {
        return fail(std::move(records).error());
    }
    if (records->empty()) {
        return fail(ErrorKind::NotFound, QStringLiteral("no-journal"),
                    QStringLiteral("Run %1 has no journal").arg(m_state.id.value));
    }
    Result<run::RunState> state = run::replay(m_plan, m_state.id, *records);
    if (!state) {
        return fail(std::move(state).error());
    }
    m_lastRecord = records->back();
    m_loaded = true;
    const run::RunEvent interrupted{m_clock.now(), run::event::Interrupted{}, {}};
    m_state = run::step(m_plan, *std::move(state), interrupted).state;
    m_endReported = run::isEnded(m_state.phase);
    return {};
}

Result<void> Runner::resume(const QString& by)
{
    if (!m_loaded) {
        if (Result<void> loaded = load(); !loaded) {
            return loaded;
        }
    }
    if (run::isEnded(m_state.phase)) {
        return fail(ErrorKind::Precondition, QStringLiteral("run-ended"),
                    QStringLiteral("This run has ended: %1").arg(run::toString(m_state.phase)));
    }
    m_wish.reset();
    if (!feed(run::event::Resumed{by})) {
        return fail(m_journalError.value_or(
            makeError(ErrorKind::Precondition, QStringLiteral("not-offered"),
                      QStringLiteral("This run cannot be resumed"))));
    }
    return {};
}

Result<void> Runner::command(run::RunCommand command, const QString& by)
{
    if (m_state.live.overlay) {
        return takeUp(command, by);
    }
    m_journalError.reset();
    if (!feed(run::event::Commanded{command, by})) {
        return fail(m_journalError.value_or(notOffered(command)));
    }
    return {};
}

/// Whatever is wanted needs the lease and a look at the nodes first.
Result<void> Runner::takeUp(run::RunCommand command, const QString& by)
{
    const std::vector<run::CommandOffer> offers = run::offersOf(m_plan, m_state);
    if (std::ranges::find(offers, command, &run::CommandOffer::command) == offers.end()) {
        return fail(notOffered(command));
    }
    const bool ending = m_state.returnTo == run::RunPhase::Cancelling;
    const QString reason = m_state.attention ? m_state.attention->code : QString();
    const int step = m_state.current;
    if (Result<void> taken = resume(by); !taken) {
        return taken;
    }
    if (command == run::RunCommand::Cancel && !(ending && m_state.pausedBefore)) {
        return this->command(command, by); // possible while it is taken up
    }
    if (m_state.pausedBefore) {
        m_wish = Wish{command, by, reason, step};
    }
    return {};
}

/// True when a command that was put off was due now and was fed, which has reported everything.
bool Runner::takeWish()
{
    if (!m_wish || m_state.live.overlay || m_state.phase == run::RunPhase::Resuming) {
        return false;
    }
    const Wish wish = *std::exchange(m_wish, std::nullopt);
    const bool same = m_state.attention && m_state.attention->code == wish.reason
                      && (m_state.current == wish.step || !run::answersStep(wish.command));
    if (m_state.phase != run::RunPhase::Paused
        || (!same && wish.command != run::RunCommand::Cancel)) {
        return false; // it waits for another reason or at another step now: a person looks again
    }
    feed(run::event::Commanded{wish.command, wish.by});
    return true;
}

Async<bool> Runner::giveLeaseBack()
{
    if (!m_platform.capabilities().lease) {
        return ready<bool>(false);
    }
    // Not with our stop token: the request goes out although this object goes; only asking again
    // ends with it.
    return retry(
        kReleaseRetry,
        [&platform = m_platform, owner = run::leaseOwner(m_state)] {
            return platform.releaseLease(owner, {});
        },
        m_stop.get_token(), m_scheduler);
}

run::RunView Runner::view() const
{
    run::RunView view = run::viewOf(m_plan, m_state, m_clock.now());
    view.planHash = m_planHash;
    return view;
}

/// True when the event was accepted and, where it had to be, recorded.
bool Runner::feed(run::EventBody body)
{
    const run::RunEvent happened{m_clock.now(), std::move(body), {}};
    run::Transition transition = run::step(m_plan, m_state, happened);
    if (transition.record && !record(transition)) {
        const run::RunEvent failed{happened.at, run::event::JournalFailed{*m_journalError}, {}};
        m_state = run::step(m_plan, std::move(m_state), failed).state;
        report();
        return false;
    }
    m_state = std::move(transition.state);
    startEffects(transition.effects);
    scheduleWake();
    const bool accepted = transition.accepted;
    if (!takeWish()) {
        report();
    }
    return accepted;
}

bool Runner::record(const run::Transition& transition)
{
    const run::JournalRecord* last = m_lastRecord ? &*m_lastRecord : nullptr;
    std::vector<run::JournalRecord> records =
        run::recordsFor(last, *transition.record, transition.effects);
    if (Result<void> written = m_journal.append(m_state.id, records); !written) {
        m_journalError = std::move(written).error().withContext(
            QStringLiteral("the journal of run %1").arg(m_state.id.value));
        return false;
    }
    m_journalError.reset();
    m_lastRecord = std::move(records.back());
    return true;
}

/// Last in every entry: whoever listens may delete the runner.
void Runner::report()
{
    const QPointer<Runner> alive(this);
    Q_EMIT changed();
    if (alive && run::isEnded(m_state.phase) && !m_releasing && !m_endReported) {
        m_endReported = true;
        Q_EMIT ended();
    }
}

void Runner::startEffects(const std::vector<run::Effect>& effects)
{
    for (const run::Effect& effect : effects) {
        std::visit([this](const auto& one) { start(one); }, effect);
    }
}

void Runner::later(Millis delay, std::function<void()> work)
{
    m_scheduler(delay, [self = std::weak_ptr<Runner*>(m_self), work = std::move(work)] {
        if (!self.expired()) {
            work();
        }
    });
}

void Runner::scheduleWake()
{
    const std::optional<TimePoint> wanted = run::wakeAt(m_plan, m_state);
    if (!wanted || wanted == m_wakeAt) {
        return;
    }
    m_wakeAt = wanted;
    const TimePoint now = m_clock.now();
    later(std::max(Millis(0), *wanted - now), [this, wanted] {
        if (m_wakeAt != wanted) {
            return; // another time was wanted since
        }
        m_wakeAt.reset();
        feed(run::event::Woke{});
    });
}

SnapshotPtr Runner::snapshot() const
{
    auto made = std::make_shared<ClusterSnapshot>();
    made->identity = m_plan.cluster;
    made->takenAt = m_clock.now();
    for (const NodePoll& poll : m_polls) {
        made->nodes.push_back(poll.record);
    }
    return made;
}

} // namespace quorate::service
