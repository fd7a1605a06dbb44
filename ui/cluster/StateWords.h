// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/ClusterService.h"
#include "ui/common/Glyph.h"
#include "ui/common/QuorumBanner.h"
#include "ui/common/Tokens.h"

#include <vector>

namespace quorate::ui {

/// A state as shape, colour and word; never one of them alone.
struct StateMark {
    Glyph glyph = Glyph::Ring;
    Tone tone = Tone::Unknown;
    QString word;
    bool operator==(const StateMark&) const = default;
};

[[nodiscard]] StateMark markOf(quorum::ClusterState state);
/// "✓ Ready", "⟳ Updating", "◌ Cannot be reached", "✕ Down": what we know, and how.
[[nodiscard]] StateMark markOf(const NodeRecord& record, const quorum::VoterVerdict* verdict);
[[nodiscard]] StateMark markOf(Environment environment); ///< for the tag
/// "margin 1", "4 min old", "lost", "sign in": the right-hand caption of the cluster list.
[[nodiscard]] QString captionOf(const service::ClusterStatus& status, TimePoint now);
/// The quorum sentence with its glyph and age.
[[nodiscard]] QuorumBannerText bannerOf(const service::ClusterStatus& status, TimePoint now);
/// How many of the reachable other nodes see a node as alive: "2 of 2".
struct PeerCount {
    int seeing = 0;
    int asked = 0;
    bool operator==(const PeerCount&) const = default;
};
/// Parallel to the snapshot's nodes; one pass over all views, since a large cluster has thousands
/// of members.
[[nodiscard]] std::vector<PeerCount> seenByPeers(const ClusterSnapshot& snapshot);

} // namespace quorate::ui
