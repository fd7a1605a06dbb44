// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Planner.h"

namespace quorate::test {

/// A healthy cluster of `count` voters, node-1 leading, all on `version`, freshly observed.
ClusterSnapshot sampleSnapshot(SystemKind system, int count, const Version& version);
/// A Kubernetes cluster as its control plane answers: `count` voters (cp-1 …) without a known
/// leader, and `workers` that only they speak of.
ClusterSnapshot sampleKubernetes(int count, int workers);
/// A package that accepts everything from `from` on below its own version.
Package samplePackage(SystemKind system, const Version& from, const Version& version);
/// Puts the package on every node, verified.
void stageEverywhere(ClusterSnapshot& snapshot, const Package& package);
/// The shipped procedure with this id; fails the test when there is none.
procedure::Procedure shippedProcedure(const QString& id);
/// Everything by machine, backups below a fixed folder.
procedure::PlanOptions sampleOptions();

} // namespace quorate::test
