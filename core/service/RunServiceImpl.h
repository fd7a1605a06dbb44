// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/Journal.h"
#include "core/service/ClusterRegistryImpl.h"
#include "core/service/Pool.h"
#include "core/service/RunService.h"

#include <QLockFile>
#include <QTimer>

#include <map>
#include <set>

namespace quorate::service {

class Runner;

/// Runs of the store. One process drives a run: it holds `<home>/run-<id>.lock` for as long. A run
/// that nobody drives is shown as interrupted; one that another process drives is shown as its
/// journal has it, and commands for it are left in the store for that process to take.
class RunServiceImpl final : public RunService {
    Q_OBJECT
public:
    /// `journal` is the store, or a test's own around it.
    RunServiceImpl(Context& context, ClusterRegistryImpl& registry, Pool& pool,
                   run::Journal& journal);
    ~RunServiceImpl() override;

    [[nodiscard]] std::vector<RunViewPtr> runs() const override;
    [[nodiscard]] RunViewPtr view(const RunId& id) const override;
    [[nodiscard]] std::optional<RunId> activeRun(const ClusterId& cluster) const override;
    [[nodiscard]] Async<RunId> start(StartRequest request) override;
    [[nodiscard]] Result<void> command(const RunId& id, run::RunCommand command) override;
    [[nodiscard]] Result<bool> withdraw(const RunId& id) override;
    [[nodiscard]] Async<bool> leave(RunId id) override;
    [[nodiscard]] Result<void> confirmRestored(const RunId& id) override;
    [[nodiscard]] Async<int> releaseLeftLeases() override;
    [[nodiscard]] std::optional<Error> problemOf(const RunId& id) const override;
    [[nodiscard]] std::vector<RunId> damagedRuns(const ClusterId& cluster) const override;
    [[nodiscard]] Async<QStringList> exportReport(RunId id, QString folder) override;
    [[nodiscard]] QString reportHtml(const RunId& id) const override;

private:
    /// Of the store, not of what is shown: another process may have begun one a moment ago. What
    /// changes the cluster asks this one.
    [[nodiscard]] std::optional<RunId> activeInStore(const ClusterId& cluster) const;
    struct Entry {
        store::RunRow row;
        RunViewPtr view;                ///< null while its journal could not be read
        std::optional<Error> problem{}; ///< why
        bool drivenElsewhere = false;   ///< as last looked; a newer program may read what we cannot
        [[nodiscard]] bool isDamaged() const
        {
            return !row.ended && !view && problem && !drivenElsewhere;
        }
    };
    struct Driven {
        std::unique_ptr<QLockFile> lock;
        std::unique_ptr<Runner> runner;
        qint64 wishesBefore = 0; ///< up to this number they were for who carried it out before
        bool leaving = false;    ///< its lease is being given back
        std::vector<Resolver<bool>> left{}; ///< told when it has ended and holds nothing more
    };
    void reload();
    [[nodiscard]] Result<RunViewPtr> viewFromJournal(const store::RunRow& row,
                                                     bool drivenElsewhere) const;
    [[nodiscard]] Result<void> readRestored(Entry& entry);
    [[nodiscard]] RunViewPtr reportedView(const Entry& entry) const;
    [[nodiscard]] bool isDrivenElsewhere(const RunId& id) const;
    [[nodiscard]] Entry* entryOf(const RunId& id);
    [[nodiscard]] QString lockPath(const RunId& id) const;

    [[nodiscard]] Result<void> judgeRequest(const StartRequest& request);
    void verifyPackage(const StartRequest& request, const Resolver<RunId>& out);
    void runChecks(const StartRequest& request, std::optional<Package> package,
                   const Resolver<RunId>& out);
    [[nodiscard]] Result<RunId> begin(const StartRequest& request, std::optional<Package> package);
    [[nodiscard]] Result<Driven*> drive(const store::RunRow& row, procedure::Plan plan,
                                        std::optional<Package> package);
    [[nodiscard]] Result<void> takeOver(const store::RunRow& row, run::RunCommand command);
    [[nodiscard]] Result<void> takeOverNow(const store::RunRow& row, const procedure::Plan& plan,
                                           std::optional<Package> package, run::RunCommand command,
                                           const StepId& step);
    [[nodiscard]] Result<void> commandUnreadable(Entry& entry, run::RunCommand command);
    void onRunnerChanged(const RunId& id);
    void onRunnerEnded(const RunId& id);
    void forget(const RunId& id);
    [[nodiscard]] bool mayHaveLeftLease(const Entry& entry) const;
    void askForLeftLease(const Entry& entry, ClusterService& service);
    void tellLeases();
    [[nodiscard]] Result<void> askElsewhere(const RunId& id, run::RunCommand command);
    void takeCommands();
    void takeWish(const RunId& id, const store::RunCommandRow& wish);
    void lookElsewhere();

    Context& m_context;
    ClusterRegistryImpl& m_registry;
    Pool& m_pool;
    run::Journal& m_journal;
    std::vector<Entry> m_entries; ///< newest first
    std::map<RunId, Driven> m_driven;
    std::map<RunId, std::vector<qint64>> m_asked; ///< of other processes, by number in the store
    std::set<RunId> m_released;      ///< ended runs whose lease is known to be given back
    std::set<RunId> m_askedForLease; ///< ended runs whose cluster is being asked for it
    std::vector<Resolver<int>> m_awaitingLeases;
    int m_leasesGivenBack = 0; ///< since nobody was awaiting
    QTimer m_commands;
    QTimer m_elsewhere;
};

} // namespace quorate::service
