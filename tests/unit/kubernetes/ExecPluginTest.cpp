// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/platform/kubernetes/ExecPlugin.h"
#include "tests/support/TempDir.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

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

const QString kV1 = QStringLiteral("client.authentication.k8s.io/v1");

QByteArray credential(const QByteArray& status, const QByteArray& version = "v1")
{
    return R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/)" + version
           + R"(","status":)" + status + "}";
}

class ExecPlugin : public testing::Test {
protected:
    ExecPlugin()
    {
        environment.insert(QStringLiteral("PATH"), folder.path(QStringLiteral("bin")));
        spec.apiVersion = kV1;
        spec.command = QStringLiteral("login");
    }
    void TearDown() override
    {
        EXPECT_TRUE(test::waitUntil(allChildrenGone));
        test::drainEvents();
    }
    /// A program of the search path; a shell script, started by its first line.
    QString install(const QByteArray& script)
    {
        const QString path = folder.write(QStringLiteral("bin/login"), "#!/bin/sh\n" + script);
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path;
    }
    Result<ExecResult> run(std::stop_token stop = {})
    {
        const auto command = describeExec(spec, environment);
        if (!command) {
            return fail(command.error());
        }
        return test::waitFor(runExec(spec, *command, cluster, environment, limits, stop));
    }
    test::TempDir folder;
    QProcessEnvironment environment;
    ExecSpec spec;
    ExecCluster cluster;
    ExecLimits limits;
};

TEST_F(ExecPlugin, GivesATokenWithItsEnd)
{
    install("echo '" + credential(R"({"token":"t1","expirationTimestamp":"2026-11-21T10:00:00Z"})")
            + "'\n");
    const auto result = run();
    ASSERT_TRUE(result.has_value()) << testing::PrintToString(result.error());
    EXPECT_EQ(result->token->reveal(), "t1");
    EXPECT_EQ(toIso(*result->expiresAt), QStringLiteral("2026-11-21T10:00:00.000Z"));
}

TEST_F(ExecPlugin, GetsArgumentsEnvironmentAndClusterAsTheyAreAndNoShellInBetween)
{
    install("printf '%s|' \"$@\" \"$REGION\" > " + folder.path(QStringLiteral("seen")).toUtf8()
            + "\nprintf '%s' \"$KUBERNETES_EXEC_INFO\" > "
            + folder.path(QStringLiteral("info")).toUtf8() + "\necho '"
            + credential(R"({"token":"t"})") + "'\n");
    spec.arguments = {QStringLiteral("a b"), QStringLiteral("$(id)"), QStringLiteral("*")};
    spec.environment.emplace_back(QStringLiteral("REGION"), std::make_shared<const Secret>("eu;1"));
    spec.provideClusterInfo = true;
    cluster.server = QStringLiteral("https://a:1");
    cluster.authorityPem = "PEM";
    cluster.config = QJsonObject{{QStringLiteral("audience"), QStringLiteral("x")}};
    ASSERT_TRUE(run().has_value());
    EXPECT_EQ(folder.read(QStringLiteral("seen")), "a b|$(id)|*|eu;1|");
    const auto info = QJsonDocument::fromJson(folder.read(QStringLiteral("info"))).object();
    EXPECT_EQ(info.value(QStringLiteral("apiVersion")).toString(), kV1);
    const auto told = info.value(QStringLiteral("spec")).toObject();
    EXPECT_EQ(told.value(QStringLiteral("interactive")), QJsonValue(false));
    const auto about = told.value(QStringLiteral("cluster")).toObject();
    EXPECT_EQ(about.value(QStringLiteral("server")).toString(), QStringLiteral("https://a:1"));
    EXPECT_EQ(about.value(QStringLiteral("certificate-authority-data")).toString(),
              QStringLiteral("UEVN"));
    EXPECT_TRUE(about.value(QStringLiteral("config")).isObject());
    EXPECT_FALSE(about.contains(QStringLiteral("proxy-url")));
}

TEST_F(ExecPlugin, IsNotToldOfTheClusterUnasked)
{
    cluster.server = QStringLiteral("https://a:1");
    const auto info = QJsonDocument::fromJson(execInfo(spec, cluster)).object();
    EXPECT_FALSE(info.value(QStringLiteral("spec")).toObject().contains(QStringLiteral("cluster")));
}

TEST_F(ExecPlugin, AbsenceGivesTheInstallHint)
{
    spec.installHint = QStringLiteral("Run apt install login");
    const auto result = run();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("exec-plugin-absent"));
    EXPECT_EQ(result.error().cure, QStringLiteral("Run apt install login"));
}

TEST_F(ExecPlugin, ThatNeedsATerminalIsNotRun)
{
    install("exit 0\n");
    spec.interactiveMode = QStringLiteral("Always");
    EXPECT_EQ(run().error().code, QStringLiteral("exec-plugin-interactive"));
}

