// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/nodeadmin/NodeClient.h"

#include <QHash>

namespace quorate::platform::nodeadmin {

/// "Take a backup" is an operation of the node and then a download of ours; both are one act to the
/// caller. Remembers which operation's backup goes into which folder, and lets `follow` say Running
/// until both files are at home. After a restart of the program the probe tells it again.
class Backups final : public std::enable_shared_from_this<Backups> {
public:
    void expect(const NodeId& node, const OperationId& operation, const QString& folder);
    /// The node's answer, as the caller shall see it; begins the download when it is due.
    OperationStatus adjusted(const std::shared_ptr<NodeClient>& node,
                             const OperationAnswer& answer);

private:
    struct Job {
        QString folder;
        enum class State { Waiting, Downloading, Done, Failed } state = State::Waiting;
        QString savedAs;
        Error error;
        int attempts = 0;
    };
    void begin(const std::shared_ptr<NodeClient>& node, const QString& backupId,
               const QString& key);
    void ended(const QString& key, Result<QString> savedAs);

    QHash<QString, Job> m_jobs; ///< by node and operation
};

} // namespace quorate::platform::nodeadmin
