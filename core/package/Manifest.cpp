// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/package/Manifest.h"

#include "core/base/Json.h"

#include <QRegularExpression>
#include <QtEndian>

namespace quorate::package {
namespace {

constexpr int kDepthMax = 8;
constexpr int kRangesMax = 100;                   ///< our own bound
constexpr qint64 kPayloadMax = 1'000'000'000'000; ///< 1 TB; our own bound

Error manifestError(const Error& cause)
{
    return makeError(ErrorKind::Validation, QStringLiteral("package-manifest"),
                     QStringLiteral("The package's manifest is wrong: %1").arg(cause.message),
                     QStringLiteral("Fetch the package again; if it stays so, ask its publisher"));
}

struct ReadManifest {
    PackageManifest manifest;
    qint64 payloadBytes = 0;
};

void readRanges(JsonReader& in, PackageManifest& manifest)
{
    const QStringList texts = in.strings("from");
    for (const QString& text : texts) {
        const auto range = VersionRange::parse(text);
        if (!range || !(range->from < range->below)) {
            in.reject("from", QStringLiteral("ranges of versions such as \">=14.0.0 <14.2.0\""));
            return;
        }
        manifest.from.push_back(*range);
    }
    if (texts.isEmpty() || texts.size() > kRangesMax) {
        in.reject("from", QStringLiteral("1 to %1 ranges of versions").arg(kRangesMax));
    }
}

Result<ReadManifest> readManifest(const QByteArray& json)
{
    const auto object =
        parseJsonObject(json, JsonLimits{detail::kManifestBytesMax, kDepthMax, 1000});
    if (!object) {
        return fail(manifestError(object.error()));
    }
    static const QRegularExpression nameForm(
        QRegularExpression::anchoredPattern(QStringLiteral("[a-z0-9][a-z0-9-]{0,63}")));
    JsonReader in(*object);
    ReadManifest out;
    out.manifest.name = in.string("name");
    if (!nameForm.match(out.manifest.name).hasMatch()) {
        in.reject("name", QStringLiteral("small letters, digits and dashes"));
    }
    const auto system = systemKindFrom(in.string("system"));
    if (!system) {
        in.reject("system", QStringLiteral("mss, cm or generic"));
    }
    out.manifest.system = system.value_or(SystemKind::Generic);
    const auto version = Version::parse(in.string("version"));
    if (!version || version->isNull()) {
        in.reject("version", QStringLiteral("a version such as 14.2.0"));
    }
    out.manifest.version = version.value_or(Version{});
    readRanges(in, out.manifest);
    out.manifest.notes = in.stringOr("notes", {});
    out.payloadBytes = in.integer("payloadSizeBytes");
    if (out.payloadBytes < 0 || out.payloadBytes > kPayloadMax) {
        in.reject("payloadSizeBytes", QStringLiteral("a number of bytes"));
    }
    if (in.error()) {
        return fail(manifestError(*in.error()));
    }
    return out;
}

Error truncated()
{
    return makeError(ErrorKind::Validation, QStringLiteral("package-truncated"),
                     QStringLiteral("The package file ends inside its manifest"),
                     QStringLiteral("The download was cut short; fetch the file again"));
}

Error notAPackage(const QString& message)
{
    return makeError(
        ErrorKind::Validation, QStringLiteral("package-not-a-package"), message,
        QStringLiteral("Choose the package file itself, not its archive or its signature"));
}

} // namespace

Result<PackageManifest> parseManifest(const QByteArray& json)
{
    return readManifest(json).map([](const ReadManifest& read) { return read.manifest; });
}

namespace detail {

Result<Head> parseHead(const QByteArray& bytes)
{
    const QByteArray magic(kMagic, kMagicBytes);
    if (!bytes.startsWith(magic)) {
        if (!bytes.isEmpty() && magic.startsWith(bytes)) {
            return fail(truncated());
        }
        return fail(notAPackage(QStringLiteral("The file does not begin like a package")));
    }
    if (bytes.size() < kMagicBytes + kLengthBytes) {
        return fail(truncated());
    }
    const quint32 length = qFromBigEndian<quint32>(bytes.constData() + kMagicBytes);
    if (length == 0 || length > quint32(kManifestBytesMax)) {
        return fail(notAPackage(
            QStringLiteral("The package's manifest would be %1 bytes long; at most %2 are allowed")
                .arg(length)
                .arg(kManifestBytesMax)));
    }
    const qsizetype headBytes = kMagicBytes + kLengthBytes + qsizetype(length);
    if (bytes.size() < headBytes) {
        return fail(truncated());
    }
    const auto read = readManifest(bytes.mid(kMagicBytes + kLengthBytes, qsizetype(length)));
    if (!read) {
        return Head{fail(read.error()), std::nullopt};
    }
    return Head{read->manifest, headBytes + read->payloadBytes};
}

} // namespace detail
} // namespace quorate::package
