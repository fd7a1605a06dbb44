// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/store/StoreSupport.h"

namespace quorate::store {
namespace {

const RunId kRun{QStringLiteral("r1")};
const StepId kStep{QStringLiteral("0007")};

TEST_F(StoreTest, RunsAreListedNewestFirst)
{
    createRun(QStringLiteral("r1"));
    createRun(QStringLiteral("r0"));
    const auto runs = m_store->runs();
    ASSERT_TRUE(runs);
    ASSERT_EQ(runs->size(), 2U);
    EXPECT_EQ((*runs)[0].id.value, QStringLiteral("r0"));
    EXPECT_EQ((*runs)[1].planYaml, QByteArray("format: 1\n"));
}

TEST_F(StoreTest, EndedRunKeepsItsOutcome)
{
    createRun(QStringLiteral("r1"));
    ASSERT_TRUE(m_store->endRun(kRun, QStringLiteral("succeeded")));
    reopen();
    const auto row = m_store->run(kRun);
    ASSERT_TRUE(row);
    EXPECT_TRUE(row->ended);
    EXPECT_EQ(row->outcome, QStringLiteral("succeeded"));
}

TEST_F(StoreTest, WhoFirstSaidThatARunIsRestoredStays)
{
    createRun(QStringLiteral("r1"));
    createRun(QStringLiteral("r2"));
    const TimePoint first = m_clock.now();
    ASSERT_TRUE(m_store->setRestored(kRun, QStringLiteral("ops1@here")));
    m_clock.set(first + Seconds(5));
    ASSERT_TRUE(m_store->setRestored(kRun, QStringLiteral("ops2@there")));
    reopen();
    const auto runs = m_store->runs();
    ASSERT_TRUE(runs);
    ASSERT_EQ(runs->size(), 2U);
    EXPECT_EQ((*runs)[0].restoredAt, std::nullopt);
    EXPECT_EQ((*runs)[1].restoredAt, first);
    EXPECT_EQ((*runs)[1].restoredBy, QStringLiteral("ops1@here"));
    EXPECT_EQ(*m_store->run(kRun), (*runs)[1]);
    EXPECT_FALSE(m_store->setRestored(RunId{QStringLiteral("none")}, QStringLiteral("ops1@here")));
}

TEST_F(StoreTest, UnknownRunIsNotFound)
{
    const auto row = m_store->run(kRun);
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error().kind, ErrorKind::NotFound);
}

TEST_F(StoreTest, JournalComesBackAsItWasWritten)
{
    createRun(QStringLiteral("r1"));
    const auto first = recordsAfter(0, noHash(), 3);
    const auto second = recordsAfter(3, first.back().hash, 2);
    ASSERT_TRUE(m_store->append(kRun, first));
    ASSERT_TRUE(m_store->append(kRun, second));
    reopen();
    auto expected = first;
    expected.insert(expected.end(), second.begin(), second.end());
    const auto read = m_store->read(kRun);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, expected);
}

TEST_F(StoreTest, JournalOfAnUnknownRunIsRefused)
{
    const auto done = m_store->append(kRun, recordsAfter(0, noHash(), 1));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::Storage);
}

TEST_F(StoreTest, BatchThatDoesNotContinueIsRefusedAsAWhole)
{
    createRun(QStringLiteral("r1"));
    const auto first = recordsAfter(0, noHash(), 2);
    ASSERT_TRUE(m_store->append(kRun, first));

    const auto gap = m_store->append(kRun, recordsAfter(3, first.back().hash, 2));
    ASSERT_FALSE(gap);
    EXPECT_EQ(gap.error().code, QStringLiteral("journal-conflict"));
    const auto otherChain = m_store->append(kRun, recordsAfter(2, noHash(), 2));
    ASSERT_FALSE(otherChain);
    EXPECT_EQ(otherChain.error().kind, ErrorKind::Conflict);

    auto brokenBatch = recordsAfter(2, first.back().hash, 3);
    brokenBatch[2].sequence = brokenBatch[1].sequence; // fails at its last record
    EXPECT_FALSE(m_store->append(kRun, brokenBatch));
    EXPECT_EQ(m_store->read(kRun)->size(), 2U);
}

