// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/transport/KubeFixture.h"

#include <QSemaphore>
#include <QThreadPool>

#include <QDateTime>
#include <QFile>
#include <QJsonDocument>

namespace quorate::platform::kubernetes {
namespace {

using test::FakeRequest;
using test::FakeServer;
using test::waitFor;

const QString kNodes = QStringLiteral("/api/v1/nodes");

QByteArray statusBody(int code, const QByteArray& reason, const QByteArray& message)
{
    return R"({"kind":"Status","code":)" + QByteArray::number(code) + R"(,"reason":")" + reason
           + R"(","message":")" + message + "\"}";
}

class KubeClientTest : public KubeFixture {
protected:
    KubeClientTest() { answerAll(200, R"({"kind":"NodeList","items":[]})"); }
    void answerAll(int status, const QByteArray& body, const QByteArray& headers = {})
    {
        server.onRequest([status, body, headers](const FakeRequest&, QSslSocket* socket) {
            FakeServer::answer(socket, status, body, headers);
        });
    }
    /// Of the latest request.
    [[nodiscard]] QByteArray header(const QByteArray& name) const
    {
        return server.requests().back().headers.value(name);
    }
};

class KubeClientCertificate : public KubeClientTest, public testing::WithParamInterface<bool> {};

TEST_P(KubeClientCertificate, IsShown)
{
    const test::TestAuthority clients(QStringLiteral("Client CA"));
    test::IdentityOptions wanted;
    wanted.name = QStringLiteral("ops");
    wanted.rsa = GetParam();
    const test::Identity identity = clients.issue(wanted);
    server.setClientAuthority(clients.certificate());
    QSslCertificate seen;
    server.onRequest([&seen](const FakeRequest&, QSslSocket* socket) {
        seen = socket->peerCertificate();
        FakeServer::answer(socket, 200, "{}");
    });
    user.certificate.data = std::make_shared<const Secret>(identity.certificate.toPem());
    user.key.data = std::make_shared<const Secret>(test::pkcs8Pem(identity.key));
    ASSERT_TRUE(get(kNodes).has_value());
    EXPECT_EQ(seen, identity.certificate);
}

INSTANTIATE_TEST_SUITE_P(RsaAndEc, KubeClientCertificate, testing::Bool());

TEST_F(KubeClientTest, SendsTokenImpersonationAndThePathOfTheServer)
{
    options.server = server.url(QStringLiteral("/k8s/clusters/c-1"));
    user.token = std::make_shared<const Secret>("t0");
    user.impersonation.user = QStringLiteral("boss");
    user.impersonation.groups = {QStringLiteral("a"), QStringLiteral("b")};
    ASSERT_TRUE(get(QStringLiteral("/api/v1/x%2Fy")).has_value());
    EXPECT_EQ(server.requests().back().path, "/k8s/clusters/c-1/api/v1/x%2Fy");
    EXPECT_EQ(header("authorization"), "Bearer t0");
    EXPECT_EQ(header("accept"), "application/json");
    EXPECT_TRUE(server.received().contains("\r\nImpersonate-User: boss\r\n"));
    EXPECT_TRUE(server.received().contains("\r\nImpersonate-Group: a\r\n"));
    EXPECT_TRUE(server.received().contains("\r\nImpersonate-Group: b\r\n"));
}

TEST_F(KubeClientTest, RefusesHeadersWithLineBreaks)
{
    user.impersonation.user = QStringLiteral("boss\r\nX: y");
    EXPECT_EQ(get(kNodes).error().code, QStringLiteral("bad-header"));
    EXPECT_TRUE(server.received().isEmpty());
}

TEST_F(KubeClientTest, SendsPasswords)
{
    user.userName = QStringLiteral("me");
    user.password = std::make_shared<const Secret>("pw");
    ASSERT_TRUE(get(kNodes).has_value());
    EXPECT_EQ(header("authorization"), "Basic " + QByteArray("me:pw").toBase64());
}

TEST_F(KubeClientTest, WritesWithTheirMethodsAndTypes)
{
    const QJsonObject body{{QStringLiteral("a"), 1}};
    const auto sent = [this] {
        const FakeRequest& last = server.requests().back();
        return last.method + ' ' + last.headers.value("content-type") + ' ' + last.body;
    };
    ASSERT_TRUE(waitFor(client().create(kNodes, body, {})).has_value());
    EXPECT_EQ(sent(), "POST application/json {\"a\":1}");
    ASSERT_TRUE(waitFor(client().replace(kNodes, body, {})).has_value());
    EXPECT_EQ(sent(), "PUT application/json {\"a\":1}");
    ASSERT_TRUE(waitFor(client().patch(kNodes, KubePatch::Merge, body, {})).has_value());
    EXPECT_EQ(sent(), "PATCH application/merge-patch+json {\"a\":1}");
    ASSERT_TRUE(waitFor(client().patch(kNodes, KubePatch::Strategic, body, {})).has_value());
    EXPECT_EQ(sent(), "PATCH application/strategic-merge-patch+json {\"a\":1}");
    ASSERT_TRUE(waitFor(client().patch(kNodes, KubePatch::Json, QJsonArray{body}, {})).has_value());
    EXPECT_EQ(sent(), "PATCH application/json-patch+json [{\"a\":1}]");
    ASSERT_TRUE(waitFor(client().remove(kNodes, {}, {})).has_value());
    EXPECT_EQ(server.requests().back().method, "DELETE");
}

TEST_F(KubeClientTest, StatusesBecomeErrorsWithTheNodesName)
{
    answerAll(404, statusBody(404, "NotFound", "nodes \\\"x\\\" not found"));
    const auto result = get(kNodes);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("not-found"));
    EXPECT_EQ(result.error().message, QStringLiteral("nodes \"x\" not found"));
    EXPECT_EQ(result.error().context, QStringList({QStringLiteral("node-1")}));
}

