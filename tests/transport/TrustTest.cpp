// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/net/Certificates.h"
#include "core/net/HttpClient.h"
#include "tests/transport/ConnectProxy.h"
#include "tests/transport/FakeServer.h"

#include <QTcpServer>
#include <QTcpSocket>

namespace quorate::net {
namespace {

using test::FakeServer;
using test::Identity;
using test::IdentityOptions;
using test::TestAuthority;
using test::waitFor;

constexpr char kToken[] = "canary-token-5f2c1e77";

const TestAuthority& ourAuthority()
{
    static const TestAuthority authority(QStringLiteral("Our CA"));
    return authority;
}

IdentityOptions validity(int fromDays, int toDays)
{
    IdentityOptions options;
    options.fromDays = fromDays;
    options.toDays = toDays;
    return options;
}

HttpRequest requestTo(const FakeServer& server)
{
    HttpRequest request;
    request.url = server.url(QStringLiteral("/api/v1/node"));
    request.bearer = std::make_shared<const Secret>(QByteArray(kToken));
    return request;
}

/// What one server does to a client with one policy.
struct Trial {
    explicit Trial(const Identity& identity)
        : server(identity)
    {
        server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
            FakeServer::answer(socket, 200, "{}");
        });
        policy.authorities = {ourAuthority().certificate()};
    }
    void pin(const Identity& identity)
    {
        policy.pins[hostPortText(QStringLiteral("127.0.0.1"), server.port())] =
            certificateSha256(identity.certificate);
    }
    Result<HttpResponse> ask()
    {
        client = std::make_unique<HttpClient>(policy, std::make_shared<SystemClock>());
        return waitFor(client->send(requestTo(server), {}));
    }
    FakeServer server;
    TrustPolicy policy;
    std::unique_ptr<HttpClient> client;
};

void expectRefused(Trial& trial, const char* code)
{
    const auto result = trial.ask();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Tls);
    EXPECT_EQ(result.error().code, QString::fromLatin1(code));
    EXPECT_FALSE(result.error().message.isEmpty());
    EXPECT_FALSE(result.error().cure.isEmpty());
    // Whatever is still on its way has arrived once the connection is gone.
    test::drainEvents();
    EXPECT_EQ(trial.server.received(), QByteArray()) << "bytes of the request reached the server";
}

TEST(Trust, CertificateOfOurAuthorityIsTrusted)
{
    Trial trial(ourAuthority().issue());
    const auto result = trial.ask();
    ASSERT_TRUE(result.has_value()) << testing::PrintToString(result);
    EXPECT_EQ(result->requestId, QStringLiteral("req-7"));
    EXPECT_TRUE(trial.server.received().contains(kToken));
}

TEST(Trust, AnIntermediateAuthorityThatIsNamedIsTrusted)
{
    const TestAuthority above(QStringLiteral("Enterprise root"));
    const TestAuthority issuing(QStringLiteral("Cluster CA"), &above);
    Trial trial(issuing.issue());
    expectRefused(trial, "certificate-unknown");
    trial.policy.authorities = {issuing.certificate()};
    EXPECT_TRUE(trial.ask().has_value());
}

TEST(Trust, SelfSignedIsUnknown)
{
    Trial trial(test::selfSigned());
    expectRefused(trial, "certificate-unknown");
}

TEST(Trust, WithoutAuthoritiesOnlyTheSystemsAreTrusted)
{
    Trial trial(ourAuthority().issue());
    trial.policy.authorities.clear();
    expectRefused(trial, "certificate-unknown");
}

TEST(Trust, ReplacedAuthorityIsUnknown)
{
    const TestAuthority other(QStringLiteral("Our CA")); // same name, another key
    Trial trial(other.issue());
    expectRefused(trial, "certificate-unknown");
}

TEST(Trust, ExpiredIsRefused)
{
    Trial trial(ourAuthority().issue(validity(-30, -2)));
    expectRefused(trial, "certificate-expired");
}

TEST(Trust, NotYetValidIsRefused)
{
    Trial trial(ourAuthority().issue(validity(2, 30)));
    expectRefused(trial, "certificate-not-yet-valid");
}

TEST(Trust, WrongHostIsRefused)
{
    IdentityOptions options;
    options.addresses.clear();
    options.hosts = {QStringLiteral("elsewhere.example")};
    Trial trial(ourAuthority().issue(options));
    expectRefused(trial, "certificate-wrong-host");
}

TEST(Trust, PinnedSelfSignedIsTrusted)
{
    const Identity identity = test::selfSigned();
    Trial trial(identity);
    trial.pin(identity);
    const auto result = trial.ask();
    EXPECT_TRUE(result.has_value()) << testing::PrintToString(result);
}

