// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/EvidenceFiles.h"

#include "core/base/Json.h"

#include <QJsonDocument>

namespace quorate::report::detail {
namespace {

const QString kUnsigned = QStringLiteral("none, because ");

QString hex(const QByteArray& bytes) { return QString::fromLatin1(bytes.toHex()); }

QByteArray unhex(const QString& text) { return QByteArray::fromHex(text.toLatin1()); }

QByteArray line(const QJsonObject& object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

QByteArray journalLine(const run::JournalRecord& record)
{
    return line({{QStringLiteral("sequence"), record.sequence},
                 {QStringLiteral("at"), toIso(record.at)},
                 {QStringLiteral("kind"), record.kind},
                 {QStringLiteral("payload"), record.payload},
                 {QStringLiteral("previous"), hex(record.previousHash)},
                 {QStringLiteral("hash"), hex(record.hash)}});
}

Result<run::JournalRecord> recordFrom(const QByteArray& text)
{
    const Result<QJsonObject> object = parseJsonObject(text);
    if (!object) {
        return fail(object.error());
    }
    JsonReader in(*object);
    run::JournalRecord record;
    record.sequence = in.integer("sequence");
    record.at = in.time("at");
    record.kind = in.string("kind");
    record.payload = in.optionalObject("payload").value_or(QJsonObject());
    record.previousHash = unhex(in.string("previous"));
    record.hash = unhex(in.string("hash"));
    return in.finish(std::move(record));
}

Error badLine(qint64 number, const QString& why)
{
    return makeError(ErrorKind::Validation, QStringLiteral("evidence-journal-unreadable"),
                     QStringLiteral("Line %1 of the journal cannot be read: ").arg(number) + why);
}

QJsonObject fileJson(const ManifestFile& file)
{
    return {{QStringLiteral("name"), file.name},
            {QStringLiteral("bytes"), file.bytes},
            {QStringLiteral("sha256"), hex(file.sha256)}};
}

QJsonValue signatureJson(const Manifest& manifest)
{
    if (manifest.signerSha256.isEmpty()) {
        return QString(kUnsigned + manifest.unsignedBecause);
    }
    return QJsonObject{{QStringLiteral("algorithm"), QString::fromLatin1(kSignatureAlgorithm)},
                       {QStringLiteral("certificateSha256"), hex(manifest.signerSha256)}};
}

void readSignature(const QJsonObject& object, JsonReader& in, Manifest& manifest)
{
    const QJsonValue signature = object.value(QStringLiteral("signature"));
    if (signature.isString()) {
        manifest.unsignedBecause = signature.toString();
        if (!manifest.unsignedBecause.startsWith(kUnsigned)) {
            in.reject("signature", QStringLiteral("an object, or \"none, because …\""));
        }
        manifest.unsignedBecause.remove(0, kUnsigned.size());
        return;
    }
    JsonReader fields = in.object("signature");
    if (fields.string("algorithm") != QLatin1String(kSignatureAlgorithm)) {
        fields.reject("algorithm", QString::fromLatin1(kSignatureAlgorithm));
    }
    manifest.signerSha256 = unhex(fields.string("certificateSha256"));
    if (manifest.signerSha256.isEmpty()) {
        fields.reject("certificateSha256", QStringLiteral("a SHA-256"));
    }
    in.absorb(fields);
}

} // namespace

QByteArray journalLines(const std::vector<run::JournalRecord>& records)
{
    QByteArray out;
    for (const run::JournalRecord& record : records) {
        out += journalLine(record);
    }
    return out;
}

Result<std::vector<run::JournalRecord>> journalFromLines(const QByteArray& text)
{
    std::vector<run::JournalRecord> out;
    qsizetype from = 0;
    while (from < text.size()) {
        const qint64 number = std::ssize(out) + 1;
        const qsizetype end = text.indexOf('\n', from);
        if (end < 0) {
            return fail(badLine(number, QStringLiteral("it is cut off")));
        }
        const QByteArray one = text.mid(from, end - from + 1);
        Result<run::JournalRecord> record = recordFrom(one);
        if (!record) {
            return fail(badLine(number, record.error().message));
        }
        if (journalLine(*record) != one) {
            return fail(badLine(number, QStringLiteral("it is not written as Quorate writes it")));
        }
        out.push_back(*std::move(record));
        from = end + 1;
    }
    return out;
}

QByteArray activityLines(const std::vector<ActivityLine>& lines)
{
    QByteArray out;
    for (const ActivityLine& entry : lines) {
        out += line({{QStringLiteral("sequence"), entry.sequence},
                     {QStringLiteral("at"), toIso(entry.at)},
                     {QStringLiteral("actor"), entry.actor},
                     {QStringLiteral("kind"), entry.kind},
                     {QStringLiteral("text"), entry.text},
                     {QStringLiteral("hash"), hex(entry.hash)}});
    }
    return out;
}

QByteArray reportText(const QJsonObject& report)
{
    return QJsonDocument(report).toJson(QJsonDocument::Indented);
}

QByteArray toText(const Manifest& manifest)
{
    QJsonArray files;
    for (const ManifestFile& file : manifest.files) {
        files.append(fileJson(file));
    }
    const QJsonObject journal{{QStringLiteral("records"), manifest.records},
                              {QStringLiteral("lastHash"), hex(manifest.lastHash)}};
    return QJsonDocument(QJsonObject{
                             {QStringLiteral("format"), QString::fromLatin1(kEvidenceFormat)},
                             {QStringLiteral("run"), manifest.run.value},
                             {QStringLiteral("cluster"), manifest.cluster},
                             {QStringLiteral("title"), manifest.title},
                             {QStringLiteral("result"), manifest.result},
                             {QStringLiteral("planHash"), manifest.planHash},
                             {QStringLiteral("journal"), journal},
                             {QStringLiteral("madeAt"), toIso(manifest.madeAt)},
                             {QStringLiteral("madeBy"), manifest.madeBy},
                             {QStringLiteral("program"), manifest.program},
                             {QStringLiteral("files"), files},
                             {QStringLiteral("signature"), signatureJson(manifest)},
                         })
        .toJson(QJsonDocument::Indented);
}

Result<Manifest> manifestFrom(const QByteArray& text)
{
    const auto wrong = [](const QString& why) {
        return fail(ErrorKind::Validation, QStringLiteral("evidence-manifest"),
                    QStringLiteral("The manifest cannot be read: ") + why);
    };
    const Result<QJsonObject> object = parseJsonObject(text);
    if (!object) {
        return wrong(object.error().message);
    }
    JsonReader in(*object);
    if (in.string("format") != QLatin1String(kEvidenceFormat)) {
        in.reject("format", QString::fromLatin1(kEvidenceFormat));
    }
    Manifest manifest;
    manifest.run = RunId{in.string("run")};
    manifest.cluster = in.string("cluster");
    manifest.title = in.string("title");
    manifest.result = in.string("result");
    manifest.planHash = in.string("planHash");
    JsonReader journal = in.object("journal");
    manifest.records = journal.integer("records");
    manifest.lastHash = unhex(journal.string("lastHash"));
    in.absorb(journal);
    manifest.madeAt = in.time("madeAt");
    manifest.madeBy = in.string("madeBy");
    manifest.program = in.string("program");
    for (JsonReader& file : in.objects("files")) {
        manifest.files.push_back(
            {file.string("name"), file.integer("bytes"), unhex(file.string("sha256"))});
        in.absorb(file);
    }
    readSignature(*object, in, manifest);
    if (in.error()) {
        return wrong(in.error()->message);
    }
    return manifest;
}

} // namespace quorate::report::detail
