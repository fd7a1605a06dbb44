// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/NodePolls.h"

#include <algorithm>

namespace quorate::service {
namespace {

/// What is asked this soon, or was asked just now, is about to be answered. Our own choice.
constexpr Millis kSoon{500};
/// Timers of so long an interval fire at whole seconds, all together (ADR 11).
constexpr Millis kWakeTogether = Seconds(1);
/// A question this young is not asked again: several callers of pollAll share it. Our own choice.
constexpr Millis kJoinMax{100};

QString addressText(const QUrl& url)
{
    return QStringLiteral("%1:%2").arg(url.host()).arg(url.port(443));
}

Error noAnswerError(const NodeRecord& record, Millis limit)
{
    Error error = makeError(ErrorKind::Timeout, QStringLiteral("no-answer"),
                            QStringLiteral("%1 gave no answer within %2 s")
                                .arg(record.name)
                                .arg(double(limit.count()) / 1000.0),
                            QStringLiteral("Check the node and the way to it"));
    error.endpoint = record.address;
    return error;
}

} // namespace

NodePolls::NodePolls(platform::Platform& platform, const Clock& clock,
                     const std::vector<ClusterFileNode>& nodes, Limits limits, QObject* parent)
    : QObject(parent)
    , m_platform(platform)
    , m_clock(clock)
    , m_limits(limits)
    , m_polls(nodes.size())
{
    for (std::size_t index = 0; index < nodes.size(); ++index) {
        NodeRecord record;
        record.id = nodes[index].id;
        record.name = nodes[index].name;
        record.address = addressText(nodes[index].address);
        m_records.push_back(std::move(record));

        Poll& poll = m_polls[index];
        poll.next = new QTimer(this);
        poll.next->setSingleShot(true);
        connect(poll.next, &QTimer::timeout, this, [this, index] { ask(index); });
        poll.limit = new QTimer(this);
        poll.limit->setSingleShot(true);
        connect(poll.limit, &QTimer::timeout, this, [this, index] { onLimit(index); });
    }
}

NodePolls::~NodePolls()
{
    for (Poll& poll : m_polls) {
        poll.stop.request_stop();
    }
    for (const Waiter& waiter : m_waiters) {
        waiter.resolver.resolve(fail(cancelledError()));
    }
}

void NodePolls::start()
{
    m_started = true;
    for (std::size_t index = 0; index < m_polls.size(); ++index) {
        ask(index);
    }
}

void NodePolls::setForeground(bool foreground)
{
    if (m_foreground == foreground) {
        return;
    }
    m_foreground = foreground;
    if (!m_started) {
        return;
    }
    for (std::size_t index = 0; index < m_polls.size(); ++index) {
        if (!m_polls[index].isUnderWay()) {
            scheduleNext(index);
        }
    }
}

bool NodePolls::isEveryNodeTried() const
{
    return std::ranges::all_of(
        m_records, [](const NodeRecord& record) { return record.attemptedAt.has_value(); });
}

bool NodePolls::isAnyUnderWay() const { return std::ranges::any_of(m_polls, &Poll::isUnderWay); }

bool NodePolls::isAnswerNear() const
{
    const TimePoint now = m_clock.now();
    return std::ranges::any_of(m_polls, [now](const Poll& poll) {
        return poll.isUnderWay() ? now - poll.startedAt < kSoon
                                 : poll.next->isActive() && poll.dueAt - now < kSoon;
    });
}

Async<bool> NodePolls::pollAll()
{
    Waiter waiter;
    const TimePoint now = m_clock.now();
    for (std::size_t index = 0; index < m_polls.size(); ++index) {
        const Poll& poll = m_polls[index];
        if (!poll.isUnderWay() || now - poll.startedAt > kJoinMax) {
            ask(index);
        }
        waiter.generations.push_back(poll.generation);
    }
    Async<bool> future = waiter.resolver.future();
    m_waiters.push_back(std::move(waiter));
    answerWaiters();
    return future;
}

Millis NodePolls::interval() const
{
    return m_foreground ? m_limits.foreground : m_limits.background;
}

void NodePolls::ask(std::size_t index)
{
    Poll& poll = m_polls[index];
    poll.stop.request_stop(); // the answer to an older question is of no use any more
    poll.stop = std::stop_source();
    const int generation = ++poll.generation;
    poll.startedAt = m_clock.now();
    poll.next->stop();
    poll.limit->start(m_limits.answer);
    deliver(m_platform.observe(m_records[index].id, poll.stop.get_token()), this,
            [this, index, generation](Result<Observation> answer) {
                onAnswer(index, generation, std::move(answer));
            });
}

void NodePolls::onAnswer(std::size_t index, int generation, Result<Observation> answer)
{
    const Poll& poll = m_polls[index];
    if (generation != poll.generation || !poll.isUnderWay()) {
        return;
    }
    apply(index, std::move(answer));
}

void NodePolls::onLimit(std::size_t index)
{
    if (!m_polls[index].isUnderWay()) {
        return;
    }
    std::stop_source stop = m_polls[index].stop;
    apply(index, fail(noAnswerError(m_records[index], m_limits.answer)));
    stop.request_stop();
}

void NodePolls::apply(std::size_t index, Result<Observation> answer)
{
    Poll& poll = m_polls[index];
    poll.answered = poll.generation;
    poll.limit->stop();
    NodeRecord& record = m_records[index];
    record.attemptedAt = poll.startedAt;
    if (answer) {
        record.last = *std::move(answer);
        record.error.reset();
        record.failingSince.reset();
    } else {
        record.error = std::move(answer).error();
        if (!record.failingSince) {
            record.failingSince = m_clock.now();
        }
    }
    scheduleNext(index);
    Q_EMIT changed();
    answerWaiters();
}

void NodePolls::scheduleNext(std::size_t index)
{
    if (!m_started) {
        return;
    }
    // From start to start, so that a node that answers slowly is asked as often as the others.
    Poll& poll = m_polls[index];
    const TimePoint now = m_clock.now();
    const Millis since = now - poll.startedAt;
    poll.dueAt = now + std::clamp(interval() - since, Millis(0), interval());
    if (m_records[index].isReachable()) {
        poll.dueAt = dueTogether(index, now, poll.dueAt);
    }
    // Whole seconds are those of all timers of this kind, so that whoever has to do something does
    // it while the processor is awake anyway. Precise ones where an interval is short: coarse ones
    // drift apart, each its own way.
    poll.next->setTimerType(interval() >= kWakeTogether ? Qt::VeryCoarseTimer : Qt::PreciseTimer);
    poll.next->start(poll.dueAt - now);
}

/// When another node is asked anyway, at most half an interval before `latest`: every answer that
/// comes alone costs a judgement and a painting of its own.
TimePoint NodePolls::dueTogether(std::size_t index, TimePoint now, TimePoint latest) const
{
    std::optional<TimePoint> due;
    for (std::size_t other = 0; other < m_polls.size(); ++other) {
        const Poll& poll = m_polls[other];
        const bool fits = other != index && poll.next->isActive() && m_records[other].isReachable()
                          && poll.dueAt >= now && poll.dueAt <= latest
                          && latest - poll.dueAt <= interval() / 2;
        if (fits && (!due || poll.dueAt > *due)) {
            due = poll.dueAt;
        }
    }
    return due.value_or(latest);
}

void NodePolls::answerWaiters()
{
    const auto isDone = [this](const Waiter& waiter) {
        for (std::size_t index = 0; index < m_polls.size(); ++index) {
            if (m_polls[index].answered < waiter.generations[index]) {
                return false;
            }
        }
        return true;
    };
    const auto middle =
        std::stable_partition(m_waiters.begin(), m_waiters.end(),
                              [&isDone](const Waiter& waiter) { return !isDone(waiter); });
    const std::vector<Waiter> done(middle, m_waiters.end());
    m_waiters.erase(middle, m_waiters.end());
    for (const Waiter& waiter : done) {
        waiter.resolver.resolve(true);
    }
}

} // namespace quorate::service
