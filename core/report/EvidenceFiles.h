// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/Evidence.h"

namespace quorate::report::detail {

inline constexpr auto kManifestName = "manifest.json";
inline constexpr auto kSignatureName = "manifest.sig";
inline constexpr auto kSignerName = "signer.pem";
inline constexpr auto kPlanName = "plan.yaml";
inline constexpr auto kJournalName = "journal.jsonl";
inline constexpr auto kPageName = "report.html";
inline constexpr auto kReportName = "report.json";
inline constexpr auto kActivityName = "activity.jsonl";

/// One record a line, keys sorted, hashes in hex.
QByteArray journalLines(const std::vector<run::JournalRecord>& records);
/// Refuses what `journalLines` would not have written; names the line. Validation error
/// "evidence-journal-unreadable".
[[nodiscard]] Result<std::vector<run::JournalRecord>> journalFromLines(const QByteArray& text);
QByteArray activityLines(const std::vector<ActivityLine>& lines);
QByteArray reportText(const QJsonObject& report);

struct ManifestFile {
    QString name;
    qint64 bytes = 0;
    QByteArray sha256;
};

struct Manifest {
    RunId run;
    QString cluster;
    QString title;
    QString result;
    QString planHash;
    qint64 records = 0;
    QByteArray lastHash;
    TimePoint madeAt;
    QString madeBy;
    QString program;
    std::vector<ManifestFile> files;
    QByteArray signerSha256; ///< empty: unsigned
    QString unsignedBecause;
};
QByteArray toText(const Manifest& manifest);
/// Validation error "evidence-manifest".
[[nodiscard]] Result<Manifest> manifestFrom(const QByteArray& text);

} // namespace quorate::report::detail
