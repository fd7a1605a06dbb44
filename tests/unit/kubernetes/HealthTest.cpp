// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/kubernetes/NodeSamples.h"

#include "tests/support/Test.h"

namespace quorate::platform::kubernetes {
namespace {

using samples::json;

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

TEST(KubeHealth, VerboseReadyzIsReadLineByLine)
{
    const HealthReport well =
        readHealth(200, "[+]ping ok\n[+]etcd ok\n[+]poststarthook/rbac/bootstrap-roles ok\n"
                        "readyz check passed\n");
    EXPECT_TRUE(well.ok);
    EXPECT_EQ(well.etcd(), std::optional(true));
    EXPECT_TRUE(well.failed().isEmpty());
    ASSERT_EQ(well.checks.size(), 3u);
    EXPECT_EQ(well.checks[2].name, text("poststarthook/rbac/bootstrap-roles"));

    const HealthReport ill = readHealth(
        500, "[+]ping ok\n[-]etcd failed: reason withheld\n[+]shutdown ok\nreadyz check failed\n");
    EXPECT_FALSE(ill.ok);
    EXPECT_EQ(ill.etcd(), std::optional(false));
    EXPECT_EQ(ill.failed(), QStringList{text("etcd")});
    EXPECT_EQ(ill.checks[1].text, text("failed: reason withheld"));
    EXPECT_FALSE(ill.isStarting());

    // Newer servers check etcd twice; either may fail.
    EXPECT_EQ(readHealth(500, "[+]etcd ok\n[-]etcd-readiness failed: x").etcd(),
              std::optional(false));
}

TEST(KubeHealth, StartingAndShuttingDownAreToldApart)
{
    EXPECT_TRUE(readHealth(500, "[+]etcd ok\n[-]poststarthook/start-x failed: not finished\n"
                                "[-]informer-sync failed: reason withheld")
                    .isStarting());
    EXPECT_FALSE(readHealth(500, "[-]etcd failed\n[-]poststarthook/start-x failed").isStarting());
    EXPECT_FALSE(readHealth(500, "").isStarting());
    EXPECT_TRUE(readHealth(500, "[-]shutdown failed: reason withheld").isShuttingDown());
}

TEST(KubeHealth, AnyTextIsAReport)
{
    EXPECT_TRUE(readHealth(200, "ok").ok);
    EXPECT_EQ(readHealth(200, "ok").etcd(), std::nullopt);
    EXPECT_TRUE(readHealth(200, "<html>[+]etcd ok</html>").checks.empty());
    EXPECT_LE(readHealth(200, QByteArray("[+]a ok\n").repeated(5000)).checks.size(), 500u);
    EXPECT_FALSE(readHealth(401, "[+]etcd ok").ok);
}

TEST(KubeHealth, EtcdsOwnWords)
{
    EXPECT_TRUE(decodeEtcdHealth(json(R"({"health":"true"})"))->ok);
    const auto ill = decodeEtcdHealth(json(R"({"health":"false","reason":"RAFT NO LEADER"})"));
    EXPECT_FALSE(ill->ok);
    EXPECT_EQ(ill->text, text("RAFT NO LEADER"));
    EXPECT_TRUE(decodeEtcdHealth(json(R"({"health":true})"))->ok);
    EXPECT_FALSE(decodeEtcdHealth({}));
    EXPECT_FALSE(decodeEtcdHealth(json(R"({"health":"maybe"})")));

    const auto status = decodeEtcdStatus(json(
        R"({"header":{"cluster_id":"1","member_id":"10501334649042878790","raft_term":"7"},"version":"3.4.23",
        "dbSize":"20480","leader":"10501334649042878790","raftIndex":"99","raftTerm":"7","raftAppliedIndex":"98"})"));
    ASSERT_TRUE(status);
    EXPECT_EQ(status->memberId, text("10501334649042878790"));
    EXPECT_EQ(status->raftTerm, 7u);
    EXPECT_EQ(status->appliedIndex, 98u);
    EXPECT_TRUE(status->knowsLeader());
    const auto alone = decodeEtcdStatus(json(
        R"({"header":{"member_id":"5"},"version":"3.5.9","leader":"0","raftTerm":"9",
        "errors":["etcdserver: no leader"]})"));
    ASSERT_TRUE(alone);
    EXPECT_FALSE(alone->knowsLeader());
    EXPECT_EQ(alone->errors, QStringList{text("etcdserver: no leader")});
    EXPECT_FALSE(decodeEtcdStatus({}));
}

} // namespace
} // namespace quorate::platform::kubernetes
