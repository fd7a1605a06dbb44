// SPDX-License-Identifier: GPL-3.0-or-later
// A single act that a person carries out on the node: watched under the lease, and stopped at any
// time.
#include "core/service/NodeAct.h"

#include "core/service/ActWords.h"
#include "tests/fixtures/OfflinePlatform.h"
#include "tests/support/Test.h"

namespace quorate::service {
namespace {

using platform::Lease;
using State = OperationStatus::State;

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

/// Only what a single act asks of a platform.
class WatchingPlatform final : public fixtures::OfflinePlatform {
public:
    OperationStatus status{.id = OperationId{text("watch")}, .message = text("Reboot node-2 now")};
    std::optional<Error> performError;
    std::optional<Error> leaseError;
    bool holdLease = false; ///< the lease is not answered for
    int performed = 0;
    int released = 0;

    platform::Capabilities capabilities() const override
    {
        platform::Capabilities can;
        can.byHand = {text("reboot")};
        can.lease = true;
        return can;
    }
    Async<OperationId> perform(ActTarget, Act, platform::IdempotencyKey,
                               std::stop_token stop) override
    {
        ++performed;
        stopped = std::move(stop);
        return ready<OperationId>(performError ? Result<OperationId>(fail(*performError))
                                               : Result<OperationId>(status.id));
    }
    Async<OperationStatus> follow(ActTarget, OperationId, std::stop_token) override
    {
        return ready<OperationStatus>(status);
    }
    Async<Lease> acquireLease(QString owner, QString note, std::stop_token) override
    {
        if (holdLease) {
            return m_held.future();
        }
        return leaseError ? ready<Lease>(fail(*leaseError))
                          : ready<Lease>(Lease{
                              .owner = owner, .acquiredAt = {}, .expiresAt = {}, .note = note});
    }
    void answerLease() const
    {
        m_held.resolve(Lease{.owner = text("ops"), .acquiredAt = {}, .expiresAt = {}, .note = {}});
    }
    Async<bool> releaseLease(QString, std::stop_token) override
    {
        ++released;
        return ready<bool>(true);
    }

    std::stop_token stopped;

private:
    Resolver<Lease> m_held;
};

class NodeActTest : public testing::Test {
protected:
    NodeAct& begin(bool byHand = true)
    {
        NodeActEnvironment environment{.platform = platform, .clock = clock};
        environment.leaseOwner = text("ops");
        environment.nodeName = text("node-2");
        environment.byHand = byHand;
        environment.askGate = [this] { return ready<std::optional<Error>>(refusal); };
        environment.note = [this](const QString& line) -> Result<void> {
            notes.append(line);
            return {};
        };
        environment.lastObservation = [] { return std::optional<Observation>(); };
        act = std::make_unique<NodeAct>(std::move(environment), NodeId{text("node-2")},
                                        act::Reboot{}, nullptr);
        QObject::connect(act.get(), &NodeAct::changed, act.get(),
                         [this] { said.append(act->progress().message); });
        outcome = act->start();
        return *act;
    }
    [[nodiscard]] Result<OperationStatus> end() const { return test::waitFor(outcome); }

