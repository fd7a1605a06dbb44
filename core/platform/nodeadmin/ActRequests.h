// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/Act.h"
#include "core/platform/nodeadmin/Decode.h"

#include <QJsonObject>

/// What each act is in the Node Admin API, and how the state of a node answers "is it done?". Pure.
namespace quorate::platform::nodeadmin {

struct ActRequest {
    QString path;
    QJsonObject body;
};
/// nullopt: the act is not one request (stage, manual).
[[nodiscard]] std::optional<ActRequest> requestFor(const Act& act);

/// The outcome of an operation that was found by its key.
ProbeOutcome outcomeOf(OperationStatus::State state);

/// For a key that the node has never seen: what its state says. `before` is the observation from
/// before the act. Start and stop of a service, restart, installing: judged by the node; scale and
/// look-for-updates leave no trace of their own, so an unknown key is NotDone.
ProbeOutcome judgeByState(const Act& act, const NodeAnswer& now,
                          const std::optional<Observation>& before);

} // namespace quorate::platform::nodeadmin
