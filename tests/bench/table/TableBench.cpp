// SPDX-License-Identifier: GPL-3.0-or-later
// A snapshot of 5,000 nodes (three voters that name every member, the rest workers) into the node
// table's model: the rows made from the status, as the Nodes pane does, and the model brought to
// them. Every row is another one than before. Target: at most 16 ms on the GUI thread, one frame.
// Also measured: the first filling under a sorted view.
#include "tests/bench/support/Bench.h"
#include "ui/cluster/NodeTable.h"
#include "ui/common/TableProxy.h"

#include <QCoreApplication>

namespace {

using namespace quorate;
using namespace quorate::bench;

constexpr int kNodes = 5000;
constexpr int kVoters = 3;
constexpr int kRounds = 25;
constexpr double kFrameMs = 16;
const QString kTarget = QStringLiteral("≤ 16 ms");

TimePoint timeOf(int round) { return TimePoint(Seconds(1'790'000'000 + 2 * round)); }

QString nameOf(int index) { return QStringLiteral("node-%1").arg(index + 1); }

std::vector<PeerView> membersAt(int round)
{
    std::vector<PeerView> members(kNodes);
    for (int index = 0; index < kNodes; ++index) {
        PeerView& member = members[size_t(index)];
        member.id = NodeId{nameOf(index)};
        member.name = nameOf(index);
        member.voter = index < kVoters;
        member.state = PeerState::Ready;
        member.stateText = QStringLiteral("ready");
        member.lastContactAt = timeOf(round);
    }
    return members;
}

NodeRecord recordAt(int index, int round)
{
    NodeRecord record;
    record.id = NodeId{nameOf(index)};
    record.name = nameOf(index);
    record.address = QStringLiteral("10.%1.%2.%3:9443")
                         .arg(index / 65536)
                         .arg(index / 256 % 256)
                         .arg(index % 256);
    record.attemptedAt = timeOf(round);
    Observation observation;
    observation.node = record.id;
    observation.observedAt = timeOf(round);
    observation.self.name = record.name;
    observation.self.state = NodeState::Ready;
    observation.self.version = {
        .major = 14, .minor = 1, .patch = index % 50 == 0 ? 1 : 0, .build = 0};
    observation.self.voter = index < kVoters;
    observation.self.leader = index == 0;
    observation.self.bootId = QStringLiteral("boot-%1").arg(index);
    observation.self.startedAt = timeOf(0);
    observation.self.diskFreeBytes = 40'000'000'000 + index * 1'000'000 + round;
    observation.self.load = 0.01 * double((index + round) % 100);
    observation.cluster.leader = NodeId{nameOf(0)};
    if (index < kVoters) {
        observation.cluster.members = membersAt(round);
    }
    record.last = std::move(observation);
    return record;
}

service::ClusterStatus statusAt(int round)
{
    auto snapshot = std::make_shared<ClusterSnapshot>();
    snapshot->identity.name = QStringLiteral("large");
    snapshot->takenAt = timeOf(round);
    for (int index = 0; index < kNodes; ++index) {
        snapshot->nodes.push_back(recordAt(index, round));
    }
    service::ClusterStatus status;
    status.identity = snapshot->identity;
    status.assessedAt = timeOf(round);
    status.assessment = quorum::assess(*snapshot, timeOf(round), {}, {});
    status.snapshot = std::move(snapshot);
    return status;
}

Series followChanges()
{
    Series series(QStringLiteral("snapshot into the model, every row changed"),
                  QStringLiteral("ms"));
    QObject owner;
    auto* model = ui::makeNodeTableModel(&owner);
    model->setRows(ui::nodeRows(statusAt(0), timeOf(0)));
    for (int round = 1; round <= kRounds; ++round) {
        const auto status = statusAt(round);
        series.add(millisecondsOf([&] { model->setRows(ui::nodeRows(status, timeOf(round))); }));
    }
    return series;
}

/// As a table view does: sorted by the name, over an empty model that is then filled.
Series fillSorted()
{
    Series series(QStringLiteral("first filling under a sorted view"), QStringLiteral("ms"));
    for (int round = 1; round <= kRounds; ++round) {
        const auto status = statusAt(round);
        QObject owner;
        auto* model = ui::makeNodeTableModel(&owner);
        ui::TableProxy proxy;
        proxy.setSourceModel(model);
        proxy.sort(0);
        series.add(millisecondsOf([&] { model->setRows(ui::nodeRows(status, timeOf(round))); }));
        if (proxy.rowCount() != kNodes) {
            return Series(QStringLiteral("the proxy lost rows"), {});
        }
    }
    return series;
}

void reportSeries(const QString& figure, const Series& series)
{
    series.print();
    report({figure,
            series.medianText(),
            {},
            {},
            kTarget,
            !series.isEmpty() && series.median() <= kFrameMs});
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    reportSeries(QStringLiteral("5,000-node snapshot into the model"), followChanges());
    reportSeries(QStringLiteral("The same, first filling under a sorted view"), fillSorted());
    return 0;
}
