// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/kubernetes/NodeSamples.h"

#include "tests/support/Test.h"

namespace quorate::platform::kubernetes {
namespace {

using namespace samples;

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

TEST(KubeNode, ReadsWhatWeUse)
{
    const NodeObject master = node(kKubeadmMaster);
    EXPECT_EQ(master.meta.name, text("cp-1"));
    EXPECT_EQ(master.meta.resourceVersion, text("4711"));
    EXPECT_EQ(master.bootId, text("8f1c"));
    EXPECT_EQ(master.internalAddresses, (QStringList{text("10.0.0.11"), text("cp-1")}));
    EXPECT_EQ(master.externalAddresses, QStringList{text("198.51.100.11")});
    ASSERT_EQ(master.taints.size(), 1u);
    EXPECT_EQ(master.taints[0].effect, text("NoSchedule"));
    EXPECT_FALSE(master.unschedulable);
    ASSERT_NE(master.condition("Ready"), nullptr);
    EXPECT_EQ(master.condition("Ready")->status, std::optional(true));
    EXPECT_EQ(toIso(*master.condition("Ready")->changedAt), text("2026-11-20T10:00:00.000Z"));
    EXPECT_FALSE(master.hasMark("node.alpha.kubernetes.io/ttl"));

    const NodeObject worker = node(kKubeadmWorker);
    EXPECT_TRUE(worker.unschedulable);
    EXPECT_EQ(worker.condition("Ready")->status, std::nullopt);
}

TEST(KubeNode, NoNameIsRefusedAndAnythingElseIsBorne)
{
    EXPECT_FALSE(decodeNodeObject({}));
    EXPECT_FALSE(decodeNodeObject(json(R"({"metadata":{"name":7}})")));
    const auto odd = decodeNodeObject(json(
        R"({"metadata":{"name":"x","labels":[1],"creationTimestamp":"soon"},"spec":"s","status":{"conditions":{},
        "addresses":[1,"a",{"type":7}],"nodeInfo":null}})"));
    ASSERT_TRUE(odd);
    EXPECT_TRUE(odd->internalAddresses.isEmpty());
    EXPECT_EQ(odd->condition("Ready"), nullptr);
}

TEST(KubeNode, VersionsOfAllDistributions)
{
    const auto shown = [](const char* written) {
        const auto version = kubeVersion(text(written));
        return version ? version->toString() : text("none");
    };
    EXPECT_EQ(shown("v1.20.2"), text("1.20.2"));
    EXPECT_EQ(shown("v1.29.4+k3s2"), text("1.29.4+2"));
    EXPECT_EQ(shown("v1.30.2+rke2r13"), text("1.30.2+13"));
    EXPECT_EQ(shown("v1.30.0-rc.1"), text("1.30.0"));
    EXPECT_EQ(shown("v1.29.8+f10c92d"), text("1.29.8"));
    EXPECT_EQ(shown("v1.27.3-gke.100"), text("1.27.3"));
    EXPECT_EQ(shown("latest"), text("none"));
    EXPECT_EQ(shown(""), text("none"));
}

TEST(KubeNode, DistributionsAreTold)
{
    EXPECT_EQ(distributionOf(node(kKubeadmMaster)), Distribution::Kubeadm);
    EXPECT_EQ(distributionOf(node(kK3sVoter)), Distribution::K3s);
    EXPECT_EQ(distributionOf(node(kRke2Removed)), Distribution::Rke2);
    EXPECT_EQ(distributionOf(node(kTalos)), Distribution::Talos);
    EXPECT_EQ(distributionOf(node(kOpenShiftMaster)), Distribution::OpenShift);
    EXPECT_EQ(distributionOf(node(kPlain)), Distribution::Other);
}

struct Expected {
    const char* sample;
    bool controlPlane;
    EtcdRole etcd;
    const char* words;
};

TEST(KubeNode, RolesByTheMarksOfEachDistribution)
{
    const Expected table[] = {
        {kKubeadmMaster, true, EtcdRole::Voter, "control-plane,master"},
        {kKubeadmWorker, false, EtcdRole::None, "worker"},
        {kK3sVoter, true, EtcdRole::Voter, "control-plane,etcd,master"},
        {kK3sLearner, true, EtcdRole::Learner, "control-plane,etcd"},
        {kRke2Removed, true, EtcdRole::None, "control-plane,etcd,master"},
        {kRke2EtcdOnly, false, EtcdRole::Voter, "etcd"},
        {kTalos, true, EtcdRole::Voter, "control-plane"},
        {kOpenShiftMaster, true, EtcdRole::Voter, "control-plane,master"},
        {kOpenShiftArbiter, false, EtcdRole::Voter, "arbiter"},
    };
    std::vector<NodeObject> nodes;
    for (const Expected& expected : table) {
        nodes.push_back(node(expected.sample));
    }
    const Roles roles = rolesOf(*nodeList(nodes), {});
    EXPECT_FALSE(roles.votersAssumed);
    for (std::size_t at = 0; at < nodes.size(); ++at) {
        const NodeRole role = roles.of(nodes[at].meta.name);
        const std::string name = nodes[at].meta.name.toStdString();
        EXPECT_EQ(role.controlPlane, table[at].controlPlane) << name;
        EXPECT_EQ(role.etcd, table[at].etcd) << name;
        EXPECT_EQ(role.words.join(QLatin1Char(',')), text(table[at].words)) << name;
    }
}

TEST(KubeNode, WithoutMarksThoseThatServeTheApi)
{
    RoleHints hints;
    hints.apiServers = QStringList{text("10.0.0.1"), text("10.0.0.2")};
    const Roles roles = rolesOf(*nodeList({readyNode(1), readyNode(2), readyNode(3)}), hints);
    EXPECT_EQ(roles.controlPlane(), (QStringList{text("node-1"), text("node-2")}));
    EXPECT_EQ(roles.of(text("node-1")).etcd, EtcdRole::Voter);
    EXPECT_TRUE(roles.of(text("node-3")).isWorker());
    // Where the distribution marks its nodes, an address alone makes no control plane.
    NodeObject marked = node(kKubeadmMaster);
    const Roles mixed = rolesOf(*nodeList({marked, readyNode(1)}), hints);
    EXPECT_EQ(mixed.controlPlane(), QStringList{text("cp-1")});
}

TEST(KubeNode, AnotherDatastoreIsCountedCarefullyAndSaid)
{
    NodeObject server = node(kK3sVoter); // k3s on an SQL database: neither label nor condition
    server.marks.erase(text("node-role.kubernetes.io/etcd"));
    server.conditions.clear();
    const Roles roles = rolesOf(*nodeList({server}), {});
    EXPECT_TRUE(roles.votersAssumed);
    EXPECT_EQ(roles.of(text("k3s-1")).etcd, EtcdRole::Voter);
}

TEST(KubeNode, EtcdsOwnListBeatsAllMarks)
{
    auto members = decodeMembers(json(
        R"({"header":{"member_id":"1"},"members":[
        {"ID":"10501334649042878790","name":"k3s-1-1d3f2a","peerURLs":["https://10.42.0.99:2380"]},
        {"ID":"12","name":"other","peerURLs":["https://10.42.0.2:2380"],"isLearner":true},
        {"ID":"13","name":"cp-1","peerURLs":[]}]})"));
    ASSERT_TRUE(members);
    EXPECT_EQ(members->front().id, text("10501334649042878790"));
    RoleHints hints;
    hints.members = *members;
    const Roles roles = rolesOf(
        *nodeList({node(kK3sVoter), node(kK3sLearner), node(kKubeadmMaster), node(kTalos)}), hints);
    EXPECT_EQ(roles.of(text("k3s-1")).etcd, EtcdRole::Voter);   // by the annotation
    EXPECT_EQ(roles.of(text("k3s-2")).etcd, EtcdRole::Learner); // by the address
    EXPECT_EQ(roles.of(text("cp-1")).etcd, EtcdRole::Voter);    // by the name
    EXPECT_EQ(roles.of(text("talos-cp")).etcd, EtcdRole::None); // marked, but not in the list
    EXPECT_FALSE(decodeMembers({}));
    EXPECT_FALSE(decodeMembers(json(R"({"members":[{"name":"x"}]})")));
}

TEST(KubeNode, LeasesAndEndpoints)
{
    const auto lease = decodeLeaseObject(json(
        R"({"metadata":{"name":"node-1","namespace":"kube-node-lease"},"spec":{"holderIdentity":"node-1",
        "leaseDurationSeconds":40,"renewTime":"2026-11-21T10:00:00.123456Z"}})"));
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->durationSeconds, 40);
    EXPECT_EQ(toIso(*lease->renewedAt), text("2026-11-21T10:00:00.123Z"));
    EXPECT_FALSE(decodeLeaseObject({}));
    EXPECT_EQ(
        decodeEndpointAddresses(json(
            R"({"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"ports":[{"port":6443}]},
                  {"addresses":[{"ip":"10.0.0.1"}]},7]})")),
        (QStringList{text("10.0.0.1"), text("10.0.0.2")}));
}

} // namespace
} // namespace quorate::platform::kubernetes
