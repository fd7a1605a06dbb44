// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Merge.h"

#include <QJsonObject>

/// Node objects as the distributions write them, shortened to what matters and what must be
/// ignored.
namespace quorate::platform::kubernetes::samples {

[[nodiscard]] QJsonObject json(const char* text);
/// The object, decoded; a failure of the running test when it cannot be.
[[nodiscard]] NodeObject node(const char* text);

extern const char kKubeadmMaster[];
extern const char kKubeadmWorker[];
extern const char kK3sVoter[];
extern const char kK3sLearner[];
extern const char kRke2Removed[];
extern const char kRke2EtcdOnly[];
extern const char kTalos[];
extern const char kOpenShiftMaster[];
extern const char kOpenShiftArbiter[];
extern const char kPlain[]; ///< no mark at all

/// A plain, ready node "node-N" at 10.0.0.N.
[[nodiscard]] NodeObject readyNode(int number);
/// Three plain nodes that serve the API, all well, as node-1 sees them at `now`; leases are 3 s
/// old.
[[nodiscard]] ServerAnswers threeNodes(TimePoint now);

} // namespace quorate::platform::kubernetes::samples
