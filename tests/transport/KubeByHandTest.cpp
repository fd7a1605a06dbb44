// SPDX-License-Identifier: GPL-3.0-or-later
// What a person does on a node, watched through a scripted API server.
#include "core/platform/kubernetes/Kubernetes.h"
#include "tests/transport/KubeFixture.h"

namespace quorate::platform::kubernetes {
namespace {

using test::FakeRequest;
using test::FakeServer;
using test::waitUntil;
using State = OperationStatus::State;

/// A control plane of one, and a worker that somebody restarts.
class KubeByHandTest : public KubeFixture {
protected:
    KubeByHandTest()
    {
        server.onRequest([this](const FakeRequest& request, QSslSocket* socket) {
            methods.insert(request.method);
            const QUrl url(QString::fromLatin1(request.path));
            asked.append(url.path());
            FakeServer::answer(socket, 200, answerTo(url.path()));
        });
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
    OperationId begin(const Act& act, const char* node = "worker-1", std::stop_token stop = {})
    {
        const auto id =
            test::waitFor(platform().perform(ActTarget{NodeId{QString::fromLatin1(node)}}, act,
                                             {QStringLiteral("k")}, std::move(stop)));
        EXPECT_TRUE(id) << describe(id.error()).toStdString();
        return id.value_or(OperationId{});
    }
    OperationStatus status(const OperationId& id)
    {
        return test::waitFor(platform().follow({}, id, {})).value_or(OperationStatus{});
    }
    bool comesToSay(const OperationId& id, const char* words)
    {
        return waitUntil([&] { return status(id).message.contains(QLatin1String(words)); });
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(SystemClock().now());
    std::set<QByteArray> methods;
    QStringList asked;
    QByteArray bootId = "boot-1";
    QByteArray otherBootId = "boot-9"; ///< of cp-1
    QByteArray isReady = "True";
    QByteArray renewed = "2026-11-21T10:00:00.000000Z";

private:
    static QByteArray node(const QByteArray& name, const QByteArray& bootId,
                           const QByteArray& ready)
    {
        return R"({"metadata":{"name":")" + name
               + R"("},"status":{"conditions":[{"type":"Ready","status":")" + ready
               + R"("}],"nodeInfo":{"bootID":")" + bootId + R"(","kubeletVersion":"v1.29.4"}}})";
    }
    QByteArray answerTo(const QString& path) const
    {
        if (path.endsWith(QLatin1String("/leases/worker-1"))
            || path.endsWith(QLatin1String("/leases/cp-1"))) {
            return R"({"metadata":{"name":"n"},"spec":{"renewTime":")" + renewed + R"("}})";
        }
        if (path == QLatin1String("/api/v1/nodes/worker-1")) {
            return node("worker-1", bootId, isReady);
        }
        if (path == QLatin1String("/api/v1/nodes/cp-1")) {
            return node("cp-1", otherBootId, "True");
        }
        if (path == QLatin1String("/api/v1/nodes")) {
            return R"({"metadata":{},"items":[)" + node("cp-1", otherBootId, "True") + ","
                   + node("worker-1", bootId, isReady) + "]}";
        }
        return "ok";
    }

    std::unique_ptr<platform::Platform> m_platform;
};

TEST_F(KubeByHandTest, ARestartIsSeenByItsBootIdAndNothingIsSent)
{
    const OperationId id = begin(act::Reboot{});
    EXPECT_TRUE(comesToSay(id, "Reboot worker-1 now"));
    EXPECT_EQ(begin(act::Reboot{}), id) << "the same intent is the same watch";
    const auto probe = [&] {
        return test::waitFor(platform().probe(ActTarget{NodeId{QStringLiteral("worker-1")}},
                                              act::Reboot{}, {QStringLiteral("k")}, {}, {}))
            .value_or(ProbeOutcome::Unknown);
    };
    EXPECT_EQ(probe(), ProbeOutcome::Running);
    bootId = "boot-2";
    EXPECT_TRUE(waitUntil([&] { return status(id).state == State::Succeeded; }));
    EXPECT_EQ(probe(), ProbeOutcome::Done);
    EXPECT_EQ(methods, std::set<QByteArray>{"GET"});
}

