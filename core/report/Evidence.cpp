// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/Evidence.h"

#include "core/procedure/Planner.h"
#include "core/report/EvidenceFiles.h"

#include <QCryptographicHash>
#include <QSaveFile>

#include <algorithm>

namespace quorate::report {

using namespace detail;

namespace {

/// Connecting, planning and consenting come just before a run, notes just after it.
constexpr Millis kActivityMargin = std::chrono::minutes(10);

std::vector<ActivityLine> duringRun(const EvidenceInput& input, const run::RunView& view)
{
    std::vector<ActivityLine> out;
    const TimePoint from = view.startedAt.value_or(input.madeAt) - kActivityMargin;
    const TimePoint until = view.endedAt.value_or(input.madeAt) + kActivityMargin;
    for (const ActivityLine& entry : input.activity) {
        if (entry.at >= from && entry.at <= until) {
            out.push_back(entry);
        }
    }
    std::ranges::sort(out, {}, &ActivityLine::sequence);
    return out;
}

std::vector<ZipEntry> contentOf(const EvidenceInput& input, const Replayed& run)
{
    const auto name = [](const char* text) { return QString::fromLatin1(text); };
    const QJsonObject report = runJson(run.view, input.plan, input.madeAt, run.history);
    const QString page = runHtml(run.view, input.plan, input.madeAt, run.history);
    return {{name(kPlanName), procedure::toYaml(input.plan)},
            {name(kJournalName), journalLines(input.journal)},
            {name(kPageName), page.toUtf8()},
            {name(kReportName), reportText(report)},
            {name(kActivityName), activityLines(duringRun(input, run.view))}};
}

Manifest manifestOf(const EvidenceInput& input, const run::RunView& view,
                    const std::vector<ZipEntry>& files)
{
    Manifest manifest{.run = input.run,
                      .cluster = view.cluster.name,
                      .title = view.title,
                      .result = run::toString(view.phase),
                      .planHash = view.planHash,
                      .records = std::ssize(input.journal),
                      .lastHash = input.journal.empty() ? QByteArray() : input.journal.back().hash,
                      .madeAt = input.madeAt,
                      .madeBy = input.madeBy,
                      .program = input.program,
                      .files = {},
                      .signerSha256 = {},
                      .unsignedBecause = input.unsignedBecause};
    for (const ZipEntry& file : files) {
        manifest.files.push_back(
            {file.name, file.content.size(),
             QCryptographicHash::hash(file.content, QCryptographicHash::Sha256)});
    }
    return manifest;
}

Result<std::vector<ZipEntry>> seal(Manifest manifest, const EvidenceSigner* signer)
{
    std::vector<ZipEntry> out;
    if (signer == nullptr) {
        if (manifest.unsignedBecause.isEmpty()) {
            manifest.unsignedBecause = QStringLiteral("no key was given");
        }
        out.push_back({QString::fromLatin1(kManifestName), toText(manifest)});
        return out;
    }
    const Result<SignerIdentity> identity = identityOf(signer->certificatePem());
    if (!identity) {
        return fail(identity.error());
    }
    manifest.signerSha256 = identity->sha256;
    const QByteArray text = toText(manifest);
    Result<QByteArray> signature = signer->sign(text);
    if (!signature) {
        return fail(std::move(signature).error());
    }
    out.push_back({QString::fromLatin1(kManifestName), text});
    out.push_back({QString::fromLatin1(kSignatureName), *std::move(signature)});
    out.push_back({QString::fromLatin1(kSignerName), signer->certificatePem()});
    return out;
}

Result<void> save(const QString& path, const QByteArray& bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return fail(ErrorKind::Storage, QStringLiteral("evidence-not-written"),
                    QStringLiteral("Cannot write %1: %2").arg(path, file.errorString()),
                    QStringLiteral("Choose another folder, or make room"));
    }
    return {};
}

} // namespace

Result<void> writeEvidence(const QString& path, const EvidenceInput& input)
{
    const Result<Replayed> run = replayRun(input.plan, input.run, input.journal, input.madeAt);
    if (!run) {
        return fail(run.error());
    }
    const std::vector<ZipEntry> files = contentOf(input, *run);
    Result<std::vector<ZipEntry>> entries =
        seal(manifestOf(input, run->view, files), input.signer.get());
    if (!entries) {
        return fail(std::move(entries).error());
    }
    entries->insert(entries->end(), files.begin(), files.end());
    const Result<QByteArray> packed = packZip(*entries, run->view.endedAt.value_or(input.madeAt));
    return packed ? save(path, *packed) : fail(packed.error());
}

} // namespace quorate::report
