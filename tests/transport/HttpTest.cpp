// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Environment.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"

#include "core/net/HttpClient.h"
#include "tests/transport/FakeServer.h"

#include <QProcess>
#include <QTcpServer>
#include <QTimer>

namespace quorate::net {
namespace {

using test::FakeServer;
using test::waitFor;

const test::TestAuthority& authority()
{
    static const test::TestAuthority made(QStringLiteral("Our CA"));
    return made;
}

class Http : public testing::Test {
protected:
    Http()
        : server(authority().issue())
    {
        TrustPolicy policy;
        policy.authorities = {authority().certificate()};
        client = std::make_unique<HttpClient>(policy, std::make_shared<SystemClock>());
        request.url = server.url(QStringLiteral("/thing"));
        request.limits.connect = Millis(1000);
        request.limits.total = Millis(400);
        request.limits.bodyBytesMax = 100'000;
    }
    void answerRaw(const QByteArray& bytes, bool close)
    {
        server.onRequest([bytes, close](const test::FakeRequest&, QSslSocket* socket) {
            socket->write(bytes);
            if (close) {
                socket->disconnectFromHost();
            }
        });
    }
    Result<QJsonObject> askJson()
    {
        return waitFor(client->send(request, {})).and_then([](const HttpResponse& response) {
            return jsonBody(response);
        });
    }
    FakeServer server;
    std::unique_ptr<HttpClient> client;
    HttpRequest request;
};

struct Misbehaviour {
    const char* name;
    QByteArray bytes;
    bool close;
    ErrorKind kind;
    const char* code;
};

void PrintTo(const Misbehaviour& value, std::ostream* out) { *out << value.name; }

class HttpMisbehaviour : public Http, public testing::WithParamInterface<Misbehaviour> {};

QByteArray head(const QByteArray& more) { return "HTTP/1.1 200 OK\r\n" + more + "\r\n"; }
QByteArray status(const char* line, const QByteArray& more = {})
{
    return QByteArray("HTTP/1.1 ") + line + "\r\nContent-Length: 0\r\n" + more + "\r\n";
}

TEST_P(HttpMisbehaviour, BecomesItsError)
{
    answerRaw(GetParam().bytes, GetParam().close);
    const auto result = askJson();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, GetParam().kind) << describe(result.error()).toStdString();
    EXPECT_EQ(result.error().code, QString::fromLatin1(GetParam().code));
    EXPECT_TRUE(result.error().endpoint.endsWith(QStringLiteral("/thing")));
}

INSTANTIATE_TEST_SUITE_P(
    StageAndCause, HttpMisbehaviour,
    testing::Values(
        Misbehaviour{"hang_after_request", "", false, ErrorKind::Timeout, "answer-timeout"},
        Misbehaviour{"hang_in_head", "HTTP/1.1 200 OK\r\nContent-", false, ErrorKind::Timeout,
                     "answer-timeout"},
        Misbehaviour{"hang_in_body", head("Content-Length: 100\r\n") + "{\"a\":", false,
                     ErrorKind::Timeout, "answer-timeout"},
        Misbehaviour{"cut_before_answer", "", true, ErrorKind::Transport, "connection-cut"},
        Misbehaviour{"cut_in_body", head("Content-Length: 100\r\n") + "{\"a\":1}", true,
                     ErrorKind::Transport, "connection-cut"},
        Misbehaviour{"cut_in_chunk", head("Transfer-Encoding: chunked\r\n") + "40\r\n{\"a\":", true,
                     ErrorKind::Transport, "connection-cut"},
        Misbehaviour{"not_json", head("Content-Length: 5\r\n") + "\x01\x02\x03\xff\xfe", false,
                     ErrorKind::Protocol, "unreadable-answer"},
        Misbehaviour{"json_but_no_object", head("Content-Length: 2\r\n") + "[]", false,
                     ErrorKind::Protocol, "unreadable-answer"},
        Misbehaviour{"deep_json",
                     head("Content-Length: 20000\r\n") + QByteArray(10000, '[')
                         + QByteArray(10000, ']'),
                     false, ErrorKind::Protocol, "unreadable-answer"},
        Misbehaviour{"huge_body", head("Content-Length: 3000000\r\n") + QByteArray(3000000, ' '),
                     false, ErrorKind::Protocol, "answer-too-large"},
        Misbehaviour{"huge_body_without_length", head("") + QByteArray(3000000, ' '), true,
                     ErrorKind::Protocol, "answer-too-large"},
        Misbehaviour{"huge_header",
                     head("X: " + QByteArray(90'000, 'x') + "\r\nContent-Length: 0\r\n"), false,
                     ErrorKind::Protocol, "answer-too-large"},
        Misbehaviour{"redirect", status("302 Found", "Location: https://127.0.0.1:1/\r\n"), false,
                     ErrorKind::Protocol, "redirect-refused"},
        Misbehaviour{"status_400", status("400 X"), false, ErrorKind::Validation, "http-400"},
        Misbehaviour{"status_401", status("401 X", "WWW-Authenticate: Bearer\r\n"), false,
                     ErrorKind::Unauthorized, "http-401"},
        Misbehaviour{"status_403", status("403 X"), false, ErrorKind::Forbidden, "http-403"},
        Misbehaviour{"status_404", status("404 X"), false, ErrorKind::NotFound, "http-404"},
        Misbehaviour{"status_409", status("409 X"), false, ErrorKind::Conflict, "http-409"},
        Misbehaviour{"status_429", status("429 X"), false, ErrorKind::Server, "http-429"},
        Misbehaviour{"status_500", status("500 X"), false, ErrorKind::Server, "http-500"},
        Misbehaviour{"status_503", status("503 X"), false, ErrorKind::Server, "http-503"},
        Misbehaviour{"status_507", status("507 X"), false, ErrorKind::Server, "http-507"}),
    [](const auto& given) { return std::string(given.param.name); });

TEST_F(Http, SlowDripMeetsTheTotalLimit)
{
    QTimer drip;
    server.onRequest([&drip](const test::FakeRequest&, QSslSocket* socket) {
        socket->write(head("Content-Length: 100000\r\n"));
        QObject::connect(&drip, &QTimer::timeout, socket, [socket] { socket->write(" "); });
        drip.start(20);
    });
    const auto result = waitFor(client->send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("answer-timeout"));
}

TEST_F(Http, SilentServerMeetsTheConnectLimit)
{
    QTcpServer silent;
    ASSERT_TRUE(silent.listen(QHostAddress::LocalHost));
    request.url.setPort(silent.serverPort());
    request.limits.connect = Millis(100);
    request.limits.total = Millis(5000);
    const auto result = waitFor(client->send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Timeout);
    EXPECT_EQ(result.error().code, QStringLiteral("connect-timeout"));
}

TEST_F(Http, NobodyListensIsRefused)
{
    QTcpServer gone;
    ASSERT_TRUE(gone.listen(QHostAddress::LocalHost));
    request.url.setPort(gone.serverPort());
    gone.close();
    const auto result = waitFor(client->send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("connection-refused"));
    EXPECT_TRUE(result.error().retryable);
}

TEST_F(Http, StopIsCancelledAndNotATimeout)
{
    std::stop_source stop;
    server.onRequest([&stop](const test::FakeRequest&, QSslSocket*) { stop.request_stop(); });
    const auto result = waitFor(client->send(request, stop.get_token()));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Cancelled);
}

TEST_F(Http, ProblemJsonIsRead)
{
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(
            socket, 409, R"({"code":"operation-running","title":"Busy","detail":"An update runs"})",
            {}, "application/problem+json");
    });
    const auto result = waitFor(client->send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Conflict);
    EXPECT_EQ(result.error().code, QStringLiteral("operation-running"));
    EXPECT_EQ(result.error().message, QStringLiteral("Busy: An update runs"));
    EXPECT_EQ(result.error().requestId, QStringLiteral("req-7"));
    EXPECT_EQ(result.error().httpStatus, 409);
}

