// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Access.h"
#include "core/platform/kubernetes/Acts.h"
#include "core/platform/kubernetes/Discover.h"
#include "core/platform/kubernetes/DrainPlan.h"
#include "core/platform/kubernetes/MaintenanceLease.h"
#include "tests/unit/kubernetes/NodeSamples.h"

#include "tests/support/Test.h"

namespace quorate::platform::kubernetes {
namespace {

using samples::json;

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}
                     + std::chrono::hours(10)};

const char kPod[] =
    R"({"metadata":{"name":"web-1","namespace":"shop","uid":"u1","labels":{"app":"web"},
 "ownerReferences":[{"kind":"ReplicaSet","name":"web","controller":true}]},
 "spec":{"nodeName":"node-1","terminationGracePeriodSeconds":30,"containers":[{"name":"c","image":"web:1"}],
  "volumes":[{"name":"t","configMap":{}}]},
 "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],
  "containerStatuses":[{"restartCount":2},{"restartCount":3}]}})";

PodObject pod(const std::function<void(PodObject&)>& edit = {})
{
    auto decoded = decodePod(json(kPod));
    EXPECT_TRUE(decoded);
    if (edit) {
        edit(*decoded);
    }
    return *decoded;
}

WorkloadObject workload(const char* kind, const char* spec, const char* status, int generation = 2)
{
    const QByteArray all =
        QByteArray(R"({"metadata":{"name":"web","namespace":"shop","generation":)")
        + QByteArray::number(generation) + R"(},"spec":)" + spec + R"(,"status":)" + status + "}";
    auto decoded = decodeWorkload(text(kind), json(all.constData()));
    EXPECT_TRUE(decoded) << all.toStdString();
    return *decoded;
}

TEST(KubeWorkload, PodsAreRead)
{
    const PodObject seen = pod();
    EXPECT_EQ(seen.fullName(), text("shop/web-1"));
    EXPECT_EQ(seen.node, text("node-1"));
    EXPECT_TRUE(seen.ready);
    EXPECT_EQ(seen.restarts, 5);
    EXPECT_EQ(seen.images, QStringList{text("web:1")});
    EXPECT_EQ(seen.graceSeconds, std::optional(30));
    EXPECT_FALSE(seen.emptyDir);
    EXPECT_EQ(seen.controller, (std::optional(Owner{text("ReplicaSet"), text("web")})));
    EXPECT_FALSE(decodePod({}));
}

TEST(KubeWorkload, WhatADrainMovesAndWhatItLeaves)
{
    const auto unmanaged = [](PodObject& p) { p.controller.reset(); };
    const auto local = [](PodObject& p) { p.emptyDir = true; };
    const auto daemon = [](PodObject& p) { p.controller->kind = text("DaemonSet"); };
    const auto mirror = [](PodObject& p) { p.isMirror = true; };
    const auto leaving = [](PodObject& p) { p.meta.deletedAt = kNow; };
    const auto finished = [](PodObject& p) {
        p.phase = text("Succeeded");
        p.controller.reset();
        p.emptyDir = true;
    };
    const act::Drain plain;
    EXPECT_EQ(fateOf(pod(), plain), PodFate::Evict);
    EXPECT_EQ(fateOf(pod(unmanaged), plain), PodFate::Unmanaged);
    EXPECT_EQ(fateOf(pod(unmanaged), act::Drain{true, false, {}, 0}), PodFate::Evict);
    EXPECT_EQ(fateOf(pod(local), plain), PodFate::LocalData);
    EXPECT_EQ(fateOf(pod(local), act::Drain{false, true, {}, 0}), PodFate::Evict);
    EXPECT_EQ(fateOf(pod(local), act::Drain{true, false, {}, 0}), PodFate::LocalData);
    EXPECT_EQ(fateOf(pod(daemon), plain), PodFate::DaemonSet);
    EXPECT_EQ(fateOf(pod(mirror), plain), PodFate::Mirror);
    EXPECT_EQ(fateOf(pod(leaving), plain), PodFate::Leaving);
    EXPECT_EQ(fateOf(pod(finished), plain), PodFate::Evict);

    const DrainPlan plan = planDrain({pod(), pod(unmanaged), pod(local), pod(daemon)}, plain);
    const auto refusal = plan.refusal(text("node-1"));
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->code, text("consent-needed"));
    EXPECT_TRUE(refusal->message.contains(text("shop/web-1")));
    EXPECT_EQ(plan.left.size(), 1);
    EXPECT_FALSE(planDrain({pod(), pod(daemon)}, plain).refusal(text("node-1")));
}

