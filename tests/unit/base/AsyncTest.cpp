// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Async.h"
#include "core/base/Secret.h"
#include "tests/support/Test.h"

#include <QThread>
#include <QTimer>

namespace quorate {
namespace {

using test::waitFor;
using test::waitForFuture;

Error teapot()
{
    return makeError(ErrorKind::Server, QStringLiteral("teapot"),
                     QStringLiteral("Short and stout"));
}

TEST(Resolver, FirstAnswerWins)
{
    const Resolver<int> resolver;
    const Resolver<int> copy = resolver;
    EXPECT_FALSE(copy.isResolved());
    EXPECT_TRUE(resolver.resolve(1));
    EXPECT_FALSE(copy.resolve(2));
    EXPECT_TRUE(copy.isResolved());
    EXPECT_EQ(waitFor(copy.future()), Result<int>(1));
}

TEST(AndThen, PassesTheValueOn)
{
    auto text = andThen(ready<int>(6),
                        [](int value) -> Result<QString> { return QString::number(value * 7); });
    EXPECT_EQ(waitFor(text), Result<QString>(QStringLiteral("42")));
}

TEST(AndThen, WaitsForTheInnerAnswer)
{
    const Resolver<int> first;
    const Resolver<QString> second;
    auto answer = andThen(first.future(), [second](int) { return second.future(); });
    first.resolve(1);
    EXPECT_FALSE(answer.isFinished());
    second.resolve(QStringLiteral("done"));
    EXPECT_EQ(waitFor(answer), Result<QString>(QStringLiteral("done")));
}

TEST(AndThen, ErrorShortCircuits)
{
    bool called = false;
    auto answer = andThen(ready<int>(fail(teapot())), [&](int) -> Result<int> {
        called = true;
        return 1;
    });
    EXPECT_EQ(waitFor(answer), Result<int>(fail(teapot())));
    EXPECT_FALSE(called);
}

TEST(AndThen, DroppedPromiseBecomesACancelledError)
{
    std::optional<Resolver<int>> dropped(std::in_place);
    auto outer = andThen(dropped->future(), [](int) -> Result<int> { return 1; });
    std::optional<Resolver<int>> inner(std::in_place);
    auto nested = andThen(ready<int>(1), [future = inner->future()](int) { return future; });
    dropped.reset();
    inner.reset();
    EXPECT_EQ(waitFor(outer), Result<int>(fail(cancelledError())));
    EXPECT_EQ(waitFor(nested), Result<int>(fail(cancelledError())));
}

TEST(AndThen, CarriesValuesThatCannotBeCopied)
{
    const Resolver<Secret> resolver;
    auto size = andThen(resolver.future(), [](Secret secret) -> Result<int> {
        return static_cast<int>(secret.reveal().size());
    });
    resolver.resolve(Secret("token"));
    EXPECT_EQ(waitFor(size), Result<int>(5));
}

TEST(AndThen, StartsFromAnAnswerWithoutValue)
{
    const Result<void> success;
    auto answer = andThen(ready<void>(success), [] { return ready<int>(3); });
    EXPECT_EQ(waitFor(answer), Result<int>(3));
}

TEST(Deliver, CallsOnTheThreadOfTheContext)
{
    const Resolver<int> resolver;
    QObject context;
    QThread* calledOn = nullptr;
    Result<int> got = fail(teapot());
    deliver(resolver.future(), &context, [&](Result<int> result) {
        calledOn = QThread::currentThread();
        got = std::move(result);
    });
    const std::unique_ptr<QThread> worker(QThread::create([resolver] { resolver.resolve(5); }));
    worker->start();
    ASSERT_TRUE(test::waitUntil([&] { return calledOn != nullptr; }));
    worker->wait();
    EXPECT_EQ(calledOn, context.thread());
    EXPECT_EQ(got, Result<int>(5));
}

TEST(Deliver, NothingHappensWhenTheContextIsGone)
{
    const Resolver<int> resolver;
    auto context = std::make_unique<QObject>();
    bool called = false;
    deliver(resolver.future(), context.get(), [&](const Result<int>&) { called = true; });
    context.reset();
    resolver.resolve(5);
    test::drainEvents();
    EXPECT_FALSE(called);
}

TEST(Deliver, TheHandlerMayDeleteTheContext)
{
    const Resolver<int> resolver;
    auto* context = new QObject;
    bool called = false;
    deliver(resolver.future(), context, [&, context](const Result<int>&) {
        delete context;
        called = true;
    });
    resolver.resolve(5);
    EXPECT_TRUE(test::waitUntil([&] { return called; }));
    test::drainEvents();
}

TEST(Deliver, DroppedPromiseArrivesAsCancelled)
{
    std::optional<Resolver<int>> resolver(std::in_place);
    QObject context;
    std::optional<Result<int>> got;
    deliver(resolver->future(), &context, [&](Result<int> result) { got = std::move(result); });
    resolver.reset();
    ASSERT_TRUE(test::waitUntil([&] { return got.has_value(); }));
    EXPECT_EQ(*got, Result<int>(fail(cancelledError())));
}

TEST(All, KeepsOrderAndErrorsInPlace)
{
    const Resolver<int> slow;
    const Resolver<int> fast;
    auto answers = all<int>({slow.future(), ready<int>(fail(teapot())), fast.future()});
    fast.resolve(3);
    EXPECT_FALSE(answers.isFinished());
    slow.resolve(1);
    const auto got = waitForFuture(answers);
    ASSERT_TRUE(got.has_value());
    EXPECT_THAT(
        *got, ::testing::ElementsAre(Result<int>(1), Result<int>(fail(teapot())), Result<int>(3)));
}

TEST(All, DroppedPromiseDoesNotHoldUpTheOthers)
{
    std::optional<Resolver<int>> dropped(std::in_place);
    auto answers = all<int>({ready<int>(1), dropped->future()});
    dropped.reset();
    const auto got = waitForFuture(answers);
    ASSERT_TRUE(got.has_value());
    EXPECT_THAT(*got, ::testing::ElementsAre(Result<int>(1), Result<int>(fail(cancelledError()))));
}

TEST(All, EmptyListIsReady) { EXPECT_TRUE(all<int>({}).isFinished()); }

} // namespace
} // namespace quorate
