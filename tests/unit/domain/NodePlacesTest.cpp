// SPDX-License-Identifier: GPL-3.0-or-later
// What is found by going along the list must be what one would find by looking through all of it.
#include "core/domain/NodePlaces.h"

#include "core/domain/Workers.h"
#include "tests/support/Test.h"

#include <algorithm>
#include <random>

using namespace quorate;

namespace {

const TimePoint kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

NodeId named(unsigned index) { return NodeId{QStringLiteral("node-%1").arg(index)}; }

std::vector<NodeRecord> recordsOf(unsigned count)
{
    std::vector<NodeRecord> records(count);
    for (unsigned index = 0; index < count; ++index) {
        records[index].id = named(index);
    }
    return records;
}

std::optional<std::size_t> lookedUp(const std::vector<NodeRecord>& records, const NodeId& node)
{
    const auto found = std::ranges::find(records, node, &NodeRecord::id);
    return found == records.end() ? std::nullopt
                                  : std::optional(std::size_t(found - records.begin()));
}

/// Each way in which an answer may name them: in order, some left out, some moved, at random,
/// unknown ones between.
std::vector<NodeId> questions(unsigned count, int way, std::mt19937& random)
{
    std::vector<NodeId> asked;
    for (unsigned index = 0; index < count; ++index) {
        if (way != 1 || random() % 4 != 0) {
            asked.push_back(named(index));
        }
        if (way >= 3 && random() % 8 == 0) {
            asked.push_back(named(count + unsigned(random() % 5)));
        }
    }
    const std::size_t swaps = way == 2 ? 3 : 0;
    for (std::size_t swap = 0; swap < swaps && !asked.empty(); ++swap) {
        std::swap(asked[random() % asked.size()], asked[random() % asked.size()]);
    }
    if (way == 4) {
        std::ranges::shuffle(asked, random);
    }
    return asked;
}

ClusterSnapshot worldOf(std::mt19937& random)
{
    ClusterSnapshot snapshot;
    const auto count = unsigned(random() % 30 + 1);
    snapshot.nodes = recordsOf(count);
    for (unsigned index = 0; index < count && index < 4; ++index) {
        if (random() % 4 == 0) {
            continue; // it never answered
        }
        NodeRecord& record = snapshot.nodes[index];
        record.last = Observation{.node = record.id, .observedAt = kStart + Seconds(random() % 3)};
        for (const NodeId& member : questions(count, int(random() % 5), random)) {
            PeerView view;
            view.id = member;
            view.worker = random() % 3 != 0;
            record.last->cluster.members.push_back(view);
        }
        if (random() % 4 == 0) {
            record.error = makeError(ErrorKind::Timeout, QStringLiteral("timeout"), QString());
        }
    }
    std::ranges::shuffle(snapshot.nodes, random);
    return snapshot;
}

} // namespace

TEST(NodePlaces, FindsWhatLookingThroughAllFinds)
{
    std::mt19937 random(7);
    for (int round = 0; round < 400; ++round) {
        const auto count = unsigned(random() % 40);
        const std::vector<NodeRecord> records = recordsOf(count);
        NodePlaces places(records);
        for (int observer = 0; observer < 3; ++observer) {
            for (const NodeId& node : questions(count, int(random() % 5), random)) {
                ASSERT_EQ(places.find(node), lookedUp(records, node))
                    << round << ' ' << qPrintable(node.value);
            }
            if (random() % 2 == 0) {
                places.restart();
            }
        }
    }
}

TEST(NodePlaces, KnowsNobodyInAnEmptyList)
{
    const std::vector<NodeRecord> none;
    NodePlaces places(none);
    EXPECT_EQ(places.find(named(0)), std::nullopt);
    EXPECT_EQ(places.find(named(0)), std::nullopt);
}

TEST(Workers, AreNotTakenFromOneThatOnlyRemembersThem)
{
    ClusterSnapshot snapshot;
    snapshot.nodes = recordsOf(2);
    int later = 0;
    for (NodeRecord& record : snapshot.nodes) {
        record.error.reset();
        record.last.emplace();
        record.last->node = record.id;
        record.last->observedAt = TimePoint(Seconds(100 + 2 * later++));
    }
    snapshot.nodes[0].last->cluster.majority = true;
    snapshot.nodes[1].last->cluster.majority = false; // newer, and cut off
    EXPECT_EQ(workersIn(snapshot).by, &*snapshot.nodes[0].last);
    snapshot.nodes[1].last->cluster.majority.reset();
    EXPECT_EQ(workersIn(snapshot).by, &*snapshot.nodes[0].last);
    snapshot.nodes[1].last->cluster.majority = true;
    EXPECT_EQ(workersIn(snapshot).by, &*snapshot.nodes[1].last);
}

TEST(Workers, AreThoseOfTheNewestAnswerThatHaveNoneOfTheirOwn)
{
    std::mt19937 random(11);
    int seen = 0;
    for (int round = 0; round < 400; ++round) {
        const ClusterSnapshot snapshot = worldOf(random);
        const WorkerViews workers = workersIn(snapshot);
        ASSERT_EQ(workers.views.size(), snapshot.nodes.size());
        ASSERT_EQ(workers.by ? std::optional(workers.by->observedAt) : std::nullopt, [&snapshot] {
            std::optional<TimePoint> newest;
            for (const NodeRecord& record : snapshot.nodes) {
                newest = record.isReachable()
                             ? std::max(newest, std::optional(record.last->observedAt))
                             : newest;
            }
            return newest;
        }());
        for (std::size_t node = 0; node < snapshot.nodes.size(); ++node) {
            const NodeRecord& record = snapshot.nodes[node];
            const PeerView* expected = nullptr; // the last word about it in that answer
            if (workers.by != nullptr && !record.last) {
                for (const PeerView& view : workers.by->cluster.members) {
                    expected = view.id == record.id && view.worker ? &view : expected;
                }
            }
            ASSERT_EQ(workers.views[node], expected) << round << ' ' << node;
            seen += expected != nullptr ? 1 : 0;
        }
    }
    EXPECT_GT(seen, 500); // the property is not empty
}
