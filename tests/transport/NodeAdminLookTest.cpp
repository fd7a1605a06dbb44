// SPDX-License-Identifier: GPL-3.0-or-later
// A look at a node of the Node Admin API is one question; a node that does not know `include` yet
// is asked twice.
#include "tests/support/Test.h"

#include "core/platform/nodeadmin/NodeAdmin.h"
#include "tests/transport/FakeServer.h"
#include "tests/unit/nodeadmin/SampleAnswers.h"

namespace quorate::platform {
namespace {

using test::FakeRequest;
using test::FakeServer;

const QByteArray kNode(nodeadmin::sample::kNode);
const QByteArray kCluster(nodeadmin::sample::kCluster);
const QByteArray kSession(nodeadmin::sample::kSession);

class NodeAdminLook : public testing::Test {
protected:
    /// The node answers /cluster with `more` behind what every node says.
    void answer(const QByteArray& more)
    {
        m_server.onRequest([more](const FakeRequest& request, QSslSocket* socket) {
            FakeServer::answer(socket, 200,
                               request.path.endsWith("/session") ? kSession
                               : request.path.endsWith("/node")  ? kNode
                                                                : kCluster.chopped(1) + more + "}");
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
