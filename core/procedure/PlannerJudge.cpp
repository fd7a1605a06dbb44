// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/PlannerJudge.h"

#include "core/procedure/Paths.h"
#include "core/procedure/Scale.h"
#include "core/procedure/Words.h"
#include "core/procedure/YamlReader.h"

#include <algorithm>
#include <cmath>

namespace quorate::procedure::detail {
namespace {

Result<void> judgeOptions(const Procedure& procedure, const ClusterSnapshot& snapshot,
                          const PlanOptions& options)
{
    const bool isPractice =
        snapshot.identity.environment == Environment::Practice
        || std::any_of(snapshot.nodes.begin(), snapshot.nodes.end(),
                       [](const NodeRecord& node) { return node.last && node.last->self.sandbox; });
    if (!std::isfinite(options.speed) || options.speed < 1 || options.speed > Scale::kSpeedMax) {
        return fail(ErrorKind::Validation, word("bad-speed"),
                    QStringLiteral("The speed %1 is not between 1 and %2")
                        .arg(options.speed)
                        .arg(Scale::kSpeedMax),
                    QStringLiteral("Use the speed of the practice cluster, or 1"));
    }
    if (options.speed > 1 && !isPractice) {
        return refuse("speed-not-practice",
                      QStringLiteral("Only a practice cluster may run faster than time"),
                      QStringLiteral("Plan with speed 1"));
    }
    if (options.policy.reserve < 0 || options.policy.freshnessMax <= Millis(0)) {
        return fail(
            ErrorKind::Validation, word("bad-policy"),
            QStringLiteral("The reserve must not be negative and the age limit of answers not 0"));
    }
    if (procedure.wantsBackup && options.backupFolder.isEmpty()) {
        return refuse(
            "no-backup-folder",
            QStringLiteral("%1 takes a backup first, and no folder is named for it")
                .arg(procedure.title),
            QStringLiteral("Name a folder of this workstation for the backup and its key"));
    }
    if (procedure.needsPackage && !options.nodes.empty()) {
        return refuse("nodes-not-choosable",
                      QStringLiteral("%1 is for all nodes: leaving some out would mix versions")
                          .arg(procedure.title),
                      QStringLiteral("Plan without choosing nodes"));
    }
    for (const QString& need : procedure.capabilities) {
        if (!options.capabilities.contains(need)) {
            return refuse(
                "capability-missing",
                QStringLiteral("%1 needs \"%2\", which this platform cannot do by machine")
                    .arg(procedure.title, need),
                QStringLiteral("Choose another procedure, or adapt a copy of this one"));
        }
    }
    return {};
}

Result<void> judgePackageSystem(const Package& package, SystemKind system)
{
    if (package.manifest.system == system) {
        return {};
    }
    return refuse(
        "wrong-system",
        QStringLiteral("The package %1 is for %2; this cluster is %3")
            .arg(package.id().value, displayName(package.manifest.system), displayName(system)),
        QStringLiteral("Choose a package for %1").arg(displayName(system)));
}

Result<void> judgeSystem(const Procedure& procedure, const ClusterSnapshot& snapshot,
                         const std::optional<Package>& package)
{
    const SystemKind system = snapshot.identity.system;
    if (procedure.system != system) {
        return refuse("wrong-system",
                      QStringLiteral("%1 is for %2; this cluster is %3")
                          .arg(procedure.title, displayName(procedure.system), displayName(system)),
                      QStringLiteral("Choose a procedure for %1").arg(displayName(system)));
    }
    const QString& platform = snapshot.identity.platform;
    if (!procedure.platform.isEmpty() && procedure.platform != platform) {
        return refuse("wrong-platform",
                      QStringLiteral("%1 is for clusters reached by %2; this one is reached by %3")
                          .arg(procedure.title, procedure.platform,
                               platform.isEmpty() ? QStringLiteral("nothing known") : platform),
                      QStringLiteral("Choose another procedure"));
    }
    if (procedure.needsPackage && !package) {
        return refuse(
            "no-package",
            QStringLiteral("%1 installs a package, and none is chosen").arg(procedure.title),
            QStringLiteral("Choose the package file"));
    }
    return procedure.needsPackage ? judgePackageSystem(*package, system) : Result<void>();
}

} // namespace

tl::unexpected<Error> refuse(const char* code, const QString& message, const QString& cure)
{
    return fail(ErrorKind::Precondition, word(code), message, cure);
}

Result<void> judgeInput(const Procedure& procedure, const ClusterSnapshot& snapshot,
                        const std::optional<Package>& package, const PlanOptions& options)
{
    const auto system = judgeSystem(procedure, snapshot, package);
    return system ? judgeOptions(procedure, snapshot, options) : system;
}

Result<void> judgeVersions(const Procedure& procedure, const Package& package,
                           const std::map<NodeId, Version>& versions)
{
    const Version target = package.manifest.version;
    QStringList newer;
    QStringList unsupported;
    bool isAnyOlder = false;
    for (const auto& [node, version] : versions) {
        const auto fits = [from = version](const VersionRange& range) {
            return range.contains(from);
        };
        const auto& accepts = package.manifest.from;
        const bool isTaken = std::any_of(accepts.begin(), accepts.end(), fits);
        if (version > target) {
            newer.append(QStringLiteral("%1 (%2)").arg(node.value, version.toString()));
        } else if (version < target) {
            isAnyOlder = true;
            if (!isTaken || !supportsPath(procedure.paths, version, target)) {
                unsupported.append(QStringLiteral("%1 (%2)").arg(node.value, version.toString()));
            }
        }
    }
    if (!newer.isEmpty() || !isAnyOlder) {
        return refuse(
            "package-not-newer",
            newer.isEmpty() ? QStringLiteral("Every node runs %1 already").arg(target.toString())
                            : QStringLiteral("%1 is older than what runs on %2")
                                  .arg(target.toString(), newer.join(QStringLiteral(", "))),
            QStringLiteral("Choose a newer package; going back is never done by an upgrade"));
    }
    if (!unsupported.isEmpty()) {
        QStringList accepted;
        for (const VersionRange& range : package.manifest.from) {
            accepted.append(range.toString());
        }
        return refuse("unsupported-path",
                      QStringLiteral(
                          "%1 cannot be reached from %2. Tested paths: %3. The package accepts: %4")
                          .arg(target.toString(), unsupported.join(QStringLiteral(", ")),
                               pathsText(procedure.paths),
                               accepted.isEmpty() ? QStringLiteral("nothing")
                                                  : accepted.join(QStringLiteral(", "))),
                      QStringLiteral("Upgrade to a version in between first"));
    }
    return {};
}

Result<void> judgeTested(const Procedure& procedure, const Plan& plan)
{
    QStringList untested;
    for (const NodeId& node : plan.order) {
        const Version& version = plan.sourceVersions.at(node);
        if (std::ranges::none_of(procedure.paths, [&](const SupportedPath& path) {
                return path.from.contains(version);
            })) {
            untested.append(QStringLiteral("%1 (%2)").arg(node.value, version.toString()));
        }
    }
    if (untested.isEmpty()) {
        return {};
    }
    QStringList ranges;
    for (const SupportedPath& path : procedure.paths) {
        ranges.append(path.from.toString());
    }
    return refuse("unsupported-path",
                  QStringLiteral("%1 was tested with %2, which leaves out %3")
                      .arg(procedure.title, ranges.join(QStringLiteral(", ")),
                           untested.join(QStringLiteral(", "))),
                  QStringLiteral("Adapt a copy of the procedure once you have tried it there"));
}

Result<void> judgeTexts(const Plan& plan)
{
    for (const PlanStep& step : plan.steps) {
        const auto* manual = step.act ? std::get_if<act::Manual>(&*step.act) : nullptr;
        const qsizetype longest =
            manual ? std::max(manual->instructions.size(), manual->question.size())
                   : step.title.size();
        const bool isEmpty = manual && manual->instructions.trimmed().isEmpty();
        if (longest > yaml::MapReader::kTextMax || isEmpty) {
            return fail(ErrorKind::Validation, word("bad-parameter"),
                        QStringLiteral("The text of \"%1\" would be %2")
                            .arg(step.title.left(60),
                                 isEmpty ? QStringLiteral("empty") : QStringLiteral("too long")),
                        QStringLiteral("Say in a sentence or two what is to be done"));
        }
    }
    return {};
}

} // namespace quorate::procedure::detail

namespace quorate::procedure {

Result<void> judgePackage(const std::vector<Procedure>& procedures, const ClusterSnapshot& snapshot,
                          const Package& package)
{
    if (const auto judged = detail::judgePackageSystem(package, snapshot.identity.system);
        !judged) {
        return judged;
    }
    std::map<NodeId, Version> versions;
    for (const NodeRecord& node : snapshot.nodes) {
        if (node.last && !node.last->self.version.isNull()) {
            versions[node.id] = node.last->self.version;
        }
    }
    Result<void> verdict;
    if (versions.empty()) {
        return verdict;
    }
    for (const Procedure& procedure : procedures) {
        if (!procedure.needsPackage || procedure.system != snapshot.identity.system) {
            continue;
        }
        const auto judged = detail::judgeVersions(procedure, package, versions);
        if (judged) {
            return judged;
        }
        verdict = verdict ? judged : verdict; // the first one's reason
    }
    return verdict;
}

} // namespace quorate::procedure
