// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Uploads.h"

#include "app/sandbox/Files.h"
#include "app/sandbox/Node.h"
#include "core/base/Json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace quorate::sandbox {

namespace {

constexpr qsizetype kBlock = 1024 * 1024;

Result<Upload> uploadFrom(const QJsonObject& object)
{
    JsonReader in(object, QStringLiteral("upload"));
    Upload upload;
    upload.id = in.string("id");
    upload.filename = in.string("filename");
    upload.sha256 = in.string("sha256");
    upload.signature = QByteArray::fromBase64(in.string("signature").toLatin1());
    upload.length = in.integer("length");
    upload.createdAt = in.time("createdAt");
    upload.packageId = in.string("packageId");
    return in.finish(upload);
}

} // namespace

Result<void> Uploads::load()
{
    if (const Result<void> made = makeFolder(m_folder); !made) {
        return made;
    }
    const QStringList files = QDir(m_folder).entryList({QStringLiteral("*.json")}, QDir::Files);
    for (const QString& file : files) {
        const Result<QJsonObject> object = readObject(m_folder + QLatin1Char('/') + file);
        Result<Upload> upload = object ? uploadFrom(*object) : Result<Upload>(fail(object.error()));
        if (!upload) {
            return fail(upload.error());
        }
        m_uploads.emplace(upload->id, *upload);
    }
    return {};
}

Result<void> Uploads::save(const Upload& upload) const
{
    return writeDurably(
        m_folder + QLatin1Char('/') + upload.id + QStringLiteral(".json"),
        QJsonObject{{QStringLiteral("id"), upload.id},
                    {QStringLiteral("filename"), upload.filename},
                    {QStringLiteral("sha256"), upload.sha256},
                    {QStringLiteral("signature"), QString::fromLatin1(upload.signature.toBase64())},
                    {QStringLiteral("length"), upload.length},
                    {QStringLiteral("createdAt"), toIso(upload.createdAt)},
                    {QStringLiteral("packageId"), upload.packageId}});
}

Result<Upload> Uploads::create(Upload upload)
{
    upload.id = randomHex(12);
    QFile part(partPath(upload.id));
    if (!part.open(QIODevice::WriteOnly | QIODevice::NewOnly)) {
        return refuse(507, "disk-full", part.errorString());
    }
    if (const Result<void> saved = save(upload); !saved) {
        return fail(saved.error());
    }
    const std::lock_guard lock(m_mutex);
    m_uploads.emplace(upload.id, upload);
    return upload;
}

Result<Upload> Uploads::get(const QString& id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_uploads.find(id);
    if (found == m_uploads.end()) {
        return refuse(404, "upload-unknown", QStringLiteral("There is no upload %1").arg(id));
    }
    return found->second;
}

qint64 Uploads::offset(const Upload& upload) const
{
    return upload.packageId.isEmpty() ? QFileInfo(partPath(upload.id)).size() : upload.length;
}

std::vector<QJsonObject> Uploads::pending() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<QJsonObject> list;
    for (const auto& [id, upload] : m_uploads) {
        if (upload.packageId.isEmpty()) {
            list.push_back({{QStringLiteral("id"), id},
                            {QStringLiteral("filename"), upload.filename},
                            {QStringLiteral("sha256"), upload.sha256},
                            {QStringLiteral("length"), upload.length},
                            {QStringLiteral("offset"), offset(upload)},
                            {QStringLiteral("createdAt"), toIso(upload.createdAt)}});
        }
    }
    return list;
}

Result<void> Uploads::discard(const QString& id)
{
    const std::lock_guard lock(m_mutex);
    if (const auto progress = m_progress.find(id);
        progress != m_progress.end() && progress->second.busy) {
        return refuse(423, "upload-busy", QStringLiteral("Bytes of this upload are arriving"));
    }
    if (m_uploads.erase(id) == 0) {
        return refuse(404, "upload-unknown", QStringLiteral("There is no upload %1").arg(id));
    }
    m_progress.erase(id);
    QFile::remove(m_folder + QLatin1Char('/') + id + QStringLiteral(".json"));
    QFile::remove(partPath(id));
    return {};
}

Result<void> Uploads::complete(const QString& id, const QString& packageId)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_uploads.find(id);
    if (found == m_uploads.end()) {
        return refuse(404, "upload-unknown", QStringLiteral("There is no upload %1").arg(id));
    }
    found->second.packageId = packageId;
    return save(found->second);
}

