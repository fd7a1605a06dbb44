// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a large and changing cluster: what the table shows after each look is what rows made
// by looking through everything for each cell would show.
#include "tests/support/Test.h"

#include "tests/support/ModelDump.h"
#include "ui/cluster/NodeTable.h"

#include <algorithm>
#include <random>

namespace quorate::ui {
namespace {

constexpr int kVoters = 3;
const TimePoint kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

NodeId voter(int index) { return NodeId{QStringLiteral("m-%1").arg(index)}; }
NodeId worker(unsigned index)
{
    return NodeId{(index % 2 == 0 ? QStringLiteral("a-%1") : QStringLiteral("w-%1")).arg(index)};
}

/// Three that vote and up to forty workers that come and go; each voter knows of most, in the order
/// of their names.
class Cluster {
public:
    explicit Cluster(unsigned seed)
        : m_random(seed)
    {
        for (int index = 0; index < kVoters; ++index) {
            NodeRecord& record = m_voters.emplace_back();
            record.id = voter(index);
            record.name = record.id.value;
            record.address = QStringLiteral("10.0.0.%1:6443").arg(index + 1);
        }
    }

    void change(TimePoint now)
    {
        for (int step = 0; step < 3; ++step) {
            const unsigned index = m_random() % 40;
            if (m_random() % 4 == 0) {
                m_workers.erase(worker(index));
            } else {
                m_workers[worker(index)] = anyView(worker(index));
            }
        }
        for (NodeRecord& record : m_voters) {
            if (m_random() % 5 == 0) {
                record.error = makeError(ErrorKind::Timeout, QStringLiteral("timeout"), QString());
            } else if (m_random() % 3 != 0) {
                answer(record, now);
            }
        }
    }

    [[nodiscard]] service::ClusterStatus status(TimePoint now)
    {
        auto snapshot = std::make_shared<ClusterSnapshot>();
        NodeRecord stranger; // of the cluster file, but no member
        stranger.id = NodeId{QStringLiteral("stranger")};
        stranger.address = QStringLiteral("10.0.0.9:6443");
        snapshot->nodes = {stranger};
        snapshot->nodes.insert(snapshot->nodes.end(), m_voters.begin(), m_voters.end());
        snapshot->takenAt = now;
        for (const NodeRecord& record : m_voters) {
            for (const PeerView& view :
                 record.isReachable() ? record.last->cluster.members : std::vector<PeerView>()) {
                if (snapshot->node(view.id) == nullptr) {
                    NodeRecord added;
                    added.id = view.id;
                    added.name = view.name;
                    snapshot->nodes.push_back(added);
                }
            }
        }
        service::ClusterStatus status;
        status.assessment = quorum::assess(*snapshot, now);
        status.assessedAt = now;
        status.snapshot = std::move(snapshot);
        return status;
    }

private:
    PeerView anyView(const NodeId& id)
    {
        PeerView view;
        view.id = id;
        view.name = id.value;
        view.worker = true;
        view.state = PeerState(m_random() % 7);
        view.cordoned = m_random() % 3 == 0;
        view.address = QStringLiteral("10.1.0.%1").arg(m_random() % 9);
        view.roles = m_random() % 2 == 0 ? QString() : QStringLiteral("edge");
        view.version = Version{.major = 1, .minor = int(m_random() % 3), .patch = 0, .build = 0};
        if (m_random() % 3 == 0) {
            view.conditions.push_back({QStringLiteral("disk"), Severity::Warning,
                                       QStringLiteral("it is short of disk space")});
        }
        return view;
    }

    void answer(NodeRecord& record, TimePoint now)
    {
        record.error.reset();
        record.last = Observation{.node = record.id, .observedAt = now};
        record.last->self.state = NodeState::Ready;
        record.last->self.voter = true;
        std::vector<PeerView>& members = record.last->cluster.members;
        for (const auto& [id, view] : m_workers) {
            if (m_random() % 8 != 0) {
                members.push_back(view);
            }
        }
        for (const NodeRecord& other : m_voters) {
            PeerView view = anyView(other.id);
            view.worker = false;
            view.voter = true;
            view.state = PeerState::Ready;
            members.insert(members.begin() + std::ptrdiff_t(m_random() % (members.size() + 1)),
                           view);
        }
    }

