// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/nodeadmin/Backups.h"
#include "core/platform/nodeadmin/Nodes.h"

namespace quorate::platform::nodeadmin {

/// "Is it done?", asked by key first and by the state of the node then. A node that does not answer
/// gives Unknown: never an error, except Cancelled and what a person must mend (trust, password).
class Probe final : public std::enable_shared_from_this<Probe> {
public:
    Probe(std::shared_ptr<Nodes> nodes, std::shared_ptr<Backups> backups, Act act,
          IdempotencyKey key, std::optional<Observation> before);

    [[nodiscard]] Async<ProbeOutcome> askNode(NodeClientPtr node, std::stop_token stop);
    /// Of the cluster as a whole: any node may have carried it.
    [[nodiscard]] Async<ProbeOutcome> askAll(std::stop_token stop);

private:
    [[nodiscard]] Async<ProbeOutcome> answerOf(NodeClientPtr node, std::stop_token stop);
    [[nodiscard]] Async<std::optional<OperationAnswer>> findOperation(const NodeClientPtr& node,
                                                                      std::stop_token stop) const;
    ProbeOutcome judgeOperation(const NodeClientPtr& node, const OperationAnswer& answer) const;

    std::shared_ptr<Nodes> m_nodes;
    std::shared_ptr<Backups> m_backups;
    Act m_act;
    IdempotencyKey m_key;
    std::optional<Observation> m_before;
};

} // namespace quorate::platform::nodeadmin
