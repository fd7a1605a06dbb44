// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Kubernetes.h"
#include "tests/transport/KubeFixture.h"

namespace quorate::platform::kubernetes {
namespace {

using test::FakeRequest;
using test::FakeServer;

constexpr Millis kFoundMax{30'000};

const QByteArray kLost =
    R"({"kind":"Status","code":500,"message":"etcdserver: request timed out"})";
const QByteArray kNodes =
    R"({"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"node-1","uid":"u",)"
    R"("labels":{"node-role.kubernetes.io/control-plane":""}}}]})";

/// The server that a kubeconfig names, asked who its cluster is.
class KubeDiscoverTest : public KubeFixture {
protected:
    KubeDiscoverTest()
    {
        server.onRequest([this](const FakeRequest& request, QSslSocket* socket) {
            const bool remembered = request.path.contains("resourceVersion=0");
            asked.append((remembered ? "0 " : "")
                         + QUrl(QString::fromLatin1(request.path)).path().toLatin1());
            if (request.path.startsWith("/version")) {
                FakeServer::answer(socket, 200, R"({"gitVersion":"v1.29.4"})");
            } else if (!request.path.startsWith("/api/v1/nodes")) {
                FakeServer::answer(socket, 404,
                                   R"({"kind":"Status","code":404,"reason":"NotFound"})");
            } else if (!remembered && listHangs) {
                return;
            } else {
                FakeServer::answer(socket, remembered && remembers ? 200 : 500,
                                   remembered && remembers ? kNodes : refusal);
            }
        });
    }
    Result<KubernetesCluster> discover()
    {
        KubernetesOptions to = platformOptions();
        return test::waitFor(discoverKubernetes(to, {}), kFoundMax);
    }
    QByteArrayList asked;
    QByteArray refusal = kLost;
    bool remembers = true;
    bool listHangs = false;
};

TEST_F(KubeDiscoverTest, AClusterWithoutItsMajorityIsFoundAsItsServerRemembersIt)
{
    const auto found = discover();
    ASSERT_TRUE(found) << describe(found.error()).toStdString();
    ASSERT_EQ(found->nodes.size(), 1U);
    EXPECT_EQ(found->nodes.front().id, NodeId{QStringLiteral("node-1")});
    EXPECT_EQ(asked,
              (QByteArrayList{"/api/v1/nodes", "0 /api/v1/nodes",
                              "0 /api/v1/namespaces/default/endpoints/kubernetes", "/version"}));
}

TEST_F(KubeDiscoverTest, AListThatDoesNotComeIsNotWaitedFor)
{
    listHangs = true;
    const auto found = discover();
    ASSERT_TRUE(found) << describe(found.error()).toStdString();
    EXPECT_EQ(found->nodes.size(), 1U);
}

TEST_F(KubeDiscoverTest, AServerThatRemembersNothingSaysThatTheMajorityIsGone)
{
    remembers = false;
    const auto found = discover();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, QStringLiteral("no-majority"));
    EXPECT_FALSE(found.error().cure.isEmpty());
}

TEST_F(KubeDiscoverTest, AnotherRefusalIsTakenAtItsWord)
{
    refusal = R"({"kind":"Status","code":500,"message":"panic"})";
    const auto found = discover();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, QStringLiteral("http-500"));
    EXPECT_EQ(asked.count("0 /api/v1/nodes"), 0);
}

} // namespace
} // namespace quorate::platform::kubernetes
