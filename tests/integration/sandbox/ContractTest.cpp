// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "app/sandbox/Files.h"
#include "tests/integration/sandbox/PracticeCluster.h"
#include "tests/integration/sandbox/Schema.h"
#include "tests/support/Environment.h"

#include <QJsonArray>
#include <QSet>

namespace quorate::sandboxtest {

namespace {

/// Asks, and holds the answer against the contract; remembers what was asked with success.
class Examiner {
public:
    Examiner()
        : m_contract(test::sourcePath(QStringLiteral("resources/api/node-admin-v1.yaml")))
    {}

    Reply examine(const Reply& reply, const char* method, const char* path, int status)
    {
        const QString where =
            QStringLiteral("%1 %2").arg(QLatin1String(method), QLatin1String(path));
        EXPECT_EQ(reply.status, status) << where.toStdString() << ' ' << reply.body.toStdString();
        EXPECT_FALSE(reply.headers.value(QStringLiteral("x-request-id")).isEmpty())
            << where.toStdString();
        const QString schema =
            m_contract.answer(QLatin1String(path), QLatin1String(method), reply.status);
        EXPECT_NE(schema, QStringLiteral("?"))
            << where.toStdString() << ": the contract has no answer " << reply.status;
        if (!schema.isEmpty() && schema != QLatin1String("?")) {
            const QStringList wrong = m_contract.check(schema, reply.json());
            EXPECT_TRUE(wrong.isEmpty()) << where.toStdString() << ": "
                                         << wrong.join(QStringLiteral("; ")).toStdString() << '\n'
                                         << reply.body.toStdString();
        }
        if (reply.status >= 400) {
            EXPECT_EQ(reply.headers.value(QStringLiteral("content-type")),
                      QStringLiteral("application/problem+json"));
            EXPECT_EQ(reply.json().value(QStringLiteral("status")).toInt(), reply.status);
        } else {
            m_succeeded.insert(where);
        }
        return reply;
    }
    [[nodiscard]] QStringList notExamined() const
    {
        QStringList left;
        for (const QString& operation : m_contract.operations()) {
            if (!m_succeeded.contains(operation)) {
                left.append(operation);
            }
        }
        return left;
    }
    [[nodiscard]] const Contract& contract() const { return m_contract; }

private:
    Contract m_contract;
    QSet<QString> m_succeeded;
};

Reply ask(Examiner& examiner, const ApiClient& client, const char* path)
{
    return examiner.examine(client.get(QLatin1String(path)), "GET", path, 200);
}

QJsonObject accepted(Examiner& examiner, ApiClient& client, const char* path,
                     const QJsonObject& body = {})
{
    const Reply reply =
        examiner.examine(client.act("POST", QLatin1String(path), body), "POST", path, 202);
    const QJsonObject operation = client.follow(reply);
    EXPECT_EQ(operation.value(QStringLiteral("state")).toString(), QStringLiteral("succeeded"))
        << path;
    return operation;
}

void examineUpload(Examiner& examiner, PracticeCluster& cluster, ApiClient& node)
{
    const QByteArray content =
        sandbox::readFile(cluster.package(QStringLiteral("14.2.0"))).value_or(QByteArray());
    const Reply created = examiner.examine(node.send({"POST",
                                                      QStringLiteral("/packages/uploads"),
                                                      {},
                                                      creationHeaders(content, {}, "c1"),
                                                      10'000,
                                                      true}),
                                           "POST", "/packages/uploads", 201);
    const QString location = created.headers.value(QStringLiteral("location"));
    examiner.examine(
        node.send({"OPTIONS", QStringLiteral("/packages/uploads"), {}, {}, 10'000, false}),
        "OPTIONS", "/packages/uploads", 204);
    ask(examiner, node, "/packages/uploads");
    examiner.examine(patch(node, location, 0, content.left(10)), "PATCH", "/packages/uploads/{id}",
                     204);
    examiner.examine(patch(node, location, 3, content.left(10)), "PATCH", "/packages/uploads/{id}",
                     409);
    examiner.examine(node.send({"HEAD", location, {}, {"Tus-Resumable: 1.0.0"}, 10'000, true}),
                     "HEAD", "/packages/uploads/{id}", 200);
    examiner.examine(node.act("DELETE", location), "DELETE", "/packages/uploads/{id}", 204);
}

void examineLease(Examiner& examiner, const ApiClient& node)
{
    const QJsonObject owner{{QStringLiteral("owner"), QStringLiteral("me")}};
    ask(examiner, node, "/cluster/lease");
    examiner.examine(node.act("POST", QStringLiteral("/cluster/lease"), owner), "POST",
                     "/cluster/lease", 201);
    ask(examiner, node, "/cluster/lease");
    examiner.examine(node.act("PUT", QStringLiteral("/cluster/lease"), owner), "PUT",
                     "/cluster/lease", 200);
    const QJsonObject other{{QStringLiteral("owner"), QStringLiteral("you")}};
    const Reply held = node.act("POST", QStringLiteral("/cluster/lease"), other);
    examiner.examine(held, "POST", "/cluster/lease", 409);
    EXPECT_EQ(held.json()
                  .value(QStringLiteral("lease"))
                  .toObject()
                  .value(QStringLiteral("owner"))
                  .toString(),
              QStringLiteral("me"));
    examiner.examine(node.act("DELETE", QStringLiteral("/cluster/lease?owner=me")), "DELETE",
                     "/cluster/lease", 204);
}

void examineEventsAndSession(Examiner& examiner, const PracticeCluster& cluster, ApiClient& node)
{
    const Reply events =
        node.send({"GET", QStringLiteral("/events"), {}, {"Last-Event-ID: 1"}, 1'500, true});
    EXPECT_EQ(events.headers.value(QStringLiteral("content-type")),
              QStringLiteral("text/event-stream"));
    examiner.examine(events, "GET", "/events", 200);
    EXPECT_TRUE(events.body.contains("event: reset"));
    const Reply session =
        node.send({"POST",
                   QStringLiteral("/session"),
                   sandbox::readFile(cluster.folder() + QStringLiteral("/credentials.json"))
                       .value_or(QByteArray()),
                   {},
                   10'000,
                   false});
    examiner.examine(session, "POST", "/session", 200);
    examiner.examine(node.send({"DELETE", QStringLiteral("/session"), {}, {}, 10'000, true}),
                     "DELETE", "/session", 204);
    examiner.examine(node.get(QStringLiteral("/node")), "GET", "/node", 401);
    EXPECT_EQ(node.logIn(), 200);
}

} // namespace

TEST(NodeAdminContract, everyAnswerOfARealNodeIsAsDescribed)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    ApiClient& node = cluster.node(1);
    Examiner examiner;
    ask(examiner, node, "/ping");
    const Reply both = node.get(QStringLiteral("/cluster?include=node"));
    examiner.examine(both, "GET", "/cluster", 200);
    EXPECT_EQ(
        both.json().value(QStringLiteral("node")).toObject().value(QStringLiteral("id")).toString(),
        both.json().value(QStringLiteral("observedBy")).toString());
    ask(examiner, node, "/node");
    ask(examiner, node, "/cluster");
    ask(examiner, node, "/services");
    accepted(examiner, node, "/updates/check");
    ask(examiner, node, "/updates");
    accepted(examiner, node, "/updates/install");
    ask(examiner, node, "/updates");
    examineUpload(examiner, cluster, node);
    EXPECT_EQ(cluster.stage(1, cluster.package(QStringLiteral("14.2.0"))).status, 204);
    EXPECT_EQ(
        cluster.stage(1, cluster.package(QStringLiteral("14.3.0"), {QStringLiteral("--unsigned")}))
            .status,
        204);
    const QJsonArray staged =
        ask(examiner, node, "/packages").json().value(QStringLiteral("items")).toArray();
    ASSERT_EQ(staged.size(), 2);
    const QString good = staged[0].toObject().value(QStringLiteral("id")).toString();
    const QString bad = staged[1].toObject().value(QStringLiteral("id")).toString();
    examiner.examine(node.get(QStringLiteral("/packages/") + bad), "GET", "/packages/{id}", 200);
    examiner.examine(node.act("DELETE", QStringLiteral("/packages/") + bad), "DELETE",
                     "/packages/{id}", 204);
    accepted(examiner, node, "/updates/upgrade",
             {{QStringLiteral("packageId"), good}, {QStringLiteral("licenceAccepted"), true}});
    const QString backup =
        accepted(examiner, node, "/backups").value(QStringLiteral("result")).toString();
    ask(examiner, node, "/backups");
    examiner.examine(node.get(QStringLiteral("/backups/%1/content").arg(backup)), "GET",
                     "/backups/{id}/content", 200);
    const Reply key = node.get(QStringLiteral("/backups/%1/key").arg(backup));
    EXPECT_EQ(examiner.examine(key, "GET", "/backups/{id}/key", 200).body.size(), 32);
    accepted(examiner, node, "/node/drain");
    ask(examiner, node, "/node");
    accepted(examiner, node, "/node/resume");
    accepted(examiner, node, "/cluster/scale");
    for (const char* path : {"/services/{id}/start", "/services/{id}/stop"}) {
        const QString real =
            QString::fromLatin1(path).replace(QStringLiteral("{id}"), QStringLiteral("ssh"));
        node.follow(examiner.examine(node.act("POST", real), "POST", path, 202));
    }
    examineLease(examiner, node);
    const QJsonObject reboot = accepted(examiner, node, "/node/reboot");
    examiner.examine(
        node.get(QStringLiteral("/operations/") + reboot.value(QStringLiteral("id")).toString()),
        "GET", "/operations/{id}", 200);
    ask(examiner, node, "/operations");
    ask(examiner, node, "/node");
    examineEventsAndSession(examiner, cluster, node);
    examiner.examine(node.act("POST", QStringLiteral("/node/shutdown")), "POST", "/node/shutdown",
                     202);
    EXPECT_EQ(examiner.notExamined(), QStringList());
}

TEST(NodeAdminContract, refusalsAreProblems)
{
    PracticeCluster cluster(QStringLiteral("cm"), 1);
    ASSERT_TRUE(cluster.isUp());
    ApiClient& node = cluster.node(1);
    Examiner examiner;
    const auto code = [&](const Reply& reply, const char* method, const char* path, int status) {
        return examiner.examine(reply, method, path, status).code();
    };
    EXPECT_EQ(code(node.send({"GET", QStringLiteral("/node"), {}, {}, 10'000, false}), "GET",
                   "/node", 401),
              QStringLiteral("token-missing"));
    EXPECT_EQ(code(node.send({"POST",
                              QStringLiteral("/session"),
                              "{\"user\":\"operator\",\"password\":\"x\"}",
                              {},
                              10'000,
                              false}),
                   "POST", "/session", 401),
              QStringLiteral("credentials-refused"));
    EXPECT_EQ(code(node.send({"POST", QStringLiteral("/node/drain"), {}, {}, 10'000, true}), "POST",
                   "/node/drain", 400),
              QStringLiteral("idempotency-key-missing"));
    EXPECT_EQ(
        code(node.act("POST", QStringLiteral("/updates/install")), "POST", "/updates/install", 409),
        QStringLiteral("no-updates"));
    EXPECT_EQ(
        code(node.act("POST", QStringLiteral("/updates/upgrade")), "POST", "/updates/upgrade", 400),
        QStringLiteral("body-invalid"));
    const QJsonObject unknown{{QStringLiteral("packageId"), QStringLiteral("x")},
                              {QStringLiteral("licenceAccepted"), true}};
    EXPECT_EQ(code(node.act("POST", QStringLiteral("/updates/upgrade"), unknown), "POST",
                   "/updates/upgrade", 404),
              QStringLiteral("package-unknown"));
    EXPECT_EQ(code(node.get(QStringLiteral("/operations/none")), "GET", "/operations/{id}", 404),
              QStringLiteral("operation-unknown"));
    EXPECT_EQ(code(node.get(QStringLiteral("/operations?cursor=none")), "GET", "/operations", 400),
              QStringLiteral("cursor-invalid"));
    EXPECT_EQ(code(node.get(QStringLiteral("/services?limit=0")), "GET", "/services", 400),
              QStringLiteral("limit-invalid"));
    EXPECT_EQ(code(node.get(QStringLiteral("/backups/none/key")), "GET", "/backups/{id}/key", 404),
              QStringLiteral("backup-unknown"));
    EXPECT_EQ(code(node.act("PUT", QStringLiteral("/cluster/lease"),
                            {{QStringLiteral("owner"), QStringLiteral("me")}}),
                   "PUT", "/cluster/lease", 404),
              QStringLiteral("lease-free"));
    const QByteArray large(2 * 1024 * 1024, ' ');
    EXPECT_EQ(code(node.send({"POST",
                              QStringLiteral("/backups"),
                              large,
                              {"Idempotency-Key: big"},
                              10'000,
                              true}),
                   "POST", "/backups", 413),
              QStringLiteral("body-too-large"));
    EXPECT_EQ(node.logIn(QStringLiteral("credentials-readonly.json")), 200);
    EXPECT_EQ(code(node.act("POST", QStringLiteral("/node/drain")), "POST", "/node/drain", 403),
              QStringLiteral("read-only"));
    EXPECT_EQ(node.get(QStringLiteral("/nowhere")).code(), QStringLiteral("not-found"));
}

TEST(NodeAdminContract, theValidatorSeesWhatIsWrong)
{
    const Contract contract(test::sourcePath(QStringLiteral("resources/api/node-admin-v1.yaml")));
    const QJsonObject ping{{QStringLiteral("status"), QStringLiteral("ok")},
                           {QStringLiteral("node"), QStringLiteral("node-1")},
                           {QStringLiteral("sandbox"), true}};
    EXPECT_EQ(contract.check(QStringLiteral("Ping"), ping), QStringList());
    const auto wrongWith = [&](const char* key, const QJsonValue& value) {
        QJsonObject changed = ping;
        changed.insert(QLatin1String(key), value);
        return contract.check(QStringLiteral("Ping"), changed).size();
    };
    EXPECT_EQ(wrongWith("status", QStringLiteral("fine")), 1);
    EXPECT_EQ(wrongWith("node", 7), 1);
    EXPECT_EQ(wrongWith("extra", 7), 1);
    EXPECT_EQ(contract.check(QStringLiteral("Ping"), QJsonObject()).size(), 3);
    EXPECT_EQ(contract.check(QStringLiteral("Ping"), QJsonValue()).size(), 1);
    EXPECT_EQ(contract.answer(QStringLiteral("/node"), QStringLiteral("GET"), 418),
              QStringLiteral("Problem"));
    EXPECT_EQ(contract.answer(QStringLiteral("/node"), QStringLiteral("GET"), 206),
              QStringLiteral("?"));
}

TEST(NodeAdminContract, listsComeInPagesAndTagsSaveThem)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    const ApiClient& node = cluster.node(1);
    QStringList seen;
    QString cursor;
    do {
        const QJsonObject page = node.get(QStringLiteral("/services?limit=2") + cursor).json();
        const QJsonArray items = page.value(QStringLiteral("items")).toArray();
        EXPECT_LE(items.size(), 2);
        for (const QJsonValue& item : items) {
            seen.append(item.toObject().value(QStringLiteral("id")).toString());
        }
        const QJsonValue next = page.value(QStringLiteral("nextCursor"));
        cursor = next.isNull() ? QString() : QStringLiteral("&cursor=") + next.toString();
    } while (!cursor.isEmpty() && seen.size() < 20);
    EXPECT_EQ(seen, (QStringList{QStringLiteral("mss-server"), QStringLiteral("session-server"),
                                 QStringLiteral("metering"), QStringLiteral("console"),
                                 QStringLiteral("ssh")}));
    const Reply first = node.get(QStringLiteral("/packages"));
    const Reply again =
        node.get(QStringLiteral("/packages"),
                 {"If-None-Match: " + first.headers.value(QStringLiteral("etag")).toLatin1()});
    EXPECT_EQ(again.status, 304);
    EXPECT_TRUE(again.body.isEmpty());
}

} // namespace quorate::sandboxtest
