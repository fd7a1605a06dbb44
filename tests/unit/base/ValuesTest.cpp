// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Assert.h"
#include "core/base/Clock.h"
#include "core/base/Ids.h"
#include "core/base/Secret.h"
#include "core/base/Text.h"
#include "core/base/Version.h"
#include "tests/support/Test.h"

#include <QSet>

#include <set>

namespace quorate {
namespace {

TEST(ErrorTest, DescribeHasContextMessageCodeAndCure)
{
    const Error error = makeError(ErrorKind::Tls, QStringLiteral("certificate-changed"),
                                  QStringLiteral("The certificate has changed"),
                                  QStringLiteral("Compare the fingerprints"))
                            .withContext(QStringLiteral("step 12 Install"))
                            .withContext(QStringLiteral("node-2"));
    EXPECT_EQ(describe(error),
              QStringLiteral("node-2: step 12 Install: The certificate has changed "
                             "(certificate-changed). Compare the fingerprints"));
    EXPECT_EQ(describe(makeError(ErrorKind::Internal, {}, QStringLiteral("Odd"))),
              QStringLiteral("Odd"));
}

TEST(ErrorTest, EveryKindHasANameOfItsOwn)
{
    std::set<std::string> names;
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::Internal); ++kind) {
        names.insert(toString(static_cast<ErrorKind>(kind)).toStdString());
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorKind::Internal) + 1);
    EXPECT_FALSE(names.contains(""));
}

TEST(ErrorTest, OnlyLostConnectionsAndTimeoutsAreRetryable)
{
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::Internal); ++kind) {
        const auto value = static_cast<ErrorKind>(kind);
        EXPECT_EQ(makeError(value, {}, {}).retryable,
                  value == ErrorKind::Transport || value == ErrorKind::Timeout);
    }
}

TEST(VersionTest, ParsesAndPrints)
{
    EXPECT_EQ(Version::parse(QStringLiteral("14.2.0")), Result<Version>(Version{14, 2, 0}));
    EXPECT_EQ(Version::parse(QStringLiteral("2.11")), Result<Version>(Version{2, 11, 0}));
    EXPECT_EQ(Version::parse(QStringLiteral("2.11.0+312")),
              Result<Version>(Version{2, 11, 0, 312}));
    EXPECT_EQ((Version{2, 11, 0, 312}).toString(), QStringLiteral("2.11.0+312"));
    EXPECT_EQ((Version{14, 2, 0}).toString(), QStringLiteral("14.2.0"));
    EXPECT_TRUE(Version{}.isNull());
}

TEST(VersionTest, RefusesEverythingElse)
{
    for (const char* text : {"", "14", "14.", "14.2.", "14.2.0.1", "v14.2", "14.2.0-rc1", "-1.2",
                             " 14.2", "14.2 ", "14.2\n", "1234567890.0", "1.2+", "١.٢", "14.2.x"}) {
        const auto version = Version::parse(QString::fromUtf8(text));
        ASSERT_FALSE(version.has_value()) << '"' << text << '"';
        EXPECT_EQ(version.error().kind, ErrorKind::Validation);
        EXPECT_FALSE(version.error().cure.isEmpty());
    }
}

TEST(VersionTest, OrdersByNumber)
{
    EXPECT_LT((Version{14, 2, 0}), (Version{14, 10, 0}));
    EXPECT_LT((Version{2, 11, 0}), (Version{2, 11, 0, 1}));
    EXPECT_LT((Version{2, 11, 9, 999}), (Version{2, 12, 0}));
}

TEST(TimeTest, IsoRoundTrip)
{
    const auto at = fromIso(QStringLiteral("2026-11-21T10:04:05.123Z"));
    ASSERT_TRUE(at.has_value());
    EXPECT_EQ(toIso(*at), QStringLiteral("2026-11-21T10:04:05.123Z"));
    const auto zoned = fromIso(QStringLiteral("2026-11-21T12:04:05.123456+02:00"));
    ASSERT_TRUE(zoned.has_value());
    EXPECT_EQ(toIso(*zoned), QStringLiteral("2026-11-21T10:04:05.123Z"));
    const auto whole = fromIso(QStringLiteral("1969-12-31T23:59:59Z"));
    ASSERT_TRUE(whole.has_value());
    EXPECT_EQ(whole->time_since_epoch(), Millis(-1000));
}

TEST(TimeTest, RefusesTimesWithoutZoneAndNonsense)
{
    for (const char* text :
         {"", "yesterday", "2026-11-21", "2026-11-21T10:04:05", "2026-11-21 10:04:05Z",
          "2026-02-30T10:04:05Z", "2026-11-21T25:04:05Z", "2026-11-21T10:04:05Z\n"}) {
        EXPECT_FALSE(fromIso(QString::fromUtf8(text)).has_value()) << '"' << text << '"';
    }
}

