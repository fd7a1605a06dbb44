// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Files.h"

#include "core/base/Json.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quorate::sandbox {

namespace {

class Descriptor {
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }
    [[nodiscard]] int get() const { return m_fd; }

private:
    int m_fd;
};

tl::unexpected<Error> systemError(const char* what, const QString& path)
{
    return fail(ErrorKind::Storage, QStringLiteral("file-system"),
                QStringLiteral("%1 %2: %3")
                    .arg(QLatin1String(what), path, QString::fromLocal8Bit(std::strerror(errno))),
                QStringLiteral("Check the folder, its permissions and the free space"));
}

bool writeAll(int fd, const QByteArray& bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t count =
            ::write(fd, bytes.constData() + done, static_cast<size_t>(bytes.size() - done));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        done += count;
    }
    return true;
}

} // namespace

Result<void> writeDurably(const QString& path, const QByteArray& bytes, Access access)
{
    const QByteArray target = QFile::encodeName(path);
    const QByteArray sibling = target + ".new";
    const mode_t mode = access == Access::OwnerOnly ? 0600 : 0644;
    {
        const Descriptor file(
            ::open(sibling.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
        if (file.get() < 0 || ::fchmod(file.get(), mode) != 0 || !writeAll(file.get(), bytes)
            || ::fsync(file.get()) != 0) {
            return systemError("cannot write", path);
        }
    }
    if (::rename(sibling.constData(), target.constData()) != 0) {
        return systemError("cannot replace", path);
    }
    const QByteArray folder = QFile::encodeName(QFileInfo(path).absolutePath());
    const Descriptor parent(::open(folder.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.get() < 0 || ::fsync(parent.get()) != 0) {
        return systemError("cannot sync the folder of", path);
    }
    return {};
}

Result<void> writeDurably(const QString& path, const QJsonObject& object, Access access)
{
    return writeDurably(path, QJsonDocument(object).toJson(QJsonDocument::Indented), access);
}

Result<QByteArray> readFile(const QString& path, qint64 bytesMax)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(ErrorKind::Storage, QStringLiteral("file-unreadable"),
                    QStringLiteral("cannot read %1: %2").arg(path, file.errorString()));
    }
    if (file.size() > bytesMax) {
        return fail(ErrorKind::Storage, QStringLiteral("file-too-large"),
                    QStringLiteral("%1 is larger than %2 bytes").arg(path).arg(bytesMax));
    }
    return file.readAll();
}

Result<QJsonObject> readObject(const QString& path)
{
    const Result<QByteArray> bytes = readFile(path);
    if (!bytes) {
        return fail(bytes.error());
    }
    Result<QJsonObject> object = parseJsonObject(*bytes);
    if (!object) {
        return fail(object.error().withContext(path));
    }
    return object;
}

Result<void> makeFolder(const QString& path, Access access)
{
    if (!QDir().mkpath(path)) {
        return systemError("cannot make the folder", path);
    }
    if (access == Access::OwnerOnly && ::chmod(QFile::encodeName(path).constData(), 0700) != 0) {
        return systemError("cannot protect the folder", path);
    }
    return {};
}

QString randomHex(int bytes)
{
    QByteArray buffer(bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(buffer.data()), bytes) != 1) {
        std::perror("quorate-sandbox: no random numbers");
        std::abort(); // nothing that follows could be trusted
    }
    return QString::fromLatin1(buffer.toHex());
}

QString sha256Hex(const QByteArray& bytes)
{
    return QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
}

QByteArray passwordHash(const QByteArray& password, const QByteArray& salt)
{
    constexpr int kRounds = 10'000; // a practice cluster starts in a second, on a busy machine too
    QByteArray hash(32, '\0');
    PKCS5_PBKDF2_HMAC(password.constData(), static_cast<int>(password.size()),
                      reinterpret_cast<const unsigned char*>(salt.constData()),
                      static_cast<int>(salt.size()), kRounds, EVP_sha256(),
                      static_cast<int>(hash.size()), reinterpret_cast<unsigned char*>(hash.data()));
    return hash;
}

} // namespace quorate::sandbox
