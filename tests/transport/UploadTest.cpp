// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/base/Clock.h"
#include "core/net/BulkUpload.h"
#include "tests/support/TempDir.h"
#include "tests/transport/ConnectProxy.h"
#include "tests/transport/FakeServer.h"

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

/// A tus server that keeps what arrives, and hangs up after so many bytes of one upload's life.
class TusServer {
public:
    explicit TusServer(const test::Identity& identity = authority().issue())
        : server(identity)
    {
        server.onBytes([this](QSslSocket* socket, const QByteArray& part) { take(socket, part); });
    }

    FakeServer server;
    QByteArray stored;
    qint64 length = 0;
    qint64 cutAt = -1; ///< hang up once when so many bytes are stored
    int patches = 0;
    Millis answerAfter{0}; ///< to a creation

private:
    void take(QSslSocket* socket, const QByteArray& part)
    {
        if (m_patching == socket) {
            store(socket, part);
            return;
        }
        QByteArray& buffer = m_heads[socket];
        buffer += part;
        const auto end = buffer.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        const QByteArray head = buffer.left(end + 2);
        const QByteArray rest = buffer.mid(end + 4);
        m_heads.remove(socket);
        if (head.startsWith("POST")) {
            length = valueOf(head, "upload-length").toLongLong();
            QTimer::singleShot(answerAfter, socket, [socket] {
                FakeServer::answer(socket, 201, {}, "Location: /files/1\r\n");
            });
        } else if (head.startsWith("HEAD")) {
            socket->write("HTTP/1.1 200 OK\r\nUpload-Offset: " + QByteArray::number(stored.size())
                          + "\r\nContent-Length: 0\r\n\r\n");
        } else {
            ++patches;
            EXPECT_EQ(valueOf(head, "upload-offset").toLongLong(), stored.size());
            m_patching = socket;
            store(socket, rest);
        }
    }
    void store(QSslSocket* socket, const QByteArray& part)
    {
        const bool cut = cutAt >= 0 && stored.size() + part.size() >= cutAt;
        stored += cut ? part.left(cutAt - stored.size()) : part;
        if (cut) {
            cutAt = -1;
            m_patching = nullptr;
            socket->abort();
        } else if (stored.size() >= length) {
            m_patching = nullptr;
            socket->write("HTTP/1.1 204 OK\r\nUpload-Offset: " + QByteArray::number(stored.size())
                          + "\r\nQuorate-Package: p-1\r\n\r\n");
        }
    }
    static QByteArray valueOf(const QByteArray& head, const QByteArray& name)
    {
        for (const QByteArray& line : head.split('\n')) {
            const auto colon = line.indexOf(':');
            if (line.left(colon).toLower() == name) {
                return line.mid(colon + 1).trimmed();
            }
        }
        return {};
    }
    QHash<QSslSocket*, QByteArray> m_heads;
    QSslSocket* m_patching = nullptr;
};

QByteArray content(qsizetype size)
{
    QByteArray bytes(size, '\0');
    for (qsizetype at = 0; at < size; ++at) {
        bytes[at] = static_cast<char>((at * 31 + at / 251) & 0xff);
    }
    return bytes;
}

UploadTarget targetFor(const TusServer& tus, const char* id)
{
    UploadTarget target;
    target.id = QString::fromLatin1(id);
    target.createUrl = tus.server.url(QStringLiteral("/files"));
    target.bearer = std::make_shared<const Secret>(QByteArray("canary-token-93"));
    target.idempotencyKey = QStringLiteral("k-") + target.id;
    return target;
}

struct Upload {
    explicit Upload(const QByteArray& bytes)
    {
        options.path = dir.write(QStringLiteral("file"), bytes);
        options.sizeBytes = bytes.size();
        options.metadata = "filename ZmlsZQ==";
        options.trust.authorities = {authority().certificate()};
        options.now = SystemClock().now();
        options.retry = {5, Millis(1), Millis(5)};
    }
    Result<UploadReport> run(std::stop_token stop = {})
    {
        BulkUpload upload;
        return waitFor(upload.start(options, stop), Seconds(20));
    }
    test::TempDir dir;
    UploadOptions options;
};

