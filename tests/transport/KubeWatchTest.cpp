// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeWatch.h"
#include "tests/transport/KubeFixture.h"

#include <QTimer>

namespace quorate::platform::kubernetes {
namespace {

using test::FakeRequest;
using test::FakeServer;
using test::waitUntil;

QByteArray object(const QByteArray& name, int version, const QByteArray& uid = {})
{
    return R"({"metadata":{"namespace":"ns","name":")" + name + R"(","uid":")"
           + (uid.isEmpty() ? "uid-" + name : uid) + R"(","resourceVersion":")"
           + QByteArray::number(version) + "\"}}";
}
QByteArray line(const QByteArray& type, const QByteArray& of)
{
    return R"({"type":")" + type + R"(","object":)" + of + "}\n";
}
QByteArray listOf(int version, const QByteArrayList& objects)
{
    return R"({"metadata":{"resourceVersion":")" + QByteArray::number(version) + R"("},"items":[)"
           + objects.join(',') + "]}";
}
const QByteArray kGone = R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})";

class KubeWatchTest : public KubeFixture {
protected:
    KubeWatchTest()
    {
        server.onRequest([this](const FakeRequest& request, QSslSocket* socket) {
            const bool isWatch = request.path.contains("watch=true");
            const int count = isWatch ? ++watches : ++lists;
            isWatch ? onWatch(count, socket) : onList(count, socket);
        });
        watching.path = QStringLiteral("/api/v1/pods");
        watching.scheduler = [this](Millis delay, std::function<void()> work) {
            pauses.append(int(delay.count()));
            QTimer::singleShot(0, std::move(work));
        };
        onList = [](int, QSslSocket* socket) {
            FakeServer::answer(socket, 200, listOf(10, {object("a", 1), object("b", 2)}));
        };
        onWatch = [this](int, QSslSocket* socket) {
            beginStream(socket);
            stream = socket;
        };
    }
    void start()
    {
        watch = std::make_unique<KubeWatch>(sharedClient(), watching);
        QObject::connect(watch.get(), &KubeWatch::changed, &context,
                         [this](const QList<KubeEvent>& events) {
                             for (const KubeEvent& event : events) {
                                 const char* sign = event.change == KubeChange::Added      ? "+"
                                                    : event.change == KubeChange::Modified ? "~"
                                                                                           : "-";
                                 log.append(QLatin1String(sign) + event.name);
                             }
                         });
        QObject::connect(watch.get(), &KubeWatch::synced, &context,
                         [this] { log.append(QStringLiteral("synced")); });
        QObject::connect(watch.get(), &KubeWatch::stale, &context,
                         [this](const Error& error, TimePoint since) {
                             log.append(QStringLiteral("stale ") + error.code);
                             staleSince = since;
                         });
        QObject::connect(watch.get(), &KubeWatch::fresh, &context,
                         [this] { log.append(QStringLiteral("fresh")); });
        watch->start();
    }
    bool waitForLog(const QStringList& wanted)
    {
        const bool there = waitUntil([&] { return log.size() >= wanted.size(); });
        EXPECT_EQ(log, wanted);
        return there && log == wanted;
    }
    /// Waits for the list and for the stream, and forgets what was logged of them.
    void startAndSync()
    {
        start();
        ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
        ASSERT_TRUE(
            waitForLog({QStringLiteral("+a"), QStringLiteral("+b"), QStringLiteral("synced")}));
        log.clear();
    }
    [[nodiscard]] QByteArray lastPath() const { return server.requests().back().path; }

    QObject context;
    KubeWatch::Options watching;
    std::unique_ptr<KubeWatch> watch;
    std::function<void(int count, QSslSocket* socket)> onList;
    std::function<void(int count, QSslSocket* socket)> onWatch;
    QPointer<QSslSocket> stream;
    QStringList log;
    QList<int> pauses;
    TimePoint staleSince;
    int lists = 0;
    int watches = 0;
};

TEST_F(KubeWatchTest, ListsThenFollows)
{
    startAndSync();
    EXPECT_TRUE(lastPath().contains("resourceVersion=10"));
    EXPECT_TRUE(lastPath().contains("allowWatchBookmarks=true"));
    sendChunk(stream, line("ADDED", object("c", 11)) + line("MODIFIED", object("a", 12)));
    sendChunk(stream, line("DELETED", object("b", 13)) + line("BOOKMARK", object("", 20)));
    waitForLog({QStringLiteral("+c"), QStringLiteral("~a"), QStringLiteral("-b")});
    EXPECT_TRUE(waitUntil([this] { return watch->resourceVersion() == QStringLiteral("20"); }));
    EXPECT_EQ(watch->objectCount(), 2);
    EXPECT_TRUE(watch->isSynced());
}

TEST_F(KubeWatchTest, WatchesAfterThePauseThatWasWishedFromWhereTheListWas)
{
    watching.watchAfter = Millis(70);
    startAndSync();
    EXPECT_EQ(pauses, QList<int>({70}));
    EXPECT_TRUE(lastPath().contains("resourceVersion=10"));
}

