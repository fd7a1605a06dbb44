// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/quoratectl/Session.h"

namespace quorate::ctl {

/// Starts the session's command; it ends by Session::end.
void startCommand(Session& session);

void listClusters(Session& session);
void removeCluster(Session& session);
void setReadOnly(Session& session);
void leaseNamespace(Session& session);
void connectCluster(Session& session);
void showStatus(Session& session);
void listNodes(Session& session);
void actOnNode(Session& session, Act act);
void drainNode(Session& session);
void actOnCluster(Session& session, Act act);
void listServices(Session& session);
void redeploy(Session& session);
void inspectPackage(Session& session);
void stagePackage(Session& session);
void listPackages(Session& session);
void listProcedures(Session& session);
void makePlan(Session& session);
void simulatePlan(Session& session);
void startUpgrade(Session& session);
void listRuns(Session& session);
void showRun(Session& session);
void commandRun(Session& session, run::RunCommand command);
void restoredRun(Session& session);
void reportRun(Session& session);
void verifyEvidence(Session& session);

/// Shows a run as it goes on, until it has ended or waits for a person; then ends the session.
/// Ctrl-C asks for a pause, a second one leaves (the run can be resumed).
enum class From { Start, Command }; ///< a command may find the run waiting still
void followRun(Session& session, const RunId& id, From from);
/// Another program carries the run out: waits until it has taken what was said of the manual step
/// at which `asked` stands, then ends the session.
void awaitTaken(Session& session, const run::RunView& asked);

} // namespace quorate::ctl