TEST_F(Http, SafeRequestsAreRepeatedAndOthersAreNot)
{
    int answers = 0;
    server.onRequest([&answers](const test::FakeRequest&, QSslSocket* socket) {
        ++answers < 3 ? FakeServer::answer(socket, 503, "{}")
                      : FakeServer::answer(socket, 200, "{}");
    });
    const RetryPolicy quick{5, Millis(1), Millis(5)};
    EXPECT_TRUE(waitFor(client->sendPersistently(request, quick, {})).has_value());
    EXPECT_EQ(answers, 3);
    answers = 0;
    request.method = "POST";
    EXPECT_FALSE(waitFor(client->sendPersistently(request, quick, {})).has_value());
    EXPECT_EQ(answers, 1);
}

TEST_F(Http, RetryAfterIsHonouredUpToTheLimit)
{
    int answers = 0;
    server.onRequest([&answers](const test::FakeRequest&, QSslSocket* socket) {
        ++answers < 2 ? FakeServer::answer(socket, 429, "{}", "Retry-After: 3600\r\n")
                      : FakeServer::answer(socket, 200, "{}");
    });
    QElapsedTimer timer;
    timer.start();
    EXPECT_TRUE(
        waitFor(client->sendPersistently(request, {5, Millis(1), Millis(150)}, {})).has_value());
    EXPECT_GE(timer.elapsed(), 150);
    EXPECT_EQ(answers, 2);
}

