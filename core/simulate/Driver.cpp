// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/Driver.h"

#include <algorithm>

namespace quorate::simulate {
namespace {

constexpr Millis kLatency = Millis(100);
/// A silent node costs this long. Source: design section 5 (15 s).
constexpr Millis kSilence = Seconds(15);
/// Between two looks at every node: the interval at which green readings count (peers.md section
/// 8).
constexpr Millis kPollSlow = Seconds(10);
constexpr Millis kAwayTime = Seconds(45);
constexpr Millis kLeaseLife = Seconds(180);
/// Until a person says that a manual step is done: longer than the restart that it may be.
constexpr Millis kHandTime = std::chrono::minutes(4);
/// Any run that is not over after so many events goes in a circle.
constexpr int kEventsMax = 200'000;

/// Longer than all limits of all steps with their repetitions: whoever is at work then, will be for
/// ever.
Millis boundOf(const procedure::Plan& plan)
{
    Millis bound = std::chrono::hours(2);
    for (const procedure::PlanStep& step : plan.steps) {
        bound += 4 * std::max<Millis>(step.limit, std::chrono::minutes(15));
    }
    return bound;
}

} // namespace

Driver::Driver(const procedure::Plan& plan, const run::detail::Guards& guards, Scenario scenario)
    : m_plan(plan)
    , m_guards(guards)
    , m_scenario(std::move(scenario))
    , m_cluster(plan, plan.plannedAt, m_scenario.seed)
    , m_state(run::initialState(plan, RunId{QStringLiteral("simulated")}))
    , m_start(plan.plannedAt)
    , m_now(plan.plannedAt)
    , m_bound(plan.plannedAt + boundOf(plan))
    , m_random(m_scenario.seed)
{
    m_known = nothingKnown();
}

SnapshotPtr Driver::nothingKnown() const
{
    auto snapshot = std::make_shared<ClusterSnapshot>();
    snapshot->identity = m_plan.cluster;
    for (const ModelNode& node : m_cluster.nodes()) {
        snapshot->nodes.push_back(
            NodeRecord{.id = node.id, .name = node.id.value, .address = node.id.value});
    }
    return snapshot;
}

void Driver::push(Item item)
{
    item.order = ++m_order;
    item.life = m_life;
    m_queue.push_back(std::make_unique<Item>(std::move(item)));
    std::ranges::push_heap(m_queue, IsLater{});
}

Driver::ItemPtr Driver::pop()
{
    std::ranges::pop_heap(m_queue, IsLater{});
    ItemPtr next = std::move(m_queue.back());
    m_queue.pop_back();
    return next;
}

void Driver::trace(const QString& line)
{
    if (m_scenario.traced) {
        const auto seconds = std::chrono::duration_cast<Seconds>(m_now - m_start).count();
        m_trace.append(QStringLiteral("%1 s  %2").arg(seconds, 6).arg(line));
    }
}

bool Driver::isOver() const
{
    if (m_neverEnds || m_differs || run::isEnded(m_state.phase)) {
        return true;
    }
    return waits() && !m_away && m_commands >= m_scenario.commandsMax;
}

bool Driver::waits() const
{
    return m_state.phase == run::RunPhase::Paused
           || (m_state.stage == run::Stage::Ask && !isDoneByHand());
}

/// What a plan without a package leaves to a person is done by one here. A manual step in place of
/// an act on a package is not: the model could not tell what came of it.
bool Driver::isDoneByHand() const
{
    return !m_plan.package && m_state.stage == run::Stage::Ask
           && m_state.phase != run::RunPhase::Paused;
}

/// Begins as soon as the step asks, whatever becomes of the coordinator, and not again after it.
void Driver::workByHand()
{
    if (!isDoneByHand()) {
        return;
    }
    const procedure::PlanStep& asked = m_plan.steps[static_cast<std::size_t>(m_state.current)];
    if (m_workedOn != m_state.current && asked.takesVoterAway) {
        trace(QStringLiteral("a person works on %1").arg(asked.node->value));
        m_cluster.workOn(*asked.node, asked.id, m_now);
    }
    if (asked.node && asked.closesObligation) {
        m_cluster.node(*asked.node)->cordoned = false; // undone by hand where no machine can
    }
    m_workedOn = m_state.current;
    if (!m_confirming) {
        m_confirming = true;
        push(m_now + kHandTime, Work::Confirm);
    }
}

Outcome Driver::run()
{
    push(m_now, Work::Poll);
    std::vector<QString> accepted;
    for (const procedure::CheckSpec& check : m_plan.checks) {
        accepted.push_back(check.id);
    }
    feed(run::event::Started{m_state.id, QStringLiteral("simulator"), accepted});
    int events = 0;
    while (!isOver() && !m_queue.empty()) {
        const ItemPtr item = pop();
        if (item->life != m_life) {
            continue;
        }
        m_now = std::max(m_now, item->at);
        m_cluster.advance(m_now);
        if (m_now > m_bound || ++events > kEventsMax) {
            m_neverEnds = true;
            trace(QStringLiteral("still at work after all limits"));
            break;
        }
        handle(*item);
    }
    return outcome();
}

void Driver::handle(Item& item)
{
    switch (item.work) {
    case Work::Poll:
        poll();
        push(m_now + kPollSlow, Work::Poll);
        break;
    case Work::Look: look(item); break;
    case Work::Wake:
        if (m_wakeAt == item.at) {
            m_wakeAt.reset();
            feed(run::event::Woke{});
        }
        break;
    case Work::Resume: restart(); break;
    case Work::Command: giveCommand(); break;
    case Work::Confirm:
        m_confirming = false;
        if (isDoneByHand()) {
            feed(run::event::Commanded{run::RunCommand::ConfirmDone, QStringLiteral("simulator")});
        }
        break;
    case Work::Ask: ask(item.effect); break;
    case Work::Answer: feed(std::move(item.body)); break;
    }
}

void Driver::feed(run::EventBody body)
{
    run::Transition transition =
        run::detail::stepWith(m_guards, m_plan, std::move(m_state), {m_now, std::move(body), {}});
    m_state = std::move(transition.state);
    injectFor(m_state.current);
    if (!m_guards.journalFirst) {
        startEffects(transition.effects); // the planted defect
    }
    record(transition);
    bool killed = transition.record && isKilledAt(static_cast<int>(m_journal.size()), false);
    if (m_guards.journalFirst && !killed) {
        startEffects(transition.effects);
    }
    killed = killed || (transition.record && isKilledAt(static_cast<int>(m_journal.size()), true));
    if (killed) {
        m_away = true;
        ++m_life;
        trace(QStringLiteral("the coordinator is killed"));
        push(m_now + kAwayTime, Work::Resume);
        return;
    }
    planAhead();
}

void Driver::record(const run::Transition& transition)
{
    if (!transition.record) {
        return;
    }
    for (const run::Effect& wanted : transition.effects) {
        if (const auto* perform = std::get_if<run::effect::Perform>(&wanted)) {
            m_intended.insert(perform->key);
        }
    }
    if (m_scenario.throughJson) {
        m_journalEffects.push_back(transition.effects);
    }
    m_journal.push_back(*transition.record);
    if (m_scenario.traced) {
        trace(QStringLiteral("%1 → step %2 %3 %4")
                  .arg(run::eventName(m_journal.back()))
                  .arg(m_state.current + 1)
                  .arg(run::toString(m_state.stage), run::toString(m_state.phase)));
    }
}

const std::vector<run::JournalRecord>& Driver::records()
{
    for (; m_written < m_journalEffects.size(); ++m_written) {
        const auto records = run::recordsFor(m_records.empty() ? nullptr : &m_records.back(),
                                             m_journal[m_written], m_journalEffects[m_written]);
        m_records.insert(m_records.end(), records.begin(), records.end());
    }
    return m_records;
}

void Driver::planAhead()
{
    const std::optional<TimePoint> wake = run::wakeAt(m_plan, m_state);
    if (wake && wake != m_wakeAt) {
        m_wakeAt = wake;
        push(*wake, Work::Wake);
    }
    workByHand();
    if (m_commands < m_scenario.commandsMax && !m_thinking && (waits() || m_random() % 64 == 0)) {
        m_thinking = true;
        push(m_now + Seconds(30), Work::Command);
    }
}

bool Driver::isKilledAt(int record, bool afterEffects)
{
    const auto due = std::ranges::find_if(m_scenario.faults, [&](const Fault& fault) {
        return fault.kind == FaultKind::CoordinatorKilled && fault.record == record
               && fault.afterEffects == afterEffects;
    });
    if (due == m_scenario.faults.end()) {
        return false;
    }
    m_scenario.faults.erase(due);
    return true;
}

/// A new coordinator: it knows the journal and nothing else.
void Driver::restart()
{
    m_away = false;
    m_confirming = false;
    m_thinking = false; // what a person wanted to say to the old one is lost
    m_wakeAt.reset();
    run::RunState replayed = run::initialState(m_plan, m_state.id);
    if (m_scenario.throughJson) {
        Result<run::RunState> read = run::replay(m_plan, m_state.id, records());
        m_differs = !read;
        replayed = read ? *std::move(read) : replayed;
    } else {
        for (const run::RunEvent& event : m_journal) {
            replayed = run::detail::stepWith(m_guards, m_plan, std::move(replayed), event).state;
        }
    }
    m_differs = m_differs || !run::sameProgress(replayed, m_state);
    m_state = std::move(replayed);
    m_known = nothingKnown();
    push(m_now, Work::Poll);
    trace(QStringLiteral("the coordinator is back"));
    feed(run::event::Resumed{QStringLiteral("simulator")});
}

void Driver::giveCommand()
{
    m_thinking = false;
    const std::vector<run::CommandOffer> offers = run::offersOf(m_plan, m_state);
    if (offers.empty()) {
        return;
    }
    ++m_commands;
    const run::CommandOffer& chosen = offers[m_random() % offers.size()];
    trace(QStringLiteral("a person says: %1").arg(run::toString(chosen.command)));
    feed(run::event::Commanded{chosen.command, QStringLiteral("simulator")});
}

void Driver::injectFor(int step)
{
    if (step == m_lastStep) {
        return;
    }
    m_lastStep = step;
    for (const Fault& fault : m_scenario.faults) {
        if (fault.step == step && fault.kind != FaultKind::CoordinatorKilled) {
            trace(QStringLiteral("fault: %1 on %2").arg(toString(fault.kind), fault.node.value));
            m_cluster.inject(fault.kind, fault.node, m_now, fault.lasting);
        }
    }
}

void Driver::startEffects(const std::vector<run::Effect>& effects)
{
    for (const run::Effect& wanted : effects) {
        if (m_scenario.traced) {
            trace(QStringLiteral("  ") + run::toText(wanted));
        }
        if (std::holds_alternative<run::effect::LookNow>(wanted)) {
            poll();
        } else if (const auto* perform = std::get_if<run::effect::Perform>(&wanted)) {
            if (!m_intended.contains(perform->key)) {
                m_violations.push_back(QStringLiteral("unjournalled"));
            }
            Result<OperationId> answer =
                m_cluster.perform(perform->target, perform->act, perform->key, m_now);
            const Millis delay = answer ? kLatency : kSilence;
            push({.at = m_now + delay,
                  .work = Work::Answer,
                  .body = run::event::Performed{perform->serial, std::move(answer)}});
        } else if (!std::holds_alternative<run::effect::ReleaseLease>(wanted)) {
            const auto* follow = std::get_if<run::effect::Follow>(&wanted);
            const auto* probe = std::get_if<run::effect::Probe>(&wanted);
            const auto* lease = std::get_if<run::effect::AcquireLease>(&wanted);
            const bool pause = (follow != nullptr && follow->after > Millis(0))
                               || (probe != nullptr && probe->after > Millis(0))
                               || (lease != nullptr && lease->after > Millis(0));
            push({.at = m_now + (pause ? kPollSlow : kLatency),
                  .work = Work::Ask,
                  .effect = wanted});
        }
    }
}

void Driver::ask(const run::Effect& effect)
{
    if (const auto* follow = std::get_if<run::effect::Follow>(&effect)) {
        feed(run::event::Followed{follow->serial,
                                  m_cluster.follow(follow->target, follow->operation)});
    } else if (const auto* probe = std::get_if<run::effect::Probe>(&effect)) {
        feed(run::event::Probed{probe->serial, m_cluster.probe(probe->target, probe->key)});
    } else {
        Result<std::optional<TimePoint>> until = std::optional(m_now + kLeaseLife);
        if (!m_cluster.anyAnswers()) {
            until = fail(ErrorKind::Timeout, QStringLiteral("no-answer"),
                         QStringLiteral("Nobody answers"));
        }
        feed(run::event::LeaseAnswered{std::holds_alternative<run::effect::RenewLease>(effect),
                                       std::move(until)});
    }
}

/// Asks every node. Those that answer do so at once; silence takes its time, and is told then.
void Driver::poll()
{
    Item answering{.at = m_now + kLatency, .work = Work::Look, .askedAt = m_now};
    Item silent{.at = m_now + kSilence, .work = Work::Look, .askedAt = m_now};
    for (std::size_t index = 0; index < m_cluster.nodes().size(); ++index) {
        (m_cluster.nodes()[index].answers() ? answering : silent).nodes.push_back(index);
    }
    for (Item* item : {&answering, &silent}) {
        if (!item->nodes.empty()) {
            push(std::move(*item));
        }
    }
}

void Driver::look(const Item& item)
{
    auto snapshot = std::make_shared<ClusterSnapshot>();
    snapshot->identity = m_plan.cluster;
    snapshot->takenAt = m_now;
    snapshot->nodes.reserve(m_known->nodes.size());
    const ClusterView view = m_cluster.view(m_now);
    for (std::size_t index = 0; index < m_known->nodes.size(); ++index) {
        const NodeRecord& known = m_known->nodes[index];
        if (std::ranges::find(item.nodes, index) == item.nodes.end()
            || (known.attemptedAt && *known.attemptedAt > item.askedAt)) {
            snapshot->nodes.push_back(known);
            continue;
        }
        NodeRecord& record = snapshot->nodes.emplace_back(
            NodeRecord{.id = known.id, .name = known.name, .address = known.address});
        record.attemptedAt = item.askedAt;
        const ModelNode& node = m_cluster.nodes()[index];
        if (node.answers() && m_now - item.askedAt < kSilence) {
            record.last = m_cluster.observe(node, m_now, view);
        } else {
            record.last = known.last;
            record.error = makeError(ErrorKind::Timeout, QStringLiteral("no-answer"),
                                     record.id.value + QStringLiteral(" does not answer"));
            record.failingSince = known.failingSince.value_or(item.askedAt);
        }
    }
    m_known = snapshot;
    feed(run::event::Observed{std::move(snapshot)});
}

Outcome Driver::outcome()
{
    Outcome out;
    out.phase = m_state.phase;
    out.attention = m_state.attention ? m_state.attention->code : QString();
    out.duration = m_now - m_start;
    out.marginLowest = m_cluster.marginLowest();
    out.records = static_cast<int>(m_journal.size());
    out.resumeDiffers = m_differs;
    out.violations = m_cluster.violations();
    out.violations.insert(out.violations.end(), m_violations.begin(), m_violations.end());
    if (m_neverEnds || (!isOver() && m_queue.empty())) {
        out.violations.push_back(QStringLiteral("never-ends"));
    }
    if (m_differs) {
        out.violations.push_back(QStringLiteral("resume-differs"));
    }
    if (m_state.phase == run::RunPhase::Succeeded) { // whatever a person said: it claims this
        for (const ModelNode& node : m_cluster.nodes()) {
            const bool old = m_plan.package && node.version != m_plan.targetVersion;
            if (old || node.verificationFailed) {
                out.violations.push_back(QStringLiteral("false-success"));
            }
            if (node.cordoned) {
                out.violations.push_back(QStringLiteral("left-cordoned"));
            }
        }
    }
    out.essence = m_cluster.essence();
    out.trace = m_trace;
    return out;
}

} // namespace quorate::simulate