TEST_F(KubeClientTest, AFailingReadyzCanBeRead)
{
    answerAll(500, "[+]ping ok\n[-]etcd failed: reason withheld\n");
    KubeRequest request;
    request.path = QStringLiteral("/readyz");
    const auto answer = waitFor(client().send(request, {}));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 500);
    EXPECT_TRUE(answer->body.contains("[-]etcd failed"));
}

TEST_F(KubeClientTest, RefusedTokenIsRenewedByThePluginOnce)
{
    installPlugin();
    server.onRequest([](const FakeRequest& request, QSslSocket* socket) {
        const bool good = request.headers.value("authorization") == "Bearer run-2";
        FakeServer::answer(socket, good ? 200 : 401,
                           good ? QByteArray("{}") : statusBody(401, "Unauthorized", "no"));
    });
    ASSERT_TRUE(get(kNodes).has_value());
    EXPECT_EQ(server.requests().size(), 2U);
    answerAll(401, statusBody(401, "Unauthorized", "no"));
    const auto refused = get(kNodes);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::Unauthorized);
    EXPECT_EQ(folder.read(QStringLiteral("count")).count('\n'), 2);
}

TEST_F(KubeClientTest, RefusedTokenFileIsReadAgain)
{
    user.tokenFile = folder.write(QStringLiteral("token"), "old");
    server.onRequest([this](const FakeRequest& request, QSslSocket* socket) {
        const bool good = request.headers.value("authorization") == "Bearer new";
        folder.write(QStringLiteral("token"), "new");
        FakeServer::answer(socket, good ? 200 : 401, "{}");
    });
    EXPECT_TRUE(get(kNodes).has_value());
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(KubeClientTest, AnExpiredCertificateExplainsARefusal)
{
    test::IdentityOptions expired;
    expired.fromDays = -30;
    expired.toDays = -1;
    const test::Identity identity = authority().issue(expired);
    user.certificate.data = std::make_shared<const Secret>(identity.certificate.toPem());
    user.key.data = std::make_shared<const Secret>(identity.key.toPem());
    answerAll(401, statusBody(401, "Unauthorized", "Unauthorized"));
    const auto refused = get(kNodes);
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().cure.contains(QStringLiteral("expired on")))
        << refused.error().cure.toStdString();
}