TEST(KubeWorkload, AnswersToAnEviction)
{
    const auto said = [](int code, const char* body) {
        return outcomeOf(code, statusFrom(json(body), code));
    };
    EXPECT_EQ(said(201, "{}"), EvictionOutcome::Accepted);
    EXPECT_EQ(said(404, R"({"kind":"Status","reason":"NotFound"})"), EvictionOutcome::Gone);
    EXPECT_EQ(said(429, R"({"kind":"Status","reason":"TooManyRequests","code":429,
        "message":"Cannot evict pod as it would violate the pod's disruption budget.",
        "details":{"causes":[{"reason":"DisruptionBudget","message":"The disruption budget web needs 2 healthy pods"}]}})"),
              EvictionOutcome::Blocked);
    EXPECT_EQ(
        said(429,
             R"({"kind":"Status","reason":"TooManyRequests","details":{"retryAfterSeconds":1}})"),
        EvictionOutcome::Busy);
    EXPECT_EQ(said(503, "{}"), EvictionOutcome::Busy);
    EXPECT_EQ(said(403, "{}"), EvictionOutcome::Refused);
    EXPECT_EQ(
        said(500,
             R"({"kind":"Status","message":"This pod has more than one PodDisruptionBudget"})"),
        EvictionOutcome::Refused);

    const QJsonObject body = evictionBody(pod(), text("policy/v1"), act::Drain{false, false, 0, 0});
    EXPECT_EQ(
        body,
        json(
            R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"web-1","namespace":"shop"},
        "deleteOptions":{"gracePeriodSeconds":0,"preconditions":{"uid":"u1"}}})"));
}

TEST(KubeWorkload, BudgetsAreNamedWhenTheyBlock)
{
    const auto budget = decodeBudget(json(
        R"({"metadata":{"name":"web","namespace":"shop"},"spec":{"minAvailable":2,"selector":{"matchLabels":{"app":"web"}}},
        "status":{"disruptionsAllowed":0,"currentHealthy":2,"desiredHealthy":2,"expectedPods":2}})"));
    ASSERT_TRUE(budget);
    EXPECT_EQ(blockers(pod(), {*budget}),
              QStringList{text("budget shop/web: 2 of 2 must stay healthy, 2 are")});
    EXPECT_TRUE(
        blockers(pod([](PodObject& p) { p.meta.nameSpace = text("other"); }), {*budget}).isEmpty());
    EXPECT_TRUE(blockers(pod([](PodObject& p) { p.labels.clear(); }), {*budget}).isEmpty());
}

