// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/Verdict.h"

#include "core/base/Json.h"
#include "core/procedure/Planner.h"
#include "core/report/EvidenceFiles.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <array>

namespace quorate::report {

using namespace detail;

namespace {

/// What the report says as facts; titles and sentences may be worded anew by a later program.
const QStringList& factFields()
{
    static const QStringList list = {
        QStringLiteral("run"),         QStringLiteral("result"),
        QStringLiteral("ended"),       QStringLiteral("startedBy"),
        QStringLiteral("startedAt"),   QStringLiteral("endedAt"),
        QStringLiteral("planHash"),    QStringLiteral("nodes"),
        QStringLiteral("voters"),      QStringLiteral("package"),
        QStringLiteral("obligations"), QStringLiteral("targetVersion")};
    return list;
}
const QStringList& stepFacts()
{
    static const QStringList list = {QStringLiteral("id"),        QStringLiteral("kind"),
                                     QStringLiteral("node"),      QStringLiteral("state"),
                                     QStringLiteral("startedAt"), QStringLiteral("endedAt"),
                                     QStringLiteral("attempts")};
    return list;
}

/// The first field in which they differ; empty: none.
QString firstDifference(const QJsonObject& said, const QJsonObject& replayed)
{
    for (const QString& field : factFields()) {
        if (said.value(field) != replayed.value(field)) {
            return field;
        }
    }
    const QJsonArray saidSteps = said.value(QStringLiteral("steps")).toArray();
    const QJsonArray steps = replayed.value(QStringLiteral("steps")).toArray();
    for (qsizetype at = 0; at < std::max(saidSteps.size(), steps.size()); ++at) {
        for (const QString& field : stepFacts()) {
            if (saidSteps.at(at).toObject().value(field) != steps.at(at).toObject().value(field)) {
                return QStringLiteral("%1 of step %2").arg(field).arg(at + 1);
            }
        }
    }
    return {};
}

/// Older programs counted whom they did not hear as not ready. Up to there they must agree with the
/// journal; afterwards they counted at other looks than we do.
bool countsTheUnheard(const QJsonObject& said, const run::RunView& view)
{
    const QJsonObject voters = said.value(QStringLiteral("voters")).toObject();
    const QJsonArray seen = voters.value(QStringLiteral("seen")).toArray();
    for (const QJsonValue& point : seen) {
        if (point.toObject().value(QStringLiteral("ready")).isNull()) {
            return false;
        }
    }
    for (qsizetype at = 0; at < std::ssize(view.votersSeen); ++at) {
        const run::VotersPoint& point = view.votersSeen[static_cast<std::size_t>(at)];
        const QJsonObject counted{{QStringLiteral("at"), toIso(point.at)},
                                  {QStringLiteral("ready"), point.ready},
                                  {QStringLiteral("voters"), point.voters}};
        if (seen.at(at).toObject() != counted) {
            return false;
        }
        if (!point.known) {
            return voters.value(QStringLiteral("majority")) == QJsonValue(view.majority);
        }
    }
    return false;
}

class Verifier {
public:
    explicit Verifier(std::vector<ZipEntry> entries)
        : m_entries(std::move(entries))
    {}
    EvidenceVerdict judge();

private:
    void pass(const QString& id, const QString& text) { add(id, CheckState::Passed, text); }
    void reject(const QString& id, const QString& text) { add(id, CheckState::Failed, text); }
    void add(const QString& id, CheckState state, const QString& text)
    {
        m_verdict.checks.push_back({id, state, text});
    }
    [[nodiscard]] const QByteArray* content(const QString& name) const;
    [[nodiscard]] QByteArray contentOr(const char* name) const
    {
        const QByteArray* found = content(QString::fromLatin1(name));
        return found != nullptr ? *found : QByteArray();
    }
    void judgeNames();
    void judgeSignature();
    void judgeFile(const char* name);
    void judgeJournal();
    void judgePlan();
    void judgeRun();
    void judgePage(const Replayed& run);

