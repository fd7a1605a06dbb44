// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"
#include "core/report/EvidenceFiles.h"
#include "core/report/Verdict.h"
#include "core/run/Replay.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"
#include "tests/unit/report/Runs.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <functional>

namespace quorate::report {
namespace {

using detail::ZipEntry;
using Entries = std::vector<ZipEntry>;

const Entries& goodEntries()
{
    static const Entries entries = [] {
        const test::TempDir dir;
        const QString path = dir.path(QStringLiteral("good.zip"));
        EXPECT_TRUE(writeEvidence(path, test::sampleEvidence()));
        return *detail::unpackZip(dir.read(QStringLiteral("good.zip")));
    }();
    return entries;
}

QByteArray& contentOf(Entries& entries, const char* name)
{
    const auto found = std::ranges::find(entries, QString::fromLatin1(name), &ZipEntry::name);
    EXPECT_NE(found, entries.end());
    return found->content;
}

EvidenceVerdict judged(const Entries& entries)
{
    const test::TempDir dir;
    const QString path = dir.write(
        QStringLiteral("x.zip"), *detail::packZip(entries, TimePoint(std::chrono::hours(490'000))));
    const auto verdict = verifyEvidence(path);
    EXPECT_TRUE(verdict) << (verdict ? "" : describe(verdict.error()).toStdString());
    return verdict ? *verdict : EvidenceVerdict{};
}

EvidenceVerdict judgedAfter(const std::function<void(Entries&)>& change)
{
    Entries entries = goodEntries();
    change(entries);
    return judged(entries);
}

QStringList failuresOf(const EvidenceVerdict& verdict)
{
    QStringList out;
    for (const EvidenceCheck& check : verdict.checks) {
        if (check.state == CheckState::Failed) {
            out << check.id + QStringLiteral(": ") + check.text;
        }
    }
    return out;
}

/// Writes manifest and signature anew with a key of the forger's own.
void signAgain(Entries& entries)
{
    auto key =
        generateSigningKey(QStringLiteral("eve@desk"), TimePoint(std::chrono::hours(490'000)));
    const auto signer = makeSigner(*key);
    auto manifest = detail::manifestFrom(contentOf(entries, detail::kManifestName));
    ASSERT_TRUE(manifest && signer);
    for (detail::ManifestFile& file : manifest->files) {
        const QByteArray& content = contentOf(entries, file.name.toLatin1().constData());
        file.bytes = content.size();
        file.sha256 = QCryptographicHash::hash(content, QCryptographicHash::Sha256);
    }
    manifest->signerSha256 = identityOf((*signer)->certificatePem())->sha256;
    contentOf(entries, detail::kManifestName) = detail::toText(*manifest);
    contentOf(entries, detail::kSignatureName) = *(*signer)->sign(detail::toText(*manifest));
    contentOf(entries, detail::kSignerName) = (*signer)->certificatePem();
}

QStringList linesOf(const QByteArray& text)
{
    return QString::fromUtf8(text).split(QLatin1Char('\n'));
}

void changeLines(Entries& entries, const std::function<void(QStringList&)>& change)
{
    QByteArray& text = contentOf(entries, detail::kJournalName);
    QStringList lines = linesOf(text);
    change(lines);
    text = lines.join(QLatin1Char('\n')).toUtf8();
}

TEST(Tamper, OneBitOfEachFileIsNoticed)
{
    for (std::size_t at = 0; at < goodEntries().size(); ++at) {
        const QByteArray& good = goodEntries()[at].content;
        for (const qsizetype place :
             {qsizetype(0), good.size() / 3, good.size() / 2, good.size() - 1}) {
            const EvidenceVerdict verdict = judgedAfter([&](Entries& entries) {
                entries[at].content[place] = char(entries[at].content[place] ^ 1);
            });
            EXPECT_EQ(verdict.standing(), Standing::Broken)
                << goodEntries()[at].name.toStdString() << " at " << place;
        }
    }
}

TEST(Tamper, ChangedFileIsNamed)
{
    for (const char* name : {detail::kPlanName, detail::kJournalName, detail::kPageName,
                             detail::kReportName, detail::kActivityName}) {
        const QStringList failures =
            failuresOf(judgedAfter([&](Entries& entries) { contentOf(entries, name) += ' '; }));
        EXPECT_TRUE(failures.contains(
            QStringLiteral("file:%1: %1 is not what the manifest says: it was changed")
                .arg(QLatin1String(name))))
            << failures.join(QLatin1Char('|')).toStdString();
    }
}

TEST(Tamper, ManifestAndSignatureBelongTogether)
{
    const QString expected = QStringLiteral(
        "signature: The signature does not fit the manifest: one of them was changed");
    EXPECT_TRUE(failuresOf(judgedAfter([](Entries& entries) {
                    contentOf(entries, detail::kManifestName).replace("ops1@desk", "ops2@desk");
                })).contains(expected));
    EXPECT_TRUE(failuresOf(judgedAfter([](Entries& entries) {
                    contentOf(entries, detail::kSignatureName) = QByteArray(64, 'x');
                })).contains(expected));
    EXPECT_TRUE(failuresOf(judgedAfter([](Entries& entries) {
                    contentOf(entries, detail::kSignatureName).clear();
                })).contains(expected));
}

TEST(Tamper, AnotherCertificateIsNotTheManifests)
{
    auto key =
        generateSigningKey(QStringLiteral("eve@desk"), TimePoint(std::chrono::hours(490'000)));
    const QByteArray pem = (*makeSigner(*key))->certificatePem();
    const QStringList failures = failuresOf(
        judgedAfter([&](Entries& entries) { contentOf(entries, detail::kSignerName) = pem; }));
    EXPECT_TRUE(failures.contains(
        QStringLiteral("signature: The certificate is not the one that the manifest names")));
}

TEST(Tamper, ForgerShowsByFingerprintOnly)
{
    const EvidenceVerdict good = judged(goodEntries());
    const EvidenceVerdict forged = judgedAfter(signAgain);
    EXPECT_EQ(forged.standing(), Standing::Intact);
    EXPECT_EQ(forged.signer, QStringLiteral("CN=Quorate evidence, eve@desk"));
    EXPECT_NE(forged.signerSha256, good.signerSha256);
}

TEST(Tamper, RemovedRecordIsNamedThoughSignedAgain)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        changeLines(entries, [](QStringList& lines) { lines.removeAt(6); });
        signAgain(entries);
    }));
    ASSERT_EQ(failures.size(), 1) << failures.join(QLatin1Char('|')).toStdString();
    EXPECT_EQ(failures.first(),
              QStringLiteral("journal: The journal is not as it was written: record 7 is missing"));
}

TEST(Tamper, ReorderedRecordsAreNamed)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        changeLines(entries, [](QStringList& lines) { lines.swapItemsAt(3, 4); });
        signAgain(entries);
    }));
    ASSERT_FALSE(failures.isEmpty());
    EXPECT_TRUE(failures.first().endsWith(QStringLiteral("record 4 is missing")))
        << failures.first().toStdString();
}

TEST(Tamper, ChangedRecordIsNamed)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        changeLines(entries, [](QStringList& lines) {
            lines[0].replace(QStringLiteral("simulator"), QStringLiteral("nobody"));
        });
        signAgain(entries);
    }));
    ASSERT_FALSE(failures.isEmpty());
    EXPECT_TRUE(failures.first().endsWith(QStringLiteral("record 1 was changed")))
        << failures.first().toStdString();
}

