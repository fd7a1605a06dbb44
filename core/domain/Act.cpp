// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Act.h"

#include "core/base/Overloaded.h"

#include "core/base/Json.h"

#include <algorithm>

namespace quorate {
namespace {

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

constexpr int kDaySeconds =
    24 * 3600; ///< our own bound: a grace or a limit beyond a day is a mistake

/// Only what differs from a plain drain, so that plans of platforms without pods read (and hash) as
/// ever.
void putDrain(QJsonObject& object, const act::Drain& drain)
{
    if (drain.unmanagedToo) {
        object[text("unmanagedToo")] = true;
    }
    if (drain.localDataToo) {
        object[text("localDataToo")] = true;
    }
    if (drain.graceSeconds) {
        object[text("graceSeconds")] = *drain.graceSeconds;
    }
    if (drain.limitSeconds != 0) {
        object[text("limitSeconds")] = drain.limitSeconds;
    }
}

act::Drain readDrain(JsonReader& in)
{
    act::Drain drain;
    drain.unmanagedToo = in.booleanOr("unmanagedToo", false);
    drain.localDataToo = in.booleanOr("localDataToo", false);
    const auto seconds = [&in](const char* key) {
        const auto value = in.optionalInteger(key);
        if (value && (*value < 0 || *value > kDaySeconds)) {
            in.reject(key, QStringLiteral("0 to %1 seconds").arg(kDaySeconds));
        }
        return value ? std::optional(static_cast<int>(std::clamp<qint64>(*value, 0, kDaySeconds)))
                     : std::nullopt;
    };
    drain.graceSeconds = seconds("graceSeconds");
    drain.limitSeconds = seconds("limitSeconds").value_or(0);
    return drain;
}

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
                          [](const act::Cordon&) { return text("cordon"); },
                          [](const act::Redeploy&) { return text("redeploy"); },
                      },
                      value);
}

QString actTitle(const Act& value)
{
    return std::visit(
        Overloaded{
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
            [](const act::Cordon&) { return text("Cordon"); },
            [](const act::Redeploy& a) {
                return QStringLiteral("Redeploy %1 %2/%3").arg(a.kind, a.nameSpace, a.name);
            },
        },
        value);
}

bool takesVoterAway(const Act& value)
{
    return std::holds_alternative<act::Drain>(value) || std::holds_alternative<act::Reboot>(value)
           || std::holds_alternative<act::Shutdown>(value)
           || std::holds_alternative<act::InstallPackage>(value)
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
                          [](const act::Cordon&) { return true; },
                          [](const act::Redeploy&) { return false; },
                      },
                      value);
}

QJsonObject toJson(const Act& value)
{
    QJsonObject object{{text("act"), actName(value)}};
    std::visit(Overloaded{
                   [&](const act::Drain& a) { putDrain(object, a); },
                   [&](const act::StagePackage& a) { object[text("package")] = a.package.value; },
                   [&](const act::InstallPackage& a) { object[text("package")] = a.package.value; },
                   [&](const act::TakeBackup& a) { object[text("folder")] = a.folder; },
                   [&](const act::StartService& a) { object[text("service")] = a.service; },
                   [&](const act::StopService& a) { object[text("service")] = a.service; },
                   [&](const act::Manual& a) {
                       object[text("instructions")] = a.instructions;
                       object[text("question")] = a.question;
                   },
                   [&](const act::Redeploy& a) {
                       object[text("namespace")] = a.nameSpace;
                       object[text("kind")] = a.kind;
                       object[text("name")] = a.name;
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
    static const std::vector<Act> plain{
        act::Resume{},         act::Reboot{},         act::Cordon{},      act::Shutdown{},
        act::LookForUpdates{}, act::InstallUpdates{}, act::ScaleCluster{}};
    for (const Act& candidate : plain) {
        if (actName(candidate) == name) {
            return in.finish(candidate);
        }
    }
    if (name == QLatin1String("drain")) {
        Act value = readDrain(in);
        return in.finish(std::move(value));
    }
    if (name == QLatin1String("redeploy")) {
        Act value = act::Redeploy{in.string("namespace"), in.string("kind"), in.string("name")};
        return in.finish(std::move(value));
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
