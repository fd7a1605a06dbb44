// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/ManualText.h"

#include "core/base/Overloaded.h"

namespace quorate::procedure::detail {
namespace {

act::Manual installText(const QString& package, const QString& where, SystemKind system)
{
    // Source: seeds/000 section 6.2.3 (console), seeds/003 (upgrade script).
    const QString how =
        system == SystemKind::Cm
            ? QStringLiteral("On %1, signed in as the administrator over SSH, run the upgrade "
                             "script on the staged "
                             "package %2 and wait until it ends.")
            : QStringLiteral(
                "In the administration console of %1, open the upgrade page, choose %2, accept the "
                "licence and wait until the installation ends. Do not restart yet.");
    return {how.arg(where, package),
            QStringLiteral("Did the installation of %1 on %2 end without an error?")
                .arg(package, where)};
}

act::Manual stageText(const QString& package, const QString& where)
{
    return {QStringLiteral("Copy the package %1 to %2 and compare its SHA-256 with the plan.")
                .arg(package, where),
            QStringLiteral("Is %1 on %2, with the same SHA-256?").arg(package, where)};
}

act::Manual scaleText(const QString& where)
{
    // Source: seeds/000 section 6.2.3, last steps.
    return {
        QStringLiteral("Sign in to %1 as root over SSH and run: cspctl cluster scale").arg(where),
        QStringLiteral("Did the command end without an error?")};
}

act::Manual cordonText(const QString& where)
{
    return {QStringLiteral("Let %1 take no new work; leave what runs there.").arg(where),
            QStringLiteral("Does %1 take no new work?").arg(where)};
}

act::Manual redeployText(const act::Redeploy& redeploy)
{
    return {QStringLiteral("Redeploy the %1 %2/%3 and wait until it is complete.")
                .arg(redeploy.kind, redeploy.nameSpace, redeploy.name),
            QStringLiteral("Are all instances of %1 new and ready?").arg(redeploy.name)};
}

} // namespace

act::Manual manualFor(const Act& act, const QString& where, SystemKind system)
{
    const QString at = where.isEmpty() ? QStringLiteral("one ready node") : where;
    return std::visit(
        Overloaded{
            [&](const act::Drain&) {
                return act::Manual{
                    QStringLiteral(
                        "Drain %1: move its work to the other nodes and let it take no more.")
                        .arg(at),
                    QStringLiteral("Is %1 drained?").arg(at)};
            },
            [&](const act::Resume&) {
                return act::Manual{QStringLiteral("Let %1 take work again.").arg(at),
                                   QStringLiteral("Does %1 take work again?").arg(at)};
            },
            [&](const act::Reboot&) {
                return act::Manual{
                    QStringLiteral("Restart %1 in good order (not by switching it off), and wait "
                                   "until it answers.")
                        .arg(at),
                    QStringLiteral("Has %1 restarted, and does it answer again?").arg(at)};
            },
            [&](const act::Shutdown&) {
                return act::Manual{QStringLiteral("Shut %1 down in good order.").arg(at),
                                   QStringLiteral("Is %1 off?").arg(at)};
            },
            [&](const act::StagePackage& a) { return stageText(a.package.value, at); },
            [&](const act::InstallPackage& a) { return installText(a.package.value, at, system); },
            [&](const act::LookForUpdates&) {
                return act::Manual{
                    QStringLiteral("In the administration console of %1, open the online updates "
                                   "page and look for updates. Do not install yet.")
                        .arg(at),
                    QStringLiteral("Have you looked for updates on %1?").arg(at)};
            },
            [&](const act::InstallUpdates&) {
                return act::Manual{
                    QStringLiteral("In the administration console of %1, install the online "
                                   "updates that it offers. Do not restart yet.")
                        .arg(at),
                    QStringLiteral("Are the updates installed on %1, or were there none?").arg(at)};
            },
            [&](const act::TakeBackup&) {
                return act::Manual{QStringLiteral("Make a backup on %1 and download it together "
                                                  "with its backup key to a safe place.")
                                       .arg(at),
                                   QStringLiteral("Do you have both the backup and its key?")};
            },
            [&](const act::ScaleCluster&) { return scaleText(at); },
            [&](const act::StartService& a) {
                return act::Manual{
                    QStringLiteral("In the administration console of %2, start the service %1.")
                        .arg(a.service, at),
                    QStringLiteral("Is %1 running on %2?").arg(a.service, at)};
            },
            [&](const act::StopService& a) {
                return act::Manual{
                    QStringLiteral("In the administration console of %2, stop the service %1.")
                        .arg(a.service, at),
                    QStringLiteral("Is %1 stopped on %2?").arg(a.service, at)};
            },
            [](const act::Manual& a) { return a; },
            [&](const act::Cordon&) { return cordonText(at); },
            [&](const act::Redeploy& a) { return redeployText(a); },
        },
        act);
}

} // namespace quorate::procedure::detail
