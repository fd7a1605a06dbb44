// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/nodeadmin/NodeClient.h"

namespace quorate::platform::nodeadmin {

/// Where a backup of a node lies at home.
struct BackupFiles {
    QString content; ///< FOLDER/NODE-ID.backup
    QString key;     ///< FOLDER/NODE-ID.key: a secret, mode 0600
    /// Both are complete: they get their names only when they are.
    [[nodiscard]] bool exist() const;
};
BackupFiles backupFiles(const QString& folder, const QString& node, const QString& backupId);

/// Brings a backup and its key home: each is written to a temporary file that only its owner can
/// read, compared with the node's own size and SHA-256 (the key has none), synced, and renamed.
/// Storage errors name the file; Protocol "backup-corrupt" when it is not what the node listed.
[[nodiscard]] Async<BackupFiles> downloadBackup(std::shared_ptr<NodeClient> node, QString backupId,
                                                QString folder, std::stop_token stop);

} // namespace quorate::platform::nodeadmin
