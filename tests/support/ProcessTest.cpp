// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ChildProcess.h"
#include "tests/support/Environment.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"

#include <gtest/gtest-spi.h>

#include <QFileInfo>
#include <QTcpServer>

#include <csignal>

namespace quorate::test {
namespace {

const QString kShell = QStringLiteral("/bin/sh");

TEST(ChildProcess, ReturnsExitCodeAndOutput)
{
    const auto outcome = runProgram(
        kShell, {QStringLiteral("-c"), QStringLiteral("echo out; echo err >&2; exit 3")});
    EXPECT_EQ(outcome.exitCode, 3);
    EXPECT_EQ(outcome.output, QByteArray("out\n"));
    EXPECT_EQ(outcome.errors, QByteArray("err\n"));
}

TEST(ChildProcess, PassesInputAndEnvironment)
{
    ChildProcess process;
    process.setEnvironment(QStringLiteral("QUORATE_PROBE"), QStringLiteral("seen"));
    ASSERT_TRUE(process.start(
        kShell, {QStringLiteral("-c"), QStringLiteral("cat; echo $QUORATE_PROBE")}, "in\n"));
    EXPECT_EQ(process.waitForEnd(), 0);
    EXPECT_EQ(process.output(), QByteArray("in\nseen\n"));
}

TEST(ChildProcess, IsGoneWhenTheTestGoes)
{
    qint64 pid = 0;
    {
        ChildProcess process;
        ASSERT_TRUE(process.start(
            kShell, {QStringLiteral("-c"),
                     QStringLiteral("trap '' TERM; echo up; while :; do sleep 1; done")}));
        ASSERT_TRUE(process.waitForOutput(QRegularExpression(QStringLiteral("up"))));
        pid = process.pid();
        process.killNow();
        EXPECT_FALSE(process.isRunning());
    }
    EXPECT_NE(::kill(static_cast<pid_t>(pid), 0), 0);
}

TEST(ChildProcess, MissingProgramFailsTheTest)
{
    EXPECT_NONFATAL_FAILURE(
        {
            ChildProcess process;
            process.start(QStringLiteral("/nonexistent/program"));
        },
        "cannot start");
}

TEST(Environment, FreePortCanBeListenedOn)
{
    QTcpServer server;
    EXPECT_TRUE(server.listen(QHostAddress::LocalHost, freePort()));
}

TEST(TempDirTest, WritesReadsAndGoes)
{
    QString path;
    {
        const TempDir dir;
        path = dir.write(QStringLiteral("a/b.txt"), "content");
        EXPECT_EQ(dir.read(QStringLiteral("a/b.txt")), QByteArray("content"));
    }
    EXPECT_FALSE(QFileInfo::exists(path));
}

} // namespace
} // namespace quorate::test
