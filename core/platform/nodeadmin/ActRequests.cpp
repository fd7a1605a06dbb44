// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/ActRequests.h"

#include "core/base/Overloaded.h"

#include <QUrl>

#include <algorithm>

namespace quorate::platform::nodeadmin {
namespace {

using Maybe = std::optional<ActRequest>;

ActRequest plain(const char* path) { return {QString::fromLatin1(path), {}}; }

QString servicePath(const QString& service, const char* verb)
{
    return QStringLiteral("/services/%1/%2")
        .arg(QString::fromLatin1(QUrl::toPercentEncoding(service)), QString::fromLatin1(verb));
}

ProbeOutcome doneWhen(bool done) { return done ? ProbeOutcome::Done : ProbeOutcome::NotDone; }

ProbeOutcome judgeService(const NodeAnswer& now, const QString& id, bool wanted)
{
    const auto& services = now.self.services;
    const auto found = std::find_if(services.begin(), services.end(),
                                    [&](const ServiceState& service) { return service.id == id; });
    return found == services.end() ? ProbeOutcome::Unknown : doneWhen(found->running == wanted);
}

ProbeOutcome judgeReboot(const NodeAnswer& now, const std::optional<Observation>& before)
{
    if (now.self.state == NodeState::Restarting) {
        return ProbeOutcome::Running;
    }
    // Another start than before, and nothing left that asks for one.
    return doneWhen(before && !before->self.bootId.isEmpty()
                    && before->self.bootId != now.self.bootId
                    && !now.self.rebootNeeded.value_or(false));
}

ProbeOutcome judgeStaged(const NodeAnswer& now, const PackageId& id)
{
    const auto& staged = now.self.stagedPackages;
    return doneWhen(std::any_of(staged.begin(), staged.end(), [&](const StagedPackage& package) {
        return package.id == id && package.verified;
    }));
}

ProbeOutcome judgeUpdates(const NodeAnswer& now, const std::optional<Observation>& before)
{
    if (now.self.state == NodeState::Updating) {
        return ProbeOutcome::Running;
    }
    return doneWhen(before && before->self.updatesAvailable.value_or(false)
                    && !now.self.updatesAvailable.value_or(true));
}

ProbeOutcome judgeDrain(const NodeAnswer& now)
{
    return now.self.state == NodeState::Draining ? ProbeOutcome::Running : doneWhen(now.drained);
}

ProbeOutcome judgeInstall(const NodeAnswer& now, const PackageId& id)
{
    if (now.installedPackage == id) {
        return ProbeOutcome::Done;
    }
    return now.self.state == NodeState::Updating ? ProbeOutcome::Running : ProbeOutcome::NotDone;
}

} // namespace

std::optional<ActRequest> requestFor(const Act& act)
{
    return std::visit(
        Overloaded{
            [](const act::Drain&) -> Maybe { return plain("/node/drain"); },
            [](const act::Resume&) -> Maybe { return plain("/node/resume"); },
            [](const act::Reboot&) -> Maybe { return plain("/node/reboot"); },
            [](const act::Shutdown&) -> Maybe { return plain("/node/shutdown"); },
            [](const act::StagePackage&) -> Maybe { return std::nullopt; },
            [](const act::InstallPackage& a) -> Maybe {
                ActRequest request = plain("/updates/upgrade");
                request.body.insert(QStringLiteral("packageId"), a.package.value);
                request.body.insert(QStringLiteral("licenceAccepted"), true);
                return request;
            },
            [](const act::LookForUpdates&) -> Maybe { return plain("/updates/check"); },
            [](const act::InstallUpdates&) -> Maybe { return plain("/updates/install"); },
            [](const act::TakeBackup&) -> Maybe { return plain("/backups"); },
            [](const act::ScaleCluster&) -> Maybe { return plain("/cluster/scale"); },
            [](const act::StartService& a) -> Maybe {
                return ActRequest{servicePath(a.service, "start"), {}};
            },
            [](const act::StopService& a) -> Maybe {
                return ActRequest{servicePath(a.service, "stop"), {}};
            },
            [](const act::Manual&) -> Maybe { return std::nullopt; },
            [](const act::Cordon&) -> Maybe { return std::nullopt; },
            [](const act::Redeploy&) -> Maybe { return std::nullopt; },
        },
        act);
}

ProbeOutcome outcomeOf(OperationStatus::State state)
{
    switch (state) {
    case OperationStatus::State::Running: return ProbeOutcome::Running;
    case OperationStatus::State::Succeeded: return ProbeOutcome::Done;
    case OperationStatus::State::Failed: return ProbeOutcome::NotDone;
    }
    return ProbeOutcome::Unknown;
}

ProbeOutcome judgeByState(const Act& act, const NodeAnswer& now,
                          const std::optional<Observation>& before)
{
    return std::visit(
        Overloaded{
            [&](const act::Drain&) { return judgeDrain(now); },
            [&](const act::Resume&) { return doneWhen(!now.drained); },
            [&](const act::Reboot&) { return judgeReboot(now, before); },
            [&](const act::Shutdown&) {
                return now.self.state == NodeState::Stopped ? ProbeOutcome::Running
                                                            : ProbeOutcome::NotDone;
            },
            [&](const act::StagePackage& a) { return judgeStaged(now, a.package); },
            [&](const act::InstallPackage& a) { return judgeInstall(now, a.package); },
            [&](const act::LookForUpdates&) { return ProbeOutcome::NotDone; },
            [&](const act::InstallUpdates&) { return judgeUpdates(now, before); },
            [&](const act::TakeBackup&) { return ProbeOutcome::NotDone; },
            [&](const act::ScaleCluster&) { return ProbeOutcome::NotDone; },
            [&](const act::StartService& a) { return judgeService(now, a.service, true); },
            [&](const act::StopService& a) { return judgeService(now, a.service, false); },
            [&](const act::Manual&) { return ProbeOutcome::Unknown; },
            [&](const act::Cordon&) { return ProbeOutcome::Unknown; },
            [&](const act::Redeploy&) { return ProbeOutcome::Unknown; },
        },
        act);
}

} // namespace quorate::platform::nodeadmin
