// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Store.h"

#include <QObject>

#include <functional>

namespace quorate::service {

/// The newest entries of the activity log, kept in memory. `look` reads what is new and nothing
/// else; entries of other processes (the command line) are found too.
class ActivityFeed final : public QObject {
    Q_OBJECT
public:
    /// Newest first, at most so many.
    using Read = std::function<std::vector<store::ActivityEntry>(int countMax)>;
    static constexpr int kEntriesMax =
        2000; ///< what a table shows at once; older ones stay in the store

    explicit ActivityFeed(Read read, QObject* parent = nullptr);
    [[nodiscard]] const std::vector<store::ActivityEntry>& entries() const
    {
        return m_entries;
    } ///< newest first
    /// Reads one row when nothing has happened. Windows call it once a second while they are
    /// visible.
    void look();

Q_SIGNALS:
    void changed();

private:
    Read m_read;
    std::vector<store::ActivityEntry> m_entries;
};

} // namespace quorate::service
