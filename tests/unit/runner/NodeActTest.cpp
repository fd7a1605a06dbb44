// SPDX-License-Identifier: GPL-3.0-or-later
// A single act under the lease: what a person does is watched, what is sent is sent again only
// when the node has not got it and the gate says yes once more, and what may be stopped is stopped.
#include "core/service/NodeAct.h"

#include "core/service/ActWords.h"
#include "tests/fixtures/OfflinePlatform.h"
#include "tests/support/Test.h"

#include <deque>

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
    std::deque<Error> sendErrors;            ///< of the first sends, one each
    std::deque<Error> followErrors;          ///< of the first looks
    std::deque<Result<ProbeOutcome>> probes; ///< then it is not done
    double step = 0;                         ///< what each look adds to the progress
    std::deque<Result<bool>> leases; ///< what the first wishes for it get; then it is granted
    bool holdLease = false;          ///< the lease is not answered for
    QStringList leaseOwners;         ///< of each wish
    std::stop_token leaseStop;
    int performed = 0;
    int followed = 0;
    int probed = 0;
    int released = 0;
    QStringList keys; ///< of each send

    platform::Capabilities capabilities() const override
    {
        platform::Capabilities can;
        can.byHand = {text("reboot")};
        can.lease = true;
        return can;
    }
    Async<OperationId> perform(ActTarget, Act, platform::IdempotencyKey key,
                               std::stop_token stop) override
    {
        ++performed;
        keys.append(key.value);
        stopped = std::move(stop);
        if (!sendErrors.empty()) {
            return ready<OperationId>(fail(taken(sendErrors)));
        }
        return ready<OperationId>(performError ? Result<OperationId>(fail(*performError))
                                               : Result<OperationId>(status.id));
    }
    Async<OperationStatus> follow(ActTarget, OperationId, std::stop_token) override
    {
        ++followed;
        if (!followErrors.empty()) {
            return ready<OperationStatus>(fail(taken(followErrors)));
        }
        status.progress += step;
        if (step > 0 && status.progress >= 1) {
            status.state = State::Succeeded;
        }
        return ready<OperationStatus>(status);
    }
    Async<ProbeOutcome> probe(ActTarget, Act, platform::IdempotencyKey, std::optional<Observation>,
                              std::stop_token) override
    {
        ++probed;
        return ready<ProbeOutcome>(probes.empty() ? Result<ProbeOutcome>(ProbeOutcome::NotDone)
                                                  : taken(probes));
    }
    Async<Lease> acquireLease(QString owner, QString note, std::stop_token stop) override
    {
        leaseOwners.append(owner);
        leaseStop = std::move(stop);
        if (holdLease) {
            return m_held.future();
        }
        const Result<bool> answer = leases.empty() ? Result<bool>(true) : taken(leases);
        return answer ? ready<Lease>(
                   Lease{.owner = owner, .acquiredAt = {}, .expiresAt = {}, .note = note})
                      : ready<Lease>(fail(answer.error()));
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
    template <typename T>
    static T taken(std::deque<T>& from)
    {
        T first = std::move(from.front());
        from.pop_front();
        return first;
    }

    Resolver<Lease> m_held;
};

const Error kSilent = makeError(ErrorKind::Timeout, text("no-answer"), text("no answer"));
const Error kHeld =
    makeError(ErrorKind::Conflict, text("lease-held"), text("ops2 coordinates this cluster"));
const Error kBroken = makeError(ErrorKind::Server, text("http-503"), text("no upstream"));

class NodeActTest : public testing::Test {
protected:
    NodeAct& begin(bool byHand = true)
    {
        NodeActEnvironment environment{.platform = platform, .clock = clock};
        environment.leaseOwner = text("ops");
        environment.nodeName = text("node-2");
        environment.byHand = byHand;
        environment.canStop = canStop;
        environment.limit = limit;
        environment.askGate = [this] {
            const bool isFirst = ++gateAsked == 1;
            return ready<std::optional<Error>>(isFirst ? refusal : laterRefusal);
        };
        environment.note = [this](const QString& line) -> Result<void> {
            notes.append(line);
            return {};
        };
        environment.lastObservation = [] { return std::optional<Observation>(); };
        act = std::make_unique<NodeAct>(std::move(environment), NodeId{text("node-2")}, what,
                                        nullptr);
        QObject::connect(act.get(), &NodeAct::changed, act.get(), [this] {
            said.append(act->progress().message);
            if (stopAtOnce) {
                act->stopWaiting();
            }
        });
        outcome = act->start();
        return *act;
    }
    [[nodiscard]] Result<OperationStatus> end() const { return test::waitFor(outcome); }