TEST(Upload, ResumesAfterACutAtAnyByte)
{
    const QByteArray bytes = content(97);
    Upload upload(bytes);
    for (qint64 cut = 0; cut <= bytes.size();
         ++cut) { // the last: all is there, but nothing was said
        TusServer tus;
        tus.cutAt = cut;
        upload.options.targets = {targetFor(tus, "a")};
        const auto report = upload.run();
        ASSERT_TRUE(report.has_value()) << cut;
        ASSERT_FALSE(report->outcomes[0].error)
            << describe(*report->outcomes[0].error).toStdString();
        ASSERT_EQ(tus.stored, bytes) << "cut at " << cut;
        EXPECT_EQ(tus.patches, 2);
        EXPECT_EQ(report->outcomes[0].packageId, QByteArray("p-1"));
    }
}

TEST(Upload, ThreeServersGetTheFileThatIsReadOnce)
{
    const QByteArray bytes = content(8 * 1024 * 1024 + 123);
    Upload upload(bytes);
    upload.options.slots = 16;             // half of the file
    upload.options.patience = Seconds(60); // no server of this thread is slow by itself
    upload.options.slotBytes = 256 * 1024;
    TusServer a, b, c;
    upload.options.targets = {targetFor(a, "a"), targetFor(b, "b"), targetFor(c, "c")};
    const auto report = upload.run();
    ASSERT_TRUE(report.has_value());
    for (const TusServer* tus : {&a, &b, &c}) {
        EXPECT_EQ(tus->stored, bytes);
    }
    EXPECT_EQ(report->bytesRead, bytes.size());
}

TEST(Upload, OneThatBeginsLateIsWaitedForToo)
{
    const QByteArray bytes = content(4 * 1024 * 1024);
    Upload upload(bytes);
    upload.options.slots = 4;
    upload.options.slotBytes = 64 * 1024;
    upload.options.patience = Seconds(60);
    TusServer early, late;
    late.answerAfter = Millis(500);
    upload.options.targets = {targetFor(early, "a"), targetFor(late, "b")};
    const auto report = upload.run();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(late.stored, bytes);
    EXPECT_EQ(report->bytesRead, bytes.size());
}

TEST(Upload, ServerThatStallsDoesNotHoldUpTheOthers)
{
    const QByteArray bytes = content(8 * 1024 * 1024);
    Upload upload(bytes);
    upload.options.slots = 2;
    upload.options.slotBytes = 256 * 1024;
    upload.options.stallLimit = Millis(2000);
    upload.options.retry.attemptsMax = 1;
    TusServer good;
    FakeServer stalled(authority().issue());
    stalled.onRequest([](const test::FakeRequest& request, QSslSocket* socket) {
        if (request.method == "POST") {
            FakeServer::answer(socket, 201, {}, "Location: /files/1\r\n");
        } else if (request.method == "HEAD") {
            socket->setReadBufferSize(1); // from here on the kernel's buffers fill up
            socket->write("HTTP/1.1 200 OK\r\nUpload-Offset: 0\r\nContent-Length: 0\r\n\r\n");
        }
    });
    UploadTarget slow = targetFor(good, "slow");
    slow.createUrl = stalled.url(QStringLiteral("/files"));
    upload.options.targets = {slow, targetFor(good, "good")};
    const auto report = upload.run();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(good.stored, bytes);
    EXPECT_FALSE(report->outcomes[1].error.has_value());
    ASSERT_TRUE(report->outcomes[0].error.has_value());
    EXPECT_EQ(report->outcomes[0].error->kind, ErrorKind::Timeout);
    EXPECT_EQ(report->outcomes[0].error->code, QStringLiteral("upload-stalled"));
}

