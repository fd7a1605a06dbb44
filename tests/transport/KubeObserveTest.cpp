// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Kubernetes.h"
#include "tests/transport/KubeFixture.h"

#include <QTimer>

namespace quorate::platform::kubernetes {
namespace {

using test::FakeRequest;
using test::FakeServer;
using test::waitUntil;

constexpr Millis kLookMax{
    6000}; ///< a look answers after 2.2 s at the latest; the rest is for slow machines

QByteArray node(const QByteArray& name, int version = 1, bool ready = true)
{
    const QByteArray role = name == "node-1" ? R"("node-role.kubernetes.io/control-plane":"")" : "";
    return R"({"metadata":{"name":")" + name + R"(","uid":"uid-)" + name
           + R"(","resourceVersion":")" + QByteArray::number(version) + R"(","labels":{)" + role
           + R"(}},"status":{"conditions":[{"type":"Ready","status":")" + (ready ? "True" : "False")
           + R"("}],"nodeInfo":{"kubeletVersion":"v1.29.4"}}})";
}

QByteArray page(const QByteArrayList& nodes, int version, const QByteArray& next = {})
{
    return R"({"metadata":{"resourceVersion":")" + QByteArray::number(version) + R"(","continue":")"
           + next + R"("},"items":[)" + nodes.join(',') + "]}";
}

/// One node of a control plane whose every answer is scripted, and the platform that observes it.
class KubeObserveTest : public KubeFixture {
protected:
    KubeObserveTest()
    {
        server.onRequest(
            [this](const FakeRequest& request, QSslSocket* socket) { onRequest(request, socket); });
    }

    platform::Platform& platform()
    {
        if (!m_platform) {
            KubernetesOptions to = platformOptions();
            for (const QString& name : controlPlane) {
                to.nodes.push_back({.id = NodeId{name}, .name = name, .address = to.server});
            }
            m_platform = makeKubernetesPlatform(to);
        }
        return *m_platform;
    }
    Result<Observation> look()
    {
        return test::waitFor(platform().observe(NodeId{QStringLiteral("node-1")}, {}), kLookMax);
    }

    /// What is asked in the order of its arrival: "list", "list continue=2", "watch 7", or the
    /// path.
    QStringList asked;
    QStringList controlPlane{QStringLiteral("node-1")};
    std::set<QString> silent;             ///< what gets no answer
    std::set<const QSslSocket*> speakers; ///< over which something was asked
    std::set<const QSslSocket*> dead;     ///< over which nothing is answered any more
    std::map<QString, std::pair<int, QByteArray>> answers{
        {QStringLiteral("/readyz"), {200, "[+]ping ok\n[+]etcd ok\nreadyz check passed\n"}},
        {QStringLiteral("/livez"), {200, "[+]ping ok\nlivez check passed\n"}},
        {QStringLiteral("/version"), {200, R"({"gitVersion":"v1.29.4"})"}},
        {QStringLiteral("/api/v1/nodes/node-1"), {200, node("node-1")}},
        {QStringLiteral("list"), {200, page({node("node-1"), node("worker-1")}, 7)}}};
    QPointer<QSslSocket> stream;

private:
    static QString wordOf(const FakeRequest& request)
    {
        const QUrl url(QString::fromLatin1(request.path));
        const QUrlQuery query(url);
        if (url.path() != QLatin1String("/api/v1/nodes")) {
            return url.path();
        }
        if (query.hasQueryItem(QStringLiteral("watch"))) {
            return QStringLiteral("watch ")
                   + query.queryItemValue(QStringLiteral("resourceVersion"));
        }
        const QString next = query.queryItemValue(QStringLiteral("continue"));
        const QString version = query.queryItemValue(QStringLiteral("resourceVersion"));
        return QStringLiteral("list")
               + (next.isEmpty() ? QString() : QStringLiteral(" continue=") + next)
               + (version.isEmpty() ? QString() : QStringLiteral(" version=") + version);
    }
    void onRequest(const FakeRequest& request, QSslSocket* socket)
    {
        const QString word = wordOf(request);
        asked.append(word);
        speakers.insert(socket);
        if (silent.contains(word) || dead.contains(socket)) {
            return;
        }
        if (word.startsWith(QLatin1String("watch"))) {
            beginStream(socket);
            stream = socket;
            return;
        }
        const auto found = answers.find(word);
        if (found == answers.end()) {
            FakeServer::answer(socket, 404, R"({"kind":"Status","code":404,"reason":"NotFound"})");
        } else {
            FakeServer::answer(socket, found->second.first, found->second.second);
        }
    }

