// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/LeaseRefusal.h"
#include "core/service/Runner.h"

#include <algorithm>

namespace quorate::service {
namespace {

/// The life of a lease when what it says cannot be believed. Source: design section 6 (180 s).
constexpr Millis kLeaseLife = Seconds(180);
constexpr Millis kLeaseLifeMin = Seconds(1);

} // namespace

void Runner::start(const run::effect::LookNow&)
{
    for (std::size_t index = 0; index < m_polls.size(); ++index) {
        if (m_polls[index].asking) {
            m_polls[index].askAgain =
                true; // the answer under way was asked for before it was wanted
        } else {
            ask(index);
        }
    }
}

void Runner::ask(std::size_t index)
{
    NodePoll& poll = m_polls[index];
    ++poll.round;
    poll.asking = true;
    poll.askAgain = false;
    deliver(m_platform.observe(poll.record.id, m_stop.get_token()), this,
            [this, index, askedAt = m_clock.now()](Result<Observation> answer) {
                answered(index, askedAt, std::move(answer));
            });
}

void Runner::answered(std::size_t index, TimePoint askedAt, Result<Observation> answer)
{
    NodePoll& poll = m_polls[index];
    poll.asking = false;
    poll.record.attemptedAt = askedAt;
    if (answer) {
        poll.record.last = *std::move(answer);
        poll.record.error.reset();
        poll.record.failingSince.reset();
    } else {
        poll.record.error = std::move(answer).error();
        poll.record.failingSince = poll.record.failingSince.value_or(askedAt);
    }
    if (run::isEnded(m_state.phase)) {
        return;
    }
    if (poll.askAgain) {
        ask(index);
    } else {
        later(run::observeInterval(m_plan), [this, index, round = poll.round] {
            if (m_polls[index].round == round && !run::isEnded(m_state.phase)) {
                ask(index);
            }
        });
    }
    feed(run::event::Observed{snapshot()});
}

void Runner::start(const run::effect::Perform& effect)
{
    const auto report = [this, serial = effect.serial](Result<OperationId> answer) {
        feed(run::event::Performed{serial, std::move(answer)});
    };
    const auto* staging = std::get_if<act::StagePackage>(&effect.act);
    if (staging == nullptr || !m_package || !effect.target.node) {
        // A run that is put down takes nothing back: what it began goes on, and is found when it is
        // taken up again.
        deliver(m_platform.perform(effect.target, effect.act, platform::IdempotencyKey{effect.key},
                                   m_platform.capabilities().canStop(effect.act)
                                       ? std::stop_token()
                                       : m_stop.get_token()),
                this, report);
        return;
    }
    // Staging is not an operation of the node: when it has ended the node itself shows the package,
    // verified.
    deliver(m_platform.stage(*m_package, {*effect.target.node}, {}, m_stop.get_token()), this,
            [report, key = effect.key](Result<std::vector<StagedPackage>> staged) {
                report(staged ? Result<OperationId>(OperationId{key})
                              : Result<OperationId>(fail(staged.error())));
            });
}

void Runner::start(const run::effect::Follow& effect)
{
    later(effect.after, [this, effect] {
        deliver(m_platform.follow(effect.target, effect.operation, m_stop.get_token()), this,
                [this, serial = effect.serial](Result<OperationStatus> answer) {
                    feed(run::event::Followed{serial, std::move(answer)});
                });
    });
}

void Runner::start(const run::effect::Probe& effect)
{
    later(effect.after, [this, effect] {
        deliver(m_platform.probe(effect.target, effect.act, platform::IdempotencyKey{effect.key},
                                 effect.before, m_stop.get_token()),
                this, [this, serial = effect.serial](Result<ProbeOutcome> answer) {
                    feed(run::event::Probed{serial, std::move(answer)});
                });
    });
}

void Runner::start(const run::effect::AcquireLease& effect)
{
    later(effect.after, [this, effect] {
        // A program that takes a run up has not asked this cluster yet what it may do there.
        deliver(m_platform.prepare(m_stop.get_token()), this,
                [this, effect](const Result<bool>& asked) { acquireLease(effect, asked); });
    });
}

void Runner::acquireLease(const run::effect::AcquireLease& effect, const Result<bool>& asked)
{
    const platform::Capabilities able = m_platform.capabilities();
    if (!asked) {
        feed(run::event::LeaseAnswered{false, fail(asked.error())});
    } else if (const auto refusal = platform::leaseRefusal(able)) {
        feed(run::event::LeaseAnswered{false, fail(*refusal)});
    } else if (!able.lease) {
        feed(run::event::LeaseAnswered{false, std::optional<TimePoint>()});
    } else {
        deliver(m_platform.acquireLease(effect.owner, effect.note, m_stop.get_token()), this,
                [this](Result<platform::Lease> answer) { feedLease(false, std::move(answer)); });
    }
}

void Runner::start(const run::effect::RenewLease& effect)
{
    deliver(m_platform.renewLease(effect.owner, m_stop.get_token()), this,
            [this](Result<platform::Lease> answer) { feedLease(true, std::move(answer)); });
}

void Runner::feedLease(bool renewal, Result<platform::Lease> answer)
{
    Result<std::optional<TimePoint>> until = std::optional<TimePoint>();
    if (answer) {
        // The cluster's clock need not agree with ours: what is left of the lease counts from now.
        if (!renewal) {
            m_leaseLife = std::clamp(Millis(answer->expiresAt - answer->acquiredAt), kLeaseLifeMin,
                                     kLeaseLife);
        }
        until = m_clock.now() + m_leaseLife;
    } else {
        until = fail(std::move(answer).error());
    }
    feed(run::event::LeaseAnswered{renewal, std::move(until)});
}

void Runner::start(const run::effect::ReleaseLease&)
{
    if (!m_platform.capabilities().lease) {
        return;
    }
    m_releasing = true;
    deliver(giveLeaseBack(), this, [this](const Result<bool>& given) {
        m_releasing = false;
        m_leaseLeft = !given;
        report();
    });
}

} // namespace quorate::service
