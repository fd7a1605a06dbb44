// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QFile>

#include <vector>

namespace quorate::net {

/// A file as seen through a ring of buffers that moves forward: [begin, end) is in memory. Private
/// to BulkUpload; one thread.
class FileWindow {
public:
    FileWindow(const QString& path, int slots, qint64 slotBytes);

    /// Storage error when it cannot be read, Validation "package-changed" when its size is another.
    [[nodiscard]] Result<void> open(qint64 sizeBytes);
    /// Where the ring begins; before the first read.
    void startAt(qint64 offset) { m_begin = m_end = offset; }

    /// Up to `max` bytes at `offset`: from the ring; at its end by moving it; elsewhere by a read
    /// of its own. 0 at the end of the file, -1 when the file cannot be read or has become shorter.
    [[nodiscard]] qint64 read(qint64 offset, char* out, qint64 max);
    /// True when a read at `offset` would push the oldest buffer out.
    [[nodiscard]] bool wouldMove(qint64 offset) const;
    /// Inside the oldest buffer: whoever is here is left behind by the next move.
    [[nodiscard]] bool isOldest(qint64 offset) const;
    [[nodiscard]] bool isBehind(qint64 offset) const { return offset < m_begin; }
    [[nodiscard]] qint64 size() const { return m_size; }
    [[nodiscard]] qint64 bytesRead() const { return m_bytesRead; }

private:
    qint64 readFile(qint64 offset, char* out, qint64 max);
    bool advance();

    QFile m_file;
    qint64 m_slotBytes;
    std::vector<QByteArray> m_slots;
    qint64 m_first = 0; ///< index of the slot that holds `m_begin`
    qint64 m_begin = 0;
    qint64 m_end = 0;
    qint64 m_size = 0;
    qint64 m_bytesRead = 0;
};

} // namespace quorate::net
