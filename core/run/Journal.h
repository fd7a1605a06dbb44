// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"
#include "core/base/Result.h"
#include "core/base/Time.h"

#include <QJsonObject>

#include <vector>

namespace quorate::run {

/// One line of a run's journal. Records form a hash chain: `hash` is the SHA-256 over sequence,
/// time, kind, canonical payload and the previous hash, so that a removed or changed line shows
/// (design section 6, Evidence).
struct JournalRecord {
    qint64 sequence = 0; ///< 1, 2, 3 … within a run
    TimePoint at;
    QString kind; ///< "event" (fed to the state machine), "intent" (an effect is about to start),
                  ///< "note"
    QJsonObject payload;
    QByteArray previousHash; ///< 32 bytes; zeros for the first
    QByteArray hash;
    bool operator==(const JournalRecord&) const = default;
};

/// The hash of a record's other fields.
QByteArray hashOf(const JournalRecord& record);
/// Checks numbers and hashes from the first record on; the error names the first broken one.
[[nodiscard]] Result<void> verifyChain(const std::vector<JournalRecord>& records);

/// Where the records go. `append` returns only when they are durable (fsync); an effect starts only
/// after that. All records of one call are written together or not at all.
class Journal {
public:
    Journal() = default;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    virtual ~Journal() = default;
    [[nodiscard]] virtual Result<void> append(const RunId& run,
                                              const std::vector<JournalRecord>& records) = 0;
    [[nodiscard]] virtual Result<std::vector<JournalRecord>> read(const RunId& run) = 0;
};

} // namespace quorate::run
