// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/RunView.h"
#include "core/service/ClusterService.h"

#include <QJsonArray>
#include <QJsonObject>

/// The JSON of the command line: documented in docs/guide/command-line.md and stable. Fields are
/// added, never renamed.
namespace quorate::ctl {

QJsonObject toJson(const Error& error);
QJsonObject toJson(const service::ClusterStatus& status, TimePoint now);
QJsonArray nodesJson(const service::ClusterStatus& status, TimePoint now);
QJsonObject toJson(const Package& package);
QJsonObject toJson(const StagedPackage& package);
QJsonObject toJson(const run::RunView& view);
QJsonObject summaryOf(const run::RunView& view);               ///< without the steps
QJsonObject stepLine(const run::RunView& view, TimePoint now); ///< one line of `upgrade --json`

} // namespace quorate::ctl
