// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/MessageGuard.h"
#include "tests/support/Test.h"

#include <gtest/gtest-spi.h>

#include <QTimer>

namespace quorate::test {
namespace {

TEST(Wait, ReturnsTheAnswerThatComesLater)
{
    const Resolver<int> resolver;
    QTimer::singleShot(Millis(1), [resolver] { resolver.resolve(42); });
    EXPECT_EQ(waitFor(resolver.future()), Result<int>(42));
}

TEST(Wait, AnswerThatIsThereAlready)
{
    EXPECT_EQ(waitFor(ready<QString>(QStringLiteral("now"))),
              Result<QString>(QStringLiteral("now")));
}

TEST(Wait, DroppedPromiseIsCancelledNotATimeout)
{
    std::optional<Resolver<int>> resolver(std::in_place);
    const auto future = resolver->future();
    resolver.reset();
    const auto result = waitFor(future);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::Cancelled);
}

TEST(Wait, FailsTheTestAfterTheLimit)
{
    static const Resolver<int> never;
    static std::optional<Result<int>> result;
    EXPECT_NONFATAL_FAILURE(result = waitFor(never.future(), Millis(10)),
                            "waited 10 ms for the future");
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->error().kind, ErrorKind::Timeout);
    never.resolve(0);
}

TEST(Wait, UntilFailsTheTestAfterTheLimit)
{
    EXPECT_NONFATAL_FAILURE(waitUntil([] { return false; }, Millis(10)),
                            "for the condition to hold");
    EXPECT_TRUE(waitUntil([] { return true; }, Millis(0)));
}

TEST(Wait, SpyRecordsArguments)
{
    QObject object;
    ValueSpy<QString> spy(&object, &QObject::objectNameChanged);
    QTimer::singleShot(0, &object, [&] { object.setObjectName(QStringLiteral("first")); });
    QTimer::singleShot(1, &object, [&] { object.setObjectName(QStringLiteral("second")); });
    ASSERT_TRUE(spy.waitForCount(2));
    EXPECT_EQ(spy.last(), QStringLiteral("second"));
}

TEST(MessageGuardTest, WarningFailsUnlessAllowed)
{
    EXPECT_NONFATAL_FAILURE(
        {
            const MessageGuard guard;
            qWarning("something is off");
        },
        "Qt warned: something is off");
    const MessageGuard guard({QStringLiteral("known noise")});
    qWarning("this is known noise of a platform");
    qInfo("and this is only information");
}

TEST(Print, OurTypesAreReadable)
{
    EXPECT_EQ(::testing::PrintToString(QStringLiteral("ä")), "\"ä\"");
    EXPECT_EQ(::testing::PrintToString(NodeId{QStringLiteral("node-1")}), "\"node-1\"");
    EXPECT_EQ(::testing::PrintToString(Version{14, 2, 0}), "14.2.0");
    EXPECT_EQ(::testing::PrintToString(Secret("hunter2")), "(a secret)");
    const Result<int> failed = fail(ErrorKind::Tls, QStringLiteral("x"), QStringLiteral("No"));
    EXPECT_EQ(::testing::PrintToString(failed), "tls: No (x)");
    EXPECT_EQ(::testing::PrintToString(QStringList{QStringLiteral("a"), QStringLiteral("b")}),
              "[\"a\", \"b\"]");
    EXPECT_EQ(::testing::PrintToString(QByteArray("\x01\x02", 2)), "\"01 02\"");
}

} // namespace
} // namespace quorate::test
