// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/Replay.h"
#include "core/procedure/Planner.h"
#include "core/run/SnapshotJson.h"

#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"

#include <QJsonDocument>

using namespace quorate;
using namespace quorate::run;
using quorate::test::cmPlan;
using quorate::test::mssPlan;
using quorate::test::RunBench;

namespace {

Error fullError()
{
    Error error = makeError(ErrorKind::Tls, QStringLiteral("certificate-changed"),
                            QStringLiteral("It changed"), QStringLiteral("Compare"));
    error.httpStatus = 503;
    error.endpoint = QStringLiteral("https://node-1:9443/api/v1/node");
    error.requestId = QStringLiteral("q-1");
    error.retryable = true;
    return error.withContext(QStringLiteral("observing node-1"));
}

std::vector<RunEvent> oneOfEach()
{
    RunBench bench(mssPlan(3));
    bench.node(2).answers = false;
    const TimePoint at = bench.now + Millis(123);
    OperationStatus failed{OperationId{QStringLiteral("op")}, OperationStatus::State::Failed, 0.25,
                           QStringLiteral("m"), fullError()};
    Memory memory;
    memory.back = {at, at + Seconds(1), 3};
    memory.missing = QStringLiteral("ready");
    memory.leaseExpiresAt = at + Seconds(9);
    return {
        {at,
         event::Started{RunId{QStringLiteral("r")}, QStringLiteral("ops"), {QStringLiteral("w")}},
         {}},
        {at, event::Observed{bench.snapshot()}, memory},
        {at, event::Performed{4, OperationId{QStringLiteral("op")}}, {}},
        {at, event::Performed{4, fail(fullError())}, Memory{}},
        {at, event::Followed{5, failed}, {}},
        {at, event::Followed{5, fail(fullError())}, {}},
        {at, event::Probed{6, ProbeOutcome::NotDone}, {}},
        {at, event::Probed{6, ProbeOutcome::Running}, {}},
        {at, event::Probed{6, fail(fullError())}, {}},
        {at, event::LeaseAnswered{true, std::optional(at)}, {}},
        {at, event::LeaseAnswered{false, std::optional<TimePoint>()}, {}},
        {at, event::LeaseAnswered{false, fail(fullError())}, {}},
        {at, event::LeaseReleased{}, {}},
        {at, event::Woke{}, memory},
        {at, event::Commanded{RunCommand::ConfirmNotDone, QStringLiteral("ops")}, {}},
        {at, event::Resumed{QStringLiteral("ops")}, {}},
        {at, event::Interrupted{}, {}},
        {at, event::JournalFailed{fullError()}, {}},
        {at,
         event::Started{
             RunId{QStringLiteral("r")}, QStringLiteral("ops"), {}, QStringLiteral("0123")},
         {}}};
}

std::vector<JournalRecord> journalOf(const RunBench& bench)
{
    std::vector<JournalRecord> records;
    for (const RunEvent& happened : bench.journal) {
        const auto more = recordsFor(records.empty() ? nullptr : &records.back(), happened, {});
        records.insert(records.end(), more.begin(), more.end());
    }
    return records;
}

void answerAll(RunBench& bench, bool answers)
{
    for (int number = 1; number <= 3; ++number) {
        bench.node(number).answers = answers;
    }
}

/// From its journal, with the same voters counted.
void expectReplayed(const RunBench& bench)
{
    const Result<RunState> state = replay(bench.plan, bench.state.id, journalOf(bench));
    ASSERT_TRUE(state.has_value()) << describe(state.error()).toStdString();
    EXPECT_EQ(state->votersSeen, bench.state.votersSeen);
    EXPECT_TRUE(sameProgress(*state, bench.state));
}

} // namespace

TEST(EventJson, EveryEventComesBackAsItWas)
{
    std::set<std::size_t> seen;
    for (const RunEvent& value : oneOfEach()) {
        seen.insert(value.body.index());
        const QByteArray text = QJsonDocument(toJson(value)).toJson(QJsonDocument::Compact);
        const Result<RunEvent> back = eventFromJson(QJsonDocument::fromJson(text).object());
        ASSERT_TRUE(back.has_value())
            << eventName(value).toStdString() << describe(back.error()).toStdString();
        EXPECT_TRUE(*back == value) << text.toStdString();
    }
    EXPECT_EQ(seen.size(), std::variant_size_v<EventBody>);
}