TEST_F(KubeWatchTest, WhoIsGoneInThatPauseHasAskedForTheListOnly)
{
    watching.watchAfter = Millis(70);
    std::function<void()> later;
    watching.scheduler = [&later](Millis, std::function<void()> work) { later = std::move(work); };
    start();
    ASSERT_TRUE(waitUntil([&later] { return bool(later); }));
    EXPECT_TRUE(watch->isSynced());
    watch->stop();
    later();
    // What had been asked for would have come before this.
    KubeRequest question;
    question.path = QStringLiteral("/version");
    EXPECT_TRUE(test::waitFor(sharedClient()->stream(question, {})));
    EXPECT_EQ(watches, 0);
    EXPECT_EQ(lists, 2) << "the first, and the question just now";
    watch.reset();
    later(); // and nobody is there any more
}

TEST_F(KubeWatchTest, ServersThatEndTheWatchAreWatchedOnWithoutAWord)
{
    startAndSync();
    sendChunk(stream, line("BOOKMARK", object("", 20)));
    endStream(stream);
    ASSERT_TRUE(waitUntil([this] { return watches == 2; }));
    EXPECT_TRUE(lastPath().contains("resourceVersion=20"));
    EXPECT_EQ(lists, 1);
    EXPECT_TRUE(pauses.isEmpty());
    EXPECT_TRUE(log.isEmpty());
}

TEST_F(KubeWatchTest, ServersThatEndItAtOnceAreNotAskedWithoutAPause)
{
    onWatch = [this](int count, QSslSocket* socket) {
        beginStream(socket);
        count < 4 ? endStream(socket) : void(stream = socket);
    };
    start();
    ASSERT_TRUE(waitUntil([this] { return watches == 4; }));
    EXPECT_EQ(pauses, QList<int>({500, 1000, 2000}));
}

TEST_F(KubeWatchTest, ACutInTheMiddleOfALineLosesAndRepeatsNothing)
{
    startAndSync();
    const QByteArray whole = line("ADDED", object("c", 11));
    sendChunk(stream, whole + line("ADDED", object("d", 12)).left(30));
    waitForLog({QStringLiteral("+c")});
    std::exchange(stream, nullptr)->abort();
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    EXPECT_TRUE(lastPath().contains("resourceVersion=11"));
    sendChunk(stream, line("ADDED", object("d", 12)));
    waitForLog({QStringLiteral("+c"), QStringLiteral("stale connection-cut"),
                QStringLiteral("fresh"), QStringLiteral("+d")});
    EXPECT_EQ(pauses, QList<int>({500}));
    EXPECT_FALSE(watch->staleSince().has_value());
}

TEST_F(KubeWatchTest, AnExpiredVersionIsListedAnewAndOnlyDifferencesAreSaid)
{
    startAndSync();
    onList = [](int, QSslSocket* socket) {
        FakeServer::answer(socket, 200,
                           listOf(90, {object("a", 1), object("c", 80), object("d", 81)}));
    };
    sendChunk(stream, line("ADDED", object("c", 11)));
    waitForLog({QStringLiteral("+c")});
    sendChunk(stream, line("ERROR", kGone));
    waitForLog({QStringLiteral("+c"), QStringLiteral("stale expired"), QStringLiteral("~c"),
                QStringLiteral("+d"), QStringLiteral("-b"), QStringLiteral("fresh"),
                QStringLiteral("synced")});
    ASSERT_TRUE(waitUntil([this] { return watches == 2; }));
    EXPECT_TRUE(lastPath().contains("resourceVersion=90"));
}

TEST_F(KubeWatchTest, AStatusOf410IsListedAnewToo)
{
    onWatch = [this](int count, QSslSocket* socket) {
        if (count == 1) {
            FakeServer::answer(socket, 410, kGone);
            return;
        }
        beginStream(socket);
        stream = socket;
    };
    start();
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    EXPECT_EQ(lists, 2);
    EXPECT_EQ(log, QStringList({QStringLiteral("+a"), QStringLiteral("+b"),
                                QStringLiteral("synced"), QStringLiteral("stale expired"),
                                QStringLiteral("fresh"), QStringLiteral("synced")}));
}

TEST_F(KubeWatchTest, AnObjectOfTheSameNameIsAnother)
{
    startAndSync();
    sendChunk(stream, line("MODIFIED", object("a", 11, "uid-2")));
    waitForLog({QStringLiteral("-a"), QStringLiteral("+a")});
}

TEST_F(KubeWatchTest, RetryAfterOfABusyServerIsKept)
{
    onWatch = [this](int count, QSslSocket* socket) {
        if (count == 1) {
            FakeServer::answer(socket, 429, "{}", "Retry-After: 7\r\n");
            return;
        }
        beginStream(socket);
        stream = socket;
    };
    start();
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    EXPECT_EQ(pauses, QList<int>({7000}));
    EXPECT_EQ(lists, 1);
}

