// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/domain/Package.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace quorate::package {

/// Who may sign packages: certificates (PEM) of publishers that the operator trusts.
struct PublisherTrust {
    std::vector<QByteArray> certificates;
};

/// Reads FILE and FILE.p7s to their ends once: manifest, SHA-256 and the detached CMS signature in
/// the same pass. Blocking; call it on a worker thread. `progress(bytesDone, bytesTotal)`. Errors
/// by code: "package-unreadable", "package-not-a-package", "package-manifest" (which field),
/// "package-unsigned", "package-signature-broken", "package-signed-by-stranger" (names the signer),
/// "package-signer-expired", "package-truncated", "publisher-unreadable". Each with its own message
/// and cure.
[[nodiscard]] Result<Package>
inspectPackage(const QString& path, const PublisherTrust& trust, const Clock& clock,
               const std::function<void(qint64, qint64)>& progress = {}, std::stop_token stop = {});
/// The manifest alone, from the head of a package; not verified. For fuzzing and for error
/// messages.
[[nodiscard]] Result<PackageManifest> parseManifest(const QByteArray& json);

/// What tells at a glance whether a file was touched.
struct FileStamp {
    qint64 sizeBytes = 0;
    TimePoint modifiedAt;
    bool operator==(const FileStamp&) const = default;
};
[[nodiscard]] Result<FileStamp> stampOf(const QString& path);

/// The SHA-256 of a file, read once. Blocking; errors "package-unreadable", "cancelled".
[[nodiscard]] Result<QByteArray> rehash(const QString& path,
                                        const std::function<void(qint64, qint64)>& progress = {},
                                        std::stop_token stop = {});

/// What a package was when it was verified.
struct PackageFacts {
    qint64 sizeBytes = 0;
    QByteArray sha256;
    std::optional<FileStamp>
        stamp; ///< taken then, by this process; an equal one spares reading the file
};
/// Is the file still what was verified? Cheapest first: size, then the stamp, then the SHA-256.
/// "package-changed" or "package-unreadable" otherwise. For the start of a run.
[[nodiscard]] Result<void>
confirmUnchanged(const QString& path, const PackageFacts& facts,
                 const std::function<void(qint64, qint64)>& progress = {},
                 std::stop_token stop = {});

} // namespace quorate::package
