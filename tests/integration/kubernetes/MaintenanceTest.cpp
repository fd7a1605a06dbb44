// SPDX-License-Identifier: GPL-3.0-or-later
// Rolling maintenance of a real cluster by the command line: three nodes that carry a deployment
// with a disruption budget, one after the other, with a coordinator that is killed in the middle.
#include "tests/integration/kubernetes/LabCtl.h"
#include "tests/integration/kubernetes/LabWatch.h"
#include "tests/integration/kubernetes/ThreeNodes.h"
#include "tests/integration/kubernetes/WebWorkload.h"
#include "tests/support/Environment.h"

#include <QFile>
#include <QRegularExpression>

namespace quorate::platform::kubernetes {
namespace {

constexpr Millis kStepLimit =
    Seconds(120); ///< from one node's work to the next one's, on two loaded cores
constexpr const char* kDrain = "Move its pods to other nodes";
constexpr const char* kWork = "Do your work on the node";
constexpr int kReplicas = 4;
constexpr int kKeep = 3;

int numberOf(const QString& node) { return node.section(QLatin1Char('-'), -1).toInt(); }

/// `upgrade --json` says that a node is at that step.
QRegularExpression drains(const QString& node)
{
    return QRegularExpression(QStringLiteral(R"("node":"%1"[^}]*"state":"running","title":"%2")")
                                  .arg(node, QLatin1String(kDrain)));
}
/// The same while it is being taken up again is no question yet.
QRegularExpression asks(const QString& node)
{
    return QRegularExpression(
        QStringLiteral(R"("node":"%1"[^}]*"title":"%2","waitingFor":"a person to say)")
            .arg(node, QLatin1String(kWork)));
}

class Maintenance : public ThreeNodes {
protected:
    Maintenance()
        : ctl(labOrNone())
    {}
    void SetUp() override
    {
        ThreeNodes::SetUp();
        if (IsSkipped() || HasFatalFailure()) {
            return;
        }
        WebWorkload(lab()).deploy(kReplicas, kKeep);
    }
    void TearDown() override
    {
        if (labOrNone() != nullptr) {
            WebWorkload(lab()).remove();
        }
    }

    /// The shipped procedure under another name and with a short time to be sure of a node, as an
    /// operator adapts one (docs/guide/procedures.md); the rest of it, and all times of the
    /// cluster, are as they are.
    void adaptProcedure() const
    {
        QFile shipped(test::sourcePath(
            QStringLiteral("resources/procedures/kubernetes-node-maintenance.yaml")));
        ASSERT_TRUE(shipped.open(QIODevice::ReadOnly));
        QByteArray text = shipped.readAll();
        for (const auto& [from, to] :
             {std::pair("\nid: kubernetes-node-maintenance\n", "\nid: quick-maintenance\n"),
              std::pair("\nstabilisation: 2 min", "\nstabilisation: 10 s")}) {
            ASSERT_EQ(text.count(from), 1) << from;
            text.replace(from, to);
        }
        ctl.home().write(QStringLiteral("procedures/quick.yaml"), text);
    }

    /// The nodes in the order in which the plan takes them.
    [[nodiscard]] std::vector<QString> plan(const QString& path) const
    {
        const QJsonObject made =
            documentOf(ctl.call({QStringLiteral("plan"), QStringLiteral("--procedure"),
                                 QStringLiteral("quick-maintenance"), QStringLiteral("--param"),
                                 QStringLiteral("drain-limit=2 min"), QStringLiteral("-o"), path,
                                 QStringLiteral("--json")}));
        std::vector<QString> order;
        for (const QJsonValue node : made.value(QStringLiteral("order")).toArray()) {
            order.push_back(node.toString());
        }
        return order;
    }

    [[nodiscard]] std::unique_ptr<test::ChildProcess> upgrade(const QString& plan) const
    {
        return ctl.begin({QStringLiteral("upgrade"), QStringLiteral("--plan"), plan,
                          QStringLiteral("--yes"), QStringLiteral("--accept"),
                          QStringLiteral("manual-steps"), QStringLiteral("--accept"),
                          QStringLiteral("no-spare-voter"), QStringLiteral("--json")});
    }
    [[nodiscard]] std::unique_ptr<test::ChildProcess> resume() const
    {
        return ctl.begin(
            {QStringLiteral("run"), QStringLiteral("resume"), QStringLiteral("--json")});
    }
    /// As the operator does from another window.
    void confirm() const { ctl.expectDone({QStringLiteral("run"), QStringLiteral("confirm")}); }
    /// Of the step that waits, as `run show` numbers it. Sent again, it is meant for that step too.
    void confirmStepTwice() const
    {
        const QJsonObject run = documentOf(ctl.call({QStringLiteral("run"), QStringLiteral("show"),
                                                     QStringLiteral("--json")}))
                                    .value(QStringLiteral("run"))
                                    .toObject();
        const QString step =
            run.value(QStringLiteral("stepList"))
                .toArray()
                .at(run.value(QStringLiteral("step")).toInt() - 1)[QStringLiteral("id")]
                .toString();
        const QStringList words{QStringLiteral("run"), QStringLiteral("confirm"),
                                QStringLiteral("--step"), step};
        ctl.expectDone(words);
        EXPECT_EQ(ctl.call(words).exitCode, 1);
    }

