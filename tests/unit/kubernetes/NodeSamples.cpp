// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/kubernetes/NodeSamples.h"

#include "tests/support/Test.h"

#include <QJsonDocument>

namespace quorate::platform::kubernetes::samples {

const char kKubeadmMaster[] = R"({"kind":"Node","apiVersion":"v1","metadata":{"name":"cp-1",
 "uid":"0d1f","resourceVersion":"4711","creationTimestamp":"2026-01-02T03:04:05Z",
 "labels":{"beta.kubernetes.io/os":"linux","kubernetes.io/hostname":"cp-1","node-role.kubernetes.io/control-plane":"",
  "node-role.kubernetes.io/master":""},
 "annotations":{"kubeadm.alpha.kubernetes.io/cri-socket":"/run/containerd/containerd.sock",
  "node.alpha.kubernetes.io/ttl":"0","volumes.kubernetes.io/controller-managed-attach-detach":"true"}},
 "spec":{"podCIDR":"10.244.0.0/24","taints":[{"key":"node-role.kubernetes.io/master","effect":"NoSchedule"}]},
 "status":{"addresses":[{"type":"Hostname","address":"cp-1"},{"type":"InternalIP","address":"10.0.0.11"},
  {"type":"ExternalIP","address":"198.51.100.11"}],
  "conditions":[{"type":"MemoryPressure","status":"False","reason":"KubeletHasSufficientMemory"},
   {"type":"DiskPressure","status":"True","reason":"KubeletHasDiskPressure","message":"kubelet has disk pressure"},
   {"type":"Ready","status":"True","lastHeartbeatTime":"2026-11-21T10:00:00Z",
    "lastTransitionTime":"2026-11-20T10:00:00Z","reason":"KubeletReady"}],
  "nodeInfo":{"machineID":"m","bootID":"8f1c","kubeletVersion":"v1.23.17","osImage":"Debian GNU/Linux 12"}}})";

const char kKubeadmWorker[] =
    R"({"metadata":{"name":"w-1","labels":{"kubernetes.io/hostname":"w-1"},
 "annotations":{"kubeadm.alpha.kubernetes.io/cri-socket":"unix:///run/containerd/containerd.sock"}},
 "spec":{"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule"}]},
 "status":{"addresses":[{"type":"InternalIP","address":"10.0.0.21"}],
  "conditions":[{"type":"Ready","status":"Unknown","reason":"NodeStatusUnknown",
   "message":"Kubelet stopped posting node status."}],"nodeInfo":{"bootID":"b","kubeletVersion":"v1.23.17"}}})";

const char kK3sVoter[] =
    R"({"metadata":{"name":"k3s-1","labels":{"node-role.kubernetes.io/control-plane":"true",
  "node-role.kubernetes.io/etcd":"true","node-role.kubernetes.io/master":"true",
  "node.kubernetes.io/instance-type":"k3s"},
 "annotations":{"etcd.k3s.cattle.io/node-name":"k3s-1-1d3f2a","etcd.k3s.cattle.io/node-address":"10.42.0.1",
  "k3s.io/internal-ip":"10.42.0.1"}},
 "spec":{"providerID":"k3s://k3s-1"},
 "status":{"addresses":[{"type":"InternalIP","address":"10.42.0.1"},{"type":"Hostname","address":"k3s-1"}],
  "conditions":[{"type":"EtcdIsVoter","status":"True","reason":"MemberNotLearner",
    "message":"Node is a voting member of the etcd cluster"},{"type":"Ready","status":"True"}],
  "nodeInfo":{"bootID":"k","kubeletVersion":"v1.29.4+k3s1","osImage":"Ubuntu 24.04"}}})";

const char kK3sLearner[] =
    R"({"metadata":{"name":"k3s-2","labels":{"node-role.kubernetes.io/control-plane":"true",
  "node-role.kubernetes.io/etcd":"true"},"annotations":{"etcd.k3s.cattle.io/node-name":"k3s-2-77aa"}},
 "spec":{"providerID":"k3s://k3s-2"},
 "status":{"addresses":[{"type":"InternalIP","address":"10.42.0.2"}],
  "conditions":[{"type":"EtcdIsVoter","status":"False","reason":"MemberIsLearner",
    "message":"Node has not been promoted to voting member of the etcd cluster"},{"type":"Ready","status":"True"}],
  "nodeInfo":{"kubeletVersion":"v1.29.4+k3s1"}}})";

