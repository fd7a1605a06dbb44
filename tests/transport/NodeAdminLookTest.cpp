// SPDX-License-Identifier: GPL-3.0-or-later
// A look at a node of the Node Admin API is one question; a node that does not know `include` yet
// is asked twice.
#include "tests/support/Test.h"

#include "core/platform/nodeadmin/NodeAdmin.h"
#include "tests/transport/FakeServer.h"

namespace quorate::platform {
namespace {

using test::FakeRequest;
using test::FakeServer;

const QByteArray kNode =
    R"({"id":"node-1","name":"node-1","address":"h:1","system":"mss","version":"14.1.0",
 "state":"ready","voter":true,"learner":false,"leader":true,"bootId":"b1","startedAt":"2026-11-21T10:00:00.000Z",
 "appliedIndex":7,"diskFreeBytes":5,"diskTotalBytes":9,"load":0.5,"updatesAvailable":2,"rebootNeeded":false,
 "drained":false,"verification":"none","stagedPackages":[],"installedPackage":null,"services":[],"conditions":[],
 "sandbox":true})";
const QByteArray kClusterHead =
    R"({"name":"c","system":"mss","observedBy":"node-1","term":3,"leader":"node-1","appliedIndex":7,
 "limits":{"heartbeatMs":1,"lateMs":2,"downMs":5000},"members":[])";
const QByteArray kSession =
    R"({"token":"0123456789abcdef0123456789abcdef","expiresAt":"2036-11-21T10:00:00.000Z","user":"u","canWrite":true})";

class NodeAdminLook : public testing::Test {
protected:
    /// The node answers /cluster with `more` behind what every node says.
    void answer(const QByteArray& more)
    {
        m_server.onRequest([more](const FakeRequest& request, QSslSocket* socket) {
            FakeServer::answer(socket, 200,
                               request.path.endsWith("/session") ? kSession
                               : request.path.endsWith("/node")  ? kNode
                                                                 : kClusterHead + more + "}");
        });
    }
    Result<Observation> look()
    {
        const auto credentials = std::make_shared<const Credentials>(
            Credentials{QStringLiteral("u"), std::make_shared<const Secret>("pw")});
        NodeAdminOptions options;
        options.nodes = {
            {NodeId{QStringLiteral("node-1")}, QStringLiteral("node-1"), m_server.url(QString())}};
        options.trust.authorities = {authority().certificate()};
        options.clock = std::make_shared<SystemClock>();
        options.credentials = [credentials] { return credentials; };
        const auto platform = makeNodeAdminPlatform(options);
        return test::waitFor(platform->observe(NodeId{QStringLiteral("node-1")}, {}));
    }
    QByteArrayList asked() const
    {
        QByteArrayList paths;
        for (const FakeRequest& request : m_server.requests()) {
            paths.append(request.path.mid(QByteArray("/api/v1").size()));
        }
        return paths;
    }

private:
    static const test::TestAuthority& authority()
    {
        static const test::TestAuthority made(QStringLiteral("Our CA"));
        return made;
    }
    FakeServer m_server{authority().issue()};
};

TEST_F(NodeAdminLook, IsOneQuestion)
{
    answer(",\"node\":" + kNode);
    const auto seen = look();
    ASSERT_TRUE(seen.has_value()) << describe(seen.error()).toStdString();
    EXPECT_EQ(seen->self.version.toString(), QStringLiteral("14.1.0"));
    EXPECT_EQ(seen->cluster.leader, NodeId{QStringLiteral("node-1")});
    EXPECT_EQ(asked(), QByteArrayList({"/session", "/cluster?include=node"}));
}

TEST_F(NodeAdminLook, AsksTwiceWhereTheNodeIsLeftOut)
{
    answer({});
    const auto seen = look();
    ASSERT_TRUE(seen.has_value()) << describe(seen.error()).toStdString();
    EXPECT_EQ(seen->self.version.toString(), QStringLiteral("14.1.0"));
    EXPECT_EQ(asked(), QByteArrayList({"/session", "/cluster?include=node", "/node"}));
}

TEST_F(NodeAdminLook, RefusesANodeThatCannotBeRead)
{
    answer(",\"node\":7");
    const auto seen = look();
    ASSERT_FALSE(seen.has_value());
    EXPECT_EQ(seen.error().kind, ErrorKind::Protocol);
}

} // namespace
} // namespace quorate::platform
