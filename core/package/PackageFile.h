// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/domain/Package.h"

#include <functional>
#include <stop_token>

namespace quorate::package {

/// Who may sign packages: certificates (PEM) of publishers that the operator trusts.
struct PublisherTrust {
    std::vector<QByteArray> certificates;
};

/// Reads FILE and FILE.p7s to their ends once: manifest, SHA-256 and the detached CMS signature in the same pass.
/// Blocking; call it on a worker thread. `progress(bytesDone, bytesTotal)`.
/// Errors by code: "package-unreadable", "package-not-a-package", "package-manifest" (which field), "package-unsigned",
/// "package-signature-broken", "package-signed-by-stranger" (names the signer), "package-signer-expired",
/// "package-truncated". Each with its own message and cure.
[[nodiscard]] Result<Package> inspectPackage(const QString& path, const PublisherTrust& trust, const Clock& clock,
                                             const std::function<void(qint64, qint64)>& progress = {},
                                             std::stop_token stop = {});
/// The manifest alone, from the head of a package; not verified. For fuzzing and for error messages.
[[nodiscard]] Result<PackageManifest> parseManifest(const QByteArray& json);

} // namespace quorate::package
