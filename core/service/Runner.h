// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Retry.h"
#include "core/platform/Platform.h"
#include "core/run/Journal.h"
#include "core/run/Machine.h"

#include <QObject>

#include <set>

namespace quorate::service {

/// How often a cluster that cannot answer just now is asked to take its lease back. Our own choice:
/// a new leader is chosen within a second or two (etcd: 1 s), and whoever leaves waits for this.
inline constexpr RetryPolicy kReleaseRetry{
    .attemptsMax = 4, .delayFirst = Millis(500), .delayMax = Millis(2000)};

/// Carries out one run: observes the nodes, feeds the state machine, writes its records to the
/// journal, and only then starts the effects it asks for, through the platform. Lives on the GUI
/// thread and never blocks but for the journal's write. Destroying it cancels what is under way
/// here (not on the nodes) and leaves a journal that `resume` goes on from. Platform, journal and
/// clock must outlive it.
class Runner final : public QObject {
    Q_OBJECT
public:
    struct Options {
        platform::Platform& platform;
        run::Journal& journal;
        const Clock& clock;
        Scheduler scheduler = timerScheduler();
        std::vector<NodeRecord> nodes;  ///< id, name, address; empty: those of the plan
        std::optional<Package> package; ///< the verified file, for plans that stage it
    };
    Runner(Options options, procedure::Plan plan, RunId id, QObject* parent = nullptr);
    ~Runner() override;

    /// Begins a new run. Storage error "journal-failed" when it cannot be recorded: then nothing
    /// was sent.
    [[nodiscard]] Result<void> start(const std::vector<QString>& acceptedWarnings,
                                     const QString& startedBy);
    /// Reads a journal and shows the run as nobody carries it out, without touching the cluster.
    /// Storage errors "journal-broken" and "journal-of-another-plan", NotFound "no-journal".
    [[nodiscard]] Result<void> load();
    /// Goes on with an interrupted run (loads it when that was not done): observes and probes
    /// before anything else. Precondition "run-ended".
    [[nodiscard]] Result<void> resume(const QString& by);
    /// Only what the view offers; Precondition "not-offered" otherwise. A run that was only loaded
    /// is taken up first, as by `resume`; the command follows when the run stands again where it
    /// was given, for the same reason.
    [[nodiscard]] Result<void> command(run::RunCommand command, const QString& by);
    /// Gives the lease back without ending the run: for a driver that leaves a run that waits for a
    /// person. Nothing may be fed afterwards.
    [[nodiscard]] Async<bool> giveLeaseBack();
    /// The run has ended, and its lease could not be given back: it lives until it expires.
    [[nodiscard]] bool hasLeftLease() const { return m_leaseLeft; }

    [[nodiscard]] run::RunView view() const;
    [[nodiscard]] const run::RunState& state() const { return m_state; }
    [[nodiscard]] const procedure::Plan& plan() const { return m_plan; }

Q_SIGNALS:
    void changed();
    void ended(); ///< once, when the run has ended and the lease was given back (or could not be)

private:
    struct NodePoll {
        NodeRecord record;
        bool asking = false;
        bool askAgain = false;
        int round = 0; ///< a scheduled look of an older round is void
    };

    /// A command for a run that is being taken up.
    struct Wish {
        run::RunCommand command = run::RunCommand::Resume;
        QString by{};
        QString reason{}; ///< the code of the attention that it answers
        int step = -1;    ///< that it answers
    };
    bool feed(run::EventBody body);
    bool takeWish();
    [[nodiscard]] Result<void> takeUp(run::RunCommand command, const QString& by);
    bool record(const run::Transition& transition);
    void startEffects(const std::vector<run::Effect>& effects);
    void start(const run::effect::LookNow& effect);
    void start(const run::effect::Perform& effect);
    void start(const run::effect::Follow& effect);
    void start(const run::effect::Probe& effect);
    void start(const run::effect::AcquireLease& effect);
    void start(const run::effect::RenewLease& effect);
    void start(const run::effect::ReleaseLease& effect);
    void ask(std::size_t index);
    void answered(std::size_t index, TimePoint askedAt, Result<Observation> answer);
    void acquireLease(const run::effect::AcquireLease& effect, const Result<bool>& asked);
    void feedLease(bool renewal, Result<platform::Lease> answer);
    void scheduleWake();
    void later(Millis delay, std::function<void()> work);
    void report();
    [[nodiscard]] SnapshotPtr snapshot() const;

    platform::Platform& m_platform;
    run::Journal& m_journal;
    const Clock& m_clock;
    Scheduler m_scheduler;
    std::optional<Package> m_package;
    procedure::Plan m_plan;
    QString m_planHash;
    run::RunState m_state;
    std::optional<run::JournalRecord> m_lastRecord;
    std::optional<Error> m_journalError;
    std::optional<Wish> m_wish;
    std::vector<NodePoll> m_polls;
    std::optional<TimePoint> m_wakeAt;
    Millis m_leaseLife{0};
    bool m_loaded = false;
    bool m_releasing = false;
    bool m_leaseLeft = false;
    bool m_endReported = false;
    std::stop_source m_stop;
    std::shared_ptr<Runner*> m_self; ///< expires with the runner: scheduled work looks here first
};

} // namespace quorate::service