TEST(KubeWorkload, ARolloutIsFollowedToItsEnd)
{
    using State = Rollout::State;
    const char spec[] = R"({"replicas":3})";
    const auto deployment = [&](const char* status) {
        return rolloutOf(workload("deployment", spec, status));
    };
    EXPECT_EQ(
        deployment(
            R"({"observedGeneration":1,"replicas":3,"updatedReplicas":3,"availableReplicas":3})")
            .state,
        State::Running); // not taken note of yet
    EXPECT_EQ(
        deployment(
            R"({"observedGeneration":2,"replicas":3,"updatedReplicas":1,"availableReplicas":3})")
            .state,
        State::Running);
    EXPECT_EQ(
        deployment(
            R"({"observedGeneration":2,"replicas":4,"updatedReplicas":3,"availableReplicas":3})")
            .text,
        text("1 old instances still end"));
    EXPECT_EQ(
        deployment(
            R"({"observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":2})")
            .text,
        text("2 of 3 new instances are available"));
    EXPECT_EQ(
        deployment(
            R"({"observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":3})")
            .state,
        State::Done);
    EXPECT_EQ(deployment(R"({"observedGeneration":2,"replicas":4,"updatedReplicas":1,"conditions":[
        {"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]})")
                  .state,
              State::Failed);

    EXPECT_EQ(
        rolloutOf(workload("statefulset",
                           R"({"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":2}}})",
                           R"({"observedGeneration":2,"updatedReplicas":1,"readyReplicas":3})"))
            .state,
        State::Done);
    EXPECT_EQ(
        rolloutOf(workload("daemonset", "{}", R"({"observedGeneration":2,"desiredNumberScheduled":3,
        "currentNumberScheduled":3,"updatedNumberScheduled":2,"numberAvailable":3})"))
            .state,
        State::Running);
    EXPECT_FALSE(decodeWorkload(text("job"), json(kPod)));

    EXPECT_TRUE(redeployRefusal(workload("deployment", R"({"paused":true})", "{}")));
    EXPECT_TRUE(
        redeployRefusal(workload("daemonset", R"({"updateStrategy":{"type":"OnDelete"}})", "{}")));
    EXPECT_FALSE(redeployRefusal(workload("deployment", spec, "{}")));
    EXPECT_EQ(*workloadPath({text("shop"), text("statefulset"), text("a/b")}),
              text("/apis/apps/v1/namespaces/shop/statefulsets/a%2Fb"));
}

TEST(KubeWorkload, EventsOfBothForms)
{
    const auto old = decodeEvent(
        json(R"({"metadata":{"name":"e","namespace":"shop"},"type":"Warning","reason":"BackOff",
        "message":"m","count":7,"lastTimestamp":"2026-11-21T09:00:00Z","involvedObject":{"kind":"Pod","name":"web-1"},
        "source":{"component":"kubelet"}})"));
    EXPECT_TRUE(old->isWarning);
    EXPECT_EQ(old->count, 7);
    EXPECT_EQ(toIso(*old->lastAt), text("2026-11-21T09:00:00.000Z"));
    const auto fresh = decodeEvent(
        json(R"({"metadata":{"name":"e"},"type":"Normal","eventTime":"2026-11-21T09:00:01.5Z",
        "lastTimestamp":null,"reportingComponent":"scheduler"})"));
    EXPECT_EQ(fresh->source, text("scheduler"));
    EXPECT_EQ(toIso(*fresh->lastAt), text("2026-11-21T09:00:01.500Z"));
}

TEST(KubeWorkload, WhatRulesAllow)
{
    EXPECT_EQ(
        accessReview({text("create"), {}, text("pods"), text("eviction"), {}}),
        json(R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":
              {"resourceAttributes":{"verb":"create","resource":"pods","subresource":"eviction"}}})"));
    const auto no = decodeAccess(json(R"({"status":{"allowed":false,"reason":"no rule"}})"));
    EXPECT_FALSE(no->allowed);
    EXPECT_EQ(no->reason, text("no rule"));
    EXPECT_TRUE(decodeAccess(json(R"({"status":{"allowed":true}})"))->allowed);
    EXPECT_FALSE(decodeAccess({}));
    for (const Ability& ability : abilities(text("ops"))) {
        EXPECT_FALSE(ability.rights.empty()) << ability.name.toStdString();
    }
}

TEST(KubeWorkload, ProbesOfNodeActs)
{
    NodeObject own = samples::readyNode(1);
    const auto done = [&own](const Act& act, int left = 0,
                             const std::optional<Observation>& before = {}) {
        return judgeNodeAct(act, own, left, before) == ProbeOutcome::Done;
    };
    EXPECT_TRUE(done(act::Resume{}));
    EXPECT_FALSE(done(act::Cordon{}));
    EXPECT_FALSE(done(act::Drain{}));
    EXPECT_FALSE(done(act::Shutdown{}));
    own.unschedulable = true;
    EXPECT_TRUE(done(act::Cordon{}));
    EXPECT_FALSE(done(act::Resume{}));
    EXPECT_TRUE(done(act::Drain{}));
    EXPECT_FALSE(done(act::Drain{}, 1));
    Observation before;
    before.self.bootId = text("boot-1");
    EXPECT_FALSE(done(act::Reboot{}, 0, before));
    EXPECT_FALSE(done(act::Reboot{}));
    own.bootId = text("boot-2");
    EXPECT_TRUE(done(act::Reboot{}, 0, before));
    own.conditions[0].status.reset();
    EXPECT_FALSE(done(act::Reboot{}, 0, before));
    EXPECT_TRUE(done(act::Shutdown{}));
}

TEST(KubeLease, TakenRenewedGivenBackAndRunOut)
{
    const QJsonObject taken = leaseBody(text("ops"), {}, text("me"), text("n"), kNow, Seconds(180));
    const auto object = decodeLeaseObject(taken);
    ASSERT_TRUE(object);
    const auto mine = leaseFrom(*object, text("me"), kNow + Seconds(179));
    ASSERT_TRUE(mine);
    EXPECT_TRUE(mine->ours);
    EXPECT_EQ(mine->note, text("n"));
    EXPECT_EQ(mine->expiresAt, kNow + Seconds(180));
    EXPECT_FALSE(leaseFrom(*object, text("you"), kNow)->ours);
    EXPECT_FALSE(leaseFrom(*object, text("me"), kNow + Seconds(180)));

    const auto renewed = decodeLeaseObject(
        leaseBody(text("ops"), taken, text("me"), {}, kNow + Seconds(60), Seconds(180)));
    EXPECT_EQ(renewed->acquiredAt, std::optional(kNow));
    EXPECT_EQ(leaseFrom(*renewed, text("me"), kNow + Seconds(239))->note, text("n"));
    const auto others = decodeLeaseObject(
        leaseBody(text("ops"), taken, text("you"), {}, kNow + Seconds(600), Seconds(180)));
    EXPECT_EQ(others->acquiredAt, std::optional(kNow + Seconds(600)));
    EXPECT_EQ(leaseFrom(*others, text("me"), kNow + Seconds(600))->note, QString());
    EXPECT_FALSE(leaseFrom(*decodeLeaseObject(releasedBody(taken, kNow)), text("me"), kNow));
}

TEST(KubeDiscover, EachNodesOwnAddress)
{
    const std::vector<NodePtr> nodes =
        *nodeList({samples::readyNode(2), samples::readyNode(1), samples::readyNode(9)});
    const QStringList servers{text("10.0.0.1"), text("10.0.0.2")};
    const QUrl first(text("https://10.0.0.1:6443"));
    auto found = clusterFrom(nodes, servers, 6443, first, text("v1.20.2"));
    ASSERT_EQ(found.nodes.size(), 2u);
    EXPECT_EQ(found.nodes[0].address, first);
    EXPECT_EQ(found.nodes[1].address, QUrl(text("https://10.0.0.2:6443")));
    EXPECT_EQ(found.workers, 1);
    EXPECT_TRUE(found.notes.isEmpty());
    found = clusterFrom(nodes, servers, 7443, QUrl(text("https://lb.example/k8s")), {});
    EXPECT_EQ(found.nodes[0].address, QUrl(text("https://10.0.0.1:7443")));
    EXPECT_EQ(found.notes.size(), 1);
    // Of a control plane of one node the kubeconfig's address is the only way in.
    found = clusterFrom(*nodeList({samples::readyNode(1)}), QStringList{text("10.0.0.1")}, 6443,
                        QUrl(text("https://lab.example:443")), {});
    EXPECT_EQ(found.nodes[0].address.host(), text("lab.example"));
    EXPECT_EQ(decodeEndpointPort(json(R"({"subsets":[{"ports":[{"port":7443}]}]})")), 7443);
    EXPECT_EQ(decodeEndpointPort({}), 6443);
}

} // namespace
} // namespace quorate::platform::kubernetes
