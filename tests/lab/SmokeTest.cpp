// SPDX-License-Identifier: GPL-3.0-or-later
// Does the lab do what it says? Nothing of Quorate takes part: these tests are what the others
// stand on.
#include "tests/lab/SmokeFixture.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QProcess>

#include <curl/curl.h>

namespace quorate::labtest {
namespace {

using test::waitUntil;

/// The lease of a node as API server 1 tells: who still renews it is alive to its peers.
QString leaseRenewed(const KubeLab& lab, int node)
{
    const QString path =
        QStringLiteral("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/");
    return lab.get(1, path + nodeName(node))
        .json()[QStringLiteral("spec")][QStringLiteral("renewTime")]
        .toString();
}

/// Names of etcd's members with `isLearner`.
QStringList learners(const LabReply& members)
{
    QStringList names;
    for (const QJsonValue member : members.json()[QStringLiteral("members")].toArray()) {
        if (member[QStringLiteral("isLearner")].toBool()) {
            names << member[QStringLiteral("name")].toString();
        }
    }
    return names;
}

} // namespace

std::unique_ptr<KubeLab> LabSmoke::s_lab;

void LabSmoke::SetUpTestSuite()
{
    if (KubeLab::unavailable().isEmpty()) {
        LabOptions options;
        options.fast = true;
        s_lab = std::make_unique<KubeLab>(options);
    }
}

void LabSmoke::SetUp()
{
    QUORATE_REQUIRE_LAB();
    ASSERT_TRUE(s_lab && s_lab->isUp());
    ASSERT_TRUE(waitUntil([] { return isWhole(); }, kSettled));
}

bool LabSmoke::isApiReady(int node)
{
    return lab().get(node, QStringLiteral("/readyz")).body == "ok";
}

bool LabSmoke::isWhole()
{
    for (int node = 1; node <= 3; ++node) {
        if (!isApiReady(node) || lab().readyCondition(node) != QStringLiteral("True")) {
            return false;
        }
    }
    return true;
}

bool LabSmoke::isEtcdHealthy(int node)
{
    const LabReply reply = lab().etcd(node, QStringLiteral("/health"));
    return reply.json()[QStringLiteral("health")].toString() == QStringLiteral("true");
}

int LabSmoke::post(const QString& path, const QByteArray& body)
{
    LabCall call;
    call.method = "POST";
    call.path = path;
    call.body = body;
    return lab().send(1, call).status;
}

TEST_F(LabSmoke, threeNodesAreReadyAndMarkedAsControlPlane)
{
    for (int node = 1; node <= 3; ++node) {
        const QJsonObject seen =
            lab().get(node, QStringLiteral("/api/v1/nodes/") + nodeName(node)).json();
        const QJsonValue labels = seen[QStringLiteral("metadata")][QStringLiteral("labels")];
        EXPECT_FALSE(labels[QStringLiteral("node-role.kubernetes.io/control-plane")].isUndefined());
        EXPECT_FALSE(labels[QStringLiteral("node-role.kubernetes.io/master")].isUndefined());
        const QJsonValue status = seen[QStringLiteral("status")];
        EXPECT_EQ(status[QStringLiteral("addresses")][0][QStringLiteral("address")].toString(),
                  lab().address(node));
        EXPECT_EQ(status[QStringLiteral("nodeInfo")][QStringLiteral("kubeletVersion")].toString(),
                  QStringLiteral("v1.20.2"));
        EXPECT_TRUE(isEtcdHealthy(node));
        EXPECT_FALSE(leaseRenewed(lab(), node).isEmpty());
    }
}

TEST_F(LabSmoke, aNodeWithoutPowerDoesNotAnswerAndIsMissedByItsPeers)
{
    lab().off(3);
    EXPECT_EQ(lab().get(3, QStringLiteral("/livez")).curl, CURLE_OPERATION_TIMEDOUT);
    EXPECT_TRUE(isApiReady(1));
    EXPECT_EQ(lab().readyCondition(3), QStringLiteral("True")) << "not in its grace time";
    EXPECT_TRUE(
        waitUntil([] { return lab().readyCondition(3) == QStringLiteral("Unknown"); }, kSettled));
    lab().on(3);
    EXPECT_TRUE(waitUntil([] { return isWhole(); }, kSettled));
}

TEST_F(LabSmoke, aNodeCutFromItsPeersStillAnswersUs)
{
    lab().cut(2, LabCut::Peers);
    EXPECT_TRUE(waitUntil([] { return !isEtcdHealthy(2); }, kSettled));
    EXPECT_EQ(lab().get(2, QStringLiteral("/version")).status, 200);
    // The one that was cut off may have been the leader: the others choose another first.
    EXPECT_TRUE(waitUntil([] { return isEtcdHealthy(1); }, kSettled));
    EXPECT_TRUE(waitUntil([] { return !isApiReady(2); }, kSettled));
    lab().mend(2, LabCut::Peers);
    EXPECT_TRUE(waitUntil([] { return isEtcdHealthy(2); }, kSettled));
}

TEST_F(LabSmoke, aNodeCutFromUsStillWorksWithItsPeers)
{
    lab().cut(2, LabCut::Console);
    EXPECT_EQ(lab().get(2, QStringLiteral("/livez")).curl, CURLE_OPERATION_TIMEDOUT);
    const QString before = leaseRenewed(lab(), 2);
    EXPECT_TRUE(waitUntil([&] { return leaseRenewed(lab(), 2) != before; }, kSettled));
    EXPECT_EQ(lab().readyCondition(2), QStringLiteral("True"));
    lab().mend(2, LabCut::Console);
    EXPECT_EQ(lab().get(2, QStringLiteral("/version")).status, 200);
}

TEST_F(LabSmoke, withoutMajorityAnApiServerAnswersButIsNotReady)
{
    lab().off(2);
    lab().off(3);
    EXPECT_TRUE(waitUntil([] { return !isEtcdHealthy(1); }, kSettled));
    EXPECT_EQ(lab().get(1, QStringLiteral("/version")).status, 200);
    LabCall readiness;
    readiness.path = QStringLiteral("/readyz?verbose");
    readiness.limitMs = 15'000;
    const LabReply reply = lab().send(1, readiness);
    EXPECT_EQ(reply.status, 500);
    EXPECT_THAT(reply.body.toStdString(), ::testing::HasSubstr("[-]etcd failed"));
    lab().on(2);
    lab().on(3);
    EXPECT_TRUE(waitUntil([] { return isWhole(); }, kSettled));
}

TEST_F(LabSmoke, aNodeWhoseEtcdStoppedKeepsItsKubelet)
{
    lab().stop(2, LabProcess::Etcd);
    EXPECT_TRUE(waitUntil([] { return !isApiReady(2); }, kSettled));
    const QString before = leaseRenewed(lab(), 2);
    EXPECT_TRUE(waitUntil([&] { return leaseRenewed(lab(), 2) != before; }, kSettled));
    EXPECT_EQ(lab().readyCondition(2), QStringLiteral("True"));
    lab().start(2, LabProcess::Etcd);
}

TEST_F(LabSmoke, aFrozenProcessAcceptsAndSaysNothing)
{
    lab().freeze(2, LabProcess::Api);
    EXPECT_EQ(lab().get(2, QStringLiteral("/livez")).curl, CURLE_OPERATION_TIMEDOUT);
    lab().thaw(2, LabProcess::Api);
    EXPECT_EQ(lab().get(2, QStringLiteral("/livez")).status, 200);
}

TEST_F(LabSmoke, aLearnerJoinsAndBecomesAVoter)
{
    const int learner = lab().act({QStringLiteral("learner")}).toInt();
    ASSERT_EQ(learner, 4);
    const QString list = QStringLiteral("/v3/cluster/member/list");
    EXPECT_EQ(learners(lab().etcd(1, list, "{}")), QStringList{nodeName(learner)});
    EXPECT_EQ(lab().readyCondition(learner), QStringLiteral("True"));
    lab().act({QStringLiteral("promote"), QString::number(learner)});
    EXPECT_TRUE(learners(lab().etcd(1, list, "{}")).isEmpty());
}

TEST_F(LabSmoke, aSecondLabDoesNotDisturbTheFirstAndGoesWithItsOwner)
{
    QProcess owner;
    owner.start(QStringLiteral("sleep"), {QStringLiteral("1000")});
    ASSERT_TRUE(owner.waitForStarted());
    LabOptions options;
    options.nodes = 1;
    options.workers = 1;
    options.more = {QStringLiteral("--owner"), QString::number(owner.processId())};
    const KubeLab second(options);
    ASSERT_TRUE(second.isUp());
    EXPECT_NE(second.address(1), lab().address(1));
    EXPECT_EQ(second.readyCondition(2), QStringLiteral("True"));

    const QString slot = second.address(1).section(QLatin1Char('.'), 2, 2);
    const QFileInfo place(QStringLiteral("/run/quorate-lab/") + slot);
    EXPECT_TRUE(place.exists());
    owner.kill();
    owner.waitForFinished();
    EXPECT_TRUE(waitUntil([&] { return !QFileInfo::exists(place.filePath()); }, kSettled));
    EXPECT_FALSE(QFileInfo::exists(QStringLiteral("/sys/class/net/ql") + slot));
    EXPECT_TRUE(isApiReady(1));
}

} // namespace quorate::labtest
