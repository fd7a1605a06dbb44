// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterSnapshot.h"

#include <QHash>

namespace quorate {

/// Where the nodes stand in a snapshot. The members that an answer names mostly stand in the same
/// order: asked for them one after the other it compares one text each; else it makes a table,
/// once. For there may be thousands, in each look anew.
class NodePlaces {
public:
    explicit NodePlaces(
        const std::vector<NodeRecord>& nodes); ///< must outlive this; each id is there once

    /// nullopt: no such node.
    [[nodiscard]] std::optional<std::size_t> find(const NodeId& node);
    /// The next one asked for is probably the first again.
    void restart() { m_next = 0; }

private:
    [[nodiscard]] bool isAt(std::size_t place, const NodeId& node) const;

    const std::vector<NodeRecord>& m_nodes;
    std::size_t m_next = 0;
    QHash<QString, std::size_t> m_table; ///< empty: not needed yet
};

} // namespace quorate
