// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/procedure/Plan.h"
#include "core/run/RunView.h"

#include <QObject>

#include <memory>

namespace quorate::service {

using RunViewPtr = std::shared_ptr<const run::RunView>;

/// A command for a run that another program carries out is taken by it within this time, or not at
/// all. Our own choice: a package of 10 GB is read again in some 20 s before its run is taken up.
inline constexpr Seconds kTakenUpLimit{120};

struct StartRequest {
    procedure::Plan plan;
    std::vector<QString> acceptedWarnings; ///< ids; every warning of the plan must be among them
    bool consented = false; ///< the operator typed the consent, where users are cut off
    QString startedBy;
};

/// Runs of all clusters; goes on whatever windows do. Lives on the GUI thread. After a crash,
/// `runs` lists what was under way as Paused with the offer to resume.
class RunService : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    ~RunService() override = default;
    [[nodiscard]] virtual std::vector<RunViewPtr> runs() const = 0;   ///< newest first
    [[nodiscard]] virtual RunViewPtr view(const RunId& id) const = 0; ///< null when unknown
    /// One that has not ended, as last read: view() knows it.
    [[nodiscard]] virtual std::optional<RunId> activeRun(const ClusterId& cluster) const = 0;
    /// Precondition errors: "run-active", "lease-held", "warnings-not-accepted", "no-consent",
    /// "checks-failed", "package-changed" (the file on disk is no longer the planned one),
    /// "read-only".
    [[nodiscard]] virtual Async<RunId> start(StartRequest request) = 0;
    /// Only what `RunView::offers` names; Precondition "not-offered" otherwise. A run that nobody
    /// carries out is taken up for it; what goes wrong with that later is told by `commandFailed`.
    /// Of one that another program carries out, that is asked: within kTakenUpLimit or never. What
    /// answers a step (run::answersStep) is meant for the one at which view() shows the run, and
    /// comes true at no other ("other-step").
    [[nodiscard]] virtual Result<void> command(const RunId& id, run::RunCommand command) = 0;
    /// Takes back what was asked here of another program that carries out the run, and what that
    /// has not taken; false when there is nothing of the kind.
    [[nodiscard]] virtual Result<bool> withdraw(const RunId& id) = 0;
    /// Leaves a run that waits for a person: its lease is given back, and any program of ours may
    /// resume it. One that has ended is left as soon as it holds nothing of the cluster.
    /// Precondition "not-waiting" when it is at work, or not carried out here.
    [[nodiscard]] virtual Async<bool> leave(RunId id) = 0;
    /// The operator says that what an ended run left open was restored by hand: its view then shows
    /// it as closed. Precondition "not-ended", "nothing-open"; NotFound "run-unknown".
    [[nodiscard]] virtual Result<void> confirmRestored(const RunId& id) = 0;
    /// Gives back leases that remained because a program of ours ended right after its run had; how
    /// many there were.
    [[nodiscard]] virtual Async<int> releaseLeftLeases() = 0;
    /// Why a run that is in the store has no view: its journal is broken, or of another plan.
    /// NotFound "run-unknown".
    [[nodiscard]] virtual std::optional<Error> problemOf(const RunId& id) const = 0;
    /// Runs of the cluster that have not ended, have no view and are carried out by nobody, as last
    /// read: no other can start before they are given up, by `command` with Cancel. While another
    /// program carries one out, that is refused with Precondition "run-driven-elsewhere".
    [[nodiscard]] virtual std::vector<RunId> damagedRuns(const ClusterId& /*cluster*/) const
    {
        return {};
    }
    /// Writes report.html, report.json and evidence.zip into `folder`; returns their paths.
    [[nodiscard]] virtual Async<QStringList> exportReport(RunId id, QString folder) = 0;
    [[nodiscard]] virtual QString reportHtml(const RunId& id) const = 0;

Q_SIGNALS:
    void runsChanged();
    void runChanged(quorate::RunId id);
    void commandFailed(quorate::RunId id, quorate::Error error);
};

/// Titles of what a run has open, in its order.
[[nodiscard]] QStringList openTitles(const run::RunView& view);
/// Titles of what runs of the cluster left open, ended runs too, each once. What an older run left
/// open is settled only by a newer one that opened and closed the same: id, title and node.
[[nodiscard]] QStringList openObligations(const std::vector<RunViewPtr>& newestFirst,
                                          const ClusterId& cluster);

} // namespace quorate::service