    std::unique_ptr<platform::Platform> m_platform;
};

const PeerView* worker(const Result<Observation>& seen)
{
    return seen ? seen->viewOf(NodeId{QStringLiteral("worker-1")}) : nullptr;
}

/// One when the server answers at once; this one speaks TLS on the test's own thread.
TEST_F(KubeObserveTest, OneLookTakesTwoConnectionsAtMostAndOneForTheWatch)
{
    const auto seen = look();
    ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
    EXPECT_EQ(seen->cluster.majority, std::optional(true));
    ASSERT_NE(worker(seen), nullptr);
    EXPECT_EQ(worker(seen)->state, PeerState::Ready);
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    EXPECT_LE(server.connections(), 3);
    const int before = server.connections();
    ASSERT_TRUE(look());
    EXPECT_EQ(server.connections(), before);
}

TEST_F(KubeObserveTest, NodesAreListedOnceAndThenFollowed)
{
    answers[QStringLiteral("list")] = {200, page({node("node-1")}, 6, "2")};
    answers[QStringLiteral("list continue=2")] = {200, page({node("worker-1")}, 7)};
    ASSERT_NE(worker(look()), nullptr);
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    EXPECT_TRUE(asked.contains(QStringLiteral("watch 7")));
    sendChunk(stream, R"({"type":"MODIFIED","object":)" + node("worker-1", 8, false) + "}\n");
    // The read of the list of a later look must not bring the change, only the watch can.
    Result<Observation> seen = look();
    ASSERT_TRUE(waitUntil([&] {
        seen = look();
        return worker(seen) != nullptr && worker(seen)->state != PeerState::Ready;
    }));
    EXPECT_EQ(asked.count(QStringLiteral("list")), 1);
    EXPECT_EQ(asked.count(QStringLiteral("list continue=2")), 1);
    EXPECT_GE(asked.count(QStringLiteral("/api/v1/nodes/node-1")),
              3); // the majority is proved anew by each look
}

const QString kLeases =
    QStringLiteral("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases");
const QString kEndpoints = QStringLiteral("/api/v1/namespaces/default/endpoints/kubernetes");

QByteArray lease(const QByteArray& name)
{
    return R"({"metadata":{"name":")" + name + R"("},"spec":{"renewTime":")"
           + QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toLatin1() + "\"}}";
}

TEST_F(KubeObserveTest, OfAFewNodesTheLeasesAreOneQuestion)
{
    controlPlane.append(QStringLiteral("node-2"));
    answers[QStringLiteral("list")] = {200, page({node("node-1"), node("node-2")}, 7)};
    answers[kLeases] = {200, R"({"items":[)" + lease("node-1") + ',' + lease("node-2") + "]}"};
    for (int round = 0; round < 2; ++round) {
        const auto seen = look();
        ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
        EXPECT_TRUE(seen->viewOf(NodeId{QStringLiteral("node-2")})->lastContactAt);
    }
    EXPECT_EQ(asked.count(kLeases), 2);
    EXPECT_FALSE(asked.contains(kLeases + QStringLiteral("/node-2")));
}

TEST_F(KubeObserveTest, LeasesThatMayNotBeListedAreReadOneByOne)
{
    controlPlane.append(QStringLiteral("node-2"));
    answers[QStringLiteral("list")] = {200, page({node("node-1"), node("node-2")}, 7)};
    answers[kLeases] = {403, R"({"kind":"Status","code":403,"reason":"Forbidden"})"};
    answers[kLeases + QStringLiteral("/node-2")] = {200, lease("node-2")};
    for (int round = 0; round < 2; ++round) {
        const auto seen = look();
        ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
        EXPECT_TRUE(seen->viewOf(NodeId{QStringLiteral("node-2")})
                        ->lastContactAt); // also in the first look
    }
    EXPECT_EQ(asked.count(kLeases), 1);
    EXPECT_EQ(asked.count(kLeases + QStringLiteral("/node-2")), 2);
}

