// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/OverviewFacts.h"

#include "ui/cluster/NodeTable.h"
#include "ui/common/Format.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

namespace quorate::ui {
namespace {

QString tr(const char* text, int n = -1)
{
    return QCoreApplication::translate("Overview", text, nullptr, n);
}

constexpr int kEventsMax = 50; ///< more is what the activity pane is for
constexpr std::chrono::hours kHistorySpan{24};

bool hear(const NodeRecord& from, const NodeRecord& to)
{
    if (!from.isReachable()) {
        return true; // it cannot be asked: no word against the link
    }
    const PeerView* view = from.last->viewOf(to.id);
    return view != nullptr && (view->state == PeerState::Ready || view->state == PeerState::Busy);
}

AttentionItem item(const char* id, const StateMark& mark, const QString& text,
                   const QString& action = {})
{
    return {QString::fromLatin1(id), mark.glyph, mark.tone, text, action};
}

void addConnection(std::vector<AttentionItem>& items, const service::ClusterStatus& status)
{
    using service::ConnectionState;
    const StateMark bad{Glyph::Cross, Tone::Bad, {}};
    switch (status.connection) {
    case ConnectionState::NeedsPassword:
        items.push_back(
            item("sign-in", bad, tr("The password is not known or not accepted."), tr("Sign in…")));
        break;
    case ConnectionState::NeedsTrust:
        items.push_back(item("trust", bad,
                             status.connectionError ? status.connectionError->message
                                                    : tr("A certificate is not trusted."),
                             tr("Look at it…")));
        break;
    case ConnectionState::Disconnected:
        items.push_back(
            item("refresh", {Glyph::Ring, Tone::Unknown, {}},
                 tr("No node can be reached from here. Check this workstation's network first."),
                 tr("Try again")));
        break;
    case ConnectionState::Partly: // of one node alone, too, somebody has to decide
        if (status.connectionError && status.connectionError->kind == ErrorKind::Tls) {
            items.push_back(item("trust", bad, status.connectionError->message, tr("Look at it…")));
        }
        break;
    case ConnectionState::Connecting:
    case ConnectionState::Connected: break;
    }
}

void addNodes(std::vector<AttentionItem>& items, const service::ClusterStatus& status)
{
    for (const auto& verdict : status.assessment.verdicts) {
        if (verdict.state != quorum::VoterState::Ready) {
            const NodeRecord* record = status.snapshot->node(verdict.node);
            const StateMark mark = record != nullptr ? markOf(*record, &verdict) : StateMark{};
            items.push_back(item("nodes", mark, verdict.text));
        }
    }
    for (const NodeRecord& record : status.snapshot->nodes) {
        if (!record.isReachable()) {
            continue;
        }
        for (const Condition& condition : record.last->self.conditions) {
            const StateMark mark = condition.severity == Severity::Error
                                       ? StateMark{Glyph::Cross, Tone::Bad, {}}
                                   : condition.severity == Severity::Warning
                                       ? StateMark{Glyph::Triangle, Tone::Warn, {}}
                                       : StateMark{Glyph::Info, Tone::Muted, {}};
            items.push_back(
                item("nodes", mark, QStringLiteral("%1: %2").arg(record.name, condition.text)));
        }
        const auto disk = record.last->self.diskFreeBytes;
        if (disk && *disk < kDiskLowBytes) {
            items.push_back(
                item("nodes", {Glyph::Triangle, Tone::Warn, {}},
                     tr("%1: %2 free, an upgrade needs 12 GB").arg(record.name, bytesText(*disk))));
        }
    }
}

void addPackages(std::vector<AttentionItem>& items, const service::ClusterStatus& status)
{
    std::map<PackageId, int> holders;
    int reachable = 0;
    Version running;
    for (const NodeRecord& record : status.snapshot->nodes) {
        if (!record.isReachable()) {
            continue;
        }
        ++reachable;
        running = std::max(running, record.last->self.version);
        for (const StagedPackage& staged : record.last->self.stagedPackages) {
            holders[staged.id] +=
                staged.verified && staged.version > record.last->self.version ? 1 : 0;
        }
    }
    for (const auto& [id, count] : holders) {
        if (count > 0 && count < reachable) {
            items.push_back(
                item("upgrade", {Glyph::Ring, Tone::Unknown, {}},
                     tr("%1 of %2 nodes hold package %3").arg(count).arg(reachable).arg(id.value),
                     tr("Stage…")));
        } else if (count > 0 && count == reachable) {
            items.push_back(item("upgrade", {Glyph::Package, Tone::Accent, {}},
                                 tr("All nodes hold package %1").arg(id.value), tr("Upgrade…")));
        }
    }
}

int rank(Tone tone)
{
    switch (tone) {
    case Tone::Bad: return 0;
    case Tone::Warn: return 1;
    case Tone::Unknown: return 2;
    case Tone::Accent: return 3;
    case Tone::Ok:
    case Tone::Plain:
    case Tone::Muted: break;
    }
    return 4;
}

} // namespace

RingData ringOf(const service::ClusterStatus& status, const QString& selectedId)
{
    RingData data;
    data.selectedId = selectedId;
    const auto& nodes = status.snapshot->nodes;
    for (const NodeRecord& record : nodes) {
        const StateMark mark = markOf(record, status.assessment.verdictOf(record.id));
        const bool learner = record.last && record.last->self.learner;
        data.nodes.push_back({record.id.value, record.name, mark.word, mark.tone, mark.glyph,
                              status.assessment.leader == record.id, !learner});
    }
    for (size_t from = 0; from < nodes.size(); ++from) {
        for (size_t to = from + 1; to < nodes.size(); ++to) {
            const bool ok = hear(nodes[from], nodes[to]) && hear(nodes[to], nodes[from])
                            && (nodes[from].isReachable() || nodes[to].isReachable());
            const bool known = nodes[from].isReachable() || nodes[to].isReachable();
            data.links.push_back({static_cast<int>(from), static_cast<int>(to), ok, known});
        }
    }
    return data;
}

QString ringCaption(const service::ClusterStatus& status)
{
    const auto& assessment = status.assessment;
    QString caption = tr("needs %1 of %2").arg(assessment.majority).arg(assessment.voters);
    caption += QStringLiteral(" · ");
    caption +=
        assessment.leader ? tr("leader %1").arg(assessment.leader->value) : tr("no leader known");
    return caption;
}

namespace {

/// While no node could be asked nothing is known of the voters, whatever was counted.
bool isKnown(const store::HistoryPoint& point)
{
    return point.state != quorum::toString(quorum::ClusterState::Unknown);
}

bool isDip(const store::HistoryPoint& point)
{
    return isKnown(point) && point.ready < point.voters;
}

} // namespace

StepChartData historyOf(const service::ClusterStatus& status, TimePoint now)
{
    StepChartData data;
    // To the end of this minute: a third of a pixel, and no new picture every second.
    data.end = std::chrono::ceil<std::chrono::minutes>(now);
    data.start = data.end - kHistorySpan;
    data.majority = status.assessment.majority;
    data.voters = std::max(1, status.assessment.voters);
    for (const auto& point : status.history) {
        data.observed.push_back(
            {std::max(point.at, data.start), isKnown(point) ? point.ready : kNotKnown});
        data.voters = std::max(data.voters, point.voters);
    }
    return data;
}

QString historyCaption(const service::ClusterStatus& status, TimePoint now)
{
    int dips = 0;
    Millis below{0};
    for (size_t index = 0; index < status.history.size(); ++index) {
        const auto& point = status.history[index];
        if (!isDip(point)) {
            continue;
        }
        const TimePoint until =
            index + 1 < status.history.size() ? status.history[index + 1].at : now;
        below += std::max(Millis(0), until - point.at);
        const bool continues = index > 0 && isDip(status.history[index - 1]);
        dips += continues ? 0 : 1;
    }
    if (status.history.empty()) {
        return tr("Nothing recorded yet.");
    }
    if (dips == 0) {
        return tr("All voters ready throughout, as far as Quorate has watched.");
    }
    return dips == 1 ? tr("1 dip, %1 with less than all voters ready.").arg(durationText(below))
                     : tr("%1 dips, %2 in all with less than all voters ready.")
                           .arg(dips)
                           .arg(durationText(below));
}

QString versionsText(const ClusterSnapshot& snapshot)
{
    std::map<Version, QStringList> byVersion;
    for (const NodeRecord& record : snapshot.nodes) {
        if (record.last) {
            byVersion[record.last->self.version].append(record.name);
        }
    }
    if (byVersion.empty()) {
        return tr("not known");
    }
    if (byVersion.size() == 1) {
        const bool all =
            byVersion.begin()->second.size() == static_cast<qsizetype>(snapshot.nodes.size());
        return all ? tr("%1 on all").arg(byVersion.begin()->first.toString())
                   : tr("%1 on %2")
                         .arg(byVersion.begin()->first.toString(),
                              byVersion.begin()->second.join(QStringLiteral(", ")));
    }
    QStringList parts;
    for (auto it = byVersion.rbegin(); it != byVersion.rend(); ++it) {
        parts.append(
            tr("%1 on %2").arg(it->first.toString(), it->second.join(QStringLiteral(", "))));
    }
    return parts.join(QStringLiteral(" · "));
}

QString leaseText(const service::ClusterStatus& status, TimePoint now)
{
    QStringList parts;
    if (status.lease) {
        parts.append(tr("%1, for %2")
                         .arg(status.lease->owner, durationText(now - status.lease->acquiredAt)));
    } else if (!status.leaseNamespace.isEmpty()) {
        parts.append(tr("nobody holds it"));
    }
    if (!status.leaseNamespace.isEmpty()) {
        parts.append(tr("namespace %1").arg(status.leaseNamespace));
    }
    return dotted(parts);
}

std::vector<AttentionItem> attentionOf(const service::ClusterStatus& status, TimePoint)
{
    std::vector<AttentionItem> items;
    addConnection(items, status);
    addNodes(items, status);
    for (const auto& disagreement : status.assessment.disagreements) {
        const bool error = disagreement.severity == Severity::Error;
        items.push_back(item("nodes",
                             error ? StateMark{Glyph::Cross, Tone::Bad, {}}
                                   : StateMark{Glyph::Triangle, Tone::Warn, {}},
                             disagreement.text));
    }
    if (status.etcdError) {
        items.push_back(item("nodes", {Glyph::Triangle, Tone::Warn, {}},
                             tr("Etcd itself is not asked: %1").arg(status.etcdError->message)));
    }
    if (status.lease && !status.lease->ours) {
        items.push_back(item("activity", {Glyph::Lock, Tone::Warn, {}},
                             tr("Changes are coordinated by %1").arg(status.lease->owner)));
    }
    addPackages(items, status);
    std::ranges::stable_sort(items, {},
                             [](const AttentionItem& entry) { return rank(entry.tone); });
    return items;
}

std::vector<EventItem> eventsOf(const std::vector<store::ActivityEntry>& entries,
                                const ClusterId& cluster, TimePoint now)
{
    std::vector<EventItem> items;
    for (const auto& entry : entries) {
        if (entry.cluster == cluster && items.size() < kEventsMax) {
            items.push_back({sensibleTimeText(entry.at, now), entry.text, Tone::Plain});
        }
    }
    return items;
}

} // namespace quorate::ui