    [[nodiscard]] static QJsonObject lease()
    {
        return lab()
            .get(1, QStringLiteral("/apis/coordination.k8s.io/v1/namespaces/default/leases/"
                                   "quorate-maintenance"))
            .json()
            .value(QStringLiteral("spec"))
            .toObject();
    }
    [[nodiscard]] static QString heldBy()
    {
        return lease().value(QStringLiteral("holderIdentity")).toString();
    }
    [[nodiscard]] static QString renewedAt()
    {
        return lease().value(QStringLiteral("renewTime")).toString();
    }
    [[nodiscard]] static QStringList cordoned()
    {
        QStringList names;
        const QJsonObject list = lab().get(1, QStringLiteral("/api/v1/nodes")).json();
        for (const QJsonValue node : list.value(QStringLiteral("items")).toArray()) {
            if (node[QStringLiteral("spec")][QStringLiteral("unschedulable")].toBool()) {
                names.append(node[QStringLiteral("metadata")][QStringLiteral("name")].toString());
            }
        }
        return names;
    }

    LabCtl ctl;
};

// One walk shows both: each node costs more than half a minute of being sure.
TEST_F(Maintenance, OfThreeNodesThoughItsCoordinatorIsKilledTwice)
{
    const WebWorkload web(lab());
    ASSERT_NO_FATAL_FAILURE(adaptProcedure());
    const QString path = ctl.home().path(QStringLiteral("plan.yaml"));
    const std::vector<QString> order = plan(path);
    ASSERT_EQ(order.size(), 3U);
    ctl.expectDone({QStringLiteral("cluster"), QStringLiteral("read-only"), QStringLiteral("off")});
    LabWatch watch(lab(), nodeCount());

    // The first: nobody disturbs. The work needs the node to be switched off.
    auto run = upgrade(path);
    ASSERT_TRUE(run->waitForOutput(asks(order[0]), kStepLimit))
        << run->output().toStdString() << run->errors().toStdString();
    const int first = numberOf(order[0]);
    EXPECT_EQ(web.podsOn(first), 0);
    lab().off(first);
    EXPECT_TRUE(test::waitUntil([&] { return watch.seen().membersLeast == 2; }, kStepLimit));
    lab().on(first);
    const auto other = ctl.call({QStringLiteral("run"), QStringLiteral("confirm"),
                                 QStringLiteral("--step"), QStringLiteral("1")});
    EXPECT_EQ(other.exitCode, 1);
    EXPECT_TRUE(other.errors.contains("other-step")) << other.errors.toStdString();
    confirm();

    // The second: killed in the middle of the drain, after the first pod was told to end.
    const int second = numberOf(order[1]);
    ASSERT_TRUE(run->waitForOutput(drains(order[1]), kStepLimit))
        << run->output().toStdString() << run->errors().toStdString();
    ASSERT_TRUE(test::waitUntil([&] { return web.leaving(second) > 0; }, kStepLimit));
    run->killNow();
    EXPECT_GT(web.podsOn(second), 0) << "it was drained already";
    EXPECT_EQ(cordoned(), QStringList(order[1]));
    const QString renewed = renewedAt();
    run = resume();
    ASSERT_TRUE(run->waitForOutput(asks(order[1]), kStepLimit))
        << run->output().toStdString() << run->errors().toStdString();
    EXPECT_GT(renewedAt(), renewed) << "who takes it up takes the lease again";
    EXPECT_EQ(web.podsOn(second), 0);
    confirmStepTwice();

    // The third: killed while the manual step waits.
    ASSERT_TRUE(run->waitForOutput(asks(order[2]), kStepLimit))
        << run->output().toStdString() << run->errors().toStdString();
    run->killNow();
    EXPECT_EQ(cordoned(), QStringList(order[2]));
    const auto unheard = ctl.call({QStringLiteral("run"), QStringLiteral("confirm")});
    EXPECT_EQ(unheard.exitCode, 1) << "nobody carries it out, so nobody asks";
    run = resume();
    ASSERT_TRUE(run->waitForOutput(asks(order[2]), kStepLimit))
        << run->output().toStdString() << run->errors().toStdString();
    confirm();
    EXPECT_EQ(run->waitForEnd(kStepLimit), 0)
        << run->output().toStdString() << run->errors().toStdString();

    const LabWatch::Seen seen = watch.stop();
    EXPECT_GT(seen.looks, 50) << "hardly anybody watched";
    EXPECT_GT(seen.memberLooks, 20);
    EXPECT_GE(seen.healthyLeast, kKeep) << "below the disruption budget";
    EXPECT_LT(seen.healthyLeast, kReplicas) << "nothing was ever moved";
    EXPECT_EQ(seen.cordonedMost, 1) << "two nodes at the same time";
    EXPECT_EQ(seen.membersLeast, 2) << "one was off, and no other with it";
    EXPECT_EQ(cordoned(), QStringList());
    EXPECT_EQ(heldBy(), QString());
    EXPECT_TRUE(test::waitUntil([&] { return web.available() == kReplicas; }, kStepLimit));
    const QJsonObject shown = documentOf(
        ctl.call({QStringLiteral("run"), QStringLiteral("show"), QStringLiteral("--json")}));
    EXPECT_EQ(shown[QStringLiteral("run")][QStringLiteral("phase")].toString(),
              QStringLiteral("succeeded"));
    EXPECT_TRUE(lookUntil([](const quorum::Assessment& a) { return a.margin == 1; }));
}

} // namespace
} // namespace quorate::platform::kubernetes