TEST(EventJson, WhatIsNotAnEventIsRefused)
{
    QJsonObject object = toJson(oneOfEach().front());
    object[QStringLiteral("event")] = QStringLiteral("exploded");
    EXPECT_FALSE(eventFromJson(object));
    EXPECT_FALSE(eventFromJson({}));
    QJsonObject command = toJson(oneOfEach()[14]);
    command[QStringLiteral("command")] = QStringLiteral("format-disk");
    EXPECT_FALSE(eventFromJson(command));
}

TEST(JournalChain, AnyChangeShows)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.step();
    bench.step();
    const std::vector<JournalRecord> good = journalOf(bench);
    ASSERT_GE(good.size(), 4u);
    EXPECT_TRUE(verifyChain(good));
    const auto brokenAt = [&](const std::function<void(std::vector<JournalRecord>&)>& tamper) {
        std::vector<JournalRecord> records = good;
        tamper(records);
        const Result<void> verified = verifyChain(records);
        return verified ? QString() : verified.error().message;
    };
    const QString second = QStringLiteral("record 2 ");
    EXPECT_TRUE(brokenAt([](auto& r) {
                    r[1].payload[QStringLiteral("at")] = QStringLiteral("x");
                }).contains(second));
    EXPECT_TRUE(brokenAt([](auto& r) { r[1].at += Millis(1); }).contains(second));
    EXPECT_TRUE(brokenAt([](auto& r) { r[1].kind = QStringLiteral("note"); }).contains(second));
    EXPECT_TRUE(brokenAt([](auto& r) { r.erase(r.begin() + 1); }).contains(second));
    EXPECT_TRUE(brokenAt([](auto& r) { std::swap(r[1], r[2]); }).contains(second));
    EXPECT_TRUE(brokenAt([](auto& r) {
                    r[1].payload[QStringLiteral("by")] = QStringLiteral("else");
                    r[1].hash = hashOf(r[1]);
                }).contains(QStringLiteral("record 3 ")));
    EXPECT_TRUE(
        brokenAt([](auto& r) { r.erase(r.begin()); }).contains(QStringLiteral("record 1 ")));
    EXPECT_TRUE(brokenAt([](auto& r) {
                    r.pop_back();
                }).isEmpty()); // a prefix is a valid journal: a crash makes one
}

TEST(Journal, IntentsFollowTheirEventInTheSameAppend)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.lookOn();
    const auto records = recordsFor(nullptr, bench.journal.back(), bench.effects);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].kind, QStringLiteral("event"));
    EXPECT_EQ(records[1].kind, QStringLiteral("intent"));
    EXPECT_EQ(records[1].payload.value(QStringLiteral("key")).toString(), bench.acts.back().key);
    EXPECT_TRUE(verifyChain(records));
}

TEST(Replay, FoldingTheJournalGivesTheSameStateAtEveryRecord)
{
    RunBench bench(mssPlan(3));
    bench.start();
    std::size_t folded = 0;
    while (!isEnded(bench.state.phase)) {
        bench.step();
        if (bench.journal.size() == folded) {
            continue;
        }
        folded = bench.journal.size();
        const Result<RunState> state = replay(bench.plan, bench.state.id, journalOf(bench));
        ASSERT_TRUE(state.has_value()) << describe(state.error()).toStdString();
        ASSERT_TRUE(sameProgress(*state, bench.state)) << folded;
    }
    EXPECT_EQ(toString(bench.state.phase), QStringLiteral("succeeded"));
}