TEST_F(ExecPlugin, ComplaintIsShownWithoutSecrets)
{
    install("echo \"Session over. Sign in: login --sso (token=abc123, key $KEY)\" >&2\n"
            "echo eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl >&2\nexit 3\n");
    spec.environment.emplace_back(QStringLiteral("KEY"),
                                  std::make_shared<const Secret>("hunter22"));
    const auto result = run();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("exec-plugin-failed"));
    EXPECT_EQ(result.error().message,
              QStringLiteral("The credential plug-in login ended with code 3: Session over. Sign "
                             "in: login --sso (token=***, key ***) ***"));
}

TEST_F(ExecPlugin, ThatHangsIsEndedWithAllThatItStarted)
{
    // The child holds our ends of the pipes; its number tells whether it is gone.
    install("/bin/sleep 600 &\necho $! > " + folder.path(QStringLiteral("child")).toUtf8()
            + "\nwait\n");
    limits.total = Millis(700);
    const auto result = run();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("exec-plugin-timeout"));
    const QByteArray child = folder.read(QStringLiteral("child")).trimmed();
    ASSERT_FALSE(child.isEmpty());
    EXPECT_TRUE(test::waitUntil([&] {
        QFile status(QStringLiteral("/proc/%1/status").arg(QString::fromLatin1(child)));
        return !status.open(QIODevice::ReadOnly) || status.readAll().contains("State:\tZ");
    }));
}

TEST_F(ExecPlugin, IsStopped)
{
    install("/bin/sleep 600\n");
    std::stop_source stop;
    const auto command = describeExec(spec, environment);
    ASSERT_TRUE(command.has_value());
    auto future = runExec(spec, *command, cluster, environment, limits, stop.get_token());
    stop.request_stop();
    EXPECT_EQ(test::waitFor(std::move(future)).error().kind, ErrorKind::Cancelled);
}

TEST_F(ExecPlugin, ThatPrintsWithoutEndIsEnded)
{
    install("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; "
            "done\n");
    limits.outputBytesMax = 10'000;
    EXPECT_EQ(run().error().code, QStringLiteral("exec-plugin-answer"));
}

TEST_F(ExecPlugin, KeyIsThatOfProgramArgumentsAndNames)
{
    install("exit 0\n");
    const auto key = [this] { return describeExec(spec, environment)->key; };
    const QByteArray first = key();
    EXPECT_EQ(first.size(), 32);
    spec.environment.emplace_back(QStringLiteral("A"), std::make_shared<const Secret>("1"));
    const QByteArray withName = key();
    EXPECT_NE(withName, first);
    spec.environment.front().second = std::make_shared<const Secret>("2");
    EXPECT_EQ(key(), withName);
    spec.arguments = {QStringLiteral("a"), QStringLiteral("b")};
    const QByteArray two = key();
    spec.arguments = {QStringLiteral("ab")};
    EXPECT_NE(key(), two);
    // Another program under the same name asks again.
    const QString other = folder.write(QStringLiteral("other"), "#!/bin/sh\n");
    QFile::setPermissions(other, QFile::ReadOwner | QFile::ExeOwner);
    const QByteArray before = key();
    QFile::remove(folder.path(QStringLiteral("bin/login")));
    QFile::link(other, folder.path(QStringLiteral("bin/login")));
    EXPECT_NE(key(), before);
    EXPECT_EQ(describeExec(spec, environment)->text(), other + QStringLiteral(" ab"));
}

struct Answer {
    const char* name;
    QByteArray text;
    const char* says;
};
void PrintTo(const Answer& value, std::ostream* out) { *out << value.name; }
class ExecAnswer : public testing::TestWithParam<Answer> {};

TEST_P(ExecAnswer, IsRefused)
{
    const auto result = readExecCredential(GetParam().text, kV1);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("exec-plugin-answer"));
    EXPECT_EQ(result.error().message.toStdString(),
              std::string("What the credential plug-in printed cannot be used: ")
                  + GetParam().says);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ExecAnswer,
    testing::Values(
        Answer{"nothing", "", "it is not one JSON object"},
        Answer{"words_before", "hello " + credential(R"({"token":"t"})"),
               "it is not one JSON object"},
        Answer{"another_kind", R"({"kind":"Status"})", "it is not an ExecCredential"},
        Answer{"another_version", credential(R"({"token":"t"})", "v1beta1"),
               "its apiVersion is \"client.authentication.k8s.io/v1beta1\", the kubeconfig says "
               "client.authentication.k8s.io/v1"},
        Answer{"no_credential", credential("{}"), "it holds no token and no certificate"},
        Answer{"half_a_certificate", credential(R"({"clientCertificateData":"c"})"),
               "the certificate or its key is missing"},
        Answer{"bad_time", credential(R"({"token":"t","expirationTimestamp":"soon"})"),
               "its expirationTimestamp is not a time"}),
    [](const auto& given) { return std::string(given.param.name); });

} // namespace
} // namespace quorate::platform::kubernetes
