// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/procedure/Samples.h"

#include "core/procedure/Loader.h"
#include "tests/support/Test.h"

namespace quorate::test {
namespace {

constexpr qint64 kIndex = 4200;
constexpr qint64 kDiskFree = 60'000'000'000;
constexpr qint64 kPackageBytes = 268'435'456;

const TimePoint kNow = *fromIso(QStringLiteral("2026-11-21T10:00:00.000Z"));

NodeId nodeId(int number) { return NodeId{QStringLiteral("node-%1").arg(number)}; }

ClusterView sampleView(int count, const Version& version)
{
    ClusterView view;
    view.leader = nodeId(1);
    view.term = 7;
    view.appliedIndex = kIndex;
    for (int peer = 1; peer <= count; ++peer) {
        PeerView member;
        member.id = nodeId(peer);
        member.name = member.id.value;
        member.voter = true;
        member.state = PeerState::Ready;
        member.version = version;
        member.lastContactAt = kNow;
        view.members.push_back(member);
    }
    return view;
}

NodeSelf sampleSelf(int number, const Version& version)
{
    NodeSelf self;
    self.name = nodeId(number).value;
    self.state = NodeState::Ready;
    self.stateText = QStringLiteral("ready");
    self.version = version;
    self.voter = true;
    self.leader = number == 1;
    self.bootId = QStringLiteral("boot-%1").arg(number);
    self.appliedIndex = kIndex;
    self.diskFreeBytes = kDiskFree;
    self.updatesAvailable = false;
    self.rebootNeeded = false;
    self.verification = QStringLiteral("none");
    self.sandbox = true;
    return self;
}

} // namespace

ClusterSnapshot sampleSnapshot(SystemKind system, int count, const Version& version)
{
    ClusterSnapshot snapshot;
    snapshot.identity = ClusterIdentity{ClusterId{QStringLiteral("c1")},
                                        QStringLiteral("practice"),
                                        system,
                                        QStringLiteral("nodeadmin"),
                                        Environment::Practice,
                                        QStringLiteral("127.0.0.1:19443")};
    snapshot.takenAt = kNow;
    for (int number = 1; number <= count; ++number) {
        NodeRecord node;
        node.id = nodeId(number);
        node.name = node.id.value;
        node.address = QStringLiteral("127.0.0.1:%1").arg(19442 + number);
        node.attemptedAt = kNow;
        node.last =
            Observation{node.id, kNow, sampleSelf(number, version), sampleView(count, version)};
        snapshot.nodes.push_back(std::move(node));
    }
    return snapshot;
}

ClusterSnapshot sampleKubernetes(int count, int workers)
{
    const Version version{1, 32, 3};
    const auto nameOf = [count](int number) {
        return number <= count ? QStringLiteral("cp-%1").arg(number)
                               : QStringLiteral("worker-%1").arg(number - count);
    };
    ClusterSnapshot snapshot = sampleSnapshot(SystemKind::Generic, count + workers, version);
    snapshot.identity.platform = QStringLiteral("kubernetes");
    snapshot.identity.environment = Environment::Test;
    for (int number = 1; number <= count + workers; ++number) {
        NodeRecord& node = snapshot.nodes[std::size_t(number) - 1];
        node.id = NodeId{nameOf(number)};
        node.name = node.id.value;
        if (number > count) {
            node.last.reset();
            node.attemptedAt.reset();
            node.address.clear();
            continue;
        }
        node.last->node = node.id;
        NodeSelf& self = node.last->self;
        self.name = node.name;
        self.sandbox = false;
        self.leader = false;
        self.appliedIndex.reset();
        ClusterView& view = node.last->cluster;
        view.leader.reset();
        view.term = 0;
        for (int peer = 1; peer <= count + workers; ++peer) {
            PeerView& member = view.members[std::size_t(peer) - 1];
            member.id = NodeId{nameOf(peer)};
            member.name = member.id.value;
            member.voter = peer <= count;
            member.worker = peer > count;
        }
    }
    return snapshot;
}

Package samplePackage(SystemKind system, const Version& from, const Version& version)
{
    Package package;
    package.path = QStringLiteral("/packages/sample");
    package.manifest.name = toString(system) + QStringLiteral("-appliance");
    package.manifest.system = system;
    package.manifest.version = version;
    package.manifest.from = {VersionRange{from, version}};
    package.sizeBytes = kPackageBytes;
    package.sha256 = QByteArray(32, '\x5a');
    package.signedBy = QStringLiteral("CN=Practice publisher");
    package.verifiedAt = kNow;
    return package;
}

void stageEverywhere(ClusterSnapshot& snapshot, const Package& package)
{
    for (NodeRecord& node : snapshot.nodes) {
        node.last->self.stagedPackages.push_back(StagedPackage{package.id(),
                                                               package.manifest.name,
                                                               package.manifest.version,
                                                               package.sizeBytes,
                                                               package.sha256,
                                                               true,
                                                               {}});
    }
}

procedure::Procedure shippedProcedure(const QString& id)
{
    const auto all = procedure::loadProcedures();
    if (!all) {
        ADD_FAILURE() << describe(all.error()).toStdString();
        return {};
    }
    for (const procedure::Procedure& one : *all) {
        if (one.id.value == id) {
            return one;
        }
    }
    ADD_FAILURE() << "no procedure " << id.toStdString();
    return {};
}

procedure::PlanOptions sampleOptions()
{
    procedure::PlanOptions options;
    options.backupFolder = QStringLiteral("/backups/practice");
    options.capabilities = procedure::allActs();
    return options;
}

} // namespace quorate::test
