// SPDX-License-Identifier: GPL-3.0-or-later
// A kubeconfig that names a load balancer, seen from where the nodes' own API servers cannot be
// reached.
#include "core/platform/kubernetes/Kubernetes.h"
#include "core/quorum/Quorum.h"
#include "tests/transport/KubeFixture.h"

namespace quorate::platform::kubernetes {
namespace {

using test::FakeRequest;
using test::FakeServer;

constexpr Millis kLookMax{
    6000}; ///< a look answers after 2.2 s at the latest; the rest is for slow machines

/// The balancer answers whatever is asked as a healthy cluster would.
class KubeBalancerTest : public KubeFixture {
protected:
    KubeBalancerTest()
    {
        server.onRequest([this](const FakeRequest& request, QSslSocket* socket) {
            ++asked;
            answer(request, socket);
        });
    }
    void add(const char* name, const QUrl& address)
    {
        const QString text = QString::fromLatin1(name);
        to.nodes.push_back({.id = NodeId{text}, .name = text, .address = address});
    }
    /// Nobody listens there.
    static QUrl nowhere() { return QUrl(QStringLiteral("https://127.0.0.1:1")); }
    Result<Observation> look(const char* name)
    {
        if (!m_platform) {
            m_platform = makeKubernetesPlatform(to);
        }
        return test::waitFor(m_platform->observe(NodeId{QString::fromLatin1(name)}, {}), kLookMax);
    }
    static void answer(const FakeRequest& request, QSslSocket* socket)
    {
        const QString path = QUrl(QString::fromLatin1(request.path)).path();
        const QByteArray node =
            R"({"metadata":{"name":"node-1"},"status":{"conditions":[{"type":"Ready","status":"True"}]}})";
        const QByteArray list = R"({"metadata":{"resourceVersion":"7"},"items":[)" + node + "]}";
        FakeServer::answer(socket, 200, path == QLatin1String("/api/v1/nodes") ? list : node);
    }

    KubernetesOptions to = platformOptions();
    int asked = 0; ///< of the balancer

private:
    std::unique_ptr<platform::Platform> m_platform;
};

TEST_F(KubeBalancerTest, NodesThatOnlyTheBalancerReachesAreUnknownNotLostAndItIsSaidWhatToDo)
{
    ClusterSnapshot snapshot;
    for (const char* name : {"node-1", "node-2", "node-3"}) {
        add(name, nowhere());
    }
    for (const ClusterFileNode& node : to.nodes) {
        const auto seen = look(node.id.value.toLatin1().constData());
        ASSERT_FALSE(seen);
        EXPECT_EQ(seen.error().kind, ErrorKind::Transport);
        EXPECT_TRUE(seen.error().cure.contains(QStringLiteral("load balancer")))
            << seen.error().cure.toStdString();
        EXPECT_TRUE(seen.error().cure.contains(QStringLiteral("reach 127.0.0.1 port 1 directly")));
        NodeRecord record;
        record.id = node.id;
        record.name = node.name;
        record.address = node.address.authority();
        record.error = seen.error();
        record.attemptedAt = options.clock->now();
        record.failingSince = record.attemptedAt;
        snapshot.nodes.push_back(std::move(record));
    }
    EXPECT_EQ(asked, 0) << "its word would be taken for a node's";
    const auto assessment = quorum::assess(snapshot, options.clock->now());
    EXPECT_EQ(assessment.state, quorum::ClusterState::Unknown);
    EXPECT_EQ(assessment.unknown, 3);
    EXPECT_EQ(assessment.down, 0);
    EXPECT_EQ(assessment.sentence.text(),
              QStringLiteral("Quorate cannot reach any node. It is not known how the cluster is."));
    quorum::GateRequest leaving;
    leaving.leaving = NodeId{QStringLiteral("node-2")};
    EXPECT_NE(quorum::decideLeave(snapshot, options.clock->now(), leaving, {}).verdict,
              quorum::Verdict::Yes);
}

TEST_F(KubeBalancerTest, AnAddressOfANodesOwnIsNoBalancer)
{
    to.server = nowhere();
    add("node-1", nowhere());
    const auto seen = look("node-1");
    ASSERT_FALSE(seen);
    EXPECT_FALSE(seen.error().cure.contains(QStringLiteral("load balancer")))
        << seen.error().cure.toStdString();
}

TEST_F(KubeBalancerTest, ANodeThatDidAnswerIsSilentForAnotherReason)
{
    FakeServer own(authority().issue());
    bool isUp = true;
    own.onRequest([&isUp](const FakeRequest& request, QSslSocket* socket) {
        if (isUp) {
            answer(request, socket);
        }
    });
    add("node-1", own.url(QString()));
    const auto first = look("node-1");
    ASSERT_TRUE(first) << describe(first.error()).toStdString();
    isUp = false;
    const auto silent = look("node-1");
    ASSERT_FALSE(silent);
    EXPECT_FALSE(silent.error().cure.contains(QStringLiteral("load balancer")))
        << silent.error().cure.toStdString();
}

} // namespace
} // namespace quorate::platform::kubernetes
