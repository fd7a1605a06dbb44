// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/NodePlaces.h"

#include <algorithm>

namespace quorate {
namespace {

/// The nodes of the cluster file stand first, wherever an answer names them; where they are more,
/// the table knows.
constexpr std::size_t kFirstMax = 8;

} // namespace

NodePlaces::NodePlaces(const std::vector<NodeRecord>& nodes)
    : m_nodes(nodes)
{}

std::optional<std::size_t> NodePlaces::find(const NodeId& node)
{
    if (isAt(m_next, node)) {
        return m_next++;
    }
    for (std::size_t place = 0; place < std::min(kFirstMax, m_nodes.size()); ++place) {
        if (isAt(place, node)) {
            m_next = std::max(m_next, place + 1);
            return place;
        }
    }
    if (m_table.isEmpty()) {
        m_table.reserve(static_cast<qsizetype>(m_nodes.size()));
        for (std::size_t place = 0; place < m_nodes.size(); ++place) {
            m_table.insert(m_nodes[place].id.value, place);
        }
    }
    const auto found = m_table.constFind(node.value);
    if (found == m_table.cend()) {
        return std::nullopt;
    }
    m_next = *found + 1;
    return *found;
}

bool NodePlaces::isAt(std::size_t place, const NodeId& node) const
{
    return place < m_nodes.size() && m_nodes[place].id == node;
}

} // namespace quorate