    ManualClock clock{TimePoint(Millis(1'795'255'445'000))};
    WatchingPlatform platform;
    std::optional<Error> refusal;
    QStringList notes;
    QStringList said;
    std::unique_ptr<NodeAct> act;
    Async<OperationStatus> outcome;
};

TEST_F(NodeActTest, WhatIsDoneByHandIsWatchedAndSaysWhatToDo)
{
    NodeAct& watched = begin();
    EXPECT_TRUE(watched.progress().byHand);
    EXPECT_TRUE(test::waitUntil([this] { return said.contains(text("Reboot node-2 now")); }));
    EXPECT_FALSE(said.contains(text("Sending to node-2"))) << "nothing is sent";
    platform.status.state = State::Succeeded;
    EXPECT_TRUE(end());
    EXPECT_EQ(platform.released, 1);
    EXPECT_EQ(notes, (QStringList{text("Reboot node-2: to be done by hand; watching"),
                                  text("Reboot node-2: done")}));
}

TEST_F(NodeActTest, WaitingCanBeStoppedAndGivesTheLeaseBack)
{
    NodeAct& watched = begin();
    EXPECT_TRUE(test::waitUntil([this] { return said.contains(text("Reboot node-2 now")); }));
    watched.stopWaiting();
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::Cancelled);
    EXPECT_TRUE(ended.error().cure.contains(text("nothing has to be undone")));
    EXPECT_TRUE(platform.stopped.stop_requested()) << "the platform watches no longer";
    EXPECT_EQ(platform.released, 1);
    EXPECT_TRUE(notes.last().contains(text("nothing was sent"))) << notes.last().toStdString();
}

TEST_F(NodeActTest, StoppedBeforeTheLeaseItDoesNotBegin)
{
    platform.holdLease = true;
    begin().stopWaiting();
    EXPECT_FALSE(end());
    EXPECT_EQ(platform.performed, 0);
    EXPECT_TRUE(notes.last().contains(text("refused, nothing was sent")))
        << notes.last().toStdString();
    platform.answerLease();
    EXPECT_TRUE(test::waitUntil([this] { return platform.released == 1; }))
        << "it came too late and is given back";
    EXPECT_EQ(platform.performed, 0);
}

TEST_F(NodeActTest, WhatWasSentCannotBeStopped)
{
    NodeAct& sent = begin(false);
    EXPECT_TRUE(test::waitUntil([this] { return said.contains(text("Reboot node-2 now")); }));
    sent.stopWaiting();
    EXPECT_FALSE(outcome.isFinished());
    EXPECT_FALSE(platform.stopped.stop_requested());
    platform.status.state = State::Succeeded;
    EXPECT_TRUE(end());
}

TEST_F(NodeActTest, ARefusingGateLetsNobodyBegin)
{
    refusal = makeError(ErrorKind::Precondition, text("gate-refused"),
                        text("one more would stop the cluster"));
    begin();
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("gate-refused"));
    EXPECT_EQ(platform.performed, 0);
    EXPECT_EQ(platform.released, 1);
}

TEST_F(NodeActTest, WhereNobodyAnswersTheWatchDoesNotBegin)
{
    platform.performError = makeError(ErrorKind::Transport, text("refused"), text("nobody there"));
    begin();
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("refused"));
    EXPECT_EQ(platform.performed, 1);
}

TEST_F(NodeActTest, ThePlatformsOwnLimitSpeaks)
{
    platform.status.state = State::Failed;
    platform.status.error =
        makeError(ErrorKind::Timeout, text("not-back"), text("node-2 is not back"));
    begin();
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("not-back"));
}

TEST(ActTimesTest, TheOperatorsOwnLimitOfADrainComesFirst)
{
    const Millis usual = timesOf(act::Drain{}).limit;
    EXPECT_GT(usual, Millis(0));
    act::Drain drain;
    drain.limitSeconds = 60;
    EXPECT_EQ(timesOf(drain).limit, usual);
    drain.limitSeconds = 3600;
    EXPECT_GT(timesOf(drain).limit, Seconds(3600));
}

TEST(ByHandWords, TellWhoDoesItAndWhatToDoFirst)
{
    const QString reboot = byHandConsequenceOf(text("node-2"), act::Reboot{}, false);
    EXPECT_TRUE(reboot.contains(text("you reboot node-2 by hand"))) << reboot.toStdString();
    EXPECT_TRUE(reboot.contains(text("drain it first")));
    EXPECT_TRUE(reboot.contains(text("nothing has to be undone")));
    const QString off = byHandConsequenceOf(text("node-2"), act::Shutdown{}, true);
    EXPECT_TRUE(off.contains(text("you shut node-2 down by hand"))) << off.toStdString();
    EXPECT_TRUE(off.contains(text("if it is not drained yet")));
    EXPECT_TRUE(off.contains(text("does not come back by itself")));
}

} // namespace
} // namespace quorate::service