TEST(Trust, PinnedButExpiredIsRefused)
{
    const Identity identity = test::selfSigned(validity(-30, -2));
    Trial trial(identity);
    trial.pin(identity);
    expectRefused(trial, "certificate-expired");
}

TEST(Trust, ChangedIsRefusedEvenWhenTheAuthorityVouchesForTheNewOne)
{
    Trial trial(ourAuthority().issue());
    trial.pin(test::selfSigned());
    expectRefused(trial, "certificate-changed");
}

TEST(Trust, ChangedToAnotherSelfSignedIsRefused)
{
    Trial trial(test::selfSigned());
    trial.pin(test::selfSigned());
    expectRefused(trial, "certificate-changed");
}

TEST(Trust, ChangedBetweenTwoConnectionsOfOneClientIsRefused)
{
    const Identity first = ourAuthority().issue();
    Trial trial(first);
    trial.pin(first);
    ASSERT_TRUE(trial.ask().has_value());
    const auto before = trial.server.received();
    trial.server.setIdentity(ourAuthority().issue());
    trial.server.closeAll();
    test::drainEvents();
    const auto result = waitFor(trial.client->send(requestTo(trial.server), {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("certificate-changed"));
    EXPECT_EQ(trial.server.received(), before);
}

TEST(Trust, PlainHttpIsRefusedBeforeAnythingIsSent)
{
    HttpClient client({}, std::make_shared<SystemClock>());
    HttpRequest request;
    request.url = QUrl(QStringLiteral("http://127.0.0.1:1/"));
    const auto result = waitFor(client.send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("not-https"));
}

TEST(Trust, ServerWithoutTlsIsTold)
{
    QTcpServer server;
    ASSERT_TRUE(server.listen(QHostAddress::LocalHost));
    QByteArray received;
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket* socket = server.nextPendingConnection();
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [&received, socket] {
            received += socket->readAll();
            socket->write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        });
    });
    HttpClient client({}, std::make_shared<SystemClock>());
    HttpRequest request;
    request.url = QUrl(QStringLiteral("https://127.0.0.1:%1/").arg(server.serverPort()));
    request.bearer = std::make_shared<const Secret>(QByteArray(kToken));
    const auto result = waitFor(client.send(request, {}));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Tls);
    EXPECT_EQ(result.error().code, QStringLiteral("tls-handshake-failed"));
    EXPECT_FALSE(received.contains(kToken));
}

TEST(Trust, FetchShowsAnyCertificateAndSendsNothing)
{
    const Identity identity = test::selfSigned(validity(-30, -2));
    FakeServer server(identity);
    const auto chain = waitFor(fetchCertificates(QStringLiteral("127.0.0.1"), server.port(), {}));
    ASSERT_TRUE(chain.has_value()) << testing::PrintToString(chain.error());
    ASSERT_FALSE(chain->isEmpty());
    EXPECT_EQ(chain->constFirst(), identity.certificate);
    test::drainEvents();
    EXPECT_EQ(server.received(), QByteArray());
}

TEST(Trust, FetchTakesTheSystemsProxyButNotToThisMachine)
{
    const test::ConnectProxy proxy;
    const test::SystemProxy system(proxy.port());
    const Identity identity = test::selfSigned(validity(-1, 30));
    FakeServer server(identity);
    auto chain = waitFor(fetchCertificates(QStringLiteral("127.0.0.1"), server.port(), {}));
    ASSERT_TRUE(chain.has_value()) << testing::PrintToString(chain.error());
    EXPECT_TRUE(proxy.requests().isEmpty());

    chain = waitFor(fetchCertificates(QStringLiteral("node-1.example"), server.port(), {}));
    ASSERT_TRUE(chain.has_value()) << testing::PrintToString(chain.error());
    EXPECT_EQ(chain->constFirst(), identity.certificate);
    EXPECT_EQ(proxy.requests().value(0),
              "CONNECT node-1.example:" + QByteArray::number(server.port()) + " HTTP/1.1");
}

TEST(Trust, FetchFromASilentServerTimesOut)
{
    QTcpServer server;
    ASSERT_TRUE(server.listen(QHostAddress::LocalHost));
    const auto chain = waitFor(
        fetchCertificates(QStringLiteral("127.0.0.1"), server.serverPort(), {}, Millis(100)));
    ASSERT_FALSE(chain.has_value());
    EXPECT_EQ(chain.error().kind, ErrorKind::Timeout);
}

} // namespace
} // namespace quorate::net
