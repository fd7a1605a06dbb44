// SPDX-License-Identifier: GPL-3.0-or-later
// A drain against a scripted API server: it ends when whoever began it says so, and only then.
#include "core/platform/kubernetes/Drainer.h"
#include "core/platform/kubernetes/Kubernetes.h"
#include "tests/transport/KubeFixture.h"

namespace quorate::platform::kubernetes {
namespace {

using test::FakeRequest;
using test::FakeServer;
using test::waitUntil;
using State = OperationStatus::State;

/// One pod on worker-1 that its disruption budget keeps there.
class KubeDrainTest : public KubeFixture {
protected:
    KubeDrainTest()
    {
        server.onRequest(
            [this](const FakeRequest& request, QSslSocket* socket) { onRequest(request, socket); });
        options.clock = clock;
    }

    platform::Platform& platform()
    {
        if (!m_platform) {
            KubernetesOptions to = platformOptions();
            to.nodes = {{.id = NodeId{QStringLiteral("cp-1")},
                         .name = QStringLiteral("cp-1"),
                         .address = to.server}};
            to.pause = Millis(5);
            m_platform = makeKubernetesPlatform(to);
        }
        return *m_platform;
    }
    OperationId begin(std::stop_token stop)
    {
        const auto id =
            test::waitFor(platform().perform(ActTarget{NodeId{QStringLiteral("worker-1")}},
                                             act::Drain{}, {QStringLiteral("k")}, std::move(stop)));
        EXPECT_TRUE(id) << describe(id.error()).toStdString();
        return id.value_or(OperationId{});
    }
    OperationStatus status(const OperationId& id, std::stop_token stop = {})
    {
        return test::waitFor(platform().follow({}, id, std::move(stop)))
            .value_or(OperationStatus{});
    }
    bool looksAgain()
    {
        const int before = looks;
        return waitUntil([&] { return looks >= before + 3; });
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(SystemClock().now());
    bool isGone = false; ///< the pod
    int looks = 0;       ///< at the pods of the node
    int evictions = 0;   ///< asked for

private:
    void onRequest(const FakeRequest& request, QSslSocket* socket)
    {
        const QString path = QUrl(QString::fromLatin1(request.path)).path();
        if (path.endsWith(QLatin1String("/eviction"))) {
            ++evictions;
            FakeServer::answer(socket, 429,
                               R"({"kind":"Status","code":429,"reason":"TooManyRequests",
"message":"Cannot evict pod","details":{"causes":[{"reason":"DisruptionBudget"}]}})");
        } else if (path == QLatin1String("/api/v1/pods")) {
            ++looks;
            FakeServer::answer(socket, 200, isGone ? R"({"metadata":{},"items":[]})" : R"({
"metadata":{},"items":[{"metadata":{"name":"web-1","namespace":"shop","uid":"u1","ownerReferences":
[{"kind":"ReplicaSet","name":"web","controller":true}]},"spec":{"nodeName":"worker-1"},
"status":{"phase":"Running"}}]})");
        } else {
            FakeServer::answer(socket, 200, R"({"metadata":{"name":"worker-1"},"items":[]})");
        }
    }

    std::unique_ptr<platform::Platform> m_platform;
};

TEST_F(KubeDrainTest, WhoBeganItStopsItAndNothingMoreIsEvicted)
{
    std::stop_source stop;
    const OperationId id = begin(stop.get_token());
    EXPECT_TRUE(waitUntil([&] { return evictions == 1; }));
    clock->advance(Drainer::kBlockedPause + Seconds(1));
    EXPECT_TRUE(waitUntil([&] { return evictions == 2; })) << "it goes on asking until then";
    stop.request_stop();
    EXPECT_TRUE(waitUntil([&] { return status(id).state == State::Failed; }));
    const auto ended = status(id);
    ASSERT_TRUE(ended.error);
    EXPECT_EQ(ended.error->kind, ErrorKind::Cancelled);
    EXPECT_EQ(ended.error->code, QStringLiteral("drain-stopped"));
    clock->advance(Drainer::kBlockedPause + Seconds(1));
    const int before = looks;
    for (int round = 0; round < 20; ++round) {
        test::drainEvents();
    }
    EXPECT_EQ(evictions, 2);
    EXPECT_EQ(looks, before);
}

TEST_F(KubeDrainTest, WhoStopsFollowingLeavesItGoing)
{
    std::stop_source stop;
    const OperationId id = begin({});
    EXPECT_TRUE(waitUntil([&] { return evictions == 1; }));
    stop.request_stop();
    static_cast<void>(status(id, stop.get_token()));
    EXPECT_TRUE(looksAgain());
    EXPECT_EQ(status(id).state, State::Running);
    isGone = true;
    EXPECT_TRUE(waitUntil([&] { return status(id).state == State::Succeeded; }));
}

TEST_F(KubeDrainTest, WhatHasEndedIsNotStoppedAnyMore)
{
    std::stop_source stop;
    isGone = true;
    const OperationId id = begin(stop.get_token());
    EXPECT_TRUE(waitUntil([&] { return status(id).state == State::Succeeded; }));
    stop.request_stop();
    test::drainEvents();
    EXPECT_EQ(status(id).state, State::Succeeded);
}

TEST_F(KubeDrainTest, ThatItCanBeStoppedIsKnown)
{
    EXPECT_TRUE(platform().capabilities().canStop(act::Drain{}));
    EXPECT_FALSE(platform().capabilities().canStop(act::Cordon{}));
}

} // namespace
} // namespace quorate::platform::kubernetes