TEST_F(StoreTest, SecondProcessCannotContinueARunThatMovedOn)
{
    createRun(QStringLiteral("r1"));
    auto other = Store::open(path(), m_clock);
    ASSERT_TRUE(other);
    ASSERT_TRUE(m_store->append(kRun, recordsAfter(0, noHash(), 1)));
    const auto late = (*other)->append(kRun, recordsAfter(0, noHash(), 1));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, QStringLiteral("journal-conflict"));
}

TEST_F(StoreTest, RunCommandsAreTakenOnceInOrder)
{
    createRun(QStringLiteral("r1"));
    createRun(QStringLiteral("r2"));
    ASSERT_TRUE(
        m_store->addRunCommand(kRun, QStringLiteral("pause"), kStep, QStringLiteral("ops1")));
    ASSERT_TRUE(
        m_store->addRunCommand(RunId{QStringLiteral("r2")}, QStringLiteral("cancel"), kStep, {}));
    ASSERT_TRUE(
        m_store->addRunCommand(kRun, QStringLiteral("cancel"), kStep, QStringLiteral("ops2")));
    const auto taken = m_store->takeRunCommands(kRun);
    ASSERT_TRUE(taken);
    ASSERT_EQ(taken->size(), 2U);
    EXPECT_EQ((*taken)[0].command, QStringLiteral("pause"));
    EXPECT_EQ((*taken)[1].actor, QStringLiteral("ops2"));
    EXPECT_EQ((*taken)[1].step, kStep);
    EXPECT_TRUE(m_store->takeRunCommands(kRun)->empty());
    EXPECT_EQ(m_store->takeRunCommands(RunId{QStringLiteral("r2")})->size(), 1U);
}

TEST_F(StoreTest, RunCommandsAreTakenBackByTheirNumber)
{
    createRun(QStringLiteral("r1"));
    EXPECT_EQ(m_store->lastRunCommand(kRun).value(), 0);
    const auto pause = m_store->addRunCommand(kRun, QStringLiteral("pause"), kStep, {});
    const auto cancel = m_store->addRunCommand(kRun, QStringLiteral("cancel"), kStep, {});
    ASSERT_TRUE(pause && cancel);
    EXPECT_LT(*pause, *cancel);
    EXPECT_EQ(m_store->lastRunCommand(kRun).value(), *cancel);
    EXPECT_TRUE(m_store->removeRunCommand(*pause).value());
    EXPECT_FALSE(m_store->removeRunCommand(*pause).value());
    const auto taken = m_store->takeRunCommands(kRun);
    ASSERT_TRUE(taken);
    ASSERT_EQ(taken->size(), 1U);
    EXPECT_EQ(taken->front().number, *cancel);
    EXPECT_FALSE(m_store->removeRunCommand(*cancel).value()) << "it was taken";
    const auto later = m_store->addRunCommand(kRun, QStringLiteral("pause"), {}, {});
    EXPECT_GT(later.value(), *cancel) << "a number is never used twice";
}

/// Whatever the clocks of the processes say: one that slept along with the machine is behind.
TEST_F(StoreTest, RunCommandsAreAsOldAsTheMachineSays)
{
    createRun(QStringLiteral("r1"));
    ASSERT_TRUE(m_store->addRunCommand(kRun, QStringLiteral("pause"), kStep, {}));
    m_clock.advance(std::chrono::hours(8));
    const auto taken = m_store->takeRunCommands(kRun);
    ASSERT_TRUE(taken);
    ASSERT_EQ(taken->size(), 1U);
    EXPECT_GE(taken->front().age, Millis(0));
    EXPECT_LT(taken->front().age, Seconds(60));
}

} // namespace
} // namespace quorate::store