TEST_F(KubeClientTest, RepeatsWhatIsSafeAfter429AndNothingElse)
{
    int answers = 0;
    server.onRequest([&answers](const FakeRequest&, QSslSocket* socket) {
        ++answers < 3 ? FakeServer::answer(socket, 429, statusBody(429, "TooManyRequests", "busy"),
                                           "Retry-After: 1\r\n")
                      : FakeServer::answer(socket, 200, "{}");
    });
    EXPECT_TRUE(get(kNodes).has_value());
    EXPECT_EQ(answers, 3);
    answers = 0;
    const auto refused = waitFor(client().create(kNodes, {{QStringLiteral("a"), 1}}, {}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, QStringLiteral("too-many-requests"));
    EXPECT_EQ(answers, 1);
}

TEST_F(KubeClientTest, WhoHasALimitOfItsOwnHearsOfABusyServerWithinIt)
{
    options.busyPauseMax = Millis(60'000);
    answerAll(429, "{}", "Retry-After: 30\r\n");
    KubeRequest request;
    request.path = kNodes;
    request.limits = options.limits;
    request.limits->total = Seconds(2);
    const auto answer = waitFor(client().send(std::move(request), {}));
    ASSERT_TRUE(answer.has_value()) << "no silence: " << describe(answer.error()).toStdString();
    EXPECT_EQ(answer->status, 429);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(KubeClientTest, WhoIsBusyAndThenSilentIsBusyWithinTheCallersLimit)
{
    int answers = 0;
    server.onRequest([&answers](const FakeRequest&, QSslSocket* socket) {
        if (++answers == 1) {
            FakeServer::answer(socket, 429, "{}", "Retry-After: 1\r\n");
        }
    });
    KubeRequest request;
    request.path = kNodes;
    request.limits = options.limits;
    request.limits->total = Seconds(2);
    QElapsedTimer took;
    took.start();
    const auto answer = waitFor(client().send(std::move(request), {}));
    EXPECT_LT(Millis(took.elapsed()), Millis(2800)) << "a second 2 s after the pause";
    ASSERT_TRUE(answer.has_value()) << describe(answer.error()).toStdString();
    EXPECT_EQ(answer->status, 429);
    EXPECT_EQ(answers, 2);
}

TEST_F(KubeClientTest, WaitsAsLongAsRetryAfterAsks)
{
    options.busyPauseMax = Millis(60'000);
    answerAll(429, "{}", "Retry-After: 30\r\n");
    std::stop_source stop;
    auto future = client().get(kNodes, {}, stop.get_token());
    ASSERT_TRUE(test::waitUntil([this] { return !server.requests().empty(); }));
    test::drainEvents();
    stop.request_stop(); // also ends the pause
    EXPECT_EQ(waitFor(std::move(future)).error().kind, ErrorKind::Cancelled);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(KubeClientTest, ListsPageByPage)
{
    server.onRequest([](const FakeRequest& request, QSslSocket* socket) {
        const bool isFirst = !request.path.contains("continue=");
        FakeServer::answer(socket, 200,
                           isFirst ? R"({"metadata":{"resourceVersion":"7","continue":"a+b=="},
                                         "items":[{},{}]})"
                                   : R"({"metadata":{"resourceVersion":"7"},"items":[{}]})");
    });
    KubeListOptions wanted;
    wanted.labelSelector = QStringLiteral("a in (b,c)");
    wanted.resourceVersion = QStringLiteral("0");
    wanted.pageSize = 2;
    QList<qsizetype> sizes;
    const auto end = waitFor(
        client().list(kNodes, wanted,
                      [&sizes](const QJsonObject& page) {
                          sizes.append(page.value(QStringLiteral("items")).toArray().size());
                          return Result<void>();
                      },
                      {}));
    ASSERT_TRUE(end.has_value()) << testing::PrintToString(end.error());
    EXPECT_EQ(end->resourceVersion, QStringLiteral("7"));
    EXPECT_EQ(end->items, 3);
    EXPECT_EQ(sizes, QList<qsizetype>({2, 1}));
    EXPECT_EQ(server.requests().at(0).path,
              "/api/v1/nodes?labelSelector=a%20in%20%28b%2Cc%29&limit=2&resourceVersion=0");
    EXPECT_EQ(server.requests().at(1).path,
              "/api/v1/nodes?labelSelector=a%20in%20%28b%2Cc%29&limit=2&continue=a%2Bb%3D%3D");
}

/// Keeps all threads of the pool busy, so that no long answer is read, until it goes.
class BusyPool {
public:
    BusyPool()
    {
        for (int thread = 0; thread < QThreadPool::globalInstance()->maxThreadCount(); ++thread) {
            QThreadPool::globalInstance()->start([this] { m_free.acquire(); });
        }
    }
    ~BusyPool() { m_free.release(QThreadPool::globalInstance()->maxThreadCount()); }
    BusyPool(const BusyPool&) = delete;
    BusyPool& operator=(const BusyPool&) = delete;

private:
    QSemaphore m_free;
};

TEST_F(KubeClientTest, TheNextPageIsOnItsWayWhileOneIsRead)
{
    server.onRequest([](const FakeRequest& request, QSslSocket* socket) {
        const int at = request.path.contains("continue=") ? request.path.right(1).toInt() : 1;
        // Too long to be read on this thread; the first one so long that the second is read before
        // it.
        const QByteArray bulk(at == 1 ? 6'000'000 : 300'000, 'x');
        const QByteArray next = at < 4 ? QByteArray::number(at + 1) : QByteArray();
        FakeServer::answer(socket, 200,
                           R"({"metadata":{"resourceVersion":"7","continue":")" + next
                               + R"("},"items":[{"at":)" + QByteArray::number(at) + R"(,"bulk":")"
                               + bulk + "\"}]}");
    });
    QList<int> seen;
    auto list = [&] {
        const BusyPool busy;
        auto future = client().list(kNodes, {},
                                    [&seen](const QJsonObject& page) {
                                        seen.append(page.value(QStringLiteral("items"))
                                                        .toArray()
                                                        .first()[QStringLiteral("at")]
                                                        .toInt());
                                        return Result<void>();
                                    },
                                    {});
        EXPECT_TRUE(test::waitUntil([this] { return server.requests().size() == 2; }));
        test::drainEvents();
        EXPECT_EQ(server.requests().size(), 2U); // and no further
        EXPECT_TRUE(seen.isEmpty());
        return future;
    }();
    const auto end = waitFor(std::move(list));
    ASSERT_TRUE(end.has_value()) << testing::PrintToString(end.error());
    EXPECT_EQ(seen, QList<int>({1, 2, 3, 4}));
    EXPECT_EQ(server.requests().size(), 4U);
}

TEST_F(KubeClientTest, ATokenThatWasReadTooEarlyIsNotFollowed)
{
    server.onRequest([](const FakeRequest& request, QSslSocket* socket) {
        const bool isFirst = !request.path.contains("continue=");
        FakeServer::answer(
            socket, 200,
            isFirst
                ? R"({"metadata":{"continue":"wrong"},"items":[{}],"metadata":{"continue":"right"}})"
            : request.path.endsWith("right") ? R"({"metadata":{},"items":[{}]})"
                                             : R"({"metadata":{},"items":[{},{},{}]})");
    });
    const auto end =
        waitFor(client().list(kNodes, {}, [](const QJsonObject&) { return Result<void>(); }, {}));
    ASSERT_TRUE(end.has_value()) << testing::PrintToString(end.error());
    EXPECT_EQ(end->items, 2);
}

TEST_F(KubeClientTest, AListWhoseTokenExpiredSaysSo)
{
    server.onRequest([](const FakeRequest& request, QSslSocket* socket) {
        request.path.contains("continue=")
            ? FakeServer::answer(socket, 410, statusBody(410, "Expired", "too old"))
            : FakeServer::answer(socket, 200, R"({"metadata":{"continue":"a"},"items":[]})");
    });
    const auto end =
        waitFor(client().list(kNodes, {}, [](const QJsonObject&) { return Result<void>(); }, {}));
    ASSERT_FALSE(end.has_value());
    EXPECT_EQ(end.error().code, QStringLiteral("list-expired"));
}

TEST_F(KubeClientTest, AListWithoutEndIsEnded)
{
    answerAll(200, R"({"metadata":{"continue":"same"},"items":[{}]})");
    const auto end =
        waitFor(client().list(kNodes, {}, [](const QJsonObject&) { return Result<void>(); }, {}));
    ASSERT_FALSE(end.has_value());
    EXPECT_EQ(end.error().code, QStringLiteral("answer-too-large"));
}

TEST_F(KubeClientTest, LargeAnswersAreReadTooAndAnsweredHere)
{
    QByteArray items;
    for (int at = 0; at < 40'000; ++at) {
        items +=
            (at == 0 ? "" : ",") + QByteArray("{\"name\":\"n") + QByteArray::number(at) + "\"}";
    }
    answerAll(200, "{\"items\":[" + items + "]}");
    QThread* answeredOn = nullptr;
    qsizetype count = 0;
    deliver(client().get(kNodes, {}, {}), &client(), [&](Result<QJsonObject> result) {
        answeredOn = QThread::currentThread();
        count = result ? result->value(QStringLiteral("items")).toArray().size() : -1;
    });
    ASSERT_TRUE(test::waitUntil([&] { return answeredOn != nullptr; }));
    EXPECT_EQ(count, 40'000);
    EXPECT_EQ(answeredOn, QThread::currentThread());
}

TEST_F(KubeClientTest, AnotherAuthorityIsRefusedBeforeAByteIsSent)
{
    const test::TestAuthority other(QStringLiteral("Other CA"));
    options.trust.authorities = {other.certificate()};
    user.token = std::make_shared<const Secret>("t0");
    const auto result = get(kNodes);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("certificate-unknown"));
    EXPECT_TRUE(server.received().isEmpty());
}

TEST_F(KubeClientTest, ServerNameIsVerifiedInsteadOfTheAddress)
{
    test::IdentityOptions named;
    named.addresses.clear();
    named.hosts = {QStringLiteral("kubernetes.default")};
    server.setIdentity(authority().issue(named));
    const auto refused = get(kNodes);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, QStringLiteral("certificate-wrong-host"));
    EXPECT_TRUE(server.received().isEmpty());
    options.tlsServerName = QStringLiteral("kubernetes.default");
    KubeClient other(options);
    EXPECT_TRUE(waitFor(other.get(kNodes, {}, {})).has_value());
    options.tlsServerName = QStringLiteral("another.name");
    KubeClient wrong(options);
    EXPECT_EQ(waitFor(wrong.get(kNodes, {}, {})).error().code,
              QStringLiteral("certificate-wrong-host"));
}

TEST_F(KubeClientTest, APinnedCertificateIsTakenAndNoOther)
{
    const test::Identity own = test::selfSigned();
    server.setIdentity(own);
    options.trust.authorities.clear();
    options.trust.pins[net::hostPortText(QStringLiteral("127.0.0.1"), server.port())] =
        net::certificateSha256(own.certificate);
    EXPECT_TRUE(get(kNodes).has_value());
    server.setIdentity(test::selfSigned());
    server.closeAll();
    EXPECT_EQ(get(kNodes).error().code, QStringLiteral("certificate-changed"));
}

TEST_F(KubeClientTest, GoesThroughItsProxyAlsoToThisMachine)
{
    const test::ConnectProxy proxy("me:p@w");
    options.proxy = QUrl(QStringLiteral("http://me:p%40w@127.0.0.1:%1").arg(proxy.port()));
    ASSERT_TRUE(get(kNodes).has_value());
    ASSERT_FALSE(proxy.requests().isEmpty());
    EXPECT_EQ(proxy.requests().last(),
              "CONNECT 127.0.0.1:" + QByteArray::number(server.port()) + " HTTP/1.1");
}

TEST_F(KubeClientTest, AProxyThatRefusesIsAnError)
{
    const test::ConnectProxy proxy("me:right");
    options.proxy = QUrl(QStringLiteral("http://me:wrong@127.0.0.1:%1").arg(proxy.port()));
    const auto result = get(kNodes);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Transport);
    EXPECT_TRUE(server.received().isEmpty());
}

TEST_F(KubeClientTest, ManyStreamsLeaveRoomForRequests)
{
    server.onRequest([](const FakeRequest& request, QSslSocket* socket) {
        request.path.contains("watch") ? beginStream(socket)
                                       : FakeServer::answer(socket, 200, "{}");
    });
    std::stop_source stop;
    KubeRequest watch;
    watch.path = QStringLiteral("/watch");
    std::vector<Async<KubeAnswer>> streams;
    for (int count = 0; count < 10; ++count) {
        streams.push_back(client().stream(watch, stop.get_token()));
    }
    EXPECT_TRUE(get(kNodes).has_value());
    EXPECT_TRUE(test::waitUntil([this] { return server.requests().size() == 11U; }));
    stop.request_stop();
    for (auto& stream : streams) {
        EXPECT_EQ(waitFor(std::move(stream)).error().kind, ErrorKind::Cancelled);
    }
}

TEST_F(KubeClientTest, GoingAnswersWhatIsUnderWay)
{
    server.onRequest([](const FakeRequest&, QSslSocket*) {});
    auto gone = std::make_unique<KubeClient>(client().options());
    auto future = gone->get(kNodes, {}, {});
    ASSERT_TRUE(test::waitUntil([this] { return !server.requests().empty(); }));
    gone.reset();
    EXPECT_EQ(waitFor(std::move(future)).error().kind, ErrorKind::Cancelled);
}

} // namespace
} // namespace quorate::platform::kubernetes
