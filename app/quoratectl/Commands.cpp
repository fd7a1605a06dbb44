// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"

namespace quorate::ctl {
namespace {

using Start = std::function<void(Session&)>;

Start node(const Act& act)
{
    return [act](Session& session) { actOnNode(session, act); };
}

Start runCommand(run::RunCommand command)
{
    return [command](Session& session) { commandRun(session, command); };
}

const QHash<QString, Start>& starts()
{
    static const QHash<QString, Start> table{
        {QStringLiteral("clusters"), listClusters},
        {QStringLiteral("clusters remove"), removeCluster},
        {QStringLiteral("connect"), connectCluster},
        {QStringLiteral("status"), showStatus},
        {QStringLiteral("nodes"), listNodes},
        {QStringLiteral("cluster read-only"), setReadOnly},
        {QStringLiteral("cluster lease-namespace"), leaseNamespace},
        {QStringLiteral("node cordon"), node(act::Cordon{})},
        {QStringLiteral("node uncordon"), node(act::Resume{})},
        {QStringLiteral("node drain"), drainNode},
        {QStringLiteral("node resume"), node(act::Resume{})},
        {QStringLiteral("node reboot"), node(act::Reboot{})},
        {QStringLiteral("node shutdown"), node(act::Shutdown{})},
        {QStringLiteral("services"), listServices},
        {QStringLiteral("redeploy"), redeploy},
        {QStringLiteral("package inspect"), inspectPackage},
        {QStringLiteral("package stage"), stagePackage},
        {QStringLiteral("package list"), listPackages},
        {QStringLiteral("procedures"), listProcedures},
        {QStringLiteral("plan"), makePlan},
        {QStringLiteral("simulate"), simulatePlan},
        {QStringLiteral("upgrade"), startUpgrade},
        {QStringLiteral("run list"), listRuns},
        {QStringLiteral("run show"), showRun},
        {QStringLiteral("run resume"), runCommand(run::RunCommand::Resume)},
        {QStringLiteral("run pause"), runCommand(run::RunCommand::Pause)},
        {QStringLiteral("run cancel"), runCommand(run::RunCommand::Cancel)},
        {QStringLiteral("run retry"), runCommand(run::RunCommand::RetryStep)},
        {QStringLiteral("run skip"), runCommand(run::RunCommand::SkipStep)},
        {QStringLiteral("run confirm"), runCommand(run::RunCommand::ConfirmDone)},
        {QStringLiteral("run deny"), runCommand(run::RunCommand::ConfirmNotDone)},
        {QStringLiteral("run restored"), restoredRun},
        {QStringLiteral("run report"), reportRun},
        {QStringLiteral("verify"), verifyEvidence},
    };
    return table;
}

} // namespace

void startCommand(Session& session)
{
    const auto found = starts().constFind(session.arguments().command());
    if (found == starts().constEnd()) {
        session.endWith(makeError(ErrorKind::Internal, QStringLiteral("no-command"),
                                  QStringLiteral("This command does nothing")));
        return;
    }
    (*found)(session);
}

} // namespace quorate::ctl