TEST(Tamper, CutJournalDoesNotReachTheManifestsEnd)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        changeLines(entries, [](QStringList& lines) { lines.removeAt(lines.size() - 2); });
        signAgain(entries);
    }));
    ASSERT_FALSE(failures.isEmpty());
    EXPECT_TRUE(
        failures.first().startsWith(QStringLiteral("journal: The journal ends with record")))
        << failures.first().toStdString();
}

TEST(Tamper, ReportThatSaysMoreThanTheJournalIsRefused)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        QByteArray& text = contentOf(entries, detail::kReportName);
        QJsonObject report = QJsonDocument::fromJson(text).object();
        QJsonArray steps = report.value(QStringLiteral("steps")).toArray();
        QJsonObject second = steps.at(1).toObject();
        second.insert(QStringLiteral("attempts"), 7);
        steps[1] = second;
        report.insert(QStringLiteral("steps"), steps);
        text = detail::reportText(report);
        signAgain(entries);
    }));
    ASSERT_EQ(failures.size(), 1) << failures.join(QLatin1Char('|')).toStdString();
    EXPECT_EQ(
        failures.first(),
        QStringLiteral("report: report.json differs from the journal in: attempts of step 2"));
}

/// The archive of a run at whose end no node is heard any more, with a report as older programs
/// wrote it: whom they did not hear they counted as not ready.
Entries cutOffEntries()
{
    test::SampleRun run = test::faultyRun(simulate::FaultKind::ReturnsOld);
    ClusterSnapshot silent;
    for (const NodeId& node : run.plan.order) {
        NodeRecord record{.id = node, .name = node.value, .address = QStringLiteral("x:1")};
        record.error =
            makeError(ErrorKind::Timeout, QStringLiteral("no-answer"), QStringLiteral("no answer"));
        silent.nodes.push_back(std::move(record));
    }
    run.endedAt += Seconds(60);
    silent.identity = run.plan.cluster;
    silent.takenAt = run.endedAt;
    const run::event::Observed seen{std::make_shared<const ClusterSnapshot>(silent)};
    const auto more = run::recordsFor(&run.journal.back(), {run.endedAt, seen, {}}, {});
    run.journal.insert(run.journal.end(), more.begin(), more.end());
    EXPECT_FALSE(test::replayed(run).view.votersSeen.back().known);

    EvidenceInput input = test::sampleEvidence();
    input.run = run.id;
    input.plan = run.plan;
    input.journal = run.journal;
    input.madeAt = run.endedAt;
    const test::TempDir dir;
    EXPECT_TRUE(writeEvidence(dir.path(QStringLiteral("cut.zip")), input));
    return *detail::unpackZip(dir.read(QStringLiteral("cut.zip")));
}

