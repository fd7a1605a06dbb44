// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Checks.h"

#include "core/procedure/Catalogue.h"

#include <algorithm>
#include <array>

namespace quorate::procedure {
namespace detail {

bool CheckInput::isDone(const NodeId& node) const
{
    return std::find(context.doneNodes.begin(), context.doneNodes.end(), node)
           != context.doneNodes.end();
}

qint64 CheckInput::number(const char* key) const
{
    const auto found = spec.parameters.find(QString::fromLatin1(key));
    return found == spec.parameters.end() ? 0 : found->second.toLongLong();
}

QString CheckInput::nameOf(const NodeId& node) const
{
    const NodeRecord* record = snapshot.node(node);
    return record != nullptr && !record->name.isEmpty() ? record->name : node.value;
}

bool CheckInput::isWorker(const NodeRecord& node) const
{
    const auto callsIt = [&node](const NodeRecord& other) {
        const PeerView* view = other.last ? other.last->viewOf(node.id) : nullptr;
        return view != nullptr && view->worker;
    };
    return (node.last && node.last->self.worker) || std::ranges::any_of(snapshot.nodes, callsIt);
}

Finding passed(const QString& text) { return {CheckOutcome::Passed, std::nullopt, text}; }
Finding failed(const QString& text, const std::optional<NodeId>& node)
{
    return {CheckOutcome::Failed, node, text};
}
Finding unknown(const QString& text, const std::optional<NodeId>& node)
{
    return {CheckOutcome::Unknown, node, text};
}

} // namespace detail

namespace {

struct CatalogueEntry {
    const char* id;
    detail::CheckFunction check;
    const char* parameters; ///< separated by spaces
};

constexpr std::array<CatalogueEntry, 13> kCatalogue{{
    {"all-nodes-ready", detail::checkAllReady, ""},
    {"quorum-margin", detail::checkMargin, ""},
    {"no-disagreements", detail::checkDisagreements, ""},
    {"no-foreign-work", detail::checkForeignWork, ""},
    {"node-conditions", detail::checkConditions, ""},
    {"verification-passed", detail::checkVerification, ""},
    {"versions-supported", detail::checkVersions, ""},
    {"package-staged-everywhere", detail::checkStaged, ""},
    {"disk-free", detail::checkDisk, "bytes-min package-copies"},
    {"backup-recent", detail::checkBackup, ""},
    {"snapshot-taken", detail::checkSnapshotTaken, ""},
    {"odd-voters", detail::checkOddVoters, ""},
    {"mixed-versions", detail::checkMixedVersions, ""},
}};

const CatalogueEntry* entryOf(const QString& id)
{
    const auto found =
        std::find_if(kCatalogue.begin(), kCatalogue.end(),
                     [&](const CatalogueEntry& entry) { return id == QLatin1String(entry.id); });
    return found == kCatalogue.end() ? nullptr : &*found;
}

CheckResult resultOf(const CheckSpec& spec, const detail::Finding& finding)
{
    return CheckResult{spec.id,      spec.title,   spec.severity, finding.outcome,
                       finding.node, finding.text, spec.cure};
}

} // namespace

QStringList checkIds()
{
    QStringList out;
    for (const CatalogueEntry& entry : kCatalogue) {
        out.append(QString::fromLatin1(entry.id));
    }
    return out;
}

QStringList checkParameters(const QString& id)
{
    const CatalogueEntry* entry = entryOf(id);
    return entry == nullptr
               ? QStringList()
               : QString::fromLatin1(entry->parameters).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

std::vector<CheckResult> runChecks(const std::vector<CheckSpec>& specs,
                                   const ClusterSnapshot& snapshot, const CheckContext& context)
{
    const quorum::Assessment assessment = quorum::assess(snapshot, context.now, context.policy);
    std::vector<CheckResult> out;
    for (const CheckSpec& spec : specs) {
        if (context.nextNode && !spec.beforeEachNode) {
            continue;
        }
        const CatalogueEntry* entry = entryOf(spec.id);
        const detail::Findings findings =
            entry != nullptr
                ? entry->check(detail::CheckInput{spec, snapshot, context, assessment})
                : detail::Findings{detail::unknown(
                    QStringLiteral("This version of Quorate has no check \"%1\"").arg(spec.id))};
        for (const detail::Finding& finding : findings) {
            out.push_back(resultOf(spec, finding));
        }
    }
    return out;
}

} // namespace quorate::procedure