const char kRke2Removed[] =
    R"({"metadata":{"name":"rke-3","labels":{"node-role.kubernetes.io/control-plane":"true",
  "node-role.kubernetes.io/etcd":"true","node-role.kubernetes.io/master":"true"}},
 "spec":{"providerID":"rke2://rke-3"},
 "status":{"addresses":[{"type":"InternalIP","address":"10.52.1.3"}],
  "conditions":[{"type":"EtcdIsVoter","status":"False","reason":"NotAMember",
    "message":"Node is not a member of the etcd cluster"},{"type":"Ready","status":"True"}],
  "nodeInfo":{"kubeletVersion":"v1.30.2+rke2r1"}}})";

const char kRke2EtcdOnly[] =
    R"({"metadata":{"name":"rke-etcd","labels":{"node-role.kubernetes.io/etcd":"true"}},
 "spec":{"providerID":"rke2://rke-etcd"},
 "status":{"addresses":[{"type":"InternalIP","address":"10.52.1.9"}],
  "conditions":[{"type":"EtcdIsVoter","status":"True","reason":"MemberNotLearner"},{"type":"Ready","status":"True"}],
  "nodeInfo":{"kubeletVersion":"v1.30.2+rke2r1"}}})";

const char kTalos[] =
    R"json({"metadata":{"name":"talos-cp","labels":{"node-role.kubernetes.io/control-plane":"",
  "node.kubernetes.io/exclude-from-external-load-balancers":""},
 "annotations":{"talos.dev/owned-labels":"[\"node-role.kubernetes.io/control-plane\"]",
  "extensions.talos.dev/schematic":"376567"}},
 "spec":{"taints":[{"key":"node-role.kubernetes.io/control-plane","effect":"NoSchedule"}]},
 "status":{"addresses":[{"type":"InternalIP","address":"10.5.0.2"}],"conditions":[{"type":"Ready","status":"True"}],
  "nodeInfo":{"kubeletVersion":"v1.30.1","osImage":"Talos (v1.7.2)"}}})json";

const char kOpenShiftMaster[] =
    R"({"metadata":{"name":"master-0","labels":{"node-role.kubernetes.io/master":"",
  "node-role.kubernetes.io/control-plane":"","node.openshift.io/os_id":"rhcos"},
 "annotations":{"machineconfiguration.openshift.io/currentConfig":"rendered-master-1",
  "machineconfiguration.openshift.io/state":"Done"}},
 "status":{"addresses":[{"type":"InternalIP","address":"192.168.111.20"}],
  "conditions":[{"type":"Ready","status":"False","message":"container runtime is down"}],
  "nodeInfo":{"kubeletVersion":"v1.29.8+f10c92d","osImage":"Red Hat Enterprise Linux CoreOS 416"}}})";

const char kOpenShiftArbiter[] =
    R"({"metadata":{"name":"arbiter-0","labels":{"node-role.kubernetes.io/arbiter":"",
  "node.openshift.io/os_id":"rhcos"}},
 "status":{"addresses":[{"type":"InternalIP","address":"192.168.111.29"}],
  "conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1.33.1"}}})";

const char kPlain[] =
    R"({"metadata":{"name":"n"},"status":{"addresses":[{"type":"InternalIP","address":"10.77.0.11"}],
 "conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1.20.2"}}})";

QJsonObject json(const char* text)
{
    const auto document = QJsonDocument::fromJson(text);
    EXPECT_TRUE(document.isObject()) << text;
    return document.object();
}

NodeObject node(const char* text)
{
    auto decoded = decodeNodeObject(json(text));
    EXPECT_TRUE(decoded) << text;
    return decoded ? *decoded : NodeObject{};
}

NodeObject readyNode(int number)
{
    NodeObject out = node(kPlain);
    out.meta.name = QStringLiteral("node-%1").arg(number);
    out.internalAddresses = QStringList{QStringLiteral("10.0.0.%1").arg(number)};
    out.bootId = QStringLiteral("boot-%1").arg(number);
    return out;
}

ServerAnswers threeNodes(TimePoint now)
{
    ServerAnswers answers;
    answers.node = QStringLiteral("node-1");
    answers.now = now;
    answers.serverNow = now + Seconds(100); // its clock goes differently: ages must not care
    answers.version = QStringLiteral("v1.20.2");
    answers.livez = readHealth(200, "ok");
    answers.readyz = readHealth(200, "[+]ping ok\n[+]etcd ok\nreadyz check passed\n");
    answers.quorum = QuorumRead::Proved;
    std::vector<NodeObject> nodes;
    for (int number = 1; number <= 3; ++number) {
        nodes.push_back(readyNode(number));
        answers.hints.apiServers.append(nodes.back().internalAddresses);
        LeaseObject lease;
        lease.renewedAt = answers.serverNow - Seconds(3);
        answers.leases[nodes.back().meta.name] = lease;
    }
    answers.nodes = nodeList(std::move(nodes));
    return answers;
}

} // namespace quorate::platform::kubernetes::samples
