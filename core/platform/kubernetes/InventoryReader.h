// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/Inventory.h"
#include "core/platform/kubernetes/Servers.h"
#include "core/platform/kubernetes/Workloads.h"

namespace quorate::platform::kubernetes {

constexpr int kEventsMax = 500; ///< our own bound: the latest; etcd keeps events for an hour

/// Pure. Pods belong to the workload of their namespace whose selector they match.
Inventory inventoryFrom(const std::vector<WorkloadObject>& workloads,
                        const std::vector<PodObject>& pods, std::vector<EventObject> events,
                        TimePoint now);
/// Lists workloads, pods and events. What the user may not list is left out, unless nothing is
/// left: then its error.
[[nodiscard]] Async<Inventory>
readInventory(Servers& servers, const std::shared_ptr<const Clock>& clock, std::stop_token stop);

} // namespace quorate::platform::kubernetes
