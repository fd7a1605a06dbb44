// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator chooses of a cluster that a kubeconfig opens, by the command line and against a
// real one: where the maintenance lease is kept, and how etcd itself is asked.
#include "tests/integration/kubernetes/LabCtl.h"
#include "tests/integration/kubernetes/LabPlatform.h"

#include <QJsonArray>

namespace quorate::platform::kubernetes {
namespace {

using labtest::LabProcess;

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

class LabSettings : public LabPlatform {
protected:
    LabSettings()
        : ctl(labOrNone())
    {}

    [[nodiscard]] QString pki(const char* file) const
    {
        return lab().path(text("pki/") + text(file));
    }
    [[nodiscard]] QStringList asEtcd(const char* certificate = "etcd-client.crt",
                                     const char* key = "etcd-client.key",
                                     const char* authority = "etcd-ca.crt") const
    {
        return {text("--etcd-cert"), pki(certificate), text("--etcd-key"), pki(key),
                text("--etcd-ca"),   pki(authority)};
    }
    [[nodiscard]] QJsonObject statusOf(const QStringList& more)
    {
        return documentOf(ctl.call(QStringList{text("status"), text("--json")} + more));
    }
    [[nodiscard]] static QJsonObject nodeOf(const QJsonObject& status, const QString& name)
    {
        for (const QJsonValue node : status.value(text("nodes")).toArray()) {
            if (node[text("id")].toString() == name) {
                return node.toObject();
            }
        }
        return {};
    }
    [[nodiscard]] static int votersOf(const QJsonObject& status)
    {
        return status.value(text("quorum"))[text("voters")].toInt();
    }
    [[nodiscard]] static QStringList leadersOf(const QJsonObject& status)
    {
        QStringList names;
        for (const QJsonValue node : status.value(text("nodes")).toArray()) {
            if (node[text("leader")].toBool()) {
                names.append(node[text("id")].toString());
            }
        }
        return names;
    }
    /// "severity" of a condition of a node; empty: it has none of that id.
    [[nodiscard]] static QString conditionOf(const QJsonObject& node, const char* id)
    {
        for (const QJsonValue condition : node.value(text("conditions")).toArray()) {
            if (condition[text("id")].toString() == text(id)) {
                return condition[text("severity")].toString();
            }
        }
        return {};
    }
    void make(const char* path, const QString& body) const
    {
        labtest::LabCall call;
        call.method = "POST";
        call.path = text(path);
        call.body = body.toUtf8();
        const auto reply = lab().send(1, call);
        EXPECT_TRUE(reply.status == 201 || reply.status == 409)
            << path << ": " << reply.body.toStdString();
    }
    void makeNamespace(const char* name) const
    {
        make("/api/v1/namespaces", text(R"({"metadata":{"name":"%1"}})").arg(text(name)));
    }
    [[nodiscard]] int leaseStatusIn(const char* nameSpace) const
    {
        return lab()
            .get(1, text("/apis/coordination.k8s.io/v1/namespaces/%1/leases/quorate-maintenance")
                        .arg(text(nameSpace)))
            .status;
    }
    [[nodiscard]] test::ProgramOutcome cordon(int node, const QString& user = text("admin"),
                                              const QStringList& more = {})
    {
        return ctl.call(QStringList{text("node"), text("cordon"), nodeId(node).value, text("--yes")}
                            + more,
                        user);
    }
    void uncordon(int node)
    {
        ctl.expectDone({text("node"), text("uncordon"), nodeId(node).value, text("--yes")});
    }
    [[nodiscard]] QString placeOfLease()
    {
        return documentOf(ctl.call({text("cluster"), text("lease-namespace"), text("--json")}))
            .value(text("leaseNamespace"))
            .toString();
    }

