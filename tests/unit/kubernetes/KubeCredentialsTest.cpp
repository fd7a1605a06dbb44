// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/platform/kubernetes/KubeCredentials.h"
#include "tests/support/TempDir.h"
#include "tests/transport/TestAuthority.h"

#include <QDateTime>
#include <QFile>

#include <cerrno>
#include <sys/wait.h>

namespace quorate::platform::kubernetes {
namespace {

/// No child process of ours is left, not even one that is being ended.
bool allChildrenGone()
{
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
}

class KubeCredentialsTest : public testing::Test {
protected:
    KubeCredentialsTest()
    {
        options.clock = clock;
        options.consent = [this](const ExecCommand& command) {
            ++asked;
            shown = command.text();
            return ready<bool>(answer);
        };
        options.environment.insert(QStringLiteral("PATH"), folder.path());
    }
    void TearDown() override
    {
        credentials.reset();
        EXPECT_TRUE(test::waitUntil(allChildrenGone));
        test::drainEvents();
    }
    /// A plug-in that counts its runs, and says "run-1", "run-2" …, good for five minutes.
    void install(const QByteArray& more = {})
    {
        const QByteArray count = folder.path(QStringLiteral("count")).toUtf8();
        const QByteArray end = toIso(clock->now() + Seconds(300)).toUtf8();
        const QString path = folder.write(QStringLiteral("login"),
                                          "#!/bin/sh\necho x >> " + count + "\n" + more
                                              + "n=0; while read l; do n=$((n+1)); done < " + count
                                              + "\necho '{\"kind\":\"ExecCredential\","
                                                "\"apiVersion\":\"client.authentication.k8s.io/"
                                                "v1\",\"status\":{\"token\":\"run-'$n'\","
                                                "\"expirationTimestamp\":\""
                                              + end + "\"}}'\n");
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        ExecSpec spec;
        spec.apiVersion = QStringLiteral("client.authentication.k8s.io/v1");
        spec.command = QStringLiteral("login");
        options.user.exec = spec;
    }
    [[nodiscard]] qsizetype runs() const
    {
        return folder.read(QStringLiteral("count")).count('\n');
    }
    KubeCredentials& made()
    {
        if (!credentials) {
            credentials = std::make_unique<KubeCredentials>(options);
        }
        return *credentials;
    }
    Result<KubeCredential> current() { return test::waitFor(made().current({})); }
    QByteArray token()
    {
        const auto result = current();
        EXPECT_TRUE(result.has_value()) << testing::PrintToString(result.error());
        return result && result->bearer ? result->bearer->reveal() : QByteArray();
    }
    /// Sets the content and a time of change that differs from all before.
    void writeToken(const QByteArray& content)
    {
        QFile file(folder.write(QStringLiteral("token"), content));
        ASSERT_TRUE(file.open(QIODevice::ReadWrite));
        file.setFileTime(QDateTime::fromSecsSinceEpoch(1'700'000'000 + ++m_writes),
                         QFileDevice::FileModificationTime);
    }

    test::TempDir folder;
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    KubeCredentials::Options options;
    std::unique_ptr<KubeCredentials> credentials;
    bool answer = true;
    int asked = 0;
    QString shown;

private:
    int m_writes = 0;
};

TEST_F(KubeCredentialsTest, TokenFileIsReadAgainWhenItChanges)
{
    options.user.tokenFile = folder.path(QStringLiteral("token"));
    options.user.token = std::make_shared<const Secret>("static");
    writeToken("first\n");
    EXPECT_EQ(token(), "first");
    writeToken("second");
    clock->advance(Millis(2000));
    EXPECT_EQ(token(), "second");
    QFile::remove(options.user.tokenFile);
    clock->advance(Millis(2000));
    EXPECT_EQ(token(), "static");
}

TEST_F(KubeCredentialsTest, TokenFileIsReadAgainEachMinuteWhateverItsTimeSays)
{
    options.user.tokenFile = folder.path(QStringLiteral("token"));
    const auto same = [this](const QByteArray& content) {
        QFile file(folder.write(QStringLiteral("token"), content));
        ASSERT_TRUE(file.open(QIODevice::ReadWrite));
        file.setFileTime(QDateTime::fromSecsSinceEpoch(1), QFileDevice::FileModificationTime);
    };
    same("abc");
    EXPECT_EQ(token(), "abc");
    same("xyz");
    clock->advance(Seconds(30));
    EXPECT_EQ(token(), "abc");
    clock->advance(Seconds(31));
    EXPECT_EQ(token(), "xyz");
}

TEST_F(KubeCredentialsTest, RefusedTokenFileIsReadAtOnce)
{
    options.user.tokenFile = folder.path(QStringLiteral("token"));
    writeToken("old");
    const auto first = current();
    ASSERT_TRUE(first.has_value());
    EXPECT_FALSE(made().refuse(*first)); // nothing new
    writeToken("new");
    EXPECT_TRUE(made().refuse(*first));
    EXPECT_EQ(token(), "new");
}

TEST_F(KubeCredentialsTest, AbsentTokenFileIsAnErrorUntilItIsThere)
{
    options.user.tokenFile = folder.path(QStringLiteral("token"));
    const auto absent = current();
    ASSERT_FALSE(absent.has_value());
    EXPECT_EQ(absent.error().code, QStringLiteral("token-file-unreadable"));
    writeToken("there");
    EXPECT_EQ(token(), "there");
}

TEST_F(KubeCredentialsTest, CertificateFilesAreReadAgainAndNeedNewConnections)
{
    const test::TestAuthority authority(QStringLiteral("CA"));
    const auto put = [&](int time) {
        const test::Identity identity = authority.issue();
        const QString names[] = {folder.write(QStringLiteral("crt"), identity.certificate.toPem()),
                                 folder.write(QStringLiteral("key"), identity.key.toPem())};
        for (const QString& name : names) {
            QFile file(name);
            EXPECT_TRUE(file.open(QIODevice::ReadWrite));
            file.setFileTime(QDateTime::fromSecsSinceEpoch(time),
                             QFileDevice::FileModificationTime);
        }
        return identity;
    };
    options.user.certificate.path = folder.path(QStringLiteral("crt"));
    options.user.key.path = folder.path(QStringLiteral("key"));
    const auto firstIdentity = put(1000);
    const auto first = current();
    ASSERT_TRUE(first.has_value()) << testing::PrintToString(first.error());
    EXPECT_EQ(first->identity.chain.constFirst(), firstIdentity.certificate);
    const auto secondIdentity = put(2000);
    clock->advance(Millis(2000));
    const auto second = current();
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->identity.chain.constFirst(), secondIdentity.certificate);
    EXPECT_NE(second->identityGeneration, first->identityGeneration);
}

TEST_F(KubeCredentialsTest, PasswordAndImpersonationBecomeHeaders)
{
    options.user.userName = QStringLiteral("me");
    options.user.password = std::make_shared<const Secret>("pw");
    options.user.impersonation.user = QStringLiteral("boss");
    options.user.impersonation.groups = {QStringLiteral("a"), QStringLiteral("b")};
    options.user.impersonation.extra = {{QStringLiteral("Acme.com/Why"), {QStringLiteral("x")}}};
    const auto made = current();
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->basic->reveal(), "me:pw");
    net::HttpHeaders expected;
    expected.emplaceBack("Impersonate-User", "boss");
    expected.emplaceBack("Impersonate-Group", "a");
    expected.emplaceBack("Impersonate-Group", "b");
    expected.emplaceBack("Impersonate-Extra-acme.com%2Fwhy", "x");
    EXPECT_EQ(made->headers, expected);
}

TEST_F(KubeCredentialsTest, PluginIsShownOnceRunOnceAndSharedByAll)
{
    install();
    auto first = made().current({});
    auto second = made().current({});
    EXPECT_EQ(test::waitFor(std::move(first))->bearer->reveal(), "run-1");
    EXPECT_EQ(test::waitFor(std::move(second))->bearer->reveal(), "run-1");
    EXPECT_EQ(token(), "run-1");
    EXPECT_EQ(runs(), 1);
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(shown, folder.path(QStringLiteral("login")));
}

TEST_F(KubeCredentialsTest, PluginIsRunAgainBeforeItsResultExpiresAndNotAskedAgain)
{
    install();
    EXPECT_EQ(token(), "run-1");
    clock->advance(Seconds(269));
    EXPECT_EQ(token(), "run-1");
    clock->advance(Seconds(2)); // 29 s before the end
    EXPECT_EQ(token(), "run-1") << "which still holds: nobody waits for the next one";
    EXPECT_TRUE(test::waitUntil([this] { return token() == "run-2"; }));
    EXPECT_EQ(runs(), 2);
    EXPECT_EQ(asked, 1);
}

TEST_F(KubeCredentialsTest, WhatHasExpiredIsWaitedFor)
{
    install();
    EXPECT_EQ(token(), "run-1");
    clock->advance(Seconds(301));
    EXPECT_EQ(token(), "run-2");
}

TEST_F(KubeCredentialsTest, RefusedPluginResultIsRenewedOnceInAWhile)
{
    install();
    const auto first = current();
    ASSERT_TRUE(first.has_value());
    EXPECT_TRUE(made().refuse(*first));
    const auto second = current();
    EXPECT_EQ(second->bearer->reveal(), "run-2");
    EXPECT_TRUE(made().refuse(*first)); // somebody has renewed it already
    EXPECT_FALSE(made().refuse(*second));
    EXPECT_EQ(runs(), 2);
    clock->advance(Seconds(11));
    EXPECT_TRUE(made().refuse(*second));
}

TEST_F(KubeCredentialsTest, PluginMayGiveACertificate)
{
    install();
    const test::TestAuthority authority(QStringLiteral("CA"));
    const test::Identity identity = authority.issue();
    const auto asJson = [](QByteArray pem) { return pem.replace("\n", "\\n"); };
    folder.write(QStringLiteral("answer"),
                 R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",
                     "status":{"clientCertificateData":")"
                     + asJson(identity.certificate.toPem()) + R"(","clientKeyData":")"
                     + asJson(identity.key.toPem()) + "\"}}");
    folder.write(QStringLiteral("login"),
                 "#!/bin/sh\n/bin/cat " + folder.path(QStringLiteral("answer")).toUtf8() + "\n");
    const auto given = current();
    ASSERT_TRUE(given.has_value()) << testing::PrintToString(given.error());
    EXPECT_EQ(given->identity.chain, QList<QSslCertificate>({identity.certificate}));
    EXPECT_EQ(given->identity.key, identity.key);
    EXPECT_EQ(given->bearer, nullptr);
    EXPECT_GT(given->identityGeneration, 0);
}

TEST_F(KubeCredentialsTest, PluginWithoutConsentIsNotRunAndNotAskedAgain)
{
    install();
    answer = false;
    for (int tries = 0; tries < 2; ++tries) {
        const auto refused = current();
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, QStringLiteral("exec-plugin-refused"));
        clock->advance(Seconds(11));
    }
    EXPECT_EQ(asked, 1);
    EXPECT_FALSE(QFile::exists(folder.path(QStringLiteral("count"))));
}

TEST_F(KubeCredentialsTest, ApprovedPluginIsRunUnasked)
{
    install();
    options.consent = nullptr;
    EXPECT_EQ(current().error().code, QStringLiteral("exec-plugin-refused"));
    options.approved.insert(describeExec(*options.user.exec, options.environment)->key);
    credentials.reset();
    EXPECT_EQ(token(), "run-1");
}

TEST_F(KubeCredentialsTest, FailingPluginIsNotRunForEachRequest)
{
    install("exit 1\n");
    EXPECT_EQ(current().error().code, QStringLiteral("exec-plugin-failed"));
    EXPECT_EQ(current().error().code, QStringLiteral("exec-plugin-failed"));
    EXPECT_EQ(runs(), 1);
    clock->advance(Seconds(11));
    EXPECT_FALSE(current().has_value());
    EXPECT_EQ(runs(), 2);
}

TEST_F(KubeCredentialsTest, TokenOfTheFileComesBeforeThePlugin)
{
    install();
    options.user.token = std::make_shared<const Secret>("mine");
    EXPECT_EQ(token(), "mine");
    EXPECT_EQ(asked, 0);
}

TEST_F(KubeCredentialsTest, GoingAnswersThoseWhoWait)
{
    const QString pid = folder.path(QStringLiteral("pid"));
    install("echo $$ > " + pid.toUtf8() + "\nexec /bin/sleep 600\n");
    auto future = made().current({});
    ASSERT_TRUE(test::waitUntil([&] { return QFile(pid).size() > 0; }));
    credentials.reset();
    EXPECT_EQ(test::waitFor(std::move(future)).error().kind, ErrorKind::Cancelled);
}

} // namespace
} // namespace quorate::platform::kubernetes
