// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Quorum.h"

#include <algorithm>
#include <tuple>

namespace quorate::quorum {
namespace {

/// "node-2" before "node-10": runs of digits compare by their number.
bool isNaturallyLess(const QString& a, const QString& b)
{
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < a.size() && j < b.size()) {
        if (a.at(i).isDigit() && b.at(j).isDigit()) {
            const auto numberAt = [](const QString& text, qsizetype& at) {
                while (at < text.size() - 1 && text.at(at) == QLatin1Char('0')
                       && text.at(at + 1).isDigit()) {
                    ++at;
                }
                const qsizetype from = at;
                while (at < text.size() && text.at(at).isDigit()) {
                    ++at;
                }
                return text.mid(from, at - from);
            };
            const QString left = numberAt(a, i);
            const QString right = numberAt(b, j);
            if (left != right) {
                return left.size() != right.size() ? left.size() < right.size() : left < right;
            }
        } else {
            if (a.at(i) != b.at(j)) {
                return a.at(i) < b.at(j);
            }
            ++i;
            ++j;
        }
    }
    return a.size() - i < b.size() - j;
}

} // namespace

std::vector<NodeId> leaveOrder(const ClusterSnapshot& snapshot, const Assessment& assessment)
{
    struct Place {
        int rank = 0;
        QString name;
        NodeId node;
    };
    const auto isMember = [&](const NodeRecord& record) {
        return assessment.verdictOf(record.id)
               || std::ranges::any_of(snapshot.nodes, [&](const NodeRecord& other) {
                      return other.isReachable() && assessment.verdictOf(other.id)
                             && other.last->viewOf(record.id);
                  });
    };
    std::vector<Place> places;
    for (const NodeRecord& record : snapshot.nodes) {
        if (!isMember(record)) {
            continue;
        }
        const VoterVerdict* verdict = assessment.verdictOf(record.id);
        const bool ready =
            verdict ? verdict->state == VoterState::Ready
                    : record.isReachable() && record.last->self.state == NodeState::Ready;
        const int rank = assessment.leader == record.id ? 2 : ready ? 1 : 0;
        places.push_back({rank, record.name.isEmpty() ? record.id.value : record.name, record.id});
    }
    std::ranges::sort(places, [](const Place& a, const Place& b) {
        if (a.rank != b.rank) {
            return a.rank < b.rank;
        }
        if (a.name != b.name) {
            return isNaturallyLess(a.name, b.name);
        }
        return a.node < b.node;
    });
    std::vector<NodeId> order;
    for (const Place& place : places) {
        order.push_back(place.node);
    }
    return order;
}

} // namespace quorate::quorum
