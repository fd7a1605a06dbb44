// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/procedure/Catalogue.h"
#include "core/procedure/Paths.h"

#include <algorithm>

namespace quorate::procedure::detail {
namespace {

/// Asks `judge` about every node that has ever answered; nodes that have not are unknown. Workers
/// are left out.
template <typename Judge>
Findings eachNode(const CheckInput& in, const QString& good, Judge judge)
{
    Findings out;
    for (const NodeRecord& node : in.snapshot.nodes) {
        if (in.isWorker(node)) {
            continue;
        }
        if (!node.last) {
            out.push_back(unknown(QStringLiteral("%1 has not answered yet").arg(in.nameOf(node.id)),
                                  node.id));
        } else if (std::optional<Finding> finding = judge(node, node.last->self)) {
            finding->node = node.id;
            out.push_back(std::move(*finding));
        }
    }
    if (in.snapshot.nodes.empty()) {
        out.push_back(unknown(QStringLiteral("No node is known")));
    }
    if (out.empty()) {
        out.push_back(passed(good));
    }
    return out;
}

const StagedPackage* stagedOf(const NodeSelf& self, const PackageId& package)
{
    const auto found =
        std::find_if(self.stagedPackages.begin(), self.stagedPackages.end(),
                     [&](const StagedPackage& staged) { return staged.id == package; });
    return found == self.stagedPackages.end() ? nullptr : &*found;
}

/// Why the package on a node is not good; nullopt when it is.
std::optional<QString> stagingProblem(const StagedPackage* staged, const CheckContext& context)
{
    if (staged == nullptr) {
        return QStringLiteral("does not have the package");
    }
    if (!staged->problem.isEmpty()) {
        return QStringLiteral("refuses the package: %1").arg(staged->problem);
    }
    if (!staged->verified) {
        return QStringLiteral("has not verified the package");
    }
    if (context.packageSha256 && staged->sha256 != *context.packageSha256) {
        return QStringLiteral("has a package with another SHA-256");
    }
    return std::nullopt;
}

} // namespace

Findings checkConditions(const CheckInput& in)
{
    return eachNode(
        in, QStringLiteral("No node reports an error"),
        [&](const NodeRecord& node, const NodeSelf& self) -> std::optional<Finding> {
            for (const Condition& condition : self.conditions) {
                if (condition.severity == Severity::Error) {
                    return failed(
                        QStringLiteral("%1 reports: %2").arg(in.nameOf(node.id), condition.text));
                }
            }
            return std::nullopt;
        });
}

Findings checkVerification(const CheckInput& in)
{
    return eachNode(
        in, QStringLiteral("Nothing installed waits for, or failed, its verification"),
        [&](const NodeRecord& node, const NodeSelf& self) -> std::optional<Finding> {
            const QString& state = self.verification;
            if (state == QLatin1String("failed")) {
                return failed(QStringLiteral("On %1 the verification of what was installed failed")
                                  .arg(in.nameOf(node.id)));
            }
            if (state == QLatin1String("running")) {
                return failed(QStringLiteral("On %1 the verification is still running")
                                  .arg(in.nameOf(node.id)));
            }
            const bool isGood = state.isEmpty() || state == QLatin1String("passed")
                                || state == QLatin1String("none");
            if (!isGood) {
                return unknown(QStringLiteral("%1 says \"%2\" of its verification")
                                   .arg(in.nameOf(node.id), state));
            }
            return std::nullopt;
        });
}

Findings checkVersions(const CheckInput& in)
{
    const auto paths = pathsFrom(in.spec.parameters.count(QStringLiteral("paths")) != 0
                                     ? in.spec.parameters.at(QStringLiteral("paths"))
                                     : QString());
    const Version target = in.context.targetVersion;
    if (target.isNull()) {
        return {unknown(QStringLiteral("The version to go to is not known"))};
    }
    return eachNode(
        in, QStringLiteral("Every node can go to %1").arg(target.toString()),
        [&](const NodeRecord& node, const NodeSelf& self) -> std::optional<Finding> {
            const QString name = in.nameOf(node.id);
            const QString runs = self.version.toString();
            if (self.version.isNull()) {
                return unknown(QStringLiteral("%1 does not say its version").arg(name));
            }
            if (self.version == target) {
                return std::nullopt;
            }
            if (in.isDone(node.id)) {
                return failed(QStringLiteral("%1 was upgraded, but runs %2 and not %3")
                                  .arg(name, runs, target.toString()));
            }
            if (self.version > target) {
                return failed(
                    QStringLiteral("%1 runs %2, newer than %3").arg(name, runs, target.toString()));
            }
            if (!supportsPath(paths, self.version, target)) {
                return failed(QStringLiteral("%1 runs %2; no tested path leads to %3")
                                  .arg(name, runs, target.toString()));
            }
            return std::nullopt;
        });
}

Findings checkStaged(const CheckInput& in)
{
    if (!in.context.package) {
        return {unknown(QStringLiteral("No package is chosen"))};
    }
    return eachNode(
        in, QStringLiteral("%1 lies verified on every node").arg(in.context.package->value),
        [&](const NodeRecord& node, const NodeSelf& self) -> std::optional<Finding> {
            if (in.isDone(node.id) || self.version == in.context.targetVersion) {
                return std::nullopt;
            }
            const auto problem = stagingProblem(stagedOf(self, *in.context.package), in.context);
            if (problem) {
                return failed(QStringLiteral("%1 %2").arg(in.nameOf(node.id), *problem));
            }
            return std::nullopt;
        });
}

Findings checkDisk(const CheckInput& in)
{
    const qint64 copies = in.number("package-copies");
    const qint64 base = in.number("bytes-min") + copies * in.context.packageBytes;
    return eachNode(in, QStringLiteral("Every node has at least %1 free").arg(toBytesText(base)),
                    [&](const NodeRecord& node, const NodeSelf& self) -> std::optional<Finding> {
                        if (in.isDone(node.id)) {
                            return std::nullopt;
                        }
                        if (!self.diskFreeBytes) {
                            return unknown(QStringLiteral("%1 does not say how much space is free")
                                               .arg(in.nameOf(node.id)));
                        }
                        // What is staged is taken off the node's figure already; what is not will
                        // be.
                        const bool isStaged =
                            in.context.package && stagedOf(self, *in.context.package) != nullptr;
                        const qint64 needed = base + (isStaged ? 0 : in.context.packageBytes);
                        if (*self.diskFreeBytes < needed) {
                            return failed(QStringLiteral("%1 has %2 free, %3 needed")
                                              .arg(in.nameOf(node.id),
                                                   toBytesText(*self.diskFreeBytes),
                                                   toBytesText(needed)));
                        }
                        return std::nullopt;
                    });
}

} // namespace quorate::procedure::detail