TEST_F(KubeObserveTest, OfManyNodesOnlyTheVotersLeasesAreRead)
{
    controlPlane.append(QStringLiteral("node-2"));
    QByteArrayList nodes{node("node-1"), node("node-2")};
    for (int number = 0; number < 40; ++number) {
        nodes.append(node("worker-" + QByteArray::number(number)));
    }
    answers[QStringLiteral("list")] = {200, page(nodes, 7)};
    ASSERT_TRUE(look());
    EXPECT_FALSE(asked.contains(kLeases));
    EXPECT_EQ(asked.count(kLeases + QStringLiteral("/node-2")), 1);
}

TEST_F(KubeObserveTest, WhoServesTheApiIsAskedOnlyWhereNoMarksTell)
{
    ASSERT_TRUE(look());
    EXPECT_FALSE(asked.contains(kEndpoints));
}

TEST_F(KubeObserveTest, WithoutMarksTheAddressesOfTheApiServersTell)
{
    answers[QStringLiteral("list")] = {
        200,
        page(
            {R"({"metadata":{"name":"node-1","uid":"u"},"status":{"addresses":[{"type":"InternalIP","address":"10.9.0.1"}]}})",
             node("worker-1")},
            7)};
    answers[QStringLiteral("/api/v1/nodes/node-1")] = {
        404, R"({"kind":"Status","code":404,"reason":"NotFound"})"};
    answers[kEndpoints] = {200, R"({"subsets":[{"addresses":[{"ip":"10.9.0.1"}]}]})"};
    const auto seen = look();
    ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
    EXPECT_TRUE(seen->self.voter);
    EXPECT_FALSE(worker(seen)->voter);
    ASSERT_TRUE(look());
    EXPECT_EQ(asked.count(kEndpoints), 1);
}

TEST_F(KubeObserveTest, TheListWaitsForTheProofOfTheMajority)
{
    ASSERT_TRUE(look());
    EXPECT_LT(asked.indexOf(QStringLiteral("/api/v1/nodes/node-1")),
              asked.indexOf(QStringLiteral("list")));
}

TEST_F(KubeObserveTest, WithoutAMajorityTheRememberedListIsAskedAndNothingIsCalledReady)
{
    silent = {QStringLiteral("/api/v1/nodes/node-1"), QStringLiteral("list")};
    answers[QStringLiteral("list version=0")] = {200, page({node("node-1"), node("worker-1")}, 7)};
    const auto seen = look();
    ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
    EXPECT_EQ(seen->cluster.majority, std::optional(false));
    ASSERT_NE(worker(seen), nullptr);
    EXPECT_EQ(worker(seen)->state, PeerState::Unknown);
    EXPECT_FALSE(asked.contains(QStringLiteral("list")));
}

/// API servers forget their nodes soon after etcd's majority is gone; a console that begins then
/// has no list to go by.
TEST_F(KubeObserveTest, WithoutAMajorityAndAnyListItStillSaysWhatIsWrong)
{
    silent = {QStringLiteral("/api/v1/nodes/node-1"), QStringLiteral("list"),
              QStringLiteral("list version=0")};
    answers[QStringLiteral("/readyz")] = {500, "[-]etcd failed: reason withheld\n"};
    const auto seen = look();
    ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
    EXPECT_EQ(seen->cluster.majority, std::optional(false));
    EXPECT_TRUE(seen->cluster.members.empty());
    EXPECT_EQ(seen->self.state, NodeState::NotReady);
    const auto worker =
        test::waitFor(platform().observe(NodeId{QStringLiteral("worker-1")}, {}), kLookMax);
    ASSERT_FALSE(worker);
    EXPECT_EQ(worker.error().code, QStringLiteral("no-node-list"));
}