TEST_F(KubeByHandTest, ABootIdOfSeveralNodesTellsNoMachine)
{
    otherBootId = bootId;
    const OperationId id = begin(act::Reboot{});
    isReady = "Unknown";
    EXPECT_TRUE(comesToSay(id, "worker-1 is gone"));
    isReady = "True";
    renewed = "2026-11-21T10:01:00.000000Z";
    EXPECT_TRUE(waitUntil([&] { return status(id).state == State::Succeeded; }))
        << status(id).message.toStdString();
    EXPECT_TRUE(asked.contains(QStringLiteral("/api/v1/nodes")));
}

TEST_F(KubeByHandTest, ABootIdOfItsOwnThatStaysIsNoRestart)
{
    const OperationId id = begin(act::Reboot{});
    isReady = "Unknown";
    EXPECT_TRUE(comesToSay(id, "worker-1 is gone"));
    isReady = "True";
    renewed = "2026-11-21T10:01:00.000000Z";
    EXPECT_TRUE(comesToSay(id, "not restarted"));
    EXPECT_TRUE(waitUntil([&] { return asked.contains(QStringLiteral("/api/v1/nodes")); }));
    EXPECT_EQ(status(id).state, State::Running);
}

TEST_F(KubeByHandTest, ItsOwnApiServerKeepsANodeFromBeingCalledOff)
{
    const OperationId id = begin(act::Shutdown{}, "cp-1");
    EXPECT_TRUE(waitUntil([&] { return asked.count(QStringLiteral("/readyz")) >= 3; }));
    clock->advance(Seconds(60)); // its kubelet has not renewed its lease since
    const auto looks = asked.count(QStringLiteral("/readyz"));
    EXPECT_TRUE(waitUntil([&] { return asked.count(QStringLiteral("/readyz")) >= looks + 3; }));
    EXPECT_EQ(status(id).state, State::Running) << status(id).message.toStdString();
}

TEST_F(KubeByHandTest, AWorkerWhoseLeaseStaysOldIsOff)
{
    const OperationId id = begin(act::Shutdown{});
    const QString lease =
        QStringLiteral("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-1");
    EXPECT_TRUE(waitUntil([&] { return asked.count(lease) >= 2; }));
    EXPECT_EQ(status(id).state, State::Running);
    clock->advance(Seconds(60));
    EXPECT_TRUE(waitUntil([&] { return status(id).state == State::Succeeded; }))
        << status(id).message.toStdString();
}

TEST_F(KubeByHandTest, WhoStopsWaitingEndsTheQuestionsToo)
{
    std::stop_source stop;
    const OperationId id = begin(act::Reboot{}, "worker-1", stop.get_token());
    EXPECT_TRUE(waitUntil([&] { return asked.size() >= 4; }));
    stop.request_stop();
    EXPECT_TRUE(waitUntil([&] { return status(id).state == State::Failed; }));
    EXPECT_EQ(status(id).error->kind, ErrorKind::Cancelled);
    const auto before = asked.size();
    test::drainEvents();
    EXPECT_EQ(asked.size(), before);
}

TEST_F(KubeByHandTest, WhoDoesItIsKnownBeforeAnyRightWasAsked)
{
    const Capabilities able = platform().capabilities();
    EXPECT_TRUE(able.isByHand(act::Reboot{}));
    EXPECT_TRUE(able.isByHand(act::Shutdown{}));
    EXPECT_TRUE(able.forbidden.contains(QStringLiteral("reboot")))
        << "and whether it may be watched is not";
    EXPECT_FALSE(able.isByHand(act::Drain{}));
}

TEST_F(KubeByHandTest, ANodeThatIsNotThereIsSaidAtOnce)
{
    server.onRequest([](const FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(
            socket, 404,
            R"({"kind":"Status","code":404,"reason":"NotFound","message":"no such node"})");
    });
    const auto id = test::waitFor(
        platform().perform(ActTarget{NodeId{QStringLiteral("worker-1")}}, act::Reboot{}, {}, {}));
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().kind, ErrorKind::NotFound);
}

} // namespace
} // namespace quorate::platform::kubernetes
