// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/kubernetes/WebWorkload.h"

#include "tests/support/Test.h"

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

constexpr Millis kDeployed = Seconds(90); // also on two loaded cores

const QString kDeployments = QStringLiteral("/apis/apps/v1/namespaces/default/deployments");
const QString kBudgets =
    QStringLiteral("/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets");
const QString kWeb = QStringLiteral("/web");

} // namespace

int WebWorkload::post(const QString& path, const QByteArray& body) const
{
    labtest::LabCall call;
    call.method = "POST";
    call.path = path;
    call.body = body;
    return m_lab.send(1, call).status;
}

void WebWorkload::deploy(int replicas, int keep) const
{
    const QByteArray count = QByteArray::number(replicas);
    EXPECT_EQ(
        post(kDeployments,
             R"({"metadata":{"name":"web"},"spec":{"replicas":)" + count
                 + R"(,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":
                       {"app":"web"}},"spec":{"terminationGracePeriodSeconds":1,"tolerations":[
                       {"key":"node-role.kubernetes.io/master","operator":"Exists"},
                       {"key":"node-role.kubernetes.io/control-plane","operator":"Exists"}],
                       "containers":[{"name":"web","image":"web:1"}]}}}})"),
        201);
    EXPECT_EQ(post(kBudgets, R"({"metadata":{"name":"web"},"spec":{"minAvailable":)"
                                 + QByteArray::number(keep)
                                 + R"(,"selector":{"matchLabels":{"app":"web"}}}})"),
              201);
    EXPECT_TRUE(test::waitUntil([this, replicas] { return available() == replicas; }, kDeployed));
}

void WebWorkload::remove() const
{
    for (const QString& path : {kDeployments + kWeb, kBudgets + kWeb}) {
        labtest::LabCall call;
        call.method = "DELETE";
        call.path = path;
        (void)m_lab.send(1, call);
    }
    // They go some seconds later; until then they count for the budget of the next deployment.
    EXPECT_TRUE(test::waitUntil(
        [this] {
            return m_lab
                .get(1, QStringLiteral("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb"))
                .json()[QStringLiteral("items")]
                .toArray()
                .isEmpty();
        },
        kDeployed));
}

int WebWorkload::available() const
{
    return m_lab.get(1, kDeployments + kWeb)
        .json()[QStringLiteral("status")][QStringLiteral("availableReplicas")]
        .toInt();
}

QJsonArray WebWorkload::podsOf(int node) const
{
    return m_lab
        .get(1, QStringLiteral("/api/v1/namespaces/default/pods?fieldSelector=spec.nodeName%3D")
                    + labtest::nodeName(node))
        .json()[QStringLiteral("items")]
        .toArray();
}

int WebWorkload::podsOn(int node) const { return static_cast<int>(podsOf(node).size()); }

int WebWorkload::leaving(int node) const
{
    const QJsonArray pods = podsOf(node);
    return static_cast<int>(std::ranges::count_if(pods, [](const QJsonValue& pod) {
        return pod[QStringLiteral("metadata")].toObject().contains(
            QStringLiteral("deletionTimestamp"));
    }));
}

} // namespace quorate::platform::kubernetes
