// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <QString>

#include <vector>

namespace quorate::sandbox {

/// Of every session token of a node, so that one is known wherever it turns up.
inline constexpr char kSessionTokenPrefix[] = "practice-token-";

/// What a practice cluster is, fixed by `up` and kept in DIR/sandbox.json.
struct NodeEntry {
    QString id;
    int port = 0;
    [[nodiscard]] QString address() const { return QStringLiteral("127.0.0.1:%1").arg(port); }
};

struct Settings {
    QString folder; ///< DIR, absolute; not stored
    QString name;
    QString system;  ///< "mss" or "cm"
    QString version; ///< what the nodes run at first
    int speed = 60;
    std::vector<NodeEntry> nodes;

    [[nodiscard]] static Result<Settings> load(const QString& folder);
    [[nodiscard]] Result<void> save() const;
    [[nodiscard]] const NodeEntry* find(const QString& id) const;
    [[nodiscard]] QString nodeFolder(const QString& id) const
    {
        return folder + QLatin1Char('/') + id;
    }
    [[nodiscard]] QString path(const QString& file) const
    {
        return folder + QLatin1Char('/') + file;
    }
    [[nodiscard]] int majority() const { return static_cast<int>(nodes.size()) / 2 + 1; }

    /// The vendor's time at this cluster's speed, but never below `floor`.
    [[nodiscard]] Millis scaled(Millis vendor, Millis floor = Millis(100)) const;
    [[nodiscard]] Millis heartbeat() const;
    [[nodiscard]] Millis late() const;
    [[nodiscard]] Millis down() const;
};

/// How long things take at speed 1. Source: domain.md (a node is ready up to 15 minutes after its
/// restart, CM out for 10 minutes or more, scaling up to 15) shared out over the phases.
namespace vendor {
inline constexpr Millis kDrain = Seconds(20);
inline constexpr Millis kResume = Seconds(10);
inline constexpr Millis kOff =
    std::chrono::minutes(5); ///< from the end of the process until it listens again
inline constexpr Millis kStarting = std::chrono::minutes(3); ///< from listening until ready
inline constexpr Millis kUpgrade = std::chrono::minutes(4);
inline constexpr Millis kUpdate = std::chrono::minutes(2);
inline constexpr Millis kCheck = Seconds(20);
inline constexpr Millis kScale = std::chrono::minutes(5);
inline constexpr Millis kBackup = std::chrono::minutes(1);
inline constexpr Millis kService = Seconds(5);
} // namespace vendor

} // namespace quorate::sandbox