    LabCtl ctl;
};

TEST_F(LabSettings, TheLeaseLiesWhereTheOperatorWantsItAndStaysThere)
{
    makeNamespace("ops-lease");
    ctl.expectDone({text("cluster"), text("read-only"), text("off"), text("--lease-namespace"),
                    text("ops-lease")});
    EXPECT_EQ(leaseStatusIn("ops-lease"), 404);
    EXPECT_EQ(cordon(2).exitCode, 0);
    EXPECT_EQ(leaseStatusIn("ops-lease"), 200)
        << "the call before this one sealed its kubeconfig anew";
    uncordon(2);
    EXPECT_EQ(placeOfLease(), text("ops-lease"));

    KubernetesOptions elsewhere = optionsFor(text("admin"));
    elsewhere.nodes = nodes();
    elsewhere.leaseNamespace = text("ops-lease");
    const auto other = makeKubernetesPlatform(elsewhere);
    const QString owner = text("ops2@elsewhere, run 1");
    ASSERT_TRUE(test::waitFor(other->acquireLease(owner, {}, {}), Millis(20'000)));
    const auto held = cordon(2);
    EXPECT_NE(held.exitCode, 0);
    EXPECT_TRUE(held.errors.contains("ops2@elsewhere")) << held.errors.toStdString();
    const auto moved = ctl.call({text("cluster"), text("lease-namespace"), text("default")});
    EXPECT_NE(moved.exitCode, 0);
    EXPECT_TRUE(moved.errors.contains("ops2@elsewhere")) << moved.errors.toStdString();
    const auto shown = ctl.call({text("cluster"), text("lease-namespace")});
    EXPECT_TRUE(shown.output.contains("ops2@elsewhere, run 1 has held it for"))
        << shown.output.toStdString();
    ASSERT_TRUE(test::waitFor(other->releaseLease(owner, {}), Millis(20'000)));
    ctl.expectDone({text("cluster"), text("lease-namespace"), text("default")});
    EXPECT_EQ(placeOfLease(), text("default"));
}

TEST_F(LabSettings, ANamespaceThatIsNotThereIsNamed)
{
    ctl.expectDone({text("cluster"), text("read-only"), text("off")});
    ctl.expectDone({text("cluster"), text("lease-namespace"), text("not-there")});
    const auto refused = cordon(2);
    EXPECT_NE(refused.exitCode, 0);
    EXPECT_TRUE(refused.errors.contains("\"not-there\"")) << refused.errors.toStdString();
    EXPECT_TRUE(refused.errors.contains("cluster lease-namespace")) << refused.errors.toStdString();
}

TEST_F(LabSettings, WhoMayNotWriteTheLeaseIsToldWhereAndWhatToDo)
{
    const QString user = text("user-keeper");
    lab().act({text("user"), text("keeper"), text("quorate:viewers")});
    makeNamespace("ops-lease");
    const QString subject = text(
        R"("subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"keeper"}])");
    make(
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        text(
            R"({"metadata":{"name":"keeper"},"rules":[{"apiGroups":[""],"verbs":["patch"],"resources":["nodes"]}]})"));
    make("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
         text(R"({"metadata":{"name":"keeper"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io",)"
              R"("kind":"ClusterRole","name":"keeper"},%1})")
             .arg(subject));
    make("/apis/rbac.authorization.k8s.io/v1/namespaces/ops-lease/roles",
         text(R"({"metadata":{"name":"keeper"},"rules":[{"apiGroups":["coordination.k8s.io"],)"
              R"("verbs":["create","update"],"resources":["leases"]}]})"));
    make("/apis/rbac.authorization.k8s.io/v1/namespaces/ops-lease/rolebindings",
         text(R"({"metadata":{"name":"keeper"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io",)"
              R"("kind":"Role","name":"keeper"},%1})")
             .arg(subject));
    EXPECT_EQ(ctl.call({text("cluster"), text("read-only"), text("off")}, user).exitCode, 0);
    const auto refused = cordon(2, user);
    EXPECT_NE(refused.exitCode, 0);
    EXPECT_TRUE(refused.errors.contains("lease-not-permitted")) << refused.errors.toStdString();
    EXPECT_TRUE(refused.errors.contains("namespace \"default\"")) << refused.errors.toStdString();
    EXPECT_TRUE(refused.errors.contains("cluster lease-namespace")) << refused.errors.toStdString();
    const auto allowed = cordon(2, user, {text("--lease-namespace"), text("ops-lease")});
    EXPECT_EQ(allowed.exitCode, 0) << allowed.errors.toStdString();
    EXPECT_EQ(
        ctl.call({text("node"), text("uncordon"), nodeId(2).value, text("--yes")}, user).exitCode,
        0);
}

TEST_F(LabSettings, EtcdItselfSaysWhoLeads)
{
    EXPECT_TRUE(leadersOf(statusOf({})).isEmpty()) << "nobody else can say so";
    const QJsonObject status = statusOf(asEtcd());
    EXPECT_EQ(votersOf(status), 3);
    EXPECT_EQ(leadersOf(status).size(), 1);
    for (int node = 1; node <= nodeCount(); ++node) {
        EXPECT_EQ(conditionOf(nodeOf(status, nodeId(node).value), "etcd-not-asked"), QString());
    }
}

TEST_F(LabSettings, EtcdAloneStoppedOnOneNode)
{
    lab().stop(2, LabProcess::Etcd);
    QJsonObject status;
    EXPECT_TRUE(test::waitUntil(
        [&] {
            status = statusOf(asEtcd());
            return nodeOf(status, nodeId(2).value).value(text("counts")).toString() == text("down");
        },
        kSettled));
    const QJsonObject stopped = nodeOf(status, nodeId(2).value);
    EXPECT_TRUE(stopped.value(text("reachable")).toBool()) << "its API server still answers";
    EXPECT_NE(conditionOf(stopped, "etcd-not-asked"), QString());
    EXPECT_EQ(lab().readyCondition(2, 1), text("True")) << "its kubelet is well";
    EXPECT_EQ(votersOf(status), 3);
    EXPECT_EQ(status.value(text("quorum"))[text("ready")].toInt(), 2);
    EXPECT_EQ(status.value(text("quorum"))[text("state")].toString(), text("at-risk"));
    EXPECT_EQ(conditionOf(nodeOf(status, nodeId(1).value), "etcd-not-asked"), QString());
    lab().start(2, LabProcess::Etcd);
    EXPECT_TRUE(lookUntil([](const quorum::Assessment& a) { return a.ready == 3; }));
}

/// As with OpenShift and Kubespray: the API server of a node reads through whichever member
/// answers.
TEST_F(LabSettings, ASilentEtcdIsSeenAtTheFirstLookThoughItsApiServerReadsThroughOthers)
{
    const QString before = lab().act({text("flags"), text("api")});
    QStringList members;
    for (int node = 1; node <= nodeCount(); ++node) {
        members.append(text("https://%1:2379").arg(lab().address(node)));
    }
    lab().act({text("flags"), text("api"),
               before + text(" --etcd-servers=") + members.join(QLatin1Char(','))});
    lab().restart(2, LabProcess::Api);
    ASSERT_TRUE(lookUntil([](const quorum::Assessment& a) { return a.ready == 3; }));
    lab().stop(2, LabProcess::Etcd);
    QJsonObject status; // without the certificate nobody can tell
    EXPECT_TRUE(test::waitUntil(
        [&] {
            status = statusOf({});
            return status.value(text("quorum"))[text("ready")].toInt() == 3;
        },
        kSettled));
    status = statusOf(asEtcd());
    EXPECT_EQ(nodeOf(status, nodeId(2).value).value(text("counts")).toString(), text("unknown"));
    EXPECT_EQ(status.value(text("quorum"))[text("ready")].toInt(), 2);
    EXPECT_EQ(status.value(text("quorum"))[text("state")].toString(), text("at-risk"));
    ctl.expectDone({text("cluster"), text("read-only"), text("off")});
    const auto act = ctl.call(
        QStringList{text("node"), text("drain"), nodeId(1).value, text("--yes")} + asEtcd());
    EXPECT_EQ(act.exitCode, 1) << act.output.toStdString();
    EXPECT_TRUE(act.errors.contains("gate-refused")) << act.errors.toStdString();
    lab().act({text("flags"), text("api"), before});
    lab().start(2, LabProcess::Etcd);
    lab().restart(2, LabProcess::Api);
    EXPECT_TRUE(lookUntil([](const quorum::Assessment& a) { return a.ready == 3; }));
}

TEST_F(LabSettings, ACertificateThatEtcdDoesNotTakeIsToldAndChangesNothingElse)
{
    const QJsonObject status =
        statusOf(asEtcd("admin.crt", "admin.key")); // of the API's authority, not of etcd's
    EXPECT_EQ(status.value(text("quorum"))[text("state")].toString(), text("quorate"));
    EXPECT_EQ(votersOf(status), 3);
    for (int node = 1; node <= nodeCount(); ++node) {
        EXPECT_EQ(conditionOf(nodeOf(status, nodeId(node).value), "etcd-not-asked"),
                  text("warning"));
    }
    const auto foreign = statusOf(asEtcd("etcd-client.crt", "etcd-client.key", "ca.crt"));
    EXPECT_EQ(conditionOf(nodeOf(foreign, nodeId(1).value), "etcd-not-asked"), text("warning"))
        << "whom we do not trust we do not ask";
    const auto mixed =
        ctl.call(QStringList{text("status")} + asEtcd("etcd-client.crt", "admin.key"));
    EXPECT_NE(mixed.exitCode, 0);
    EXPECT_TRUE(mixed.errors.contains(pki("admin.key").toUtf8())) << mixed.errors.toStdString();
}

/// The node of a learner: one that is there already, or a new one. Etcd takes no more than one.
NodeId learnerOf(const labtest::KubeLab& lab)
{
    const auto listed = lab.etcd(1, text("/v3/cluster/member/list"), "{}");
    for (const QJsonValue member : listed.json().value(text("members")).toArray()) {
        if (member[text("isLearner")].toBool()) {
            return NodeId{member[text("name")].toString()};
        }
    }
    return NodeId{text("node-") + lab.act({text("learner")})};
}

// The last of this file: the learner stays.
TEST_F(LabSettings, EtcdsOwnListKnowsALearnerThatTheMarksTakeForAVoter)
{
    const NodeId learner = learnerOf(lab());
    const auto mark = [&](const char* value) {
        labtest::LabCall call;
        call.method = "PATCH";
        call.path = text("/api/v1/nodes/") + learner.value;
        call.body = QByteArray(R"({"metadata":{"labels":{"node-role.kubernetes.io/control-plane":)")
                    + value + "}}}";
        EXPECT_EQ(lab().send(1, call).status, 200);
    };
    mark("\"\"");
    const QJsonObject byMarks = statusOf({});
    EXPECT_EQ(votersOf(byMarks), 4) << "or this test shows nothing";
    QJsonObject byList;
    EXPECT_TRUE(test::waitUntil(
        [&] {
            byList = statusOf(asEtcd());
            return votersOf(byList) == 3;
        },
        kSettled));
    EXPECT_FALSE(nodeOf(byList, learner.value).value(text("voter")).toBool());
    EXPECT_EQ(byList.value(text("quorum"))[text("ready")].toInt(), 3);
    mark("null");
}

} // namespace
} // namespace quorate::platform::kubernetes
