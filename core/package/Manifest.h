// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/package/PackageFile.h"

namespace quorate::package::detail {

/// A package file begins with these bytes, the length of the manifest (4 bytes, big-endian), and
/// the manifest.
inline constexpr char kMagic[] = "QPKG1\n";
inline constexpr int kMagicBytes = 6;
inline constexpr int kLengthBytes = 4;
inline constexpr int kManifestBytesMax = 64 * 1024; ///< of the format
inline constexpr int kHeadBytesMax = kMagicBytes + kLengthBytes + kManifestBytesMax;

struct Head {
    Result<PackageManifest> manifest; ///< believed after the signature was verified
    std::optional<qint64> fileBytes;  ///< what the whole file must have, by the manifest
};

/// Reads the head of a package. "package-not-a-package" when it does not begin like one,
/// "package-truncated" when `bytes` (the first kHeadBytesMax of the file, or all of it) ends inside
/// the manifest.
[[nodiscard]] Result<Head> parseHead(const QByteArray& bytes);

} // namespace quorate::package::detail