    ManualClock clock{TimePoint(Millis(1'795'255'445'000))};
    WatchingPlatform platform;
    Act what = act::Reboot{};
    bool canStop = false;
    bool stopAtOnce = false; ///< as soon as it says anything
    std::optional<Millis> limit;
    std::optional<Error> refusal;
    std::optional<Error> laterRefusal; ///< when the gate is asked once more
    int gateAsked = 0;
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

TEST_F(NodeActTest, StoppedBeforeTheLeaseItGivesItBackAndThenEnds)
{
    platform.holdLease = true;
    begin().stopWaiting();
    EXPECT_FALSE(platform.leaseStop.stop_requested()) << "it may have been granted already";
    EXPECT_FALSE(outcome.isFinished()) << "whoever waits may leave the program then";
    platform.answerLease();
    EXPECT_FALSE(end());
    EXPECT_EQ(platform.released, 1);
    EXPECT_EQ(platform.performed, 0);
    EXPECT_TRUE(notes.last().contains(text("refused, nothing was sent")))
        << notes.last().toStdString();
}

TEST_F(NodeActTest, StoppedBeforeALeaseThatTakesLongItEndsAndStillGivesItBack)
{
    platform.holdLease = true;
    begin().stopWaiting();
    EXPECT_FALSE(test::waitFor(outcome, 3 * test::waitLimit())) << "after a release's limit";
    EXPECT_EQ(platform.released, 0);
    platform.answerLease();
    EXPECT_TRUE(test::waitUntil([this] { return platform.released == 1; }));
}

TEST_F(NodeActTest, StoppedAsItBeginsItAsksForNoLease)
{
    stopAtOnce = true;
    begin();
    EXPECT_FALSE(end());
    EXPECT_TRUE(platform.leaseOwners.isEmpty());
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

TEST_F(NodeActTest, WithoutAnAnswerTheGateIsAskedAgainBeforeItIsSentAgain)
{
    platform.sendErrors = {kSilent};
    platform.status.state = State::Succeeded;
    begin(false);
    EXPECT_TRUE(end());
    EXPECT_EQ(platform.probed, 1) << "the node is asked first whether it has got it";
    EXPECT_EQ(platform.leaseOwners, (QStringList{text("ops"), text("ops")}));
    EXPECT_EQ(gateAsked, 2);
    ASSERT_EQ(platform.performed, 2);
    EXPECT_EQ(platform.keys[0], platform.keys[1]);
    EXPECT_EQ(notes, (QStringList{text("Reboot node-2: sent"), text("Reboot node-2: sent again"),
                                  text("Reboot node-2: done")}));
}

TEST_F(NodeActTest, ALaterRefusalEndsItAndSaysThatSomethingWasSent)
{
    platform.sendErrors = {kSilent, kSilent};
    laterRefusal = makeError(ErrorKind::Precondition, text("gate-refused"),
                             text("node-3 has stopped meanwhile"));
    begin(false);
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(platform.performed, 1);
    EXPECT_EQ(ended.error().code, text("gate-refused"));
    EXPECT_EQ(ended.error().message, text("node-3 has stopped meanwhile"));
    EXPECT_NE(ended.error().kind, ErrorKind::Precondition) << "that means that nothing was sent";
    EXPECT_TRUE(ended.error().cure.contains(text("was sent"))) << ended.error().cure.toStdString();
    EXPECT_FALSE(notes.last().contains(text("nothing was sent"))) << notes.last().toStdString();
    EXPECT_EQ(platform.released, 1);
}

TEST_F(NodeActTest, WhileAnotherHoldsTheLeaseItIsNotSentAgain)
{
    platform.sendErrors = {kSilent};
    platform.leases = {true, fail(kHeld)};
    begin(false);
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(platform.performed, 1);
    EXPECT_EQ(ended.error().code, text("lease-held"));
    EXPECT_EQ(ended.error().message, kHeld.message);
    EXPECT_EQ(ended.error().kind, ErrorKind::Conflict) << "something was sent";
    EXPECT_EQ(platform.released, 0) << "it is the other's";
}

TEST_F(NodeActTest, UntilTheLeaseIsTakenAgainItIsProbed)
{
    platform.sendErrors = {kSilent};
    platform.leases = {true, fail(kSilent),
                       fail(ErrorKind::Conflict, text("lease-contended"), text("just now"))};
    platform.status.state = State::Succeeded;
    begin(false);
    EXPECT_TRUE(end());
    EXPECT_EQ(platform.probed, 3) << "before each of them";
    EXPECT_EQ(gateAsked, 2);
    EXPECT_EQ(platform.performed, 2);
    EXPECT_EQ(platform.released, 1);
}

TEST_F(NodeActTest, WhatTheNodeHasGotIsNotSentAgain)
{
    platform.sendErrors = {kSilent};
    platform.probes = {ProbeOutcome::Unknown, ProbeOutcome::Running, ProbeOutcome::Done};
    begin(false);
    EXPECT_TRUE(end());
    EXPECT_EQ(platform.performed, 1);
    EXPECT_EQ(platform.probed, 3);
    EXPECT_EQ(gateAsked, 1);
}

TEST_F(NodeActTest, WhatTakesNobodyAwayIsSentAgainAtOnce)
{
    what = act::Resume{};
    platform.sendErrors = {kSilent, kSilent};
    platform.status.state = State::Succeeded;
    begin(false);
    EXPECT_TRUE(end());
    EXPECT_EQ(platform.performed, 3);
    EXPECT_EQ(platform.probed, 0);
    EXPECT_EQ(gateAsked, 1);
}

TEST_F(NodeActTest, ASendThatMayHaveBeenTakenIsProbed)
{
    for (const ErrorKind kind : {ErrorKind::Server, ErrorKind::Protocol}) {
        platform.performed = 0;
        platform.sendErrors = {makeError(kind, text("unclear"), text("unclear"))};
        platform.probes = {ProbeOutcome::Done};
        begin(false);
        EXPECT_TRUE(end()) << toString(kind).toStdString();
        EXPECT_EQ(platform.performed, 1);
    }
}

TEST_F(NodeActTest, ARefusalByTheNodeEndsItAtOnce)
{
    platform.sendErrors = {makeError(ErrorKind::Conflict, text("busy"), text("node-2 is busy"))};
    begin(false);
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("busy"));
    EXPECT_EQ(platform.performed, 1);
    EXPECT_EQ(platform.probed, 0);
}

TEST_F(NodeActTest, WhatIsNeverTakenEndsWithWhatTheNodeSaid)
{
    platform.performError = kBroken;
    begin(false);
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("http-503"));
    EXPECT_EQ(platform.performed, 3);
    EXPECT_EQ(gateAsked, 3) << "before each of them";
}

