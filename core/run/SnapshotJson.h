// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterSnapshot.h"

#include <QJsonObject>

namespace quorate::run {

/// What was seen of a cluster, complete: the journal's evidence. Round trip without loss.
QJsonObject toJson(const Error& error);
Error errorFromJson(const QJsonObject& object);
QJsonObject toJson(const Observation& observation);
[[nodiscard]] Result<Observation> observationFromJson(const QJsonObject& object);
QJsonObject toJson(const ClusterSnapshot& snapshot);
[[nodiscard]] Result<ClusterSnapshot> snapshotFromJson(const QJsonObject& object);

} // namespace quorate::run
