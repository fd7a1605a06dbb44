// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Observation.h"

#include <algorithm>

namespace quorate {

const PeerView* Observation::viewOf(const NodeId& peer) const
{
    const auto found = std::ranges::find(cluster.members, peer, &PeerView::id);
    return found == cluster.members.end() ? nullptr : &*found;
}

} // namespace quorate
