// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

#include <compare>

namespace quorate {

/// A text that identifies one kind of thing, so that a host name is never passed where an id is
/// meant.
template <typename Tag>
struct StrongId {
    QString value;

    [[nodiscard]] bool isEmpty() const { return value.isEmpty(); }
    bool operator==(const StrongId&) const = default;
    std::strong_ordering operator<=>(const StrongId& other) const
    {
        return value.compare(other.value) <=> 0;
    }
    friend size_t qHash(const StrongId& id, size_t seed = 0) { return ::qHash(id.value, seed); }
};

using ClusterId = StrongId<struct ClusterTag>;     ///< ours: made when the cluster is connected
using NodeId = StrongId<struct NodeTag>;           ///< the cluster's own name of the node
using PackageId = StrongId<struct PackageTag>;     ///< "<name>-<version>" as the node lists it
using OperationId = StrongId<struct OperationTag>; ///< a node's long work
using RunId = StrongId<struct RunTag>;
using StepId = StrongId<struct StepTag>;           ///< within one plan: "0012"
using ProcedureId = StrongId<struct ProcedureTag>; ///< "mss-appliance"

} // namespace quorate
