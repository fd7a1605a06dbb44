// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"

#include <QSet>

#include <map>
#include <optional>

namespace quorate::quorum::detail {

/// Worker: runs work only, and is no part of any question of quorum.
enum class Role { Voter, Learner, Worker, Other };

/// The role of each member. Those that may count are few and kept in the order of their ids;
/// workers, of which there may be thousands in each look, are only looked up.
class Members {
public:
    void set(const NodeId& node, Role role); ///< the last word about a node holds
    void reserve(std::size_t members);
    [[nodiscard]] std::optional<Role> roleOf(const NodeId& node) const; ///< nullopt: no member
    [[nodiscard]] bool contains(const NodeId& node) const { return roleOf(node).has_value(); }
    [[nodiscard]] bool isVoter(const NodeId& node) const;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] const std::map<NodeId, Role>& butWorkers() const { return m_butWorkers; }

private:
    std::map<NodeId, Role> m_butWorkers;
    QSet<NodeId> m_workers;
};

} // namespace quorate::quorum::detail