    std::mt19937 m_random;
    std::vector<NodeRecord> m_voters;
    std::map<NodeId, PeerView> m_workers;
};

PeerCount peersOf(const ClusterSnapshot& snapshot, const NodeRecord& node)
{
    PeerCount count;
    for (const NodeRecord& other : snapshot.nodes) {
        if (other.isReachable() && other.id != node.id) {
            const PeerView* view = other.last->viewOf(node.id);
            ++count.asked;
            count.seeing +=
                view && (view->state == PeerState::Ready || view->state == PeerState::Busy) ? 1 : 0;
        }
    }
    return count;
}

const Observation* newest(const ClusterSnapshot& snapshot)
{
    const Observation* by = nullptr;
    for (const NodeRecord& record : snapshot.nodes) {
        if (record.isReachable() && (!by || record.last->observedAt > by->observedAt)) {
            by = &*record.last;
        }
    }
    return by;
}

QString workerWord(const PeerView& view)
{
    switch (view.state) {
    case PeerState::Ready:
        return view.cordoned ? QStringLiteral("Ready, cordoned") : QStringLiteral("Ready");
    case PeerState::Busy: return QStringLiteral("Restarting");
    case PeerState::Grace: return QStringLiteral("In grace");
    case PeerState::Down: return QStringLiteral("Down");
    case PeerState::Joining: return QStringLiteral("Joining");
    case PeerState::Leaving: return QStringLiteral("Leaving");
    case PeerState::Unknown: break;
    }
    return QStringLiteral("Not heard of lately");
}

void compareRow(const service::ClusterStatus& status, const NodeRecord& node, TimePoint now,
                const NodeRow& row)
{
    const ClusterSnapshot& snapshot = *status.snapshot;
    ASSERT_EQ(row.id, node.id.value);
    ASSERT_EQ(row.name, node.name);
    ASSERT_EQ(row.peers, peersOf(snapshot, node));
    const Observation* by = newest(snapshot);
    const PeerView* view = by && !node.last ? by->viewOf(node.id) : nullptr;
    if (view != nullptr && view->worker) {
        ASSERT_EQ(row.state.word, workerWord(*view));
        ASSERT_EQ(row.stateDetail,
                  view->conditions.empty() ? QString() : view->conditions.front().text);
        ASSERT_EQ(row.role, view->roles.isEmpty() ? QStringLiteral("worker") : view->roles);
        ASSERT_EQ(row.version, *view->version);
        ASSERT_EQ(row.address, view->address);
        ASSERT_EQ(row.answeredAt, by->observedAt);
    } else {
        const quorum::VoterVerdict* verdict = status.assessment.verdictOf(node.id);
        ASSERT_EQ(row.state, markOf(node, verdict));
        ASSERT_EQ(row.stateDetail, verdict ? verdict->text : QString());
        ASSERT_EQ(row.address, node.address);
        ASSERT_EQ(row.answeredAt, node.last ? std::optional(node.last->observedAt) : std::nullopt);
    }
    // Nothing that is shown may be younger, or older, than the answer that it comes from.
    ASSERT_EQ(row.age, row.answeredAt ? Millis(std::chrono::floor<Seconds>(now - *row.answeredAt))
                                      : Millis(0));
}

TEST(NodeRows, AfterEachChangeAreThoseOfLookingThroughEverything)
{
    QObject owner;
    for (unsigned seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE(seed);
        Cluster cluster(seed);
        auto* model = makeNodeTableModel(&owner);
        const test::ModelTester tester(model);
        for (int second = 0; second < 40; ++second) {
            const TimePoint now = kStart + Seconds(second);
            if (second % 2 == 0) { // each other time only the clock goes on
                cluster.change(now);
            }
            const service::ClusterStatus status = cluster.status(now);
            const std::vector<NodeRow> rows = nodeRows(status, now);
            const std::vector<NodeRecord>& nodes = status.snapshot->nodes;
            ASSERT_EQ(rows.size(), nodes.size());
            for (std::size_t node = 0; node < rows.size(); ++node) {
                ASSERT_NO_FATAL_FAILURE(compareRow(status, nodes[node], now, rows[node]));
            }
            model->setRows(rows);
            ASSERT_EQ(model->rowCount(), int(nodes.size())) << "who vanished is gone";
            for (int row = 0; row < model->rowCount(); ++row) {
                ASSERT_EQ(model->rowAt(row), rows[std::size_t(row)]);
            }
        }
    }
}

TEST(NodeRows, AnAgeThatGrewIsAnnouncedInItsCell)
{
    Cluster cluster(3);
    while (newest(*cluster.status(kStart).snapshot) == nullptr) {
        cluster.change(kStart);
    }
    QObject owner;
    auto* model = makeNodeTableModel(&owner);
    const service::ClusterStatus status = cluster.status(kStart);
    model->setRows(nodeRows(status, kStart));
    std::vector<int> columns;
    QObject::connect(model, &QAbstractItemModel::dataChanged, &owner,
                     [&columns](const QModelIndex& from, const QModelIndex& to) {
                         for (int column = from.column(); column <= to.column(); ++column) {
                             columns.push_back(column);
                         }
                     });
    model->setRows(nodeRows(status, kStart + Millis(900)));
    EXPECT_TRUE(columns.empty()) << "it looks the same";
    model->setRows(nodeRows(status, kStart + Millis(1000)));
    EXPECT_NE(std::ranges::find(columns, model->columnOf(QStringLiteral("age"))), columns.end());
    const QString by = newest(*status.snapshot)->node.value;
    const QModelIndex cell = model->index(model->rowOf(by), model->columnOf(QStringLiteral("age")));
    EXPECT_EQ(cell.data(AgeRole).toLongLong(), 1000);
}

} // namespace
} // namespace quorate::ui