TEST_F(KubeWatchTest, WhatIsForbiddenIsAskedSeldom)
{
    onList = [](int count, QSslSocket* socket) {
        if (count
            == 1) { // pauses take no time here: a third list could come before the second was seen
            FakeServer::answer(socket, 403, R"({"kind":"Status","reason":"Forbidden"})");
        }
    };
    start();
    ASSERT_TRUE(waitUntil([this] { return lists == 2; }));
    EXPECT_EQ(pauses.first(), 30'000);
    EXPECT_EQ(log.first(), QStringLiteral("stale forbidden"));
    EXPECT_FALSE(watch->isSynced());
}

TEST_F(KubeWatchTest, SilenceIsNotTakenForHealth)
{
    watching.silenceMax = Millis(150);
    startAndSync();
    ASSERT_TRUE(waitUntil([this] { return watches == 2; }));
    EXPECT_EQ(log.first(), QStringLiteral("stale idle-timeout"));
    EXPECT_GT(staleSince, TimePoint());
    EXPECT_EQ(lists, 1);
}

TEST_F(KubeWatchTest, SuspicionIsStaleAtOnceAndConnectsAnew)
{
    startAndSync();
    const QPointer<QSslSocket> before = stream;
    stream = nullptr;
    watch->suspect(makeError(ErrorKind::Timeout, QStringLiteral("no-health"), QString()));
    EXPECT_EQ(log, QStringList({QStringLiteral("stale no-health")}));
    EXPECT_TRUE(watch->staleSince().has_value());
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    EXPECT_TRUE(waitUntil([&] { return before.isNull(); }));
    waitForLog({QStringLiteral("stale no-health"), QStringLiteral("fresh")});
}

TEST_F(KubeWatchTest, AFloodKeepsItsOrder)
{
    startAndSync();
    constexpr int kCount = 5000;
    QByteArray flood;
    QStringList wanted;
    for (int at = 0; at < kCount; ++at) {
        const QByteArray name = "p" + QByteArray::number(at);
        flood += line("ADDED", object(name, 100 + at));
        wanted.append(QStringLiteral("+p%1").arg(at));
    }
    for (qsizetype at = 0; at < flood.size(); at += 100'003) { // cuts lines anywhere
        sendChunk(stream, flood.mid(at, 100'003));
    }
    waitForLog(wanted);
    EXPECT_EQ(watch->resourceVersion(), QString::number(100 + kCount - 1));
}

TEST_F(KubeWatchTest, FloodThatIsCutIsTakenBeforeItGoesOn)
{
    startAndSync();
    QByteArray flood;
    for (int at = 0; at < 2000; ++at) {
        flood += line("ADDED", object("p" + QByteArray::number(at), 100 + at));
    }
    sendChunk(stream, flood);
    endStream(std::exchange(stream, nullptr));
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    EXPECT_EQ(log.size(), 2000);
    EXPECT_TRUE(lastPath().contains("resourceVersion=2099"));
}

TEST_F(KubeWatchTest, GarbageIsLeftBehind)
{
    startAndSync();
    sendChunk(stream, line("ADDED", object("c", 11)) + "no json\n");
    ASSERT_TRUE(waitUntil([this] { return watches == 2; }));
    EXPECT_EQ(log.first(), QStringLiteral("stale unreadable-answer"));
}

TEST_F(KubeWatchTest, AServerThatComesBackIsFreshOnlyThen)
{
    startAndSync();
    onWatch = [this](int count, QSslSocket* socket) {
        if (count < 4) {
            FakeServer::answer(socket, 503, "{}");
            return;
        }
        beginStream(socket);
        stream = socket;
    };
    std::exchange(stream, nullptr)->abort();
    ASSERT_TRUE(waitUntil([this] { return stream != nullptr; }));
    waitForLog({QStringLiteral("stale connection-cut"), QStringLiteral("stale http-503"),
                QStringLiteral("stale http-503"), QStringLiteral("fresh")});
    EXPECT_EQ(pauses, QList<int>({500, 1000, 2000}));
}

TEST_F(KubeWatchTest, StoppedIsSilent)
{
    startAndSync();
    watch->stop();
    ASSERT_TRUE(waitUntil([this] { return stream.isNull(); }));
    test::drainEvents();
    EXPECT_TRUE(log.isEmpty());
    EXPECT_EQ(watches, 1);
}

TEST_F(KubeWatchTest, MayBeDeletedByItsListener)
{
    startAndSync();
    QObject::connect(watch.get(), &KubeWatch::changed, &context, [this] { watch.reset(); });
    sendChunk(stream, line("ADDED", object("c", 11)) + line("ADDED", object("d", 12)));
    EXPECT_TRUE(waitUntil([this] { return !watch && stream.isNull(); }));
}

} // namespace
} // namespace quorate::platform::kubernetes
