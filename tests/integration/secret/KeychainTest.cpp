// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/secret/KeychainStore.h"

#include <QProcess>
#include <QStandardPaths>

namespace quorate::secret {
namespace {

using test::waitFor;

/// A real keyring, unlocked with an empty password, in the session bus that the test runs in.
class Keychain : public testing::Test {
protected:
    void SetUp() override
    {
        const QString program =
            QStandardPaths::findExecutable(QStringLiteral("gnome-keyring-daemon"));
        const QByteArray bus = qgetenv("DBUS_SESSION_BUS_ADDRESS");
        if (program.isEmpty() || bus.isEmpty() || bus.startsWith("disabled")) {
            GTEST_SKIP() << "needs gnome-keyring-daemon and a session bus (dbus-run-session)";
        }
        m_daemon.start(program, {QStringLiteral("--unlock"), QStringLiteral("--foreground"),
                                 QStringLiteral("--components=secrets")});
        ASSERT_TRUE(m_daemon.waitForStarted());
        m_daemon.write("\n");
        m_daemon.closeWriteChannel();
        ASSERT_TRUE(m_daemon.waitForReadyRead(10'000))
            << "the keyring does not say that it is ready";
    }
    void TearDown() override
    {
        m_daemon.terminate();
        m_daemon.waitForFinished(5000);
    }
    QProcess m_daemon;
    KeychainStore store{nullptr, QStringLiteral("Quorate test")};
};

TEST_F(Keychain, WritesReadsAndRemoves)
{
    const QString key = QStringLiteral("cluster/7/password");
    const auto absent = waitFor(store.read(key), Seconds(20));
    ASSERT_FALSE(absent.has_value());
    EXPECT_EQ(absent.error().code, QStringLiteral("secret-absent"))
        << describe(absent.error()).toStdString();
    const auto written =
        waitFor(store.write(key, Secret(QByteArray("p\xc3\xa4ss \"\\"))), Seconds(20));
    ASSERT_TRUE(written.has_value()) << describe(written.error()).toStdString();
    const auto read = waitFor(store.read(key), Seconds(20));
    ASSERT_TRUE(read.has_value()) << describe(read.error()).toStdString();
    EXPECT_EQ((*read)->reveal(), QByteArray("p\xc3\xa4ss \"\\"));
    EXPECT_TRUE(waitFor(store.remove(key), Seconds(20)).has_value());
    EXPECT_FALSE(waitFor(store.read(key), Seconds(20)).has_value());
}

TEST(Memory, KeepsAndForgets)
{
    const auto store = makeMemoryStore();
    const QString key = QStringLiteral("k");
    EXPECT_EQ(waitFor(store->read(key)).error().code, QStringLiteral("secret-absent"));
    EXPECT_TRUE(waitFor(store->write(key, Secret(QByteArray("v")))).has_value());
    EXPECT_EQ(waitFor(store->read(key)).value()->reveal(), QByteArray("v"));
    EXPECT_TRUE(waitFor(store->remove(key)).has_value());
    EXPECT_FALSE(waitFor(store->remove(key)).has_value());
}

} // namespace
} // namespace quorate::secret
