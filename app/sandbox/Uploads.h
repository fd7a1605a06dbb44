// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <map>
#include <memory>
#include <mutex>
#include <openssl/evp.h>
#include <vector>

namespace quorate::sandbox {

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestPtr = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

struct Upload {
    QString id;
    QString filename;
    QString sha256; ///< announced, hex
    QByteArray signature;
    qint64 length = 0;
    TimePoint createdAt;
    QString packageId; ///< when complete
};

/// Uploads by tus 1.0: what arrived is on disk and stays there, whatever happens to the connection
/// or the process.
class Uploads {
public:
    explicit Uploads(QString folder)
        : m_folder(std::move(folder))
    {}

    [[nodiscard]] Result<void> load();
    [[nodiscard]] Result<Upload> create(Upload upload);
    [[nodiscard]] Result<Upload> get(const QString& id) const;
    [[nodiscard]] qint64 offset(const Upload& upload) const;
    [[nodiscard]] std::vector<QJsonObject> pending() const;
    [[nodiscard]] Result<void> discard(const QString& id);
    [[nodiscard]] QString partPath(const QString& id) const
    {
        return m_folder + QLatin1Char('/') + id + QStringLiteral(".part");
    }
    [[nodiscard]] Result<void> complete(const QString& id, const QString& packageId);

    /// The one writer of an upload; flushes what it has when it goes.
    class Writer {
    public:
        Writer(Uploads& uploads, Upload upload, int file, qint64 offset, DigestPtr digest);
        Writer(const Writer&) = delete;
        Writer& operator=(const Writer&) = delete;
        ~Writer();
        /// False: the disk refused, or more bytes came than were announced.
        bool write(const char* data, size_t size);
        bool flush();
        /// Takes back everything that this writer wrote.
        void rollBack();
        /// Takes back the whole upload.
        void startAgain();
        [[nodiscard]] qint64 offset() const { return m_offset + m_buffer.size(); }
        [[nodiscard]] bool complete() const { return offset() == m_upload.length; }
        [[nodiscard]] bool overflow() const { return m_overflow; }
        [[nodiscard]] const Upload& upload() const { return m_upload; }
        /// Of the whole file so far, in the pass that wrote it.
        [[nodiscard]] QByteArray digest() const;

    private:
        Uploads& m_uploads;
        Upload m_upload;
        int m_file;
        qint64 m_start;
        qint64 m_offset;
        DigestPtr m_digest;
        DigestPtr m_atStart;
        QByteArray m_buffer;
        bool m_overflow = false;
    };
    /// 404, 409 `offset-mismatch`, 423 `upload-busy`.
    [[nodiscard]] Result<std::unique_ptr<Writer>> open(const QString& id, qint64 offset);

private:
    [[nodiscard]] Result<void> save(const Upload& upload) const;
    void release(const QString& id, DigestPtr digest, qint64 offset);
    [[nodiscard]] Result<DigestPtr> digestUpTo(const QString& id, qint64 offset);

    struct Progress {
        DigestPtr digest; ///< of the first `offset` bytes
        qint64 offset = -1;
        bool busy = false;
    };
    mutable std::mutex m_mutex;
    QString m_folder;
    std::map<QString, Upload> m_uploads;
    std::map<QString, Progress> m_progress;
};

} // namespace quorate::sandbox