TEST(TimeTest, DurationsForPeopleRoundDown)
{
    EXPECT_EQ(toDurationText(Millis(-5)), QStringLiteral("0 s"));
    EXPECT_EQ(toDurationText(Millis(48'999)), QStringLiteral("48 s"));
    EXPECT_EQ(toDurationText(Seconds(119)), QStringLiteral("119 s"));
    EXPECT_EQ(toDurationText(Seconds(120)), QStringLiteral("2 min"));
    EXPECT_EQ(toDurationText(Seconds(12 * 60 + 59)), QStringLiteral("12 min"));
    EXPECT_EQ(toDurationText(Seconds(7500)), QStringLiteral("2 h 05 min"));
    EXPECT_EQ(toDurationText(Seconds(6 * 86400 + 100)), QStringLiteral("6 d"));
}

TEST(ClockTest, ManualClockMovesWhenTold)
{
    ManualClock clock;
    const auto start = clock.now();
    clock.advance(Seconds(3));
    EXPECT_EQ(clock.now() - start, Seconds(3));
    clock.set(start);
    EXPECT_EQ(clock.now(), start);
}

TEST(ClockTest, SystemClockIsTheWallClockAndNeverGoesBack)
{
    const SystemClock clock;
    const auto wall = std::chrono::floor<Millis>(std::chrono::system_clock::now());
    const auto first = clock.now();
    EXPECT_LT(std::chrono::abs(first - wall), Seconds(60));
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(first, clock.now());
    }
}

TEST(SecretTest, MovesAndClones)
{
    Secret first("hunter2");
    const Secret copy = first.clone();
    Secret second = std::move(first);
    EXPECT_TRUE(first.isEmpty()); // NOLINT(bugprone-use-after-move): moved-from is defined as empty
    EXPECT_EQ(second.reveal(), QByteArray("hunter2"));
    EXPECT_EQ(copy.reveal(), second.reveal());
    EXPECT_NE(static_cast<const void*>(copy.reveal().constData()),
              static_cast<const void*>(second.reveal().constData()));
    second = Secret("other");
    EXPECT_EQ(second.reveal(), QByteArray("other"));
    EXPECT_EQ(copy.reveal(), QByteArray("hunter2"));
    static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
    static_assert(
        !std::is_convertible_v<Secret, QString> && !std::is_convertible_v<Secret, QByteArray>);
}

TEST(SecretTest, DoesNotShareTheCallersBytes)
{
    QByteArray bytes("hunter2");
    bytes.detach();
    const Secret secret(bytes);
    wipeBytes(bytes);
    EXPECT_EQ(secret.reveal(), QByteArray("hunter2"));
}

TEST(SecretTest, WipeOverwritesTheWholeAllocation)
{
    QByteArray bytes("hunter2 and a long tail");
    bytes.detach();
    bytes.truncate(4);
    const char* memory = bytes.constData();
    const auto reserved = bytes.capacity();
    ASSERT_GE(reserved, 22);
    wipeBytes(bytes);
    ASSERT_EQ(bytes.constData(), memory);
    for (qsizetype at = 0; at < reserved; ++at) {
        EXPECT_EQ(memory[at], '\0') << at;
    }
    QByteArray nothing;
    wipeBytes(nothing);
    EXPECT_TRUE(nothing.isNull());
}

TEST(IdsTest, CompareAndHash)
{
    const NodeId first{QStringLiteral("node-1")};
    const NodeId second{QStringLiteral("node-2")};
    EXPECT_LT(first, second);
    EXPECT_EQ(first, NodeId{QStringLiteral("node-1")});
    EXPECT_TRUE(NodeId{}.isEmpty());
    EXPECT_EQ((QSet<NodeId>{first, second, first}).size(), 2);
    static_assert(!std::is_convertible_v<NodeId, ClusterId>);
}

TEST(TextTest, SizesArePowersOfTen)
{
    EXPECT_EQ(toBytesText(0), QStringLiteral("0 bytes"));
    EXPECT_EQ(toBytesText(512'000'000), QStringLiteral("512 MB"));
    EXPECT_EQ(toBytesText(12'000'000'000), QStringLiteral("12.0 GB"));
    EXPECT_EQ(toBytesText(2'100'000'000'000), QStringLiteral("2.1 TB"));
}

TEST(TextTest, QStringInFmt)
{
    EXPECT_EQ(fmt::format("{}|{:>6}", QStringLiteral("ä"), QStringLiteral("ab")), "ä|    ab");
}

TEST(AssertDeathTest, BrokenInvariantEndsTheProgramAndSaysWhere)
{
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    QUORATE_ASSERT(1 + 1 == 2);
    EXPECT_DEATH(QUORATE_ASSERT(1 + 1 == 3), "");
}

} // namespace
} // namespace quorate
