// SPDX-License-Identifier: GPL-3.0-or-later
// Acts on a real cluster: cordon, drain past a disruption budget, redeploy, the lease, and what
// rules forbid.
#include "tests/integration/kubernetes/LabPlatform.h"
#include "tests/integration/kubernetes/WebWorkload.h"

namespace quorate::platform::kubernetes {
namespace {

using State = OperationStatus::State;

IdempotencyKey key(const char* text) { return {QString::fromLatin1(text)}; }

class LabActs : public LabPlatform {
protected:
    /// On any node: those of the control plane are tainted, and it tolerates that.
    static WebWorkload web() { return WebWorkload(lab()); }
    static int available() { return web().available(); }
    static int podsOn(int node) { return web().podsOn(node); }
    static void deploy(int replicas, int keep) { web().deploy(replicas, keep); }
    void TearDown() override
    {
        if (labtest::KubeLab::unavailable().isEmpty()) {
            web().remove();
            for (int node = 1; node <= 4; ++node) {
                (void)perform(node, act::Resume{}, {});
            }
        }
    }
    Result<OperationId> perform(int node, const Act& act, const IdempotencyKey& by)
    {
        return test::waitFor(platform().perform(ActTarget{nodeId(node)}, act, by, {}),
                             Millis(20'000));
    }
    ProbeOutcome probe(int node, const Act& act, const IdempotencyKey& by)
    {
        return test::waitFor(platform().probe(ActTarget{nodeId(node)}, act, by, {}, {}),
                             Millis(20'000))
            .value_or(ProbeOutcome::Unknown);
    }
};

TEST_F(LabActs, CordonAndBack)
{
    EXPECT_EQ(probe(2, act::Cordon{}, key("c")), ProbeOutcome::NotDone);
    const auto id = perform(2, act::Cordon{}, key("c"));
    ASSERT_TRUE(id) << describe(id.error()).toStdString();
    EXPECT_EQ(toEnd(*id).state, State::Succeeded);
    EXPECT_EQ(probe(2, act::Cordon{}, key("c")), ProbeOutcome::Done);
    look();
    EXPECT_EQ(verdict(2).state, quorum::VoterState::Ready) << "a cordoned voter votes";
    EXPECT_EQ(gate(1).verdict, quorum::Verdict::No) << "somebody works on node-2";
    ASSERT_TRUE(perform(2, act::Resume{}, key("r")));
    EXPECT_EQ(probe(2, act::Resume{}, key("r")), ProbeOutcome::Done);
}

TEST_F(LabActs, ADrainNeverGoesBelowTheBudget)
{
    deploy(4, 3);
    int node = 1;
    while (node <= 4 && podsOn(node) == 0) {
        ++node;
    }
    ASSERT_LE(node, 4);
    const auto id = perform(node, act::Drain{}, key("d"));
    ASSERT_TRUE(id) << describe(id.error()).toStdString();
    int least = 4;
    OperationStatus status;
    EXPECT_TRUE(test::waitUntil(
        [&] {
            least = std::min(least, available());
            status = test::waitFor(platform().follow({}, *id, {})).value_or(OperationStatus{});
            return status.state != State::Running;
        },
        kSettled));
    EXPECT_EQ(status.state, State::Succeeded) << status.message.toStdString();
    EXPECT_GE(least, 3);
    EXPECT_EQ(podsOn(node), 0);
    EXPECT_EQ(probe(node, act::Drain{}, key("d")), ProbeOutcome::Done);
}

TEST_F(LabActs, ABudgetThatAllowsNothingIsNamed)
{
    deploy(2, 2);
    int node = 1;
    while (node <= 4 && podsOn(node) == 0) {
        ++node;
    }
    ASSERT_LE(node, 4);
    act::Drain drain;
    drain.limitSeconds = 8;
    const auto id = perform(node, drain, key("b"));
    ASSERT_TRUE(id);
    const OperationStatus status = toEnd(*id);
    EXPECT_EQ(status.state, State::Failed);
    ASSERT_TRUE(status.error);
    EXPECT_EQ(status.error->code, QStringLiteral("disruption-budget"));
    EXPECT_TRUE(status.error->message.contains(QStringLiteral("budget default/web")))
        << status.error->message.toStdString();
    EXPECT_GT(podsOn(node), 0);
    EXPECT_EQ(available(), 2);
}

TEST_F(LabActs, AnUnmanagedPodNeedsConsent)
{
    EXPECT_EQ(
        web().post(
            QStringLiteral("/api/v1/namespaces/default/pods"),
            R"({"metadata":{"name":"alone"},"spec":{"nodeName":"node-4","terminationGracePeriodSeconds":1,
                   "containers":[{"name":"a","image":"a:1"}]}})"),
        201);
    const auto refused = perform(4, act::Drain{}, key("u1"));
    ASSERT_TRUE(refused);
    const OperationStatus status = toEnd(*refused);
    ASSERT_TRUE(status.error);
    EXPECT_EQ(status.error->code, QStringLiteral("consent-needed"));
    EXPECT_TRUE(status.error->message.contains(QStringLiteral("default/alone")));
    const auto agreed = perform(4, act::Drain{true, false, {}, 60}, key("u2"));
    ASSERT_TRUE(agreed);
    EXPECT_EQ(toEnd(*agreed).state, State::Succeeded);
    EXPECT_EQ(podsOn(4), 0);
}

TEST_F(LabActs, ARedeployIsFollowedAndNotRepeated)
{
    deploy(2, 0);
    const act::Redeploy anew{QStringLiteral("default"), QStringLiteral("deployment"),
                             QStringLiteral("web")};
    const auto generation = [] {
        return lab()
            .get(1, QStringLiteral("/apis/apps/v1/namespaces/default/deployments/web"))
            .json()[QStringLiteral("metadata")][QStringLiteral("generation")]
            .toInt();
    };
    const int before = generation();
    const auto send = [&] {
        return test::waitFor(platform().perform(ActTarget{}, anew, key("redo"), {}),
                             Millis(20'000));
    };
    const auto id = send();
    ASSERT_TRUE(id) << describe(id.error()).toStdString();
    ASSERT_TRUE(send());
    EXPECT_EQ(generation(), before + 1) << "the same intent acts once";
    EXPECT_EQ(toEnd(*id).state, State::Succeeded);
    EXPECT_EQ(available(), 2);
    EXPECT_EQ(test::waitFor(platform().probe(ActTarget{}, anew, key("redo"), {}, {}))
                  .value_or(ProbeOutcome::Unknown),
              ProbeOutcome::Done);
    EXPECT_EQ(test::waitFor(platform().probe(ActTarget{}, anew, key("new"), {}, {}))
                  .value_or(ProbeOutcome::Unknown),
              ProbeOutcome::NotDone);
}

TEST_F(LabActs, OneOwnerOfTheLease)
{
    const QString me = QStringLiteral("ops1@desk");
    const QString you = QStringLiteral("ops2@desk");
    auto other = platformFor(QStringLiteral("admin-2"));
    const auto taken =
        test::waitFor(platform().acquireLease(me, QStringLiteral("patching"), {}), Millis(20'000));
    ASSERT_TRUE(taken) << describe(taken.error()).toStdString();
    EXPECT_TRUE(taken->ours);
    const auto refused = test::waitFor(other->acquireLease(you, {}, {}), Millis(20'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Conflict);
    EXPECT_TRUE(refused.error().message.contains(me)) << refused.error().message.toStdString();
    EXPECT_TRUE(refused.error().message.contains(QStringLiteral("patching")));
    EXPECT_TRUE(test::waitFor(platform().renewLease(me, {}), Millis(20'000)));
    EXPECT_FALSE(test::waitFor(other->renewLease(you, {}), Millis(20'000)));
    EXPECT_FALSE(*test::waitFor(other->releaseLease(you, {}), Millis(20'000)));
    EXPECT_TRUE(*test::waitFor(platform().releaseLease(me, {}), Millis(20'000)));
    EXPECT_FALSE(test::waitFor(platform().readLease({}), Millis(20'000))->has_value());
    EXPECT_TRUE(test::waitFor(other->acquireLease(you, {}, {}), Millis(20'000)));
    EXPECT_TRUE(*test::waitFor(other->releaseLease(you, {}), Millis(20'000)));
}

TEST_F(LabActs, WhatRulesForbidIsAbsentWithItsReason)
{
    ASSERT_TRUE(test::waitFor(platform().prepare({}), Millis(20'000)));
    const Capabilities all = platform().capabilities();
    EXPECT_TRUE(all.can(act::Drain{}));
    EXPECT_TRUE(all.can(act::Redeploy{}));
    EXPECT_TRUE(all.lease);
    EXPECT_FALSE(all.can(act::Reboot{})) << "a person does it";
    EXPECT_TRUE(all.isByHand(act::Reboot{}));
    EXPECT_TRUE(all.isByHand(act::Shutdown{}));
    EXPECT_TRUE(all.forbidden.empty());
    auto viewer = platformFor(QStringLiteral("viewer"));
    EXPECT_FALSE(viewer->capabilities().can(act::Cordon{})) << "not asked yet";
    ASSERT_TRUE(test::waitFor(viewer->prepare({}), Millis(20'000)));
    const Capabilities some = viewer->capabilities();
    EXPECT_FALSE(some.can(act::Drain{}));
    EXPECT_FALSE(some.lease);
    EXPECT_TRUE(some.forbidden.at(QStringLiteral("drain"))
                    .contains(QStringLiteral("create pods/eviction")));
    const auto refused =
        test::waitFor(viewer->perform(ActTarget{nodeId(1)}, act::Cordon{}, {}, {}), Millis(20'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Forbidden);
}

} // namespace
} // namespace quorate::platform::kubernetes
