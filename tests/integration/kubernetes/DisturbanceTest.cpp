// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a console while API servers restart, are too busy, get other certificates, or let
// nobody in any more. Each is got over or explained, and nothing old is shown as fresh.
#include "tests/integration/kubernetes/LabCtl.h"
#include "tests/integration/kubernetes/ThreeNodes.h"
#include "tests/integration/kubernetes/WebWorkload.h"

#include <QFile>

#include <algorithm>
#include <memory>
#include <vector>

namespace quorate::platform::kubernetes {
namespace {

using labtest::LabProcess;
using quorum::Assessment;
using quorum::ClusterState;

constexpr int kReplicas = 4;
constexpr int kKeep = 3;
constexpr int kOthers = 4;    ///< who ask the same server at the same time
constexpr int kLooksMin = 10; ///< at a server that is too busy
constexpr int kLooksMax = 60;
const QString kNodes = QStringLiteral("/api/v1/nodes");

bool isWhole(const Assessment& a) { return a.ready == 3 && a.state == ClusterState::Quorate; }

class Disturbance : public ThreeNodes {
protected:
    [[nodiscard]] bool isApiReady(int node) const
    {
        return lab().get(node, QStringLiteral("/readyz")).status == 200;
    }
    /// Every node answers the console with an error of that kind, and none counts for anything.
    [[nodiscard]] bool lookUntilAllFailWith(ErrorKind kind)
    {
        return lookUntil([this, kind](const Assessment&) {
                   return std::ranges::all_of(seen().nodes, [kind](const NodeRecord& record) {
                       return record.error && record.error->kind == kind;
                   });
               })
            .has_value();
    }
    void expectNothingIsKnown(const char* because) const
    {
        EXPECT_TRUE(assess().sentence.text().contains(QLatin1String(because)))
            << assess().sentence.text().toStdString();
        EXPECT_EQ(assess().state, ClusterState::Unknown) << assess().sentence.text().toStdString();
        EXPECT_EQ(assess().ready, 0);
        EXPECT_EQ(assess().unknown, 3);
        EXPECT_NE(gate(1).verdict, quorum::Verdict::Yes);
    }
    /// Of node `asked`, what it says of node-2.
    [[nodiscard]] bool saysCordoned(int asked) const
    {
        const NodeRecord* record = seen().node(nodeId(asked));
        const PeerView* view =
            record && record->isReachable() ? record->last->viewOf(nodeId(2)) : nullptr;
        return view != nullptr && view->cordoned;
    }
    static void cordonNode2(bool on)
    {
        labtest::LabCall call;
        call.method = "PATCH";
        call.path = kNodes + QStringLiteral("/node-2");
        call.body =
            on ? R"({"spec":{"unschedulable":true}})" : R"({"spec":{"unschedulable":null}})";
        EXPECT_EQ(lab().send(1, call).status, 200);
    }
};

TEST_F(Disturbance, ApiServersRestartedDuringADrain)
{
    const WebWorkload web(lab());
    web.deploy(kReplicas, kKeep);
    int node = 1;
    while (node < 3 && web.podsOn(node) == 0) {
        ++node;
    }
    act::Drain drain;
    drain.limitSeconds = 120;
    const auto id = test::waitFor(
        platform().perform(ActTarget{nodeId(node)}, drain, {QStringLiteral("d")}, {}), Seconds(20));
    ASSERT_TRUE(id) << describe(id.error()).toStdString();
    ASSERT_TRUE(test::waitUntil([&] { return web.leaving(node) > 0; }, kSettled));
    for (const int each : {1, 2, 3}) {
        lab().restart(each, LabProcess::Api); // none of them answers for some seconds
    }
    const OperationStatus status = toEnd(*id);
    EXPECT_EQ(status.state, OperationStatus::State::Succeeded) << status.message.toStdString();
    ASSERT_TRUE(lookUntil(isWhole));
    EXPECT_EQ(web.podsOn(node), 0);
    EXPECT_TRUE(test::waitFor(
        platform().perform(ActTarget{nodeId(node)}, act::Resume{}, {QStringLiteral("r")}, {}),
        Seconds(20)));
    web.remove();
}

// An API server that was started anew remembers no changes from before: who goes on watching from
// there is answered 410.
TEST_F(Disturbance, AWatchThatIsTooOldBeginsAnew)
{
    const QString before =
        lab()
            .get(3, kNodes)
            .json()[QStringLiteral("metadata")][QStringLiteral("resourceVersion")]
            .toString();
    lab().stop(3, LabProcess::Api);
    cordonNode2(true);
    lab().start(3, LabProcess::Api);
    ASSERT_TRUE(test::waitUntil([this] { return isApiReady(3); }, kSettled));
    const QByteArray refused =
        lab()
            .get(3, kNodes + QStringLiteral("?watch=1&timeoutSeconds=1&resourceVersion=") + before)
            .body;
    EXPECT_TRUE(refused.contains("\"code\":410")) << refused.left(500).toStdString();
    EXPECT_TRUE(lookUntil([this](const Assessment&) { return saysCordoned(3); }));
    cordonNode2(false);
    EXPECT_TRUE(lookUntil([this](const Assessment& a) { return isWhole(a) && !saysCordoned(3); }));
}

// Administrators are let pass the limit; others are not.
TEST_F(Disturbance, AServerThatIsTooBusyIsNotCalledLost)
{
    lab().act({QStringLiteral("user"), QStringLiteral("ops"), QStringLiteral("quorate:viewers")});
    lab().act({QStringLiteral("flags"), QStringLiteral("api"),
               QStringLiteral("--enable-priority-and-fairness=false --max-requests-inflight=1")});
    lab().restart(3, LabProcess::Api);
    ASSERT_TRUE(test::waitUntil([this] { return isApiReady(3); }, kSettled));
    use(QStringLiteral("user-ops"));
    // Others ask it at the same time, since one look alone asks one thing after the other.
    std::vector<std::unique_ptr<Platform>> others;
    for (int count = 0; count < kOthers; ++count) {
        others.push_back(platformFor(QStringLiteral("user-ops")));
    }
    const auto hasRefused = [] {
        return lab()
            .get(3, QStringLiteral("/metrics"))
            .body.contains("apiserver_dropped_requests_total{");
    };
    bool refused = false;
    for (int times = 0; times < kLooksMin || (!refused && times < kLooksMax); ++times) {
        std::stop_source stop;
        for (const auto& other : others) {
            (void)other->observe(nodeId(3), stop.get_token());
        }
        look();
        stop.request_stop();
        EXPECT_NE(verdict(3).state, quorum::VoterState::Down) << verdict(3).text.toStdString();
        EXPECT_NE(verdict(3).reason, quorum::VoterReason::NoMajority);
        refused = refused || hasRefused();
    }
    EXPECT_TRUE(refused) << "it refused nothing, or this test shows nothing";
    lab().act({QStringLiteral("flags"), QStringLiteral("api"), QString()});
    lab().restart(3, LabProcess::Api);
    EXPECT_TRUE(lookUntil(isWhole));
}

TEST_F(Disturbance, ANewCertificateOfTheSameAuthorityIsNoNews)
{
    const auto shown = [] {
        QFile file(lab().path(QStringLiteral("pki/api-2.crt")));
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        return file.readAll();
    };
    const QByteArray before = shown();
    lab().act({QStringLiteral("new-cert"), QStringLiteral("2")});
    EXPECT_NE(shown(), before);
    EXPECT_TRUE(lookUntil(isWhole));
}

TEST_F(Disturbance, AnExpiredTokenIsNotAccepted)
{
    const WebWorkload web(lab());
    const int bound =
        web.post(QStringLiteral("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
                 R"({"metadata":{"name":"short"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io",
                 "kind":"ClusterRole","name":"quorate:viewer"},"subjects":[{"kind":"ServiceAccount",
                 "namespace":"default","name":"short"}]})");
    EXPECT_EQ(bound, 201);
    const QString token = lab().act({QStringLiteral("token"), QStringLiteral("default"),
                                     QStringLiteral("short"), QStringLiteral("25")});
    lab().act({QStringLiteral("token-config"), QStringLiteral("short"), token});
    use(QStringLiteral("short"));
    ASSERT_TRUE(lookUntil(isWhole, Seconds(20)));
    ASSERT_TRUE(lookUntilAllFailWith(ErrorKind::Unauthorized));
    expectNothingIsKnown("No node accepts our credentials since");
}

TEST_F(Disturbance, ARevokedTokenIsNotAccepted)
{
    use(QStringLiteral("admin-token"));
    ASSERT_TRUE(lookUntil(isWhole));
    const LabCtl ctl(labOrNone());
    const QStringList status{QStringLiteral("status"), QStringLiteral("--json")};
    // Asked again: a machine under load may answer one look too late.
    ASSERT_TRUE(test::waitUntil(
        [&] { return ctl.call(status, QStringLiteral("admin-token")).exitCode == 0; }, kSettled));
    lab().act({QStringLiteral("revoke"), QStringLiteral("static-admin")});
    ASSERT_TRUE(lookUntilAllFailWith(ErrorKind::Unauthorized));
    expectNothingIsKnown("No node accepts our credentials since");
    EXPECT_FALSE(seen().nodes[0].error->cure.isEmpty());
    const auto told = ctl.call(status, QStringLiteral("admin-token"));
    EXPECT_EQ(told.exitCode, 3) << "cannot be told";
    const QJsonObject node = documentOf(told)[QStringLiteral("nodes")].toArray()[0].toObject();
    EXPECT_EQ(node[QStringLiteral("error")][QStringLiteral("kind")].toString(),
              QStringLiteral("unauthorized"))
        << told.output.toStdString();
}

// The last: who has only the old authority has nothing any more.
TEST_F(Disturbance, ANewAuthorityIsExplained)
{
    lab().act({QStringLiteral("new-ca")});
    ASSERT_TRUE(lookUntilAllFailWith(ErrorKind::Tls));
    expectNothingIsKnown("No node shows a certificate that is trusted since");
    const Error error = *seen().nodes[0].error;
    EXPECT_TRUE(error.message.contains(QStringLiteral("vouches for the certificate")))
        << describe(error).toStdString();
    use(QStringLiteral("admin")); // the kubeconfig was written anew
    EXPECT_TRUE(lookUntil(isWhole));
}

} // namespace
} // namespace quorate::platform::kubernetes