TEST(Upload, BadCertificateGetsNoByte)
{
    const test::Identity stranger = test::selfSigned();
    TusServer tus(stranger);
    Upload upload(content(100));
    upload.options.targets = {targetFor(tus, "a")};
    auto report = upload.run();
    ASSERT_TRUE(report.has_value() && report->outcomes[0].error.has_value());
    EXPECT_EQ(report->outcomes[0].error->code, QStringLiteral("certificate-unknown"));
    // A pin that names another certificate, and a CA that would vouch.
    TusServer changed;
    upload.options.targets = {targetFor(changed, "a")};
    upload.options.trust.pins[hostPortText(QStringLiteral("127.0.0.1"), changed.server.port())] =
        certificateSha256(stranger.certificate);
    report = upload.run();
    ASSERT_TRUE(report.has_value() && report->outcomes[0].error.has_value());
    EXPECT_EQ(report->outcomes[0].error->code, QStringLiteral("certificate-changed"));
    test::drainEvents();
    EXPECT_EQ(tus.server.received() + changed.server.received(), QByteArray());
}

TEST(Upload, WrongHostAndPinnedAreJudgedAlike)
{
    test::IdentityOptions elsewhere;
    elsewhere.addresses.clear();
    elsewhere.hosts = {QStringLiteral("elsewhere.example")};
    const test::Identity identity = authority().issue(elsewhere);
    TusServer tus(identity);
    Upload upload(content(100));
    upload.options.targets = {targetFor(tus, "a")};
    auto report = upload.run();
    ASSERT_TRUE(report.has_value() && report->outcomes[0].error.has_value());
    EXPECT_EQ(report->outcomes[0].error->code, QStringLiteral("certificate-wrong-host"));
    EXPECT_EQ(tus.server.received(), QByteArray());
    upload.options.trust.pins[hostPortText(QStringLiteral("127.0.0.1"), tus.server.port())] =
        certificateSha256(identity.certificate);
    report = upload.run();
    ASSERT_TRUE(report.has_value());
    EXPECT_FALSE(report->outcomes[0].error.has_value());
    EXPECT_EQ(tus.stored, content(100));
}

TEST(Upload, TakesTheSystemsProxyButNotToThisMachine)
{
    const test::ConnectProxy proxy;
    const test::SystemProxy system(proxy.port());
    test::IdentityOptions named;
    named.hosts = {QStringLiteral("node-1.example")};
    TusServer far(authority().issue(named)), near;
    Upload upload(content(100));
    upload.options.targets = {targetFor(near, "near")};
    auto report = upload.run();
    ASSERT_TRUE(report.has_value() && !report->outcomes[0].error);
    EXPECT_TRUE(proxy.requests().isEmpty());

    upload.options.targets = {targetFor(far, "far")};
    upload.options.targets[0].createUrl.setHost(named.hosts[0]);
    report = upload.run();
    ASSERT_TRUE(report.has_value());
    EXPECT_FALSE(report->outcomes[0].error) << describe(*report->outcomes[0].error).toStdString();
    EXPECT_EQ(far.stored, content(100));
    EXPECT_EQ(proxy.requests().value(0),
              "CONNECT node-1.example:" + QByteArray::number(far.server.port()) + " HTTP/1.1");
}

TEST(Upload, StopEndsItAtOnce)
{
    FakeServer silent(authority().issue());
    std::stop_source stop;
    silent.onRequest([&stop](const test::FakeRequest&, QSslSocket*) { stop.request_stop(); });
    Upload upload(content(100));
    TusServer unused;
    UploadTarget target = targetFor(unused, "a");
    target.createUrl = silent.url(QStringLiteral("/files"));
    upload.options.targets = {target};
    const auto report = upload.run(stop.get_token());
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().kind, ErrorKind::Cancelled);
}

TEST(Upload, LocationOnAnotherServerIsRefused)
{
    FakeServer server(authority().issue());
    server.onRequest([](const test::FakeRequest&, QSslSocket* socket) {
        FakeServer::answer(socket, 201, {}, "Location: https://127.0.0.2:1/files/1\r\n");
    });
    Upload upload(content(100));
    TusServer unused;
    UploadTarget target = targetFor(unused, "a");
    target.createUrl = server.url(QStringLiteral("/files"));
    upload.options.targets = {target};
    const auto report = upload.run();
    ASSERT_TRUE(report.has_value() && report->outcomes[0].error.has_value());
    EXPECT_EQ(report->outcomes[0].error->code, QStringLiteral("foreign-location"));
}

} // namespace
} // namespace quorate::net