TEST_F(Http, SinkGetsTheBodyAndMayRefuseIt)
{
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(socket, 200, QByteArray(50'000, 'b'));
    });
    qint64 bytes = 0;
    request.sink = [&bytes](const QByteArray& part) {
        bytes += part.size();
        return Result<void>();
    };
    const auto whole = waitFor(client->send(request, {}));
    ASSERT_TRUE(whole.has_value());
    EXPECT_TRUE(whole->body.isEmpty());
    EXPECT_EQ(bytes, 50'000);
    request.sink = [](const QByteArray&) {
        return Result<void>(
            fail(ErrorKind::Storage, QStringLiteral("full"), QStringLiteral("Full")));
    };
    const auto refused = waitFor(client->send(request, {}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, QStringLiteral("full"));
}

/// A window holds what five clusters answered: not a megabyte for each kilobyte.
TEST_F(Http, BodyTakesNoMoreMemoryThanItNeeds)
{
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(socket, 200, QByteArray(1000, 'b'));
    });
    const auto answer = waitFor(client->send(request, {}));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body.size(), 1000);
    EXPECT_LT(answer->body.capacity(), 5000);
}

TEST_F(Http, MemoryIsNotTakenForWhatIsOnlyAnnounced)
{
    request.limits.bodyBytesMax = qint64(1) << 60;
    request.expectedBytes = qint64(1) << 60;
    answerRaw(head("Content-Length: 1000000000000000000\r\n") + "{", true);
    const auto cut = waitFor(client->send(request, {}));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, QStringLiteral("connection-cut"));
    answerRaw(head("Transfer-Encoding: chunked\r\n") + "2\r\n{}\r\n0\r\n\r\n", true);
    const auto whole = waitFor(client->send(request, {}));
    ASSERT_TRUE(whole) << describe(whole.error()).toStdString();
    EXPECT_EQ(whole->body, QByteArray("{}"));
}

TEST_F(Http, SilenceMeetsTheIdleLimit)
{
    answerRaw(head("Content-Length: 100\r\n") + "{", false);
    request.limits.total = Millis(0);
    request.limits.idle = Millis(100);
    const auto result = waitFor(client->send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("idle-timeout"));
}

TEST_F(Http, KeepsItsConnection)
{
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(socket, 200, "{}");
    });
    ASSERT_TRUE(waitFor(client->send(request, {})).has_value());
    ASSERT_TRUE(waitFor(client->send(request, {})).has_value());
    EXPECT_EQ(server.connections(), 1);
}

/// By itself libcurl would keep four here.
TEST_F(Http, KeepsConnectionsToManyServers)
{
    constexpr int kServers = 6;
    std::vector<std::unique_ptr<FakeServer>> servers;
    for (int made = 0; made < kServers; ++made) {
        servers.push_back(std::make_unique<FakeServer>(authority().issue()));
        servers.back()->onRequest([](const test::FakeRequest&, QSslSocket* socket) {
            FakeServer::answer(socket, 200, "{}");
        });
    }
    for (int round = 0; round < 2; ++round) {
        for (const auto& each : servers) {
            request.url = each->url(QStringLiteral("/thing"));
            ASSERT_TRUE(waitFor(client->send(request, {})).has_value());
        }
    }
    for (const auto& each : servers) {
        EXPECT_EQ(each->connections(), 1);
    }
}

TEST_F(Http, AsksAgainOnAnotherConnectionWhenTheKeptOneWasClosed)
{
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(socket, 200, "{}");
    });
    ASSERT_TRUE(waitFor(client->send(request, {})).has_value());
    server.closeAll();
    test::drainEvents();
    EXPECT_TRUE(waitFor(client->send(request, {})).has_value());
    EXPECT_EQ(server.connections(), 2);
}

class HttpCrowd : public Http {
protected:
    HttpCrowd()
    {
        request.limits.total = Millis(5000);
        server.onRequest([this](const test::FakeRequest&, QSslSocket* socket) {
            m_open ? FakeServer::answer(socket, 200, "{}") : m_held.append(socket);
        });
    }
    void sendMany(int count)
    {
        for (int sent = 0; sent < count; ++sent) {
            answers.push_back(client->send(request, {}));
        }
    }
    void answerAll()
    {
        m_open = true;
        for (QSslSocket* socket : std::as_const(m_held)) {
            FakeServer::answer(socket, 200, "{}");
        }
    }
    std::vector<Async<HttpResponse>> answers;

private:
    bool m_open = false;
    QList<QSslSocket*> m_held;
};

