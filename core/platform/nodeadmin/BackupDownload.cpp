// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/BackupDownload.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <unistd.h>
#endif

namespace quorate::platform::nodeadmin {
namespace {

constexpr qint64 kKeyBytesMax = 1024 * 1024; // a key file is some kilobytes
constexpr Millis kIdle{30'000};              // a list call's budget (peers.md section 8)
constexpr int kPagesMax = 100;               // of the list of backups

Error storageError(const QString& path, const QString& reason)
{
    return makeError(ErrorKind::Storage, QStringLiteral("backup-not-written"),
                     QStringLiteral("%1 cannot be written: %2").arg(path, reason),
                     QStringLiteral("Choose a folder that you can write to, with enough room"));
}

bool syncHandle(int handle)
{
#ifdef Q_OS_UNIX
    return ::fsync(handle) == 0;
#else
    return handle >= 0;
#endif
}

/// The rename itself must be on disk too.
void syncFolder(const QString& folder)
{
#ifdef Q_OS_UNIX
    const int handle = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_CLOEXEC);
    if (handle >= 0) {
        ::fsync(handle);
        ::close(handle);
    }
#else
    Q_UNUSED(folder)
#endif
}

/// A file that has its name only when it is complete. Removes what is left of it otherwise.
class PartFile {
public:
    explicit PartFile(const QString& path)
        : m_path(path)
        , m_file(path + QStringLiteral(".part"))
    {}
    ~PartFile()
    {
        if (!m_kept) {
            m_file.remove();
        }
    }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    Result<void> open()
    {
        m_file.remove(); // left by an earlier try, perhaps with other permissions
        if (!m_file.open(QIODevice::WriteOnly | QIODevice::NewOnly | QIODevice::Unbuffered,
                         QFile::ReadOwner | QFile::WriteOwner)) {
            return fail(storageError(m_file.fileName(), m_file.errorString()));
        }
        return {};
    }
    Result<void> write(const QByteArray& part)
    {
        m_hash.addData(part);
        if (m_file.write(part) != part.size()) {
            return fail(storageError(m_file.fileName(), m_file.errorString()));
        }
        return {};
    }
    Result<void> keep()
    {
        if (!syncHandle(m_file.handle())) {
            return fail(storageError(m_file.fileName(), QStringLiteral("it cannot be synced")));
        }
        m_file.close();
        QFile::remove(m_path);
        if (!m_file.rename(m_path)) {
            return fail(storageError(m_path, m_file.errorString()));
        }
        m_kept = true;
        syncFolder(QFileInfo(m_path).absolutePath());
        return {};
    }
    [[nodiscard]] QByteArray sha256() const { return m_hash.result(); }

private:
    QString m_path;
    QFile m_file;
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
    bool m_kept = false;
};

QString fileNamePart(const QString& text)
{
    QString safe = text.left(100);
    for (QChar& c : safe) {
        const bool plain = c.unicode() < 0x80 && (c.isLetterOrNumber() || c == QLatin1Char('-'));
        if (!plain) {
            c = QLatin1Char('_');
        }
    }
    return safe;
}

QString backupPath(const QString& id, const char* what)
{
    return QStringLiteral("/backups/%1/%2")
        .arg(QString::fromLatin1(QUrl::toPercentEncoding(id)), QString::fromLatin1(what));
}

/// `sha256` empty: there is nothing to compare with.
Async<bool> downloadFile(const std::shared_ptr<NodeClient>& node, net::HttpRequest request,
                         const QString& path, const QByteArray& sha256, std::stop_token stop)
{
    auto file = std::make_shared<PartFile>(path);
    if (auto opened = file->open(); !opened) {
        return ready<bool>(fail(opened.error()));
    }
    request.limits.total = Millis(0);
    request.limits.idle = kIdle;
    request.sink = [file](const QByteArray& part) { return file->write(part); };
    return andThen(node->send(std::move(request), std::move(stop)),
                   [file, sha256](const net::HttpResponse&) -> Result<bool> {
                       if (!sha256.isEmpty() && file->sha256() != sha256) {
                           return fail(ErrorKind::Protocol, QStringLiteral("backup-corrupt"),
                                       QStringLiteral("The backup that arrived is not the one that "
                                                      "the node listed"),
                                       QStringLiteral("Take the backup again"));
                       }
                       return file->keep().map([] { return true; });
                   });
}

Async<BackupAnswer> findBackup(std::shared_ptr<NodeClient> node, QString id, QString cursor,
                               int pagesLeft, std::stop_token stop)
{
    const QString path = cursor.isEmpty()
                             ? QStringLiteral("/backups")
                             : QStringLiteral("/backups?cursor=")
                                   + QString::fromLatin1(QUrl::toPercentEncoding(cursor));
    return andThen(node->getJson(path, stop),
                   [node, id, pagesLeft, stop](const QJsonObject& object) -> Async<BackupAnswer> {
                       auto page = decodeBackups(object);
                       if (!page) {
                           return ready<BackupAnswer>(fail(page.error()));
                       }
                       for (const BackupAnswer& backup : page->items) {
                           if (backup.id == id) {
                               return ready<BackupAnswer>(backup);
                           }
                       }
                       if (page->nextCursor.isEmpty() || pagesLeft <= 1) {
                           return ready<BackupAnswer>(
                               fail(ErrorKind::NotFound, QStringLiteral("backup-unknown"),
                                    QStringLiteral("The node does not list backup %1").arg(id)));
                       }
                       return findBackup(node, id, page->nextCursor, pagesLeft - 1, stop);
                   });
}

} // namespace

bool BackupFiles::exist() const { return QFile::exists(content) && QFile::exists(key); }

BackupFiles backupFiles(const QString& folder, const QString& node, const QString& backupId)
{
    const QString base = QStringLiteral("%1-%2").arg(fileNamePart(node), fileNamePart(backupId));
    const QDir dir(folder);
    return {dir.filePath(base + QStringLiteral(".backup")),
            dir.filePath(base + QStringLiteral(".key"))};
}

Async<BackupFiles> downloadBackup(std::shared_ptr<NodeClient> node, QString backupId,
                                  QString folder, std::stop_token stop)
{
    const BackupFiles files = backupFiles(folder, node->id().value, backupId);
    if (!QDir().mkpath(folder)) {
        return ready<BackupFiles>(
            fail(storageError(folder, QStringLiteral("the folder cannot be made"))));
    }
    auto content = andThen(
        findBackup(node, backupId, {}, kPagesMax, stop),
        [node, files, stop](const BackupAnswer& listed) {
            auto request = node->request("GET", backupPath(listed.id, "content"));
            request.limits.bodyBytesMax = listed.sizeBytes;
            return downloadFile(node, std::move(request), files.content, listed.sha256, stop);
        });
    auto key = andThen(std::move(content), [node, files, backupId, stop](bool) {
        auto request = node->request("GET", backupPath(backupId, "key"));
        request.limits.bodyBytesMax = kKeyBytesMax;
        return downloadFile(node, std::move(request), files.key, {}, stop);
    });
    return andThen(std::move(key), [files](bool) -> Result<BackupFiles> { return files; });
}

} // namespace quorate::platform::nodeadmin
