// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <QJsonArray>
#include <QJsonObject>

#include <map>
#include <optional>
#include <vector>

namespace quorate::sandbox {

enum class OperationState { Running, Succeeded, Failed };

struct Operation {
    QString id;
    QString kind;
    QString subject;
    QString result;
    QString idempotencyKey;
    QString requestHash; ///< of method, path and body: the same key with another request is refused
    OperationState state = OperationState::Running;
    double progress = 0;
    TimePoint startedAt;
    std::optional<TimePoint> endedAt;
    Millis duration{0};
    QString message;
    QJsonObject problem;

    [[nodiscard]] bool running() const { return state == OperationState::Running; }
    /// As the API shows it.
    [[nodiscard]] QJsonObject toJson() const;
    [[nodiscard]] QJsonObject toRecord() const;
    [[nodiscard]] static Result<Operation> fromRecord(const QJsonObject& object);
};

/// An answer that was given to a key and is not an operation.
struct Remembered {
    QString requestHash;
    int status = 0;
    QString location;
    QJsonObject body;
};

struct Counters {
    int installs = 0;
    int upgrades = 0;
    int reboots = 0;
    int drains = 0;
    int backups = 0;
    int scales = 0;
    [[nodiscard]] QJsonObject toJson() const;
};

/// What a node keeps over restarts: DIR/node-N/state.json.
struct NodeRecord {
    QString version;
    QString pendingVersion; ///< installed, runs after the next restart
    bool drained = false;
    bool rebootNeeded = false;
    bool upgradedOnce =
        false; ///< an upgrade was completed, so that one more online update will be found
    bool returnedOld = false;
    QString verification = QStringLiteral("none");
    QString lastEnd; ///< how the process ended: "reboot", "shutdown", or empty (it did not say:
                     ///< power cut)
    Counters counters;
    QJsonArray updatesAvailable;
    QJsonArray updatesInstalled;
    QJsonValue checkedAt = QJsonValue::Null;
    QJsonValue installedPackage = QJsonValue::Null;
    std::map<QString, QJsonObject> packages;
    std::map<QString, QJsonObject> backups;
    std::map<QString, bool> stoppedServices; ///< id → stopped by an operator; absent: as usual
    static constexpr size_t kOperationsMax = 500;
    std::vector<Operation> operations; ///< oldest first, at most kOperationsMax
    std::map<QString, Remembered> remembered;
    std::vector<QString> rememberedOrder;
    qint64 boots = 0;

    [[nodiscard]] QJsonObject toJson() const;
    [[nodiscard]] static Result<NodeRecord> fromJson(const QJsonObject& object);
    void remember(const QString& key, Remembered answer);
};

} // namespace quorate::sandbox
