// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Evidence.h"

#include <algorithm>

namespace quorate::quorum::detail {
namespace {

struct Group {
    Predicate predicate;
    bool planned = false;
    QStringList names;
};

/// "node-2 and node-3 are down, node-4 is restarting (planned)": everybody who is not ready, or
/// nothing.
QString whoIsOut(const std::vector<Judged>& judged, const std::vector<NodeId>& planned)
{
    std::vector<Group> groups;
    for (const Judged& one : judged) {
        if (one.verdict.state == VoterState::Ready) {
            continue;
        }
        const bool isPlanned = std::ranges::find(planned, one.verdict.node) != planned.end();
        auto group = std::ranges::find_if(groups, [&](const Group& g) {
            return g.predicate == one.predicate && g.planned == isPlanned;
        });
        if (group == groups.end()) {
            group = groups.insert(groups.end(), Group{one.predicate, isPlanned, {}});
        }
        group->names.append(one.verdict.name);
    }
    QStringList parts;
    for (const Group& group : groups) {
        parts.append(QStringLiteral("%1 %2%3").arg(
            joined(group.names),
            group.names.size() == 1 ? group.predicate.one : group.predicate.many,
            group.planned ? QStringLiteral(" (planned)") : QString()));
    }
    const bool allAlone =
        std::ranges::all_of(groups, [](const Group& g) { return g.names.size() == 1; });
    return allAlone ? joined(parts) : parts.join(QStringLiteral(", "));
}

/// Every node fails: where all do it in the same way, and that is not silence, it is said.
QString whyNone(const std::vector<NodeRecord>& nodes)
{
    const auto all = [&nodes](ErrorKind kind) {
        return std::ranges::all_of(nodes, [kind](const NodeRecord& record) {
            return record.error ? record.error->kind == kind : record.address.isEmpty();
        });
    };
    const auto asked = [](const NodeRecord& record) { return record.error.has_value(); };
    if (std::ranges::any_of(nodes, asked) && all(ErrorKind::Unauthorized)) {
        return QStringLiteral("No node accepts our credentials");
    }
    if (std::ranges::any_of(nodes, asked) && all(ErrorKind::Tls)) {
        return QStringLiteral("No node shows a certificate that is trusted");
    }
    return QStringLiteral("Quorate cannot reach any node");
}

/// Nothing fresh at all: we know about ourselves only, and say so.
Sentence cutOff(const Evidence& evidence)
{
    const auto& nodes = evidence.snapshot->nodes;
    if (nodes.empty()) {
        return {QStringLiteral("No node is known"),
                QStringLiteral(", so nothing can be said about the cluster.")};
    }
    const bool allFail = std::ranges::all_of(nodes, [](const NodeRecord& r) {
        return r.error.has_value() || (!r.last && !r.attemptedAt && r.address.isEmpty());
    });
    std::optional<TimePoint> since; // when the last of them fell silent
    for (const NodeRecord& record : nodes) {
        if (record.last) {
            since = std::max(since,
                             std::optional(record.failingSince.value_or(record.last->observedAt)));
        }
    }
    const QString head = allFail ? whyNone(nodes) : QStringLiteral("No node has answered");
    if (!since) {
        return {allFail ? head : head + QStringLiteral(" yet"),
                QStringLiteral(". It is not known how the cluster is.")};
    }
    return {head, QStringLiteral(" since %1. This says nothing about the cluster itself.")
                      .arg(clockText(*since))};
}

Sentence ofOne(const Assessment& a, const QString& out)
{
    const QString head = QStringLiteral("%1 of 1 node ready").arg(a.ready);
    if (a.ready == 1) {
        return {head,
                QStringLiteral(". It is the only node: while it is out there is no service.")};
    }
    const QString consequence =
        a.state == ClusterState::Lost
            ? QStringLiteral(". It is the only node: there is no service.")
        : a.state == ClusterState::AtRisk // it has just proved its majority: itself
            ? QStringLiteral(". It is the only node: it serves for now, but is not ready.")
            : QStringLiteral(". It is the only node: it is not known whether there is service.");
    return {head, QStringLiteral(": ") + out + consequence};
}

QString howManyMayFail(const Assessment& a)
{
    const bool somebodyOut = a.ready < a.voters;
    const QString more = somebodyOut ? QStringLiteral(" more") : QString();
    if (a.margin == 0) {
        // A voter that we cannot judge may be ready after all.
        return QStringLiteral("One%1 failure %2 the cluster.")
            .arg(more, a.unknown > 0 ? QStringLiteral("may stop") : QStringLiteral("stops"));
    }
    return QStringLiteral("%1%2 %3 may fail without stopping the cluster.")
        .arg(capital(countWord(a.margin)), more,
             a.margin == 1 ? QStringLiteral("node") : QStringLiteral("nodes"));
}

/// Fewer answer us than it takes, but one of them has just proved that the majority is there.
QString provedElsewhere(const Evidence& evidence, const QString& out)
{
    const QString name = evidence.nameOf(evidence.haveMajority.front());
    return QStringLiteral("; %1. The cluster serves, for %2 has contact with a majority; how many "
                          "may fail is not known.")
        .arg(out, name);
}

} // namespace

Sentence makeSentence(const Evidence& evidence, const Assessment& a,
                      const std::vector<Judged>& judged, const std::vector<NodeId>& planned)
{
    if (evidence.fresh.empty() || a.voters == 0) {
        return cutOff(evidence);
    }
    const QString out = whoIsOut(judged, planned);
    if (a.voters == 1) {
        return ofOne(a, out);
    }
    const QString head = QStringLiteral("%1 of %2 voters ready").arg(a.ready).arg(a.voters);
    const QString needed = QStringLiteral(", %1 needed").arg(a.majority);
    const int lacking = a.majority - a.ready;
    switch (a.state) {
    case ClusterState::Quorate:
    case ClusterState::AtRisk:
        if (a.margin < 0 && !evidence.haveMajority.empty()) {
            return {head, needed + provedElsewhere(evidence, out)};
        }
        return {head, QStringLiteral("%1%2. %3")
                          .arg(needed, out.isEmpty() ? out : QStringLiteral(", ") + out,
                               howManyMayFail(a))};
    case ClusterState::Lost:
        return {
            head,
            QStringLiteral(
                "%1: the cluster has lost its majority. %2. It serves again when %3 more %4 ready.")
                .arg(needed, out, countWord(lacking),
                     lacking == 1 ? QStringLiteral("voter is") : QStringLiteral("voters are"))};
    case ClusterState::Unknown: break;
    }
    return {head, QStringLiteral("%1: it is not known whether the cluster has its majority. %2.")
                      .arg(needed, out)};
}

} // namespace quorate::quorum::detail
