// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/ActivityFeed.h"

#include <algorithm>

namespace quorate::service {

ActivityFeed::ActivityFeed(Read read, QObject* parent)
    : QObject(parent)
    , m_read(std::move(read))
{}

void ActivityFeed::look()
{
    const std::vector<store::ActivityEntry> latest = m_read(1);
    const qint64 known = m_entries.empty() ? 0 : m_entries.front().sequence;
    if (latest.empty() || latest.front().sequence <= known) {
        return;
    }
    const qint64 missing = std::min<qint64>(latest.front().sequence - known, kEntriesMax);
    std::vector<store::ActivityEntry> entries = m_read(static_cast<int>(missing));
    std::erase_if(entries,
                  [known](const store::ActivityEntry& entry) { return entry.sequence <= known; });
    entries.insert(entries.end(), m_entries.begin(), m_entries.end());
    if (entries.size() > static_cast<size_t>(kEntriesMax)) {
        entries.resize(static_cast<size_t>(kEntriesMax));
    }
    m_entries = std::move(entries);
    Q_EMIT changed();
}

} // namespace quorate::service
