// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"
#include "core/base/Time.h"
#include "core/base/Version.h"
#include "core/domain/Enums.h"

#include <QByteArray>

#include <vector>

namespace quorate {

/// Which installed versions a package can be applied to: from ≤ v < below.
struct VersionRange {
    Version from{};
    Version below{};
    [[nodiscard]] bool contains(const Version& version) const
    {
        return from <= version && version < below;
    }
    /// ">=14.0.0 <14.2.0"
    [[nodiscard]] static Result<VersionRange> parse(const QString& text);
    [[nodiscard]] QString toString() const;
    bool operator==(const VersionRange&) const = default;
};

/// What a package says of itself: the manifest in its head. Believed only after the signature was
/// verified.
struct PackageManifest {
    QString name{}; ///< "mss-appliance"
    SystemKind system = SystemKind::Generic;
    Version version{};
    std::vector<VersionRange> from{};
    QString notes{};
    bool operator==(const PackageManifest&) const = default;
};

/// A package file that was read to its end once: manifest, size, digest and signature judged in the
/// same pass.
struct Package {
    QString path{};
    PackageManifest manifest{};
    qint64 sizeBytes = 0;
    QByteArray sha256{};    ///< 32 bytes, of the whole file
    QString signedBy{};     ///< subject of the signer's certificate
    QByteArray signature{}; ///< the detached CMS, DER; staged with the file
    TimePoint verifiedAt{};
    bool operator==(const Package&) const = default;
    [[nodiscard]] PackageId id() const;
};

/// A package that lies on a node, as the node lists it.
struct StagedPackage {
    PackageId id{};
    QString name{};
    Version version{};
    qint64 sizeBytes = 0;
    QByteArray sha256{}; ///< as the node computed it
    bool verified = false;
    QString problem{}; ///< why not, when not verified
    bool operator==(const StagedPackage&) const = default;
};

/// "<name>-<version>"
PackageId packageId(const QString& name, const Version& version);

} // namespace quorate
