// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/TrustStore.h"
#include "core/service/ClusterService.h"

namespace quorate::service {

ClusterIdentity identityOf(const store::ClusterProfile& profile);

/// The CA of the cluster file and the pins of the store.
[[nodiscard]] Result<net::TrustPolicy> trustPolicyOf(store::Store& store, const ClusterFile& file);

/// Adds the members that nodes name and the cluster file does not list: no address, no answer of
/// their own.
void addUnlistedMembers(ClusterSnapshot& snapshot);

/// A certificate that is not trusted at any node stops every change until a person has decided
/// (design section 9).
std::optional<Error> tlsRefusal(const std::vector<NodeRecord>& records);

} // namespace quorate::service
