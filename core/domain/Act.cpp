// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Act.h"

#include "core/base/Overloaded.h"

#include "core/base/Json.h"

namespace quorate {
namespace {

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

} // namespace

QString actName(const Act& value)
{
    return std::visit(Overloaded{
                          [](const act::Drain&) { return text("drain"); },
                          [](const act::Resume&) { return text("resume"); },
                          [](const act::Reboot&) { return text("reboot"); },
                          [](const act::Shutdown&) { return text("shutdown"); },
                          [](const act::StagePackage&) { return text("stage-package"); },
                          [](const act::InstallPackage&) { return text("install-package"); },
                          [](const act::LookForUpdates&) { return text("look-for-updates"); },
                          [](const act::InstallUpdates&) { return text("install-updates"); },
                          [](const act::TakeBackup&) { return text("take-backup"); },
                          [](const act::ScaleCluster&) { return text("scale-cluster"); },
                          [](const act::StartService&) { return text("start-service"); },
                          [](const act::StopService&) { return text("stop-service"); },
                          [](const act::Manual&) { return text("manual"); },
                      },
                      value);
}

QString actTitle(const Act& value)
{
    return std::visit(Overloaded{
                          [](const act::Drain&) { return text("Drain"); },
                          [](const act::Resume&) { return text("Resume"); },
                          [](const act::Reboot&) { return text("Reboot"); },
                          [](const act::Shutdown&) { return text("Shut down"); },
                          [](const act::StagePackage& a) { return text("Stage package ") + a.package.value; },
                          [](const act::InstallPackage& a) { return text("Install package ") + a.package.value; },
                          [](const act::LookForUpdates&) { return text("Look for updates"); },
                          [](const act::InstallUpdates&) { return text("Install updates"); },
                          [](const act::TakeBackup&) { return text("Take and download a backup"); },
                          [](const act::ScaleCluster&) { return text("Scale the cluster"); },
                          [](const act::StartService& a) { return text("Start service ") + a.service; },
                          [](const act::StopService& a) { return text("Stop service ") + a.service; },
                          [](const act::Manual&) { return text("Manual step"); },
                      },
                      value);
}

bool takesVoterAway(const Act& value)
{
    return std::holds_alternative<act::Drain>(value) || std::holds_alternative<act::Reboot>(value)
        || std::holds_alternative<act::Shutdown>(value) || std::holds_alternative<act::InstallPackage>(value)
        || std::holds_alternative<act::InstallUpdates>(value);
}

bool isRepeatable(const Act& value)
{
    return std::visit(Overloaded{
                          [](const act::Drain&) { return true; },
                          [](const act::Resume&) { return true; },
                          [](const act::Reboot&) { return false; },
                          [](const act::Shutdown&) { return false; },
                          [](const act::StagePackage&) { return true; },
                          [](const act::InstallPackage&) { return false; },
                          [](const act::LookForUpdates&) { return true; },
                          [](const act::InstallUpdates&) { return false; },
                          [](const act::TakeBackup&) { return true; },
                          [](const act::ScaleCluster&) { return false; },
                          [](const act::StartService&) { return true; },
                          [](const act::StopService&) { return true; },
                          [](const act::Manual&) { return false; },
                      },
                      value);
}

QJsonObject toJson(const Act& value)
{
    QJsonObject object{{text("act"), actName(value)}};
    std::visit(Overloaded{
                   [&](const act::StagePackage& a) { object[text("package")] = a.package.value; },
                   [&](const act::InstallPackage& a) { object[text("package")] = a.package.value; },
                   [&](const act::TakeBackup& a) { object[text("folder")] = a.folder; },
                   [&](const act::StartService& a) { object[text("service")] = a.service; },
                   [&](const act::StopService& a) { object[text("service")] = a.service; },
                   [&](const act::Manual& a) {
                       object[text("instructions")] = a.instructions;
                       object[text("question")] = a.question;
                   },
                   [](const auto&) {},
               },
               value);
    return object;
}

Result<Act> actFromJson(const QJsonObject& object)
{
    JsonReader in(object);
    const QString name = in.string("act");
    static const std::vector<Act> plain{act::Drain{},          act::Resume{},         act::Reboot{},
                                        act::Shutdown{},       act::LookForUpdates{}, act::InstallUpdates{},
                                        act::ScaleCluster{}};
    for (const Act& candidate : plain) {
        if (actName(candidate) == name) {
            return in.finish(candidate);
        }
    }
    if (name == QLatin1String("stage-package")) {
        Act value = act::StagePackage{PackageId{in.string("package")}};
        return in.finish(std::move(value));
    }
    if (name == QLatin1String("install-package")) {
        Act value = act::InstallPackage{PackageId{in.string("package")}};
        return in.finish(std::move(value));
    }
    if (name == QLatin1String("take-backup")) {
        Act value = act::TakeBackup{in.stringOr("folder", {})};
        return in.finish(std::move(value));
    }
    if (name == QLatin1String("start-service")) {
        Act value = act::StartService{in.string("service")};
        return in.finish(std::move(value));
    }
    if (name == QLatin1String("stop-service")) {
        Act value = act::StopService{in.string("service")};
        return in.finish(std::move(value));
    }
    if (name == QLatin1String("manual")) {
        Act value = act::Manual{in.string("instructions"), in.string("question")};
        return in.finish(std::move(value));
    }
    in.reject("act", QStringLiteral("the name of an act"));
    return in.finish(Act{});
}

} // namespace quorate
