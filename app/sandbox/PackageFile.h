// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Authority.h"
#include "core/base/Version.h"

#include <QJsonObject>
#include <QStringList>

namespace quorate::sandbox {

/// A practice package: "QPKG1\n", four bytes of length (big-endian), that many bytes of manifest (a
/// JSON object), then the payload to the end of the file. Beside it FILE.p7s: a detached CMS
/// signature (DER, SHA-256) over the whole file.
inline constexpr const char* kPackageMagic = "QPKG1\n";
inline constexpr int kPackageMagicSize = 6;
inline constexpr int kPackageHeaderSize = kPackageMagicSize + 4;
inline constexpr qint64 kManifestMax = 64 * 1024;

struct Manifest {
    QString name;
    QString system;
    QString version;
    QStringList from; ///< ranges such as ">=14.0.0 <14.2.0"; one must hold
    QString notes;
    qint64 payloadSizeBytes = 0;

    [[nodiscard]] QJsonObject toJson() const;
};

[[nodiscard]] Result<Manifest> readManifest(const QString& file);
/// Do all comparisons of the range ("<", "<=", ">", ">=", "=" before a version, separated by
/// blanks) hold?
[[nodiscard]] Result<bool> matches(const QString& range, const Version& version);

/// Writes the package and, unless `signer` is null, FILE.p7s.
[[nodiscard]] Result<void> writePackage(const QString& file, const Manifest& manifest,
                                        const Identity* signer);

/// Is `signature` a CMS signature by exactly `publisher` over content with this SHA-256? The
/// content was hashed already, in the pass that stored it, so it is not read again: the signed
/// messageDigest attribute is compared.
[[nodiscard]] Result<void> checkSignature(const QByteArray& signature, const QByteArray& sha256,
                                          X509* publisher);

} // namespace quorate::sandbox
