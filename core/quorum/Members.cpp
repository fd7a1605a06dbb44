// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Members.h"

namespace quorate::quorum::detail {

void Members::set(const NodeId& node, Role role)
{
    if (role == Role::Worker) {
        m_butWorkers.erase(node);
        m_workers.insert(node);
    } else {
        m_workers.remove(node);
        m_butWorkers[node] = role;
    }
}

void Members::reserve(std::size_t members) { m_workers.reserve(static_cast<qsizetype>(members)); }

std::optional<Role> Members::roleOf(const NodeId& node) const
{
    if (const auto found = m_butWorkers.find(node); found != m_butWorkers.end()) {
        return found->second;
    }
    return m_workers.contains(node) ? std::optional(Role::Worker) : std::nullopt;
}

bool Members::isVoter(const NodeId& node) const
{
    const auto found = m_butWorkers.find(node);
    return found != m_butWorkers.end() && found->second == Role::Voter;
}

std::size_t Members::size() const
{
    return m_butWorkers.size() + static_cast<std::size_t>(m_workers.size());
}

} // namespace quorate::quorum::detail