Result<std::unique_ptr<Uploads::Writer>> Uploads::open(const QString& id, qint64 wanted)
{
    Result<Upload> upload = get(id);
    if (!upload) {
        return fail(upload.error());
    }
    {
        const std::lock_guard lock(m_mutex);
        Progress& progress = m_progress[id];
        if (progress.busy) {
            return refuse(423, "upload-busy",
                          QStringLiteral("Another request of this upload is running"));
        }
        const qint64 have = offset(*upload);
        if (have != wanted || !upload->packageId.isEmpty()) {
            return refuse(409, "offset-mismatch",
                          QStringLiteral("The upload stands at byte %1").arg(have));
        }
        progress.busy = true;
    }
    Result<DigestPtr> digest = digestUpTo(id, wanted);
    const int file = ::open(QFile::encodeName(partPath(id)).constData(), O_WRONLY | O_CLOEXEC);
    if (!digest || file < 0) {
        release(id, nullptr, -1);
        return digest ? Result<std::unique_ptr<Writer>>(
                   refuse(500, "file-system", QStringLiteral("The upload's file cannot be opened")))
                      : fail(digest.error());
    }
    return std::make_unique<Writer>(*this, *upload, file, wanted, *std::move(digest));
}

Result<DigestPtr> Uploads::digestUpTo(const QString& id, qint64 offset)
{
    {
        const std::lock_guard lock(m_mutex);
        Progress& progress = m_progress[id];
        if (progress.digest && progress.offset == offset) {
            return std::move(progress.digest);
        }
    }
    // After a restart of the process the hash of what is there must be made again.
    DigestPtr digest(EVP_MD_CTX_new());
    EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
    QFile file(partPath(id));
    if (!file.open(QIODevice::ReadOnly)) {
        return refuse(500, "file-system", file.errorString());
    }
    for (qint64 done = 0; done < offset;) {
        const QByteArray block = file.read(std::min<qint64>(kBlock, offset - done));
        if (block.isEmpty()) {
            return refuse(500, "file-system", file.errorString());
        }
        EVP_DigestUpdate(digest.get(), block.constData(), static_cast<size_t>(block.size()));
        done += block.size();
    }
    return digest;
}

void Uploads::release(const QString& id, DigestPtr digest, qint64 offset)
{
    const std::lock_guard lock(m_mutex);
    Progress& progress = m_progress[id];
    progress.busy = false;
    progress.digest = std::move(digest);
    progress.offset = offset;
}

Uploads::Writer::Writer(Uploads& uploads, Upload upload, int file, qint64 offset, DigestPtr digest)
    : m_uploads(uploads)
    , m_upload(std::move(upload))
    , m_file(file)
    , m_start(offset)
    , m_offset(offset)
    , m_digest(std::move(digest))
    , m_atStart(EVP_MD_CTX_new())
{
    EVP_MD_CTX_copy_ex(m_atStart.get(), m_digest.get());
    m_buffer.reserve(kBlock);
}

Uploads::Writer::~Writer()
{
    const bool kept = flush();
    ::close(m_file);
    m_uploads.release(m_upload.id, kept ? std::move(m_digest) : nullptr, kept ? m_offset : -1);
}

bool Uploads::Writer::write(const char* data, size_t size)
{
    if (offset() + static_cast<qint64>(size) > m_upload.length) {
        m_overflow = true;
        return false;
    }
    m_buffer.append(data, static_cast<qsizetype>(size));
    return m_buffer.size() < kBlock || flush();
}

bool Uploads::Writer::flush()
{
    qsizetype done = 0;
    while (done < m_buffer.size()) {
        const ssize_t count =
            ::pwrite(m_file, m_buffer.constData() + done,
                     static_cast<size_t>(m_buffer.size() - done), m_offset + done);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break;
        }
        done += count;
    }
    EVP_DigestUpdate(m_digest.get(), m_buffer.constData(), static_cast<size_t>(done));
    m_offset += done;
    const bool all = done == m_buffer.size();
    m_buffer.resize(0);
    return all;
}

void Uploads::Writer::rollBack()
{
    m_buffer.resize(0);
    if (::ftruncate(m_file, m_start) == 0) {
        m_offset = m_start;
        std::swap(m_digest, m_atStart);
    }
}

void Uploads::Writer::startAgain()
{
    m_buffer.resize(0);
    if (::ftruncate(m_file, 0) == 0) {
        m_offset = 0;
        EVP_DigestInit_ex(m_digest.get(), EVP_sha256(), nullptr);
    }
}

QByteArray Uploads::Writer::digest() const
{
    const DigestPtr copy(EVP_MD_CTX_new());
    EVP_MD_CTX_copy_ex(copy.get(), m_digest.get());
    QByteArray bytes(32, '\0');
    EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(bytes.data()), nullptr);
    return bytes;
}

} // namespace quorate::sandbox
