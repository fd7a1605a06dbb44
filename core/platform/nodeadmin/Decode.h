// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Json.h"
#include "core/base/Secret.h"
#include "core/domain/Act.h"
#include "core/domain/Observation.h"
#include "core/platform/Platform.h"

#include <memory>

/// Answers of the Node Admin API as values. Total: whatever the object holds, the outcome is a
/// value or a Protocol error that names the field. Words that we do not know stay visible
/// (NodeState::Unrecognised); numbers and times that we do not understand are refused.
namespace quorate::platform::nodeadmin {

/// Our own bounds on lists; far above what an appliance has (etcd: 7 voters).
inline constexpr int kMembersMax = 1000;
inline constexpr int kItemsMax = 10'000;
inline constexpr int kIdMax = 200; ///< of the API (parameter Id)

struct SessionAnswer {
    std::shared_ptr<const Secret> token;
    TimePoint expiresAt;
    QString user;
    bool canWrite = false;
};

struct NodeAnswer {
    NodeId id;
    NodeSelf self;
    bool drained = false;       ///< by an operator; stays over restarts
    PackageId installedPackage; ///< what the last upgrade installed; empty before the first
};

/// OperationStatus, and what our own bookkeeping needs of it.
struct OperationAnswer {
    OperationStatus status;
    QString kind;
    QString subject;
    QString result; ///< id of what it made: a backup
    QString idempotencyKey;
};

struct UploadAnswer {
    QString id;
    QByteArray sha256;
    qint64 length = 0;
    qint64 offset = 0;
};

struct BackupAnswer {
    QString id;
    qint64 sizeBytes = 0;
    QByteArray sha256;
};

template <typename T>
struct Page {
    std::vector<T> items;
    QString nextCursor; ///< empty: the last page
};

[[nodiscard]] Result<SessionAnswer> decodeSession(const QJsonObject& object);
[[nodiscard]] Result<NodeAnswer> decodeNode(const QJsonObject& object);
[[nodiscard]] Result<ClusterView> decodeCluster(const QJsonObject& object);
[[nodiscard]] Result<OperationAnswer> decodeOperation(const QJsonObject& object);
/// The body of a 202.
[[nodiscard]] Result<OperationAnswer> decodeAccepted(const QJsonObject& object);
[[nodiscard]] Result<Page<OperationAnswer>> decodeOperations(const QJsonObject& object);
[[nodiscard]] Result<StagedPackage> decodePackage(const QJsonObject& object);
[[nodiscard]] Result<Page<UploadAnswer>> decodeUploads(const QJsonObject& object);
[[nodiscard]] Result<Page<BackupAnswer>> decodeBackups(const QJsonObject& object);
[[nodiscard]] Result<Page<ServiceState>> decodeServices(const QJsonObject& object);
/// nullopt: nobody has it. `ours` stays false: only the platform knows.
[[nodiscard]] Result<std::optional<Lease>> decodeLease(const QJsonObject& object);

} // namespace quorate::platform::nodeadmin