TEST(Replay, ResumingObservesEveryNodeAndProbesBeforeItSends)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.lookOn();
    ASSERT_EQ(bench.acts.size(), 1u);
    Result<RunState> state = replay(bench.plan, bench.state.id, journalOf(bench));
    ASSERT_TRUE(state.has_value());
    bench.state = *state;
    bench.wait(std::chrono::hours(1));
    bench.feed(event::Interrupted{});
    EXPECT_EQ(viewOf(bench.plan, bench.state, bench.now).attention->code,
              QStringLiteral("interrupted"));
    bench.feed(event::Resumed{QStringLiteral("ops")});
    EXPECT_EQ(bench.state.phase, RunPhase::Resuming);
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + Seconds(180))});
    EXPECT_EQ(bench.state.stage, Stage::LookAll);
    bench.look();
    EXPECT_EQ(bench.state.stage, Stage::Probe);
    EXPECT_EQ(bench.acts.size(), 1u);
    const auto* probe = std::get_if<effect::Probe>(&bench.effects.back());
    ASSERT_NE(probe, nullptr);
    EXPECT_EQ(probe->key, bench.acts.front().key);
    EXPECT_TRUE(probe->before.has_value());
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::Done});
    EXPECT_EQ(bench.state.current, 2);
    EXPECT_EQ(bench.acts.size(), 1u);
}

TEST(Replay, ARunThatWaitedForAPersonWaitsAgain)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Wait"));
    bench.node(3).version = Version{14, 1, 0, 0};
    bench.lookOn();
    ASSERT_EQ(bench.attention(), QStringLiteral("wrong-version"));
    bench.feed(event::Resumed{QStringLiteral("ops")});
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + Seconds(180))});
    bench.look();
    EXPECT_EQ(bench.state.phase, RunPhase::Paused);
    EXPECT_EQ(bench.attention(), QStringLiteral("wrong-version"));
}

TEST(Replay, ARunThatWaitsForAPersonSaysWhyWhenNobodyCarriesItOut)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.stepTo(QStringLiteral("Wait"));
    bench.node(3).version = Version{14, 1, 0, 0};
    bench.lookOn();
    const RunView before = viewOf(bench.plan, bench.state, bench.now);
    Result<RunState> state = replay(bench.plan, bench.state.id, journalOf(bench));
    ASSERT_TRUE(state.has_value());
    bench.state = *state;
    bench.feed(event::Interrupted{});
    const RunView shown = viewOf(bench.plan, bench.state, bench.now);
    ASSERT_TRUE(shown.attention);
    EXPECT_EQ(shown.attention->code, QStringLiteral("wrong-version"));
    EXPECT_EQ(shown.attention, before.attention);
    EXPECT_EQ(shown.offers, before.offers);
    EXPECT_FALSE(shown.offers.empty());
    for (const CommandOffer& offer : shown.offers) { // first somebody has to take it up
        EXPECT_FALSE(bench.feed(event::Commanded{offer.command, QStringLiteral("ops")}).accepted);
    }
}

TEST(Replay, WhatIsSeenWhileTheJournalCannotBeWrittenIsNotReplayed)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.lookOn();
    ASSERT_EQ(bench.state.stage, Stage::Sent);
    bench.succeed();
    ASSERT_EQ(bench.state.stage, Stage::Look);
    bench.feed(event::JournalFailed{fullError()});
    const std::size_t points = bench.state.votersSeen.size();
    bench.node(1).answers = false;
    EXPECT_FALSE(bench.look().record) << "a replay would judge this look";
    bench.feed(event::Resumed{QStringLiteral("ops")});
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + Seconds(180))});
    bench.look();
    EXPECT_EQ(bench.state.votersSeen.size(), points + 1) << "seen by who goes on";
    bench.node(1).answers = true;
    bench.lookOn();
    bench.stepTo(QStringLiteral("Wait"));
    const Result<RunState> state = replay(bench.plan, bench.state.id, journalOf(bench));
    ASSERT_TRUE(state.has_value()) << describe(state.error()).toStdString();
    EXPECT_TRUE(sameProgress(*state, bench.state));
}

TEST(Replay, AConsoleThatWasCutOffHasSeenNoLoss)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.look();
    answerAll(bench, false);
    bench.look();
    bench.look();
    answerAll(bench, true);
    bench.look();
    const auto& seen = bench.state.votersSeen;
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_TRUE(seen[0].known);
    EXPECT_FALSE(seen[1].known);
    EXPECT_TRUE(seen[2].known);
    EXPECT_EQ(seen[2].ready, 3);
    expectReplayed(bench);
}

TEST(Replay, ALossThatANodeAttestsIsKnown)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.look();
    bench.node(1).answers = false;
    bench.node(2).answers = false;
    bench.look(); // node-3 says that both are down
    EXPECT_TRUE(bench.state.votersSeen.back().known);
    EXPECT_LT(bench.state.votersSeen.back().ready, 2);
}

