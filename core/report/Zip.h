// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Time.h"

#include <QByteArray>

#include <vector>

namespace quorate::report {

/// What is read of an archive that somebody sent us. Our own choice: a run of seven nodes with a
/// night of observations journals some 50 MB.
struct EvidenceLimits {
    int filesMax = 16; ///< twice what is written
    qint64 fileBytesMax = 256LL * 1024 * 1024;
    qint64 totalBytesMax = 512LL * 1024 * 1024;
    qint64 archiveBytesMax = 256LL * 1024 * 1024; ///< packed
};

namespace detail {

struct ZipEntry {
    QString name;
    QByteArray content;
    bool operator==(const ZipEntry&) const = default;
};

/// All entries with this time, owner 0, mode 0644. Same input, same bytes (in one time zone: a ZIP
/// keeps local time beside UTC).
[[nodiscard]] Result<QByteArray> packZip(const std::vector<ZipEntry>& entries, TimePoint at,
                                         const EvidenceLimits& limits = {});

/// Counts what really comes out, whatever the archive says of itself; writes nothing anywhere.
/// Validation errors: "evidence-not-an-archive", "evidence-damaged", "evidence-too-many-files",
/// "evidence-too-large", "evidence-unsafe-name", "evidence-file-twice".
[[nodiscard]] Result<std::vector<ZipEntry>> unpackZip(const QByteArray& bytes,
                                                      const EvidenceLimits& limits = {});

} // namespace detail
} // namespace quorate::report