/// Puts `ready` into the point `fromEnd` places before the last one of report.json.
void countAt(Entries& entries, qsizetype fromEnd, int ready)
{
    QByteArray& text = contentOf(entries, detail::kReportName);
    QJsonObject report = QJsonDocument::fromJson(text).object();
    QJsonObject voters = report.value(QStringLiteral("voters")).toObject();
    QJsonArray seen = voters.value(QStringLiteral("seen")).toArray();
    ASSERT_GT(seen.size(), fromEnd);
    QJsonObject point = seen.at(seen.size() - 1 - fromEnd).toObject();
    point.insert(QStringLiteral("ready"), ready);
    seen[seen.size() - 1 - fromEnd] = point;
    voters.insert(QStringLiteral("seen"), seen);
    voters.insert(QStringLiteral("lowestReady"), 0);
    report.insert(QStringLiteral("voters"), voters);
    text = detail::reportText(report);
    signAgain(entries);
}

TEST(Tamper, OlderReportThatCountsTheUnheardIsNotCalledForged)
{
    Entries entries = cutOffEntries();
    EXPECT_EQ(failuresOf(judged(entries)), QStringList());
    countAt(entries, 0, 0);
    const EvidenceVerdict verdict = judged(entries);
    EXPECT_EQ(failuresOf(verdict), QStringList());
    const auto check =
        std::ranges::find(verdict.checks, QStringLiteral("report"), &EvidenceCheck::id);
    ASSERT_NE(check, verdict.checks.end());
    EXPECT_EQ(check->state, CheckState::NotPossible);
    countAt(entries, 1, 7); // what was known before has to agree
    EXPECT_EQ(
        failuresOf(judged(entries)),
        QStringList(QStringLiteral("report: report.json differs from the journal in: voters")));
}

TEST(Tamper, PlanOfAnotherRunIsRefused)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        QByteArray& plan = contentOf(entries, detail::kPlanName);
        plan.replace("14.2.0", "14.3.0");
        signAgain(entries);
    }));
    ASSERT_FALSE(failures.isEmpty());
    EXPECT_TRUE(failures.first().startsWith(QStringLiteral("plan: plan.yaml:")))
        << failures.first().toStdString();
    EXPECT_TRUE(
        failures.first().endsWith(QStringLiteral("the plan was changed after it was made")));
}

