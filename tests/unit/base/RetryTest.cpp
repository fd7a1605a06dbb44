// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Retry.h"
#include "tests/support/Test.h"

namespace quorate {
namespace {

using test::waitFor;

Error broken()
{
    return makeError(ErrorKind::Transport, QStringLiteral("connection-refused"),
                     QStringLiteral("Refused"));
}

/// Runs nothing by itself: the test does, and sees which pauses were asked for.
struct ManualScheduler {
    std::vector<Millis> delays;
    std::vector<std::function<void()>> waiting;

    Scheduler scheduler()
    {
        return [this](Millis delay, std::function<void()> work) {
            delays.push_back(delay);
            waiting.push_back(std::move(work));
        };
    }
    void runNext()
    {
        auto work = std::move(waiting.front());
        waiting.erase(waiting.begin());
        work();
    }
};

TEST(RetryDelay, DoublesUpToTheCap)
{
    const RetryPolicy policy;
    std::vector<Millis> delays;
    for (int attempt = 1; attempt <= 8; ++attempt) {
        delays.push_back(retryDelay(policy, attempt));
    }
    EXPECT_THAT(delays,
                ::testing::ElementsAre(Millis(200), Millis(400), Millis(800), Millis(1600),
                                       Millis(3200), Millis(6400), Millis(7000), Millis(7000)));
    EXPECT_EQ(retryDelay(policy, 1'000'000), Millis(7000));
}

TEST(Retry, SucceedsAfterFailures)
{
    ManualScheduler manual;
    int calls = 0;
    auto answer = retry(
        {},
        [&]() -> Async<int> { return ++calls < 3 ? ready<int>(fail(broken())) : ready<int>(7); },
        {}, manual.scheduler());
    manual.runNext();
    EXPECT_FALSE(answer.isFinished());
    manual.runNext();
    EXPECT_EQ(waitFor(answer), Result<int>(7));
    EXPECT_EQ(calls, 3);
    EXPECT_THAT(manual.delays, ::testing::ElementsAre(Millis(200), Millis(400)));
}

TEST(Retry, GivesUpAfterTheAttemptsWithTheirNumber)
{
    ManualScheduler manual;
    int calls = 0;
    auto answer = retry(
        {.attemptsMax = 3},
        [&]() -> Async<int> {
            ++calls;
            return ready<int>(fail(broken()));
        },
        {}, manual.scheduler());
    manual.runNext();
    manual.runNext();
    EXPECT_EQ(waitFor(answer),
              Result<int>(fail(broken().withContext(QStringLiteral("after 3 attempts")))));
    EXPECT_EQ(calls, 3);
    EXPECT_TRUE(manual.waiting.empty());
}

TEST(Retry, DoesNotRepeatWhatRepeatingCannotCure)
{
    ManualScheduler manual;
    const Error refused =
        makeError(ErrorKind::Forbidden, QStringLiteral("no"), QStringLiteral("No"));
    auto answer = retry(
        {}, [&]() -> Async<int> { return ready<int>(fail(refused)); }, {}, manual.scheduler());
    EXPECT_EQ(waitFor(answer), Result<int>(fail(refused)));
    EXPECT_TRUE(manual.waiting.empty());
}

TEST(Retry, StopEndsAPauseAtOnce)
{
    ManualScheduler manual;
    std::stop_source stop;
    int calls = 0;
    auto answer = retry(
        {},
        [&]() -> Async<int> {
            ++calls;
            return ready<int>(fail(broken()));
        },
        stop.get_token(), manual.scheduler());
    stop.request_stop();
    EXPECT_EQ(waitFor(answer), Result<int>(fail(cancelledError())));
    manual.runNext();
    EXPECT_EQ(calls, 1);
}

TEST(Retry, StoppedBeforeTheStartCallsNothing)
{
    std::stop_source stop;
    stop.request_stop();
    int calls = 0;
    auto answer = retry(
        {},
        [&]() -> Async<int> {
            ++calls;
            return ready<int>(1);
        },
        stop.get_token());
    EXPECT_EQ(waitFor(answer), Result<int>(fail(cancelledError())));
    EXPECT_EQ(calls, 0);
}

TEST(Retry, TheTimerSchedulerWaits)
{
    int calls = 0;
    auto answer = retry({.attemptsMax = 2, .delayFirst = Millis(1)}, [&]() -> Async<int> {
        return ++calls == 1 ? ready<int>(fail(broken())) : ready<int>(2);
    });
    EXPECT_FALSE(answer.isFinished());
    EXPECT_EQ(waitFor(answer), Result<int>(2));
}

TEST(Retry, DroppedAnswerIsCancelledNotRepeated)
{
    ManualScheduler manual;
    auto answer = retry(
        {}, []() -> Async<int> { return Resolver<int>().future(); }, {}, manual.scheduler());
    EXPECT_EQ(waitFor(answer), Result<int>(fail(cancelledError())));
    EXPECT_TRUE(manual.waiting.empty());
}

} // namespace
} // namespace quorate