TEST_F(NodeActTest, AFailedLookIsNoFailedAct)
{
    what = act::Redeploy{};
    platform.followErrors = {kBroken,
                             makeError(ErrorKind::Protocol, text("garbled"), text("garbled")),
                             makeError(ErrorKind::Conflict, text("locked"), text("locked"))};
    platform.status.state = State::Succeeded;
    begin(false);
    EXPECT_TRUE(end());
    EXPECT_EQ(platform.followed, 4);
    EXPECT_EQ(platform.performed, 1);
}

TEST_F(NodeActTest, ALookThatIsForbiddenEndsTheAct)
{
    platform.followErrors = {makeError(ErrorKind::Forbidden, text("forbidden"), text("no right"))};
    begin(false);
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("forbidden"));
}

TEST_F(NodeActTest, AProbeThatCannotTellIsAskedAgainUntilTheLimit)
{
    limit = Millis(1800);
    platform.followErrors.assign(20, makeError(ErrorKind::NotFound, text("unknown"), text("?")));
    platform.probes.assign(20, fail(kBroken));
    begin(false);
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("limit-passed"));
    EXPECT_GT(platform.probed, 1);
}

TEST_F(NodeActTest, ARolloutThatGetsOnIsNotCutByItsLimit)
{
    what = act::Redeploy{};
    limit = Millis(1200);
    platform.step = 0.2; // done after five looks, which take two seconds
    begin(false);
    EXPECT_TRUE(end());
}

TEST_F(NodeActTest, ARolloutThatStandsStillEndsWithItsLimit)
{
    what = act::Redeploy{};
    limit = Millis(1200);
    begin(false);
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("limit-passed"));
    EXPECT_TRUE(ended.error().message.contains(text("no progress")))
        << ended.error().message.toStdString();
}

TEST_F(NodeActTest, ADrainThatThePlatformStopsCanBeStopped)
{
    what = act::Drain{};
    canStop = true;
    NodeAct& drain = begin(false);
    EXPECT_TRUE(drain.progress().canStop);
    EXPECT_FALSE(drain.progress().byHand);
    EXPECT_TRUE(test::waitUntil([this] { return platform.followed > 0; }));
    drain.stopWaiting();
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::Cancelled);
    EXPECT_EQ(ended.error().code, text("drain-stopped"));
    EXPECT_EQ(ended.error().message, text("You stopped draining node-2"));
    EXPECT_EQ(ended.error().cure, text("Pods that have moved stay where they are, and node-2 takes "
                                       "no new work until it is resumed"));
    EXPECT_TRUE(platform.stopped.stop_requested());
    EXPECT_EQ(platform.released, 1);
    EXPECT_EQ(notes.last(), text("Drain node-2: stopped: You stopped draining node-2"));
}

TEST_F(NodeActTest, ADrainThatIsStoppedBeforeItIsSentSaysSo)
{
    what = act::Drain{};
    canStop = true;
    platform.holdLease = true;
    begin(false).stopWaiting();
    platform.answerLease();
    const auto ended = end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, text("drain-stopped"));
    EXPECT_EQ(platform.released, 1);
    EXPECT_TRUE(ended.error().cure.startsWith(text("Nothing was sent")));
    EXPECT_EQ(platform.performed, 0);
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
