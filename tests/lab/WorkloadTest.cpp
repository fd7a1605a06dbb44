// SPDX-License-Identifier: GPL-3.0-or-later
// Pods on hollow kubelets: placed, run, protected by a disruption budget, evicted, gone.
#include "tests/lab/SmokeFixture.h"

#include <QJsonArray>

namespace quorate::labtest {
namespace {

using test::waitUntil;

constexpr int kReplicas = 3;

const char kDeployment[] = R"({"metadata":{"name":"web"},"spec":{"replicas":3,
  "selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
  "spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"web","image":"web:1"}]}}}})";
const char kBudget[] = R"({"metadata":{"name":"web"},"spec":{"minAvailable":3,
  "selector":{"matchLabels":{"app":"web"}}}})";

QJsonArray pods(const KubeLab& lab)
{
    return lab.get(1, QStringLiteral("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb"))
        .json()[QStringLiteral("items")]
        .toArray();
}

QString podName(const QJsonValue& pod)
{
    return pod[QStringLiteral("metadata")][QStringLiteral("name")].toString();
}

bool hasPod(const KubeLab& lab, const QString& name)
{
    const QJsonArray all = pods(lab);
    return std::any_of(all.begin(), all.end(),
                       [&](const QJsonValue pod) { return podName(pod) == name; });
}

int available(const KubeLab& lab)
{
    return lab.get(1, QStringLiteral("/apis/apps/v1/namespaces/default/deployments/web"))
        .json()[QStringLiteral("status")][QStringLiteral("availableReplicas")]
        .toInt();
}

int evict(const KubeLab& lab, const QString& pod)
{
    LabCall call;
    call.method = "POST";
    call.path = QStringLiteral("/api/v1/namespaces/default/pods/%1/eviction").arg(pod);
    call.body = R"({"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":")"
                + pod.toLatin1() + R"(","namespace":"default"}})";
    return lab.send(1, call).status;
}

/// Allowed disruptions as the controller has worked them out, -1 before.
int allowed(const KubeLab& lab)
{
    const QJsonValue status =
        lab.get(1,
                QStringLiteral("/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets/web"))
            .json()[QStringLiteral("status")];
    return status[QStringLiteral("currentHealthy")].toInt() == kReplicas
               ? status[QStringLiteral("disruptionsAllowed")].toInt(-1)
               : -1;
}

} // namespace

TEST_F(LabSmoke, aBudgetHoldsBackAnEvictionAndWithoutItThePodMoves)
{
    const QString budgets =
        QStringLiteral("/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets");
    ASSERT_EQ(post(QStringLiteral("/apis/apps/v1/namespaces/default/deployments"), kDeployment),
              201);
    ASSERT_EQ(post(budgets, kBudget), 201);
    ASSERT_TRUE(waitUntil([] { return available(lab()) == kReplicas; }, kSettled));
    ASSERT_TRUE(waitUntil([] { return allowed(lab()) == 0; }, kSettled));
    const QString victim = podName(pods(lab()).first());
    EXPECT_EQ(evict(lab(), victim), 429);

    LabCall withdraw;
    withdraw.method = "DELETE";
    withdraw.path = budgets + QStringLiteral("/web");
    ASSERT_EQ(lab().send(1, withdraw).status, 200);
    EXPECT_EQ(evict(lab(), victim), 201);
    EXPECT_TRUE(waitUntil([&] { return !hasPod(lab(), victim); }, kSettled));
    EXPECT_TRUE(waitUntil([] { return available(lab()) == kReplicas; }, kSettled));
    withdraw.path = QStringLiteral("/apis/apps/v1/namespaces/default/deployments/web");
    EXPECT_EQ(lab().send(1, withdraw).status, 200);
}

} // namespace quorate::labtest
