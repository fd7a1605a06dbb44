// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"
#include "core/run/Journal.h"
#include "core/run/RunView.h"

#include <QJsonObject>

namespace quorate::report {

/// Something that a reader of the run wants to know of, besides its steps.
struct Moment {
    TimePoint at;
    QString kind; ///< "attention": a person was needed; "command": one decided; "resumed"
    QString text; ///< the attention's title, or the command's name
    QString by;   ///< who, where it was a person
    bool operator==(const Moment&) const = default;
};

/// What the view of a run does not keep; taken from its journal.
struct History {
    SnapshotPtr seen; ///< the last look at the cluster that was journalled
    std::vector<Moment> moments;
};

struct Replayed {
    run::RunView view; ///< with its planHash
    History history;
};

/// Checks the chain and folds the journal with the plan. Storage error "journal-broken", which
/// names the first record that is not as it was written.
[[nodiscard]] Result<Replayed> replayRun(const procedure::Plan& plan, const RunId& id,
                                         const std::vector<run::JournalRecord>& records,
                                         TimePoint now);

/// One page for reading and printing, in one file: no script, no link, no picture from outside.
/// Everything that came from a cluster or a person is escaped.
QString runHtml(const run::RunView& view, const procedure::Plan& plan, TimePoint now,
                const History& history = {});

inline constexpr auto kRunReportFormat = "quorate-run-report/1";
/// The same facts; the fields are in docs/guide/evidence.md and stay.
QJsonObject runJson(const run::RunView& view, const procedure::Plan& plan, TimePoint now,
                    const History& history = {});

} // namespace quorate::report