TEST_F(KubeObserveTest, AStoppedEtcdIsToldWithoutAListToo)
{
    const auto down = [](const char* what) {
        return std::pair<int, QByteArray>(
            500, QByteArray(R"({"kind":"Status","code":500,"message":"rpc error: code = )"
                            R"(Unavailable desc = connection error: )")
                     + what + "\"}");
    };
    for (const char* word : {"/api/v1/nodes/node-1", "list", "list version=0"}) {
        answers[QLatin1String(word)] = down("dial tcp 127.0.0.1:2379: connect: connection refused");
    }
    const auto seen = look();
    ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
    EXPECT_EQ(seen->cluster.majority, std::nullopt);
    EXPECT_EQ(seen->self.state, NodeState::NotReady);
}

TEST_F(KubeObserveTest, AReadyzThatHangsHoldsUpNothingElse)
{
    silent = {QStringLiteral("/readyz")};
    const auto look = platform().observe(NodeId{QStringLiteral("node-1")}, {});
    const QString lease =
        QStringLiteral("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1");
    // Long before readyz is given up, which is after 2.2 s.
    EXPECT_TRUE(waitUntil(
        [&] { return asked.contains(lease) && asked.contains(QStringLiteral("/version")); },
        Millis(1800)));
    const auto seen = test::waitFor(look, kLookMax);
    ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
    EXPECT_EQ(seen->cluster.majority, std::optional(true));
}

TEST_F(KubeObserveTest, AProofThatHangsHoldsUpNothingElse)
{
    silent = {QStringLiteral("/api/v1/nodes/node-1")};
    const auto look = platform().observe(NodeId{QStringLiteral("node-1")}, {});
    // Long before it is given up, which is after 2.2 s.
    EXPECT_TRUE(waitUntil(
        [&] {
            return asked.contains(QStringLiteral("/readyz"))
                   && asked.contains(QStringLiteral("/version"));
        },
        Millis(1800)));
    const auto seen = test::waitFor(look, kLookMax);
    ASSERT_FALSE(seen && seen->cluster.majority == std::optional(true));
}

TEST_F(KubeObserveTest, AConnectionThatLeadsNowhereIsNotTakenForALostMajority)
{
    ASSERT_TRUE(look());
    dead = speakers; // as after a tunnel was set up anew: what is sent there is never heard of
    const auto seen = look();
    ASSERT_TRUE(seen) << describe(seen.error()).toStdString();
    EXPECT_EQ(seen->cluster.majority, std::optional(true));
    EXPECT_EQ(seen->self.state, NodeState::Ready);
}

TEST_F(KubeObserveTest, AListThatTakesTooLongIsSaidAndGoesOn)
{
    silent = {QStringLiteral("list")};
    const auto early = look();
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, QStringLiteral("no-node-list"));
    EXPECT_EQ(asked.count(QStringLiteral("list")), 1);
    const auto again = look();
    ASSERT_FALSE(again);
    EXPECT_EQ(asked.count(QStringLiteral("list")), 1); // the same one: it was not begun anew
}

TEST_F(KubeObserveTest, WhatTheWatchNoLongerTellsIsNotShownAsFresh)
{
    auto clock = std::make_shared<ManualClock>(SystemClock().now());
    options.clock = clock;
    ASSERT_NE(worker(look()), nullptr);
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    silent = {QStringLiteral("watch 7")}; // it takes the connection, and says nothing more
    std::exchange(stream, nullptr)->abort();
    ASSERT_TRUE(waitUntil([this] { return asked.count(QStringLiteral("watch 7")) == 2; }));
    EXPECT_EQ(worker(look())->state, PeerState::Ready); // it connects anew: not old yet
    clock->advance(Millis(6000));
    const auto seen = look();
    ASSERT_NE(worker(seen), nullptr);
    EXPECT_EQ(worker(seen)->state, PeerState::Unknown);
    EXPECT_EQ(seen->cluster.majority, std::optional(true)); // asked, not remembered
}

} // namespace
} // namespace quorate::platform::kubernetes