    std::vector<ZipEntry> m_entries;
    EvidenceVerdict m_verdict;
    Manifest m_manifest;
    std::optional<std::vector<run::JournalRecord>> m_journal;
    std::optional<procedure::Plan> m_plan;
};

constexpr std::array kListed{kPlanName, kJournalName, kPageName, kReportName, kActivityName};

const QByteArray* Verifier::content(const QString& name) const
{
    const auto found = std::ranges::find(m_entries, name, &ZipEntry::name);
    return found == m_entries.end() ? nullptr : &found->content;
}

void Verifier::judgeNames()
{
    QStringList expected{QString::fromLatin1(kManifestName)};
    if (m_verdict.isSigned) {
        expected << QString::fromLatin1(kSignatureName) << QString::fromLatin1(kSignerName);
    }
    for (const char* name : kListed) {
        expected << QString::fromLatin1(name);
    }
    QStringList missing;
    for (const QString& name : std::as_const(expected)) {
        if (content(name) == nullptr) {
            missing << name;
        }
    }
    QStringList extra;
    for (const ZipEntry& entry : m_entries) {
        if (!expected.contains(entry.name)) {
            extra << entry.name;
        }
    }
    if (!missing.isEmpty()) {
        reject(QStringLiteral("files"),
               QStringLiteral("Missing: %1").arg(missing.join(QStringLiteral(", "))));
    } else if (!extra.isEmpty()) {
        reject(QStringLiteral("files"), QStringLiteral("Files that the manifest does not know: %1")
                                            .arg(extra.join(QStringLiteral(", "))));
    } else {
        pass(QStringLiteral("files"), QStringLiteral("All files are there, and no other"));
    }
}

void Verifier::judgeSignature()
{
    const QString id = QStringLiteral("signature");
    if (!m_verdict.isSigned) {
        add(id, CheckState::NotPossible,
            QStringLiteral("The archive is not signed, because %1. Anybody could have made it")
                .arg(m_manifest.unsignedBecause));
        return;
    }
    const QByteArray certificate = contentOr(kSignerName);
    const Result<SignerIdentity> identity = identityOf(certificate);
    if (!identity) {
        reject(id, identity.error().message);
        return;
    }
    m_verdict.signer = identity->subject;
    m_verdict.signerSha256 = identity->sha256;
    if (identity->sha256 != m_manifest.signerSha256) {
        reject(id, QStringLiteral("The certificate is not the one that the manifest names"));
    } else if (!isSignedBy(certificate, contentOr(kManifestName), contentOr(kSignatureName))) {
        reject(id, QStringLiteral("The signature does not fit the manifest: one of them was "
                                  "changed"));
    } else {
        pass(id, QStringLiteral("The manifest is signed by %1").arg(identity->subject));
    }
}

void Verifier::judgeFile(const char* name)
{
    const QString file = QString::fromLatin1(name);
    const QString id = QStringLiteral("file:") + file;
    const QByteArray* bytes = content(file);
    const auto listed = std::ranges::find(m_manifest.files, file, &ManifestFile::name);
    if (bytes == nullptr) {
        return; // said already
    }
    if (listed == m_manifest.files.end()) {
        reject(id, QStringLiteral("The manifest does not list %1").arg(file));
    } else if (listed->bytes != bytes->size()
               || listed->sha256 != QCryptographicHash::hash(*bytes, QCryptographicHash::Sha256)) {
        reject(id, QStringLiteral("%1 is not what the manifest says: it was changed").arg(file));
    } else {
        pass(id, QStringLiteral("%1 is unchanged").arg(file));
    }
}

void Verifier::judgeJournal()
{
    const QString id = QStringLiteral("journal");
    auto records = journalFromLines(contentOr(kJournalName));
    if (!records) {
        reject(id, records.error().message);
        return;
    }
    if (const Result<void> chain = run::verifyChain(*records); !chain) {
        reject(id, chain.error().message);
        return;
    }
    const QByteArray last = records->empty() ? QByteArray() : records->back().hash;
    if (std::ssize(*records) != m_manifest.records || last != m_manifest.lastHash) {
        reject(id, QStringLiteral("The journal ends with record %1; the manifest says record %2")
                       .arg(records->size())
                       .arg(m_manifest.records));
        return;
    }
    pass(id, QStringLiteral("%1 records follow from each other without a gap")
                 .arg(last.isEmpty() ? 0 : m_manifest.records));
    m_journal = *std::move(records);
}

void Verifier::judgePlan()
{
    const QString id = QStringLiteral("plan");
    auto plan = procedure::planFromYaml(contentOr(kPlanName), QString::fromLatin1(kPlanName));
    if (!plan) {
        reject(id, plan.error().message);
    } else if (procedure::planHash(*plan) != m_manifest.planHash) {
        reject(id, QStringLiteral("The plan is not the one that the manifest names"));
    } else {
        pass(id, QStringLiteral("The plan has the hash that the manifest names"));
        m_plan = *std::move(plan);
    }
}

void Verifier::judgeRun()
{
    const QString id = QStringLiteral("replay");
    if (!m_journal || !m_plan) {
        add(id, CheckState::NotPossible,
            QStringLiteral("Without plan and journal the run cannot be followed again"));
        return;
    }
    const auto run = replayRun(*m_plan, m_manifest.run, *m_journal, m_manifest.madeAt);
    if (!run) {
        reject(id, run.error().message);
        return;
    }
    const QString result = run::toString(run->view.phase);
    if (result != m_manifest.result) {
        reject(id, QStringLiteral("The journal ends with \"%1\"; the manifest says \"%2\"")
                       .arg(result, m_manifest.result));
    } else {
        pass(id, QStringLiteral("Followed again record by record, the plan ends with \"%1\"")
                     .arg(result));
    }
    const Result<QJsonObject> said = parseJsonObject(contentOr(kReportName));
    QJsonObject again = runJson(run->view, *m_plan, m_manifest.madeAt, run->history);
    const bool isOlder = said && countsTheUnheard(*said, run->view);
    if (isOlder) {
        again.insert(QStringLiteral("voters"), said->value(QStringLiteral("voters")));
    }
    const QString wrong = said ? firstDifference(*said, again) : QStringLiteral("text");
    if (wrong.isEmpty() && isOlder) {
        add(QStringLiteral("report"), CheckState::NotPossible,
            QStringLiteral("report.json says what the journal says, except of the ready voters: "
                           "for some time they were not known, and it counts them as not ready, "
                           "as older programs did. Believe the journal"));
    } else if (wrong.isEmpty()) {
        pass(QStringLiteral("report"), QStringLiteral("report.json says what the journal says"));
    } else {
        reject(QStringLiteral("report"),
               QStringLiteral("report.json differs from the journal in: %1").arg(wrong));
    }
    judgePage(*run);
}

void Verifier::judgePage(const Replayed& run)
{
    const QString id = QStringLiteral("page");
    const QString page = runHtml(run.view, *m_plan, m_manifest.madeAt, run.history);
    if (page.toUtf8() == contentOr(kPageName)) {
        pass(id, QStringLiteral("report.html is what the journal gives"));
    } else {
        add(id, CheckState::NotPossible,
            QStringLiteral("report.html is not what this program would make of the journal; "
                           "another version (%1) may have worded it differently. Believe "
                           "report.json")
                .arg(m_manifest.program));
    }
}

EvidenceVerdict Verifier::judge()
{
    const QByteArray* text = content(QString::fromLatin1(kManifestName));
    Result<Manifest> manifest = text != nullptr ? manifestFrom(*text) : Result<Manifest>();
    if (text == nullptr || !manifest) {
        reject(QStringLiteral("files"), text == nullptr ? QStringLiteral("Missing: manifest.json")
                                                        : manifest.error().message);
        return std::move(m_verdict);
    }
    m_manifest = *std::move(manifest);
    m_verdict.run = m_manifest.run;
    m_verdict.cluster = m_manifest.cluster;
    m_verdict.title = m_manifest.title;
    m_verdict.result = m_manifest.result;
    m_verdict.planHash = m_manifest.planHash;
    m_verdict.madeAt = toIso(m_manifest.madeAt);
    m_verdict.madeBy = m_manifest.madeBy;
    m_verdict.program = m_manifest.program;
    m_verdict.isSigned = !m_manifest.signerSha256.isEmpty();
    judgeNames();
    judgeSignature();
    for (const char* name : kListed) {
        judgeFile(name);
    }
    judgeJournal();
    judgePlan();
    judgeRun();
    return std::move(m_verdict);
}

Result<QByteArray> readArchive(const QString& path, const EvidenceLimits& limits)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(ErrorKind::Storage, QStringLiteral("evidence-unreadable"),
                    QStringLiteral("Cannot read %1: %2").arg(path, file.errorString()));
    }
    QByteArray bytes = file.read(limits.archiveBytesMax + 1);
    if (bytes.size() > limits.archiveBytesMax) {
        return fail(
            ErrorKind::Validation, QStringLiteral("evidence-too-large"),
            QStringLiteral("%1 is larger than %2 bytes").arg(path).arg(limits.archiveBytesMax),
            QStringLiteral("This is not an archive that Quorate wrote"));
    }
    return bytes;
}

} // namespace

Result<EvidenceVerdict> verifyEvidence(const QString& path, const EvidenceLimits& limits)
{
    const Result<QByteArray> bytes = readArchive(path, limits);
    if (!bytes) {
        return fail(bytes.error());
    }
    Result<std::vector<ZipEntry>> entries = unpackZip(*bytes, limits);
    if (!entries) {
        return fail(std::move(entries).error().withContext(path));
    }
    return Verifier(*std::move(entries)).judge();
}

} // namespace quorate::report
