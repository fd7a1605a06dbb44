// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"
#include "core/report/EvidenceFiles.h"
#include "core/report/Verdict.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"
#include "tests/unit/report/Runs.h"

namespace quorate::report {
namespace {

class EvidenceTest : public ::testing::Test {
protected:
    QByteArray written(const EvidenceInput& input)
    {
        const auto done = writeEvidence(m_dir.path(kName), input);
        EXPECT_TRUE(done) << (done ? "" : describe(done.error()).toStdString());
        return m_dir.read(kName);
    }
    QByteArray fileOf(const QByteArray& zip, const char* name)
    {
        const auto entries = detail::unpackZip(zip);
        EXPECT_TRUE(entries);
        for (const detail::ZipEntry& entry : *entries) {
            if (entry.name == QLatin1String(name)) {
                return entry.content;
            }
        }
        ADD_FAILURE() << "no " << name;
        return {};
    }

    const QString kName = QStringLiteral("evidence.zip");
    test::TempDir m_dir;
};

TEST_F(EvidenceTest, WhatIsWrittenVerifies)
{
    written(test::sampleEvidence());
    const auto verdict = verifyEvidence(m_dir.path(kName));
    ASSERT_TRUE(verdict) << describe(verdict.error()).toStdString();
    for (const EvidenceCheck& check : verdict->checks) {
        EXPECT_EQ(check.state, CheckState::Passed)
            << check.id.toStdString() << ": " << check.text.toStdString();
    }
    EXPECT_EQ(verdict->checks.size(), 12U);
    EXPECT_EQ(verdict->standing(), Standing::Intact);
    EXPECT_EQ(verdict->result, QStringLiteral("succeeded"));
    EXPECT_EQ(verdict->planHash, procedure::planHash(test::upgradedRun().plan));
    EXPECT_EQ(verdict->signer, QStringLiteral("CN=Quorate evidence, ops1@desk"));
    EXPECT_EQ(toJson(*verdict).value(QStringLiteral("standing")).toString(),
              QStringLiteral("intact"));
}

TEST_F(EvidenceTest, SameInputSameBytes)
{
    const QByteArray first = written(test::sampleEvidence());
    EXPECT_EQ(first, written(test::sampleEvidence()));
    EvidenceInput later = test::sampleEvidence();
    later.madeAt += Seconds(1);
    EXPECT_NE(first, written(later));
}

TEST_F(EvidenceTest, ActivityIsCutToTheRun)
{
    const QByteArray text = fileOf(written(test::sampleEvidence()), detail::kActivityName);
    EXPECT_EQ(text.count('\n'), 2);
    EXPECT_LT(text.indexOf("Planned"), text.indexOf("Run started"));
    EXPECT_FALSE(text.contains("The day before"));
}

TEST_F(EvidenceTest, KeyIsInNoFile)
{
    const QByteArray zip = written(test::sampleEvidence());
    const QByteArray& pem = test::sampleKey().reveal();
    const QByteArray canary = pem.mid(pem.indexOf('\n') + 1, 60);
    const auto entries = detail::unpackZip(zip);
    ASSERT_TRUE(entries);
    for (const detail::ZipEntry& entry : *entries) {
        EXPECT_FALSE(entry.content.contains(canary)) << entry.name.toStdString();
        EXPECT_FALSE(entry.content.contains("PRIVATE KEY")) << entry.name.toStdString();
    }
}

TEST_F(EvidenceTest, WithoutAKeyItSaysSo)
{
    EvidenceInput input = test::sampleEvidence();
    input.signer.reset();
    input.unsignedBecause = QStringLiteral("there is no keychain");
    const QByteArray zip = written(input);
    EXPECT_TRUE(fileOf(zip, detail::kManifestName)
                    .contains("\"signature\": \"none, because there is no keychain\""));
    const auto verdict = verifyEvidence(m_dir.path(kName));
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->standing(), Standing::Unsigned);
    EXPECT_TRUE(verdict->sentence().contains(QStringLiteral("not signed")));
}

TEST_F(EvidenceTest, RunThatWaitsForAPersonCanBeProvedToo)
{
    EvidenceInput input = test::sampleEvidence();
    const test::SampleRun run = test::faultyRun(simulate::FaultKind::NeverReturns);
    input.plan = run.plan;
    input.journal = run.journal;
    written(input);
    const auto verdict = verifyEvidence(m_dir.path(kName));
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->standing(), Standing::Intact) << verdict->sentence().toStdString();
    EXPECT_EQ(verdict->result, QStringLiteral("paused"));
}

TEST_F(EvidenceTest, BrokenJournalIsNotPacked)
{
    EvidenceInput input = test::sampleEvidence();
    input.journal.erase(input.journal.begin() + 3);
    const auto done = writeEvidence(m_dir.path(kName), input);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, QStringLiteral("journal-broken"));
}

TEST_F(EvidenceTest, FolderThatIsNotThereIsSaid)
{
    const auto done =
        writeEvidence(m_dir.path(QStringLiteral("no/evidence.zip")), test::sampleEvidence());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, QStringLiteral("evidence-not-written"));
}

TEST_F(EvidenceTest, JournalLinesComeBack)
{
    const auto& journal = test::upgradedRun().journal;
    const auto back = detail::journalFromLines(detail::journalLines(journal));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, journal);
}

} // namespace
} // namespace quorate::report
