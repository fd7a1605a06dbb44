// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QByteArrayList>
#include <QJsonObject>

#include <vector>

namespace quorate::platform::kubernetes {

/// One line of a watch.
struct WatchLine {
    QByteArray type; ///< ADDED, MODIFIED, DELETED, BOOKMARK, ERROR
    QJsonObject object;
};

/// Reads whole lines; `slim`: without their bulk. Protocol error when one of them is no change.
/// Pure.
[[nodiscard]] Result<std::vector<WatchLine>> decodeWatchLines(const QByteArrayList& texts,
                                                              bool slim);

/// Cuts the stream of a watch into lines, however it comes in parts; blank lines are dropped.
class WatchLines {
public:
    // etcd takes objects of 1.5 MB; as JSON with managed fields they are at most a few times that.
    static constexpr qsizetype kLineMax = 16 * 1024 * 1024;
    static constexpr qsizetype kPendingMax =
        64 * 1024 * 1024; ///< lines that came faster than they are taken

    /// Protocol error "answer-too-large" beyond these bounds.
    [[nodiscard]] Result<void> add(const QByteArray& part);
    /// The whole lines that have come since.
    [[nodiscard]] QByteArrayList take();
    [[nodiscard]] bool isEmpty() const { return m_lines.isEmpty(); }
    [[nodiscard]] qsizetype bytes() const { return m_bytes; } ///< of the whole lines
    void clear();
    void dropPart() { m_part.clear(); } ///< another connection begins anew

private:
    QByteArray m_part; ///< of a line
    QByteArrayList m_lines;
    qsizetype m_bytes = 0;
};

} // namespace quorate::platform::kubernetes