TEST(Tamper, PlanThatIsWholeButAnotherIsRefused)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        QByteArray& text = contentOf(entries, detail::kPlanName);
        auto plan = procedure::planFromYaml(text, QStringLiteral("plan.yaml"));
        ASSERT_TRUE(plan);
        plan->procedureTitle = QStringLiteral("Another procedure");
        text = procedure::toYaml(*plan);
        signAgain(entries);
    }));
    ASSERT_FALSE(failures.isEmpty());
    EXPECT_EQ(failures.first(),
              QStringLiteral("plan: The plan is not the one that the manifest names"));
}

TEST(Tamper, ManifestThatClaimsAnotherEndIsRefused)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        QByteArray& text = contentOf(entries, detail::kManifestName);
        auto manifest = detail::manifestFrom(text);
        ASSERT_TRUE(manifest);
        ASSERT_EQ(manifest->result, QStringLiteral("succeeded"));
        manifest->result = QStringLiteral("cancelled");
        text = detail::toText(*manifest);
        signAgain(entries);
    }));
    ASSERT_FALSE(failures.isEmpty());
    EXPECT_TRUE(failures.first().startsWith(QStringLiteral("replay: The journal ends with")))
        << failures.first().toStdString();
}

TEST(Tamper, ExtraFileIsNamed)
{
    const QStringList failures = failuresOf(judgedAfter([](Entries& entries) {
        entries.push_back({QStringLiteral("notes.txt"), "more"});
    }));
    ASSERT_EQ(failures.size(), 1);
    EXPECT_EQ(failures.first(),
              QStringLiteral("files: Files that the manifest does not know: notes.txt"));
}

TEST(Tamper, EachMissingFileIsNamed)
{
    for (const ZipEntry& entry : goodEntries()) {
        const QStringList failures =
            failuresOf(judgedAfter([&](Entries& entries) { std::erase(entries, entry); }));
        ASSERT_FALSE(failures.isEmpty()) << entry.name.toStdString();
        EXPECT_EQ(failures.first(), QStringLiteral("files: Missing: %1").arg(entry.name));
    }
}

TEST(Tamper, StrippedSignatureIsNotIntact)
{
    const EvidenceVerdict verdict = judgedAfter([](Entries& entries) {
        auto manifest = detail::manifestFrom(contentOf(entries, detail::kManifestName));
        manifest->signerSha256.clear();
        manifest->unsignedBecause = QStringLiteral("of reasons");
        contentOf(entries, detail::kManifestName) = detail::toText(*manifest);
        std::erase_if(entries, [](const ZipEntry& entry) {
            return entry.name == QLatin1String(detail::kSignatureName)
                   || entry.name == QLatin1String(detail::kSignerName);
        });
    });
    EXPECT_EQ(verdict.standing(), Standing::Unsigned);
    EXPECT_FALSE(verdict.isSigned);
}

TEST(Tamper, PageOfAnotherWordingIsNotBelieved)
{
    const EvidenceVerdict verdict = judgedAfter([](Entries& entries) {
        contentOf(entries, detail::kPageName).replace("succeeded", "excellent");
        signAgain(entries);
    });
    EXPECT_EQ(verdict.checks.back().id, QStringLiteral("page"));
    EXPECT_EQ(verdict.checks.back().state, CheckState::NotPossible);
}

TEST(Tamper, RawBytesOfTheArchiveNeverPassAsSomethingElse)
{
    const QByteArray good = *detail::packZip(goodEntries(), TimePoint(std::chrono::hours(490'000)));
    for (qsizetype place = 0; place < good.size(); place += good.size() / 200 + 1) {
        QByteArray bad = good;
        bad[place] = char(bad[place] ^ 0x10);
        const auto entries = detail::unpackZip(bad);
        EXPECT_TRUE(!entries || *entries == goodEntries()
                    || judged(*entries).standing() == Standing::Broken)
            << place;
    }
}

TEST(Tamper, FileThatIsNotThereIsAnError)
{
    const auto verdict = verifyEvidence(QStringLiteral("/nowhere/evidence.zip"));
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, QStringLiteral("evidence-unreadable"));
}

TEST(Tamper, HugeArchiveIsNotReadToItsEnd)
{
    const test::TempDir dir;
    const auto verdict = verifyEvidence(dir.write(QStringLiteral("x.zip"), QByteArray(1001, 'x')),
                                        {.archiveBytesMax = 1000});
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, QStringLiteral("evidence-too-large"));
}

} // namespace
} // namespace quorate::report
