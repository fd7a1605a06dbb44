// SPDX-License-Identifier: GPL-3.0-or-later
// The whole program, killed in the middle of a run and started again. It plays the operator itself
// (--demo-drive), by the same buttons.
#include "tests/ui/sandbox/LiveWindow.h"

#include "tests/support/Environment.h"

namespace quorate::ui {
namespace {

constexpr int kSpeed = 1000;
constexpr Millis kRunLimit = Seconds(200); ///< some 40 s under sanitizers

class KilledProgram : public testing::Test {
protected:
    KilledProgram()
        : m_cluster(QStringLiteral("mss"), 3, kSpeed)
    {}
    QString path(const char* name) { return m_cluster.temporary().path(QString::fromLatin1(name)); }
    bool start(test::ChildProcess& program, const char* pictures, const QStringList& more = {})
    {
        return program.start(test::buildPath(QStringLiteral("bin/quorate")),
                             QStringList{QStringLiteral("--home"), path("home"),
                                         QStringLiteral("--demo-drive"), path(pictures),
                                         QStringLiteral("--demo-look"), QStringLiteral("0")}
                                 + more);
    }
    PracticeCluster m_cluster;
};

TEST_F(KilledProgram, StartedAgainItOffersTheRunAndEndsIt)
{
    ASSERT_TRUE(m_cluster.isUp());
    {
        test::ChildProcess first;
        ASSERT_TRUE(
            start(first, "first",
                  {QStringLiteral("--open"), m_cluster.folder() + QStringLiteral("/cluster.json"),
                   QStringLiteral("--package"), m_cluster.package(QStringLiteral("14.2.0"))}));
        ASSERT_TRUE(first.waitForOutput(QRegularExpression(QStringLiteral("^step \\d+ of \\d+: "),
                                                           QRegularExpression::MultilineOption),
                                        kRunLimit))
            << first.output().toStdString() << first.errors().toStdString();
        first.killNow();
        EXPECT_FALSE(first.output().contains("report ")) << "it was over before it was killed";
    }
    test::ChildProcess second; // neither cluster nor package: all that it knows is in its store
    ASSERT_TRUE(start(second, "second"));
    EXPECT_EQ(second.waitForEnd(kRunLimit), 0)
        << second.output().toStdString() << second.errors().toStdString();
    EXPECT_TRUE(second.output().contains("the window offers the run again"))
        << second.output().toStdString();
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(ctltest::versionOf(m_cluster, node), QStringLiteral("14.2.0")) << "node " << node;
        const QJsonObject counts = ctltest::counters(m_cluster, node);
        EXPECT_EQ(counts.value(QStringLiteral("upgrades")).toInt(), 1) << "node " << node;
        EXPECT_EQ(counts.value(QStringLiteral("reboots")).toInt(), 1) << "node " << node;
    }
}

} // namespace
} // namespace quorate::ui
