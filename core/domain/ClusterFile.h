// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"
#include "core/base/Result.h"
#include "core/domain/Enums.h"

#include <QByteArray>
#include <QUrl>

#include <optional>
#include <vector>

namespace quorate {

struct ClusterFileNode {
    NodeId id{};
    QString name{};
    QUrl address{}; ///< https, host and port, no user part
    bool operator==(const ClusterFileNode&) const = default;
};

/// Only in the file of a practice cluster (design section 4): its speed and its owner-readable
/// credentials.
struct PracticeSettings {
    double speed = 1;          ///< 60 makes a vendor's 15 minutes 15 seconds
    QString credentialsFile{}; ///< absolute, resolved against the cluster file's folder; empty when
                               ///< there is none
    bool operator==(const PracticeSettings&) const = default;
};

/// How a cluster is reached: name, system, platform, node addresses, CA, publisher of its packages.
/// Never a secret.
struct ClusterFile {
    static constexpr int kNodesMax = 1000; ///< our own bound; voters are at most 7 (etcd)
    static constexpr qint64 kBytesMax = 1024 * 1024;

    QString name{};
    SystemKind system = SystemKind::Generic;
    QString platform{};
    Environment environment = Environment::Untagged;
    std::vector<ClusterFileNode> nodes{};
    QByteArray caPem{}; ///< empty: system roots
    QString publisherName{};
    QByteArray publisherCertificate{}; ///< PEM; who signs this cluster's packages; may be empty
    std::optional<PracticeSettings> practice{};
    bool operator==(const ClusterFile&) const = default;

    /// Validation error naming field and cure. `folder` resolves relative paths. Refuses fields
    /// that look like a secret (password, token, key) anywhere, and a credentials file outside a
    /// practice cluster.
    [[nodiscard]] static Result<ClusterFile> parse(const QByteArray& text, const QString& folder);
    [[nodiscard]] static Result<ClusterFile> read(const QString& path);
};

} // namespace quorate