TEST(Replay, WhatWasNotKnownIsCountedAgainAtEveryLook)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.look();
    answerAll(bench, false);
    bench.look();
    ASSERT_FALSE(bench.state.votersSeen.back().known);
    answerAll(bench, true);
    for (int number = 1; number <= 3; ++number) {
        bench.node(number).state = NodeState::NotReady;
    }
    bench.look(); // as many that say "ready" as before: none
    EXPECT_TRUE(bench.state.votersSeen.back().known);
    EXPECT_EQ(bench.state.votersSeen.back().ready, 0);
    expectReplayed(bench);
}

TEST(Replay, AVoterThatIsLostByThePeersWordAloneIsCountedAtOnce)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.look();
    bench.node(1).peersSay = PeerState::Down; // and calls itself ready, as before
    bench.look();
    EXPECT_EQ(bench.state.votersSeen.back().ready, 2);
    bench.node(1).peersSay.reset();
    bench.look();
    EXPECT_EQ(bench.state.votersSeen.back().ready, 3);
    expectReplayed(bench);
}

TEST(Replay, NothingIsCountedBeforeEveryNodeWasAsked)
{
    RunBench bench(cmPlan(3));
    bench.start();
    for (int look = 0; look < 2; ++look) { // who takes a run over has no look before these
        auto early = std::make_shared<ClusterSnapshot>(*bench.snapshot());
        early->nodes.back().last.reset();
        bench.feed(event::Observed{early});
    }
    EXPECT_TRUE(bench.state.votersSeen.empty()) << "it only says who was quick";
    bench.look();
    ASSERT_EQ(bench.state.votersSeen.size(), 1u);
    EXPECT_EQ(bench.state.votersSeen.back().ready, 3);
}

TEST(Replay, AnActThatNobodyWishedForIsRefused)
{
    RunBench bench(cmPlan(3));
    bench.start();
    bench.lookOn();
    bench.feed(event::Performed{bench.state.serial, fail(makeError(ErrorKind::Conflict, {}, {}))});
    bench.feed(event::Resumed{QStringLiteral("ops")});
    bench.feed(event::LeaseAnswered{false, fail(makeError(ErrorKind::Conflict, {}, {}))});
    bench.feed(event::Commanded{RunCommand::Resume, QStringLiteral("ops")});
    bench.feed(event::LeaseAnswered{false, std::optional(bench.now + Seconds(180))});
    bench.look();
    bench.feed(event::Probed{bench.state.serial, ProbeOutcome::NotDone});
    ASSERT_EQ(bench.attention(), QStringLiteral("operation-failed"));
    ASSERT_TRUE(replay(bench.plan, bench.state.id, journalOf(bench)));
    // As if the install, which has failed, had been sent again: a look, and the answer to it.
    bench.wait(Seconds(1));
    bench.journal.push_back({bench.now, event::Observed{bench.snapshot()}, {}});
    bench.journal.push_back(
        {bench.now,
         event::Performed{bench.state.serial + 2, OperationId{QStringLiteral("op")}},
         {}});
    const Result<RunState> state = replay(bench.plan, bench.state.id, journalOf(bench));
    ASSERT_FALSE(state);
    EXPECT_EQ(state.error().code, QStringLiteral("journal-broken"));
}

TEST(Replay, AJournalThatWasBegunWithAnotherPlanIsRefused)
{
    const procedure::Plan plan = cmPlan(3);
    procedure::Plan other = plan;
    other.steps.front().title += QStringLiteral(" (edited)");
    const auto replayed = [&other](const QString& planHash) {
        const event::Started started{
            RunId{QStringLiteral("r")}, QStringLiteral("ops"), {}, planHash};
        return replay(other, started.run,
                      recordsFor(nullptr, RunEvent{other.plannedAt, started, {}}, {}));
    };
    const Result<RunState> refused = replayed(procedure::planHash(plan));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, QStringLiteral("journal-of-another-plan"));
    EXPECT_TRUE(refused.error().message.contains(procedure::planHash(plan).left(12)));
    EXPECT_FALSE(refused.error().cure.isEmpty());
    EXPECT_TRUE(replayed(procedure::planHash(other)));
    EXPECT_TRUE(replayed(QString())) << "journals of older programs name none";
}
