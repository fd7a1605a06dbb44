// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/Report.h"
#include "core/report/Signer.h"
#include "core/report/Zip.h"

namespace quorate::report {

/// A line of the activity log; as core/store keeps it.
struct ActivityLine {
    qint64 sequence = 0;
    TimePoint at;
    QString actor;
    QString kind;
    QString text;
    QByteArray hash;
};

struct EvidenceInput {
    RunId run;
    procedure::Plan plan;
    std::vector<run::JournalRecord> journal; ///< complete, from the first record on
    std::vector<ActivityLine> activity;      ///< of the run's cluster; cut to the run's time here
    TimePoint madeAt;
    QString madeBy;           ///< "user@host"
    QString program;          ///< "quorate 0.1.0"
    EvidenceSignerPtr signer; ///< null: unsigned
    QString unsignedBecause;  ///< "there is no keychain"; for the manifest
};

inline constexpr auto kEvidenceFormat = "quorate-evidence/1";

/// Writes the archive: manifest.json with manifest.sig and signer.pem, plan.yaml, journal.jsonl,
/// report.html, report.json, activity.jsonl. Everything but the activity is made from plan and
/// journal, so that a reader can make it again. Same input, same bytes. Replaces the file at once
/// or leaves it. "journal-broken" when the journal is not in order, Storage "evidence-not-written".
[[nodiscard]] Result<void> writeEvidence(const QString& path, const EvidenceInput& input);

} // namespace quorate::report