TEST_F(HttpCrowd, MakesAtMostSixConnectionsToAServer)
{
    sendMany(HttpClient::kConnectionsPerServer + 3);
    ASSERT_TRUE(test::waitUntil([this] { return server.requests().size() >= 6U; }));
    test::drainEvents();
    EXPECT_EQ(server.requests().size(), 6U);
    answerAll();
    for (auto& answer : answers) {
        EXPECT_TRUE(waitFor(std::move(answer)).has_value());
    }
    EXPECT_EQ(server.requests().size(), 9U);
    EXPECT_EQ(server.connections(), 6);
}

TEST_F(HttpCrowd, WaitingForATurnDoesNotCountAsConnecting)
{
    request.limits.connect = Millis(200);
    sendMany(HttpClient::kConnectionsPerServer + 1);
    ASSERT_TRUE(test::waitUntil([this] { return server.requests().size() == 6U; }));
    QElapsedTimer waited;
    waited.start();
    ASSERT_TRUE(test::waitUntil([&waited] { return waited.elapsed() > 300; }));
    answerAll();
    for (auto& answer : answers) {
        EXPECT_TRUE(waitFor(std::move(answer)).has_value());
    }
}

TEST_F(HttpCrowd, WhoMeetsALimitWhileWaitingGivesUpItsTurn)
{
    sendMany(HttpClient::kConnectionsPerServer);
    request.limits.total = Millis(50);
    const auto result = waitFor(client->send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("answer-timeout"));
    ASSERT_TRUE(test::waitUntil([this] { return server.requests().size() == 6U; }));
    answerAll();
    for (auto& answer : answers) {
        EXPECT_TRUE(waitFor(std::move(answer)).has_value());
    }
    EXPECT_EQ(server.requests().size(), 6U);
}

TEST_F(Http, ASinkMayDeleteTheClient)
{
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(socket, 200, QByteArray(50'000, 'b'));
    });
    request.sink = [this](const QByteArray&) {
        client.reset();
        return Result<void>();
    };
    const auto result = waitFor(client->send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Cancelled);
}

TEST_F(Http, TheHeadIsThatOfTheFinalAnswer)
{
    answerRaw("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                  + head("X-Late: 2\r\nContent-Length: 2\r\n") + "{}",
              false);
    QList<int> told;
    request.onHead = [&told](int status) { told.append(status); };
    const auto result = waitFor(client->send(request, {}));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(told, QList<int>{200});
    EXPECT_EQ(result->header("X-Late"), "2");
    EXPECT_EQ(result->header("X-Early"), "");
}

TEST_F(Http, AHeaderMayBeEmpty)
{
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(socket, 200, "{}");
    });
    request.headers.emplaceBack("X-Nothing", "");
    ASSERT_TRUE(waitFor(client->send(request, {})).has_value());
    EXPECT_TRUE(server.requests().back().headers.contains("x-nothing"));
}

/// With TLS 1.3 it says so only when it answers. OpenSSL's own server, since Qt's hangs up without
/// a word.
TEST_F(Http, AServerThatWantsACertificateOfUsIsTold)
{
    const test::TempDir folder;
    const test::Identity identity = authority().issue();
    const QString own = folder.write(QStringLiteral("own.pem"),
                                     identity.certificate.toPem() + test::pkcs8Pem(identity.key));
    const QString clients =
        folder.write(QStringLiteral("clients.pem"), authority().certificate().toPem());
    QProcess openssl;
    const quint16 port = quint16(test::freePort());
    openssl.start(QStringLiteral("openssl"),
                  {QStringLiteral("s_server"), QStringLiteral("-accept"),
                   QStringLiteral("127.0.0.1:%1").arg(port), QStringLiteral("-www"),
                   QStringLiteral("-cert"), own, QStringLiteral("-key"), own,
                   QStringLiteral("-CAfile"), clients, QStringLiteral("-Verify"),
                   QStringLiteral("1"), QStringLiteral("-verify_return_error")});
    ASSERT_TRUE(
        test::waitUntil([&openssl] { return openssl.readAllStandardOutput().contains("ACCEPT"); }));
    request.url.setPort(port);
    request.limits.total = Millis(5000);
    const auto result = waitFor(client->send(request, {}));
    openssl.kill();
    openssl.waitForFinished();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Tls) << describe(result.error()).toStdString();
    EXPECT_EQ(result.error().code, QStringLiteral("client-certificate-refused"));
}

TEST_F(Http, SendsNoCookiesBack)
{
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(socket, 200, "{}", "Set-Cookie: a=b\r\n");
    });
    ASSERT_TRUE(waitFor(client->send(request, {})).has_value());
    ASSERT_TRUE(waitFor(client->send(request, {})).has_value());
    EXPECT_FALSE(server.requests().back().headers.contains("cookie"));
}

} // namespace
} // namespace quorate::net
