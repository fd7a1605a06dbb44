// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/Backups.h"

#include "core/platform/nodeadmin/BackupDownload.h"

namespace quorate::platform::nodeadmin {
namespace {

constexpr int kAttemptsMax = 3; // retries per node (peers.md section 8: CAU)

QString jobKey(const NodeId& node, const OperationId& operation)
{
    return node.value + QLatin1Char('\n') + operation.value;
}

} // namespace

void Backups::expect(const NodeId& node, const OperationId& operation, const QString& folder)
{
    Job& job = m_jobs[jobKey(node, operation)];
    if (job.folder != folder) {
        job = Job{};
        job.folder = folder;
    }
}

OperationStatus Backups::adjusted(const std::shared_ptr<NodeClient>& node,
                                  const OperationAnswer& answer)
{
    const QString key = jobKey(node->id(), answer.status.id);
    OperationStatus status = answer.status;
    const auto job = m_jobs.find(key);
    if (job == m_jobs.end() || status.state != OperationStatus::State::Succeeded) {
        return status;
    }
    switch (job->state) {
    case Job::State::Waiting: begin(node, answer.result, key); [[fallthrough]];
    case Job::State::Downloading:
        status.state = OperationStatus::State::Running;
        status.progress = 0.99;
        status.message = QStringLiteral("Downloading the backup and its key");
        break;
    case Job::State::Done: status.message = QStringLiteral("Saved as %1").arg(job->savedAs); break;
    case Job::State::Failed:
        status.state = OperationStatus::State::Failed;
        status.message = QStringLiteral("The backup was made but could not be downloaded");
        status.error = job->error;
        job->state = Job::State::Waiting; // asking again tries again
        job->attempts = 0;
        break;
    }
    return status;
}

void Backups::begin(const std::shared_ptr<NodeClient>& node, const QString& backupId,
                    const QString& key)
{
    Job& job = m_jobs[key];
    job.state = Job::State::Downloading;
    ++job.attempts;
    detail::onAnswer<BackupFiles>(
        downloadBackup(node, backupId, job.folder, {}),
        [self = shared_from_this(), key](Result<BackupFiles> files) {
            self->ended(key, files.map([](const BackupFiles& kept) { return kept.content; }));
        });
}

void Backups::ended(const QString& key, Result<QString> savedAs)
{
    Job& job = m_jobs[key];
    if (savedAs) {
        job.state = Job::State::Done;
        job.savedAs = *savedAs;
        return;
    }
    job.error = savedAs.error();
    const bool again = job.error.retryable && job.attempts < kAttemptsMax;
    job.state = again ? Job::State::Waiting : Job::State::Failed;
}

} // namespace quorate::platform::nodeadmin
