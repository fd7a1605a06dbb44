// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Retry.h"
#include "core/platform/Platform.h"
#include "core/run/Journal.h"
#include "core/simulate/ModelCluster.h"

namespace quorate::test {

/// Time that stands still until a test moves it; timers fire in their order.
class ManualTime {
public:
    ManualClock clock;
    [[nodiscard]] Scheduler scheduler()
    {
        return [this](Millis delay, std::function<void()> work) {
            m_timers.emplace(clock.now() + delay, std::move(work));
        };
    }
    /// Fires the next timer; false when there is none.
    bool next()
    {
        if (m_timers.empty()) {
            return false;
        }
        auto first = m_timers.extract(m_timers.begin());
        clock.set(std::max(clock.now(), first.key()));
        first.mapped()();
        return true;
    }
    [[nodiscard]] std::size_t timers() const { return m_timers.size(); }

private:
    std::multimap<TimePoint, std::function<void()>> m_timers;
};

/// The simulator's cluster behind the real interface, with answers that can hang or be garbage.
class ModelPlatform final : public platform::Platform {
public:
    ModelPlatform(const procedure::Plan& plan, ManualTime& time)
        : cluster(plan, time.clock.now(), 1)
        , m_time(time)
    {
        can.lease = true;
    }

    simulate::ModelCluster cluster;
    platform::Capabilities can;
    bool hang = false;            ///< nobody ever answers an observation
    std::optional<Error> garbage; ///< every observation ends with this
    std::optional<Error> leaseError;
    bool leaseIfAsked = false; ///< there is a lease, which is known only after prepare()
    int prepareErrors = 0;     ///< so often nobody says what may be done
    int leasesTaken = 0;
    std::vector<QString> performed; ///< "key act"
    int released = 0;
    int releaseErrors = 0; ///< so often the cluster cannot take the lease back
    std::vector<std::stop_token> stops;
    std::vector<std::pair<QString, std::stop_token>> actStops; ///< of each act

    [[nodiscard]] platform::Capabilities capabilities() const override { return can; }
    [[nodiscard]] Async<bool> prepare(std::stop_token) override
    {
        if (prepareErrors > 0) {
            --prepareErrors;
            return ready<bool>(
                fail(ErrorKind::Transport, QStringLiteral("silent"), QStringLiteral("silent")));
        }
        can.lease = can.lease || leaseIfAsked;
        return ready<bool>(true);
    }
    [[nodiscard]] Async<Observation> observe(NodeId node, std::stop_token stop) override
    {
        stops.push_back(stop);
        if (hang) {
            m_hanging.emplace_back();
            return m_hanging.back().future();
        }
        if (garbage) {
            return ready<Observation>(fail(*garbage));
        }
        cluster.advance(m_time.clock.now());
        const simulate::ModelNode& asked = *cluster.node(node);
        if (!asked.answers()) {
            return ready<Observation>(
                fail(ErrorKind::Timeout, QStringLiteral("no-answer"), QStringLiteral("silent")));
        }
        return ready<Observation>(cluster.observe(asked, m_time.clock.now()));
    }
    [[nodiscard]] Async<OperationId>
    perform(ActTarget target, Act act, platform::IdempotencyKey key, std::stop_token stop) override
    {
        actStops.emplace_back(actName(act), std::move(stop));
        performed.push_back(key.value + QLatin1Char(' ') + actName(act));
        cluster.advance(m_time.clock.now());
        return ready<OperationId>(cluster.perform(target, act, key.value, m_time.clock.now()));
    }
    [[nodiscard]] Async<OperationStatus> follow(ActTarget target, OperationId operation,
                                                std::stop_token) override
    {
        cluster.advance(m_time.clock.now());
        return ready<OperationStatus>(cluster.follow(target, operation));
    }
    [[nodiscard]] Async<ProbeOutcome> probe(ActTarget target, Act, platform::IdempotencyKey key,
                                            std::optional<Observation>, std::stop_token) override
    {
        cluster.advance(m_time.clock.now());
        return ready<ProbeOutcome>(cluster.probe(target, key.value));
    }
    [[nodiscard]] Async<std::vector<StagedPackage>>
    stage(Package, std::vector<NodeId>, platform::StagingListener, std::stop_token) override
    {
        return ready<std::vector<StagedPackage>>(std::vector<StagedPackage>{});
    }
    [[nodiscard]] Async<platform::Lease> acquireLease(QString owner, QString note,
                                                      std::stop_token) override
    {
        if (leaseError) {
            return ready<platform::Lease>(fail(*leaseError));
        }
        ++leasesTaken;
        // The cluster's clock is an hour off; only the life of the lease may count.
        const TimePoint theirs = m_time.clock.now() - std::chrono::hours(1);
        return ready<platform::Lease>(
            platform::Lease{owner, theirs, theirs + Seconds(180), note, true});
    }
    [[nodiscard]] Async<platform::Lease> renewLease(QString owner, std::stop_token stop) override
    {
        return acquireLease(std::move(owner), {}, stop);
    }
    [[nodiscard]] Async<bool> releaseLease(QString, std::stop_token) override
    {
        if (releaseErrors > 0) {
            --releaseErrors;
            Error error = makeError(ErrorKind::Server, QStringLiteral("no-quorum"),
                                    QStringLiteral("The cluster has no leader now"));
            error.retryable = true;
            return ready<bool>(fail(std::move(error)));
        }
        ++released;
        return ready<bool>(true);
    }
    [[nodiscard]] Async<std::optional<platform::Lease>> readLease(std::stop_token) override
    {
        return ready<std::optional<platform::Lease>>(std::optional<platform::Lease>());
    }

private:
    ManualTime& m_time;
    std::vector<Resolver<Observation>> m_hanging;
};

/// A journal in memory that can be full.
class MemoryJournal final : public run::Journal {
public:
    std::vector<run::JournalRecord> records;
    bool full = false;
    std::function<void()> onAppend;

    [[nodiscard]] Result<void> append(const RunId&,
                                      const std::vector<run::JournalRecord>& more) override
    {
        if (full) {
            return fail(ErrorKind::Storage, QStringLiteral("disk-full"),
                        QStringLiteral("No space left"));
        }
        records.insert(records.end(), more.begin(), more.end());
        if (onAppend) {
            onAppend();
        }
        return {};
    }
    [[nodiscard]] Result<std::vector<run::JournalRecord>> read(const RunId&) override
    {
        return records;
    }
};

} // namespace quorate::test
