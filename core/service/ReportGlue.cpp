// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/ReportGlue.h"

#include "core/report/Evidence.h"

#include <QDir>
#include <QJsonDocument>
#include <QSaveFile>

namespace quorate::service {
namespace {

EvidenceKey withoutSigner(const Error& error)
{
    return {.signer = nullptr, .unsignedBecause = error.message};
}

Error noKeychainError()
{
    return makeError(ErrorKind::Storage, QStringLiteral("keychain-absent"),
                     QStringLiteral("No keychain is in use, so there is no key that would last"),
                     QStringLiteral("Start where a keychain is, and save the report again"));
}

EvidenceIdentity identityFrom(const Result<secret::SecretPtr>& found)
{
    if (!found) {
        return {.reason = found.error().kind == ErrorKind::NotFound
                              ? QStringLiteral("The key is made when the first report is saved")
                              : found.error().message};
    }
    const auto signer = report::makeSigner(**found);
    const auto identity = signer ? report::identityOf((*signer)->certificatePem())
                                 : Result<report::SignerIdentity>(fail(signer.error()));
    return identity ? EvidenceIdentity{.subject = identity->subject, .sha256 = identity->sha256}
                    : EvidenceIdentity{.reason = identity.error().message};
}

EvidenceKey keyFrom(const Secret& pem)
{
    auto signer = report::makeSigner(pem);
    return signer ? EvidenceKey{*std::move(signer), {}} : withoutSigner(signer.error());
}

/// Kept first, used then: a key that is lost with the process would sign for nobody.
Async<EvidenceKey> makeAndKeep(secret::SecretStore& secrets, const QString& owner, TimePoint now)
{
    auto made = report::generateSigningKey(owner, now);
    if (!made) {
        return ready<EvidenceKey>(withoutSigner(made.error()));
    }
    const EvidenceKey key = keyFrom(*made);
    const Resolver<EvidenceKey> out;
    detail::onAnswer<bool>(
        secrets.write(QString::fromLatin1(report::kSigningKeyEntry), *std::move(made)),
        [out, key](const Result<bool>& kept) {
            out.resolve(kept ? key : withoutSigner(kept.error()));
        });
    return out.future();
}

std::vector<report::ActivityLine> activityOf(const ReportInput& input)
{
    std::vector<report::ActivityLine> out;
    for (const store::ActivityEntry& entry : input.activity) {
        if (entry.cluster == input.row.cluster) {
            out.push_back(
                {entry.sequence, entry.at, entry.actor, entry.kind, entry.text, entry.hash});
        }
    }
    return out;
}

Result<void> save(const QString& path, const QByteArray& bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return fail(ErrorKind::Storage, QStringLiteral("report-not-written"),
                    QStringLiteral("Cannot write %1: %2").arg(path, file.errorString()),
                    QStringLiteral("Choose another folder, or make room"));
    }
    return {};
}

class RunReports final : public ReportMaker {
public:
    RunReports(std::shared_ptr<const Clock> clock, QString madeBy, QString program)
        : m_clock(std::move(clock))
        , m_madeBy(std::move(madeBy))
        , m_program(std::move(program))
    {}

    [[nodiscard]] Result<QStringList> write(const ReportInput& input,
                                            const QString& folder) const override
    {
        const TimePoint now = m_clock->now();
        const auto run = report::replayRun(input.plan, input.row.id, input.journal, now);
        if (!run) {
            return fail(run.error());
        }
        if (!QDir().mkpath(folder)) {
            return fail(ErrorKind::Storage, QStringLiteral("report-not-written"),
                        QStringLiteral("Cannot make the folder %1").arg(folder),
                        QStringLiteral("Choose another folder"));
        }
        const QDir into(folder);
        const QStringList paths{into.filePath(QStringLiteral("report.html")),
                                into.filePath(QStringLiteral("report.json")),
                                into.filePath(QStringLiteral("evidence.zip"))};
        const QString page = report::runHtml(input.view, input.plan, now, run->history);
        const QJsonDocument json(report::runJson(input.view, input.plan, now, run->history));
        if (auto done = save(paths[0], page.toUtf8()); !done) {
            return fail(std::move(done).error());
        }
        if (auto done = save(paths[1], json.toJson(QJsonDocument::Indented)); !done) {
            return fail(std::move(done).error());
        }
        if (auto done = report::writeEvidence(paths[2], evidenceOf(input, now)); !done) {
            return fail(std::move(done).error());
        }
        return paths;
    }

    [[nodiscard]] QString html(const ReportInput& input) const override
    {
        const TimePoint now = m_clock->now();
        const auto run = report::replayRun(input.plan, input.row.id, input.journal, now);
        return report::runHtml(input.view, input.plan, now, run ? run->history : report::History{});
    }

private:
    [[nodiscard]] report::EvidenceInput evidenceOf(const ReportInput& input, TimePoint now) const
    {
        return {.run = input.row.id,
                .plan = input.plan,
                .journal = input.journal,
                .activity = activityOf(input),
                .madeAt = now,
                .madeBy = m_madeBy,
                .program = m_program,
                .signer = input.signer,
                .unsignedBecause = input.unsignedBecause};
    }

    std::shared_ptr<const Clock> m_clock;
    QString m_madeBy;
    QString m_program;
};

} // namespace

Async<EvidenceKey> evidenceKey(secret::SecretStore& secrets, const QString& owner, TimePoint now)
{
    if (!secrets.isLasting()) {
        return ready<EvidenceKey>(withoutSigner(noKeychainError()));
    }
    const Resolver<EvidenceKey> out;
    detail::onAnswer<secret::SecretPtr>(
        secrets.read(QString::fromLatin1(report::kSigningKeyEntry)),
        [out, owner, now, store = &secrets](const Result<secret::SecretPtr>& found) {
            if (found) {
                out.resolve(keyFrom(**found));
            } else if (found.error().kind == ErrorKind::NotFound) {
                detail::onAnswer<EvidenceKey>(
                    makeAndKeep(*store, owner, now),
                    [out](Result<EvidenceKey> key) { out.resolve(std::move(key)); });
            } else {
                out.resolve(withoutSigner(found.error()));
            }
        });
    return out.future();
}

Async<EvidenceIdentity> evidenceIdentity(secret::SecretStore& secrets)
{
    if (!secrets.isLasting()) {
        return ready<EvidenceIdentity>(EvidenceIdentity{.reason = noKeychainError().message});
    }
    const Resolver<EvidenceIdentity> out;
    detail::onAnswer<secret::SecretPtr>(
        secrets.read(QString::fromLatin1(report::kSigningKeyEntry)),
        [out](const Result<secret::SecretPtr>& found) { out.resolve(identityFrom(found)); });
    return out.future();
}

std::shared_ptr<const ReportMaker> makeReportMaker(std::shared_ptr<const Clock> clock,
                                                   QString madeBy, QString program)
{
    return std::make_shared<const RunReports>(std::move(clock), std::move(madeBy),
                                              std::move(program));
}

} // namespace quorate::service
