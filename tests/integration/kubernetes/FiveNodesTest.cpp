// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/kubernetes/LabCtl.h"
#include "tests/integration/kubernetes/LabPlatform.h"

namespace quorate::platform::kubernetes {
namespace {

using quorum::Assessment;
using quorum::ClusterState;

class FiveNodes : public LabPlatform {
protected:
    static void SetUpTestSuite() { startLab(5, 0); }

    /// Does this API server still list the nodes, if only from memory?
    bool remembersNodes(int node)
    {
        const KubernetesOptions from = optionsFor(QStringLiteral("admin"));
        KubeClient::Options to;
        to.label = labtest::nodeName(node);
        to.server = nodes()[static_cast<std::size_t>(node - 1)].address;
        to.trust = from.trust;
        to.credentials = from.credentials;
        to.clock = from.clock;
        KubeClient client(std::move(to));
        QUrlQuery anyVersion;
        anyVersion.addQueryItem(QStringLiteral("resourceVersion"), QStringLiteral("0"));
        const auto list =
            test::waitFor(client.get(QStringLiteral("/api/v1/nodes"), anyVersion, {}), Seconds(20));
        return list.has_value();
    }
};

TEST_F(FiveNodes, StandTwoFailuresAndNotThree)
{
    EXPECT_EQ(assess().voters, 5);
    EXPECT_EQ(assess().majority, 3);
    EXPECT_EQ(assess().margin, 2);
    EXPECT_EQ(assess().state, ClusterState::Quorate);

    lab().off(5);
    ASSERT_NO_FATAL_FAILURE(expectSoonMissed(5, 4));
    EXPECT_EQ(assess().margin, 1);
    EXPECT_EQ(assess().state, ClusterState::Quorate);
    EXPECT_NE(gate(1).verdict, quorum::Verdict::Yes) << "a second one only when the first is back";

    lab().off(4);
    ASSERT_NO_FATAL_FAILURE(expectSoonMissed(4, 3));
    EXPECT_EQ(assess().margin, 0);
    EXPECT_EQ(assess().state, ClusterState::AtRisk);
    const LabCtl ctl(labOrNone());
    const auto told = ctl.call({QStringLiteral("status"), QStringLiteral("--json")});
    EXPECT_EQ(told.exitCode, 1) << "at risk";
    const QJsonObject quorum = documentOf(told).value(QStringLiteral("quorum")).toObject();
    EXPECT_EQ(quorum.value(QStringLiteral("voters")).toInt(), 5);
    EXPECT_EQ(quorum.value(QStringLiteral("ready")).toInt(), 3);
    EXPECT_EQ(quorum.value(QStringLiteral("margin")).toInt(), 0);

    lab().off(3);
    const auto three = lookUntil([](const Assessment& a) { return a.state == ClusterState::Lost; });
    ASSERT_TRUE(three);
    EXPECT_LE(*three, Seconds(5));
    EXPECT_EQ(assess().ready, 0) << "the two that answer have no majority";
    for (const int node : {1, 2}) {
        EXPECT_EQ(verdict(node).reason, quorum::VoterReason::NoMajority)
            << verdict(node).text.toStdString();
    }

    // API servers forget the nodes when their watch of etcd ends. A program that begins after that
    // must be able to tell.
    ASSERT_TRUE(
        test::waitUntil([this] { return !remembersNodes(1) && !remembersNodes(2); }, Seconds(90)));
    EXPECT_TRUE(test::waitUntil(
        [&] {
            // One look may be too short on a busy machine: then it does not know (3), and never
            // says that all is well.
            const int code =
                ctl.call({QStringLiteral("status"), QStringLiteral("--json")}).exitCode;
            EXPECT_TRUE(code == 2 || code == 3) << code;
            return code == 2;
        },
        Seconds(20)))
        << "lost";
    const LabCtl stranger(labOrNone());
    const auto refused = stranger.call({QStringLiteral("status"), QStringLiteral("--json")});
    EXPECT_EQ(refused.exitCode, 3) << "one server's word, of a cluster whose nodes are not known";
    EXPECT_TRUE((refused.output + refused.errors).contains("no contact with a majority"))
        << refused.exitCode << refused.output.toStdString() << refused.errors.toStdString();

    for (const int node : {3, 4, 5}) {
        lab().on(node);
    }
    ASSERT_TRUE(lookUntil([](const Assessment& a) { return a.ready == 5; }));
    EXPECT_EQ(assess().margin, 2);
}

} // namespace
} // namespace quorate::platform::kubernetes
