// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/nodeadmin/SandboxFixture.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTimer>

namespace quorate::platform {
namespace {

using test::waitFor;

const NodeId kNode1{QStringLiteral("node-1")};
const NodeId kNode2{QStringLiteral("node-2")};
const NodeId kNode3{QStringLiteral("node-3")};

QString key(const char* text) { return QString::fromLatin1(text); }

TEST_F(SandboxTest, ObservesItselfAndEveryPeer)
{
    const auto seen = waitFor(m_platform->observe(kNode1, {}));
    ASSERT_TRUE(seen.has_value()) << testing::PrintToString(seen.error());
    EXPECT_EQ(seen->node, kNode1);
    EXPECT_TRUE(seen->self.sandbox);
    EXPECT_EQ(seen->cluster.members.size(), 3U);
    EXPECT_FALSE(seen->self.bootId.isEmpty());
}

TEST_F(SandboxTest, WrongPasswordIsTriedOnceAndThenNotAgain)
{
    auto options = s_sandbox->options();
    auto wrong = std::make_shared<Credentials>();
    wrong->user = QStringLiteral("operator");
    wrong->password = std::make_shared<const Secret>(QByteArray("not the password"));
    int asked = 0;
    options.credentials = [&asked, wrong] {
        ++asked;
        return wrong;
    };
    const auto platform = makeNodeAdminPlatform(options);
    for (int i = 0; i < 3; ++i) {
        const auto seen = waitFor(platform->observe(kNode1, {}));
        ASSERT_FALSE(seen.has_value());
        EXPECT_EQ(seen.error().kind, ErrorKind::Unauthorized);
    }
}

TEST_F(SandboxTest, DrainsAndResumesAndTheProbeAgrees)
{
    const ActTarget target{kNode2};
    EXPECT_EQ(performToEnd(target, act::Drain{}, key("t-drain")).state,
              OperationStatus::State::Succeeded);
    const auto drained = waitFor(m_platform->observe(kNode2, {}));
    ASSERT_TRUE(drained.has_value());
    EXPECT_EQ(drained->self.state, NodeState::Drained);
    const auto byKey = waitFor(m_platform->probe(target, act::Drain{}, {key("t-drain")}, {}, {}));
    EXPECT_EQ(byKey.value_or(ProbeOutcome::Unknown), ProbeOutcome::Done);
    const auto byState =
        waitFor(m_platform->probe(target, act::Drain{}, {key("never-sent")}, {}, {}));
    EXPECT_EQ(byState.value_or(ProbeOutcome::Unknown), ProbeOutcome::Done);
    EXPECT_EQ(performToEnd(target, act::Resume{}, key("t-resume")).state,
              OperationStatus::State::Succeeded);
}

TEST_F(SandboxTest, FollowsARestartThroughTheSilenceAndLogsInAgain)
{
    const ActTarget target{kNode3};
    const auto before = waitFor(m_platform->observe(kNode3, {}));
    ASSERT_TRUE(before.has_value());
    EXPECT_EQ(performToEnd(target, act::Reboot{}, key("t-reboot")).state,
              OperationStatus::State::Succeeded);
    const auto after = waitFor(m_platform->observe(kNode3, {}));
    ASSERT_TRUE(after.has_value()) << testing::PrintToString(after.error());
    EXPECT_NE(after->self.bootId, before->self.bootId);
}

TEST_F(SandboxTest, SameKeyIsOneOperation)
{
    const ActTarget target{kNode1};
    const auto first =
        waitFor(m_platform->perform(target, act::LookForUpdates{}, {key("t-same")}, {}));
    const auto second =
        waitFor(m_platform->perform(target, act::LookForUpdates{}, {key("t-same")}, {}));
    ASSERT_TRUE(first.has_value() && second.has_value());
    EXPECT_EQ(*first, *second);
    EXPECT_EQ(followToEnd(target, *first).state, OperationStatus::State::Succeeded);
}

TEST_F(SandboxTest, StagesThroughACutAndResumes)
{
    const Package package = s_sandbox->package(QStringLiteral("14.2.0"), QStringLiteral("64M"));
    s_sandbox->fault(kNode2.value, QStringLiteral("cut-upload"), true);
    QTimer::singleShot(1500,
                       [] { s_sandbox->fault(kNode2.value, QStringLiteral("cut-upload"), false); });
    std::vector<StagingProgress> seen;
    const auto staged =
        waitFor(m_platform->stage(package, {kNode1, kNode2, kNode3},
                                  [&seen](const StagingProgress& now) { seen.push_back(now); }, {}),
                Seconds(90));
    ASSERT_TRUE(staged.has_value()) << testing::PrintToString(staged.error());
    ASSERT_EQ(staged->size(), 3U);
    for (const StagedPackage& one : *staged) {
        EXPECT_TRUE(one.verified);
        EXPECT_EQ(one.sha256, package.sha256);
    }
    EXPECT_EQ(seen.back().phase, StagingProgress::Phase::Done);
    // Once more: nothing is sent again.
    const auto again =
        waitFor(m_platform->stage(package, {kNode1, kNode2, kNode3}, {}, {}), Seconds(20));
    EXPECT_TRUE(again.has_value());
    const auto probed =
        waitFor(m_platform->probe({kNode2}, act::StagePackage{staged->front().id}, {}, {}, {}));
    EXPECT_EQ(probed.value_or(ProbeOutcome::Unknown), ProbeOutcome::Done);
}

TEST_F(SandboxTest, PackageThatChangedOnDiskIsNotSent)
{
    Package package = s_sandbox->package(QStringLiteral("14.2.1"), QStringLiteral("1M"));
    package.sizeBytes += 1;
    const auto staged = waitFor(m_platform->stage(package, {kNode1}, {}, {}), Seconds(20));
    ASSERT_FALSE(staged.has_value());
    EXPECT_EQ(staged.error().code, QStringLiteral("package-changed"));
}

TEST_F(SandboxTest, BringsABackupAndItsKeyHome)
{
    const test::TempDir home;
    const QString folder = home.path(QStringLiteral("backups"));
    const ActTarget target{kNode1};
    const auto status = performToEnd(target, act::TakeBackup{folder}, key("t-backup"));
    ASSERT_EQ(status.state, OperationStatus::State::Succeeded)
        << testing::PrintToString(status.error.value_or(Error{}));
    const QStringList names = QDir(folder).entryList(QDir::Files);
    ASSERT_EQ(names.size(), 2) << names.join(QLatin1Char(' ')).toStdString();
    for (const QString& name : names) {
        const QFileInfo info(QDir(folder).filePath(name));
        EXPECT_GT(info.size(), 0);
        EXPECT_EQ(info.permissions() & ~(QFile::ReadUser | QFile::WriteUser),
                  QFile::ReadOwner | QFile::WriteOwner);
    }
    const auto done =
        waitFor(m_platform->probe(target, act::TakeBackup{folder}, {key("t-backup")}, {}, {}));
    EXPECT_EQ(done.value_or(ProbeOutcome::Unknown), ProbeOutcome::Done);
}

TEST_F(SandboxTest, LeaseNamesTheOtherOwner)
{
    const auto ours =
        waitFor(m_platform->acquireLease(QStringLiteral("ops1@here"), QStringLiteral("test"), {}));
    ASSERT_TRUE(ours.has_value()) << testing::PrintToString(ours.error());
    EXPECT_TRUE(ours->ours);
    const auto other = makeNodeAdminPlatform(s_sandbox->options());
    const auto refused = waitFor(other->acquireLease(QStringLiteral("ops2@there"), {}, {}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::Conflict);
    EXPECT_THAT(refused.error().message.toStdString(), testing::HasSubstr("ops1@here"));
    EXPECT_TRUE(waitFor(m_platform->renewLease(QStringLiteral("ops1@here"), {})).has_value());
    EXPECT_TRUE(waitFor(m_platform->releaseLease(QStringLiteral("ops1@here"), {})).has_value());
    const auto free = waitFor(m_platform->readLease({}));
    ASSERT_TRUE(free.has_value());
    EXPECT_FALSE(free->has_value());
}

TEST_F(SandboxTest, FaultsBecomeTheirErrors)
{
    struct Case {
        const char* fault;
        ErrorKind kind;
    };
    auto options = s_sandbox->options();
    options.limits.connect = Millis(1000);
    options.limits.total = Millis(1500);
    for (const Case& c :
         {Case{"http-500", ErrorKind::Server}, Case{"other-certificate", ErrorKind::Tls},
          Case{"hang", ErrorKind::Timeout}}) {
        const auto platform = makeNodeAdminPlatform(options);
        s_sandbox->fault(kNode2.value, QString::fromLatin1(c.fault), true);
        const auto seen = waitFor(platform->observe(kNode2, {}), Seconds(10));
        s_sandbox->fault(kNode2.value, QString::fromLatin1(c.fault), false);
        ASSERT_FALSE(seen.has_value()) << c.fault;
        EXPECT_EQ(seen.error().kind, c.kind)
            << c.fault << ": " << testing::PrintToString(seen.error());
        EXPECT_THAT(describe(seen.error()).toStdString(), testing::HasSubstr("node-2"));
    }
}

TEST_F(SandboxTest, GarbageIsAProtocolErrorAndNeverAnAnswer)
{
    ASSERT_TRUE(waitFor(m_platform->observe(kNode2, {})).has_value()); // logged in
    s_sandbox->fault(kNode2.value, QStringLiteral("garbage"), true);
    int unreadable = 0;
    for (int i = 0; i < 6; ++i) { // cut answers, no JSON, and JSON of other types take turns
        const auto seen = waitFor(m_platform->observe(kNode2, {}), Seconds(20));
        EXPECT_FALSE(seen.has_value());
        if (!seen) {
            unreadable += seen.error().kind == ErrorKind::Protocol ? 1 : 0;
            EXPECT_TRUE(seen.error().kind == ErrorKind::Protocol
                        || seen.error().kind == ErrorKind::Transport)
                << testing::PrintToString(seen.error());
        }
    }
    s_sandbox->fault(kNode2.value, QStringLiteral("garbage"), false);
    EXPECT_GT(unreadable, 0);
}

TEST_F(SandboxTest, AddressOfAnotherNodeIsNoticed)
{
    auto options = s_sandbox->options();
    std::swap(options.nodes[0].address, options.nodes[1].address);
    const auto platform = makeNodeAdminPlatform(options);
    const auto seen = waitFor(platform->observe(kNode1, {}));
    ASSERT_FALSE(seen.has_value());
    EXPECT_EQ(seen.error().code, QStringLiteral("wrong-node"));
}

TEST_F(SandboxTest, DestroyedPlatformAnswersCancelled)
{
    auto future = m_platform->observe(kNode1, {});
    m_platform.reset();
    const auto seen = waitFor(std::move(future));
    ASSERT_FALSE(seen.has_value());
    EXPECT_EQ(seen.error().kind, ErrorKind::Cancelled);
}

} // namespace
} // namespace quorate::platform
