// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Node.h"

#include "app/sandbox/Files.h"

#include <QFile>
#include <QJsonDocument>

#include <algorithm>
#include <fcntl.h>
#include <memory>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <unistd.h>

namespace quorate::sandbox {

namespace {

constexpr qint64 kFreeBesidePackage =
    12'000'000'000; ///< CM: 12 GB free beside the package (domain.md)
constexpr int kKeySize = 32;
constexpr int kNonceSize = 12;
constexpr int kTagSize = 16;

QJsonObject update(const char* id, const char* name, bool reboot, qint64 bytes)
{
    return {{QStringLiteral("id"), QLatin1String(id)},
            {QStringLiteral("name"), QLatin1String(name)},
            {QStringLiteral("rebootNeeded"), reboot},
            {QStringLiteral("sizeBytes"), bytes}};
}

bool contains(const QJsonArray& list, const QString& id)
{
    return std::any_of(list.begin(), list.end(), [&](const QJsonValue& value) {
        return value.toObject().value(QStringLiteral("id")).toString() == id;
    });
}

/// Only the next minor version, or patches of the same one.
bool isNextMinor(const Version& from, const Version& to)
{
    return from.major == to.major && (to.minor == from.minor || to.minor == from.minor + 1);
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

/// AES-256-GCM: nonce, sealed bytes, tag. Empty when OpenSSL refuses.
QByteArray seal(const QByteArray& plain, const QByteArray& key)
{
    QByteArray nonce(kNonceSize, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), kNonceSize);
    QByteArray sealed(plain.size(), '\0');
    QByteArray tag(kTagSize, '\0');
    const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
    int size = 0;
    const bool good =
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                           reinterpret_cast<const unsigned char*>(key.data()),
                           reinterpret_cast<const unsigned char*>(nonce.data()))
            == 1
        && EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(sealed.data()), &size,
                             reinterpret_cast<const unsigned char*>(plain.data()),
                             static_cast<int>(plain.size()))
               == 1
        && EVP_EncryptFinal_ex(context.get(),
                               reinterpret_cast<unsigned char*>(sealed.data()) + size, &size)
               == 1
        && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag.data()) == 1;
    return good ? nonce + sealed + tag : QByteArray();
}

/// Makes sure that the bytes survive a power cut.
void syncFile(const QString& path)
{
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ::fdatasync(fd);
        ::close(fd);
    }
}

} // namespace

Result<void> Node::admitUpgrade(const QString& packageId, const QJsonObject& body) const
{
    const auto found = m_record.packages.find(packageId);
    if (found == m_record.packages.end()) {
        return refuse(404, "package-unknown",
                      QStringLiteral("No package %1 is staged here").arg(packageId));
    }
    const QJsonObject& package = found->second;
    if (!package.value(QStringLiteral("verified")).toBool()) {
        return refuse(409, "package-unverified",
                      QStringLiteral("The package did not pass its verification"));
    }
    if (!body.value(QStringLiteral("licenceAccepted")).toBool()) {
        return refuse(422, "licence-not-accepted", QStringLiteral("The licence must be accepted"));
    }
    const QString system = package.value(QStringLiteral("system")).toString();
    if (system != m_settings.system) {
        return refuse(409, "wrong-system", QStringLiteral("The package is for %1").arg(system));
    }
    const QString text = package.value(QStringLiteral("version")).toString();
    const Result<Version> target = Version::parse(text);
    const Result<Version> running = Version::parse(m_record.version);
    if (!target || !running || *target <= *running) {
        return refuse(
            409, "not-newer",
            QStringLiteral("%1 runs already; %2 is not newer").arg(m_record.version, text));
    }
    bool supported = isMss() || isNextMinor(*running, *target);
    bool listed = false;
    for (const QJsonValue& range : package.value(QStringLiteral("from")).toArray()) {
        listed = listed || matches(range.toString(), *running).value_or(false);
    }
    supported = supported && listed;
    if (!supported) {
        return refuse(
            409, "unsupported-path",
            QStringLiteral("From %1 straight to %2 is not supported").arg(m_record.version, text));
    }
    if (m_faults.has(fault::kDiskFull) || (!isMss() && diskFreeLocked() < kFreeBesidePackage)) {
        return refuse(409, "disk-full", QStringLiteral("Not enough free space for the upgrade"));
    }
    return {};
}

void Node::completeUpgrade(Operation& operation, TimePoint now)
{
    const auto found = m_record.packages.find(operation.subject);
    if (found == m_record.packages.end() || m_faults.has(fault::kDiskFull)) {
        m_record.verification = QStringLiteral("none");
        failOperation(operation, QStringLiteral("disk-full"),
                      QStringLiteral("The disk filled up during the upgrade"), now);
        return;
    }
    const QJsonObject& package = found->second;
    m_record.pendingVersion = package.value(QStringLiteral("version")).toString();
    m_record.rebootNeeded = true;
    m_record.verification =
        m_faults.has(fault::kVerifyFails) ? QStringLiteral("failed") : QStringLiteral("passed");
    m_record.installedPackage =
        QJsonObject{{QStringLiteral("id"), operation.subject},
                    {QStringLiteral("name"), package.value(QStringLiteral("name"))},
                    {QStringLiteral("version"), m_record.pendingVersion},
                    {QStringLiteral("installedAt"), toIso(now)}};
    operation.message =
        QStringLiteral("%1 is installed; a restart is needed").arg(m_record.pendingVersion);
}

void Node::completeCheck(TimePoint now)
{
    m_record.checkedAt = toIso(now);
    m_record.updatesAvailable = {};
    if (!isMss()) {
        return; // the key manager has no online updates
    }
    const auto offer = [&](const QJsonObject& found) {
        if (!contains(m_record.updatesInstalled, found.value(QStringLiteral("id")).toString())) {
            m_record.updatesAvailable.append(found);
        }
    };
    offer(update("base-libraries-1", "Security fixes for base libraries", false, 48'000'000));
    offer(update("kernel-1", "Kernel security fixes", true, 96'000'000));
    if (m_record.upgradedOnce) {
        offer(update("after-upgrade-1", "Fixes for the new version", false, 12'000'000));
    }
}

void Node::completeUpdates(TimePoint now)
{
    for (const QJsonValue& value : m_record.updatesAvailable) {
        QJsonObject installed = value.toObject();
        m_record.rebootNeeded =
            m_record.rebootNeeded || installed.value(QStringLiteral("rebootNeeded")).toBool();
        installed.insert(QStringLiteral("installedAt"), toIso(now));
        m_record.updatesInstalled.append(installed);
    }
    m_record.updatesAvailable = {};
}

void Node::completeBackup(Operation& operation, TimePoint now)
{
    const QString id = QStringLiteral("backup-") + randomHex(6);
    QByteArray key(kKeySize, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), kKeySize);
    const QByteArray content =
        seal(QJsonDocument(m_record.toJson()).toJson(QJsonDocument::Compact), key);
    const QString base = folder() + QStringLiteral("/backups/") + id;
    const Result<void> made = makeFolder(folder() + QStringLiteral("/backups"), Access::OwnerOnly);
    const Result<void> kept =
        made ? writeDurably(base + QStringLiteral(".bin"), content, Access::OwnerOnly) : made;
    const Result<void> keyed =
        kept ? writeDurably(base + QStringLiteral(".key"), key, Access::OwnerOnly) : kept;
    if (!keyed || content.isEmpty() || m_faults.has(fault::kDiskFull)) {
        failOperation(operation, QStringLiteral("backup-failed"),
                      QStringLiteral("The backup could not be written"), now);
        return;
    }
    operation.result = id;
    m_record.backups[id] = QJsonObject{{QStringLiteral("id"), id},
                                       {QStringLiteral("createdAt"), toIso(now)},
                                       {QStringLiteral("version"), m_record.version},
                                       {QStringLiteral("sizeBytes"), content.size()},
                                       {QStringLiteral("sha256"), sha256Hex(content)}};
}

QJsonObject Node::describePackage(const QString& file, const QString& uploadId,
                                  const QByteArray& sha256, const QByteArray& signature) const
{
    const Result<Manifest> manifest = readManifest(file);
    const Result<void> verified = checkSignature(signature, sha256, m_publisher.get());
    QJsonObject package{{QStringLiteral("id"), QStringLiteral("upload-") + uploadId},
                        {QStringLiteral("name"), QStringLiteral("unknown")},
                        {QStringLiteral("version"), QStringLiteral("0.0.0")},
                        {QStringLiteral("system"), QStringLiteral("unknown")},
                        {QStringLiteral("from"), QJsonArray()}};
    if (manifest) {
        package = manifest->toJson();
        package.remove(QStringLiteral("payloadSizeBytes"));
        package.insert(QStringLiteral("id"), manifest->name + QLatin1Char('-') + manifest->version);
    }
    package.insert(QStringLiteral("sizeBytes"), QFile(file).size());
    package.insert(QStringLiteral("sha256"), QString::fromLatin1(sha256.toHex()));
    package.insert(QStringLiteral("verified"), manifest.has_value() && verified.has_value());
    package.insert(QStringLiteral("stagedAt"), toIso(m_clock.now()));
    if (!manifest || !verified) {
        const Error& error = !verified ? verified.error() : manifest.error();
        package.insert(QStringLiteral("problem"),
                       problemJson(422, error.code, error.message,
                                   QStringLiteral("/api/v1/packages/uploads/") + uploadId));
    }
    return package;
}

Result<QString> Node::stage(const QString& file, const QString& uploadId, const QByteArray& sha256,
                            const QByteArray& signature)
{
    syncFile(file);
    const std::lock_guard lock(m_mutex);
    const QJsonObject package = describePackage(file, uploadId, sha256, signature);
    const QString id = package.value(QStringLiteral("id")).toString();
    const QString kept = folder() + QStringLiteral("/packages/") + sha256Hex(id.toUtf8());
    if (::rename(QFile::encodeName(file).constData(), QFile::encodeName(kept).constData()) != 0) {
        return refuse(500, "file-system",
                      QStringLiteral("The package could not be put in its place"));
    }
    m_record.packages[id] = package;
    save();
    m_events->publish("package", package);
    return id;
}

Result<void> Node::removePackage(const QString& id)
{
    const std::lock_guard lock(m_mutex);
    for (const Operation& operation : m_record.operations) {
        if (operation.running() && operation.subject == id) {
            return refuse(409, "operation-running",
                          QStringLiteral("The package is being installed"));
        }
    }
    if (m_record.packages.erase(id) == 0) {
        return refuse(404, "package-unknown",
                      QStringLiteral("No package %1 is staged here").arg(id));
    }
    QFile::remove(folder() + QStringLiteral("/packages/") + sha256Hex(id.toUtf8()));
    save();
    return {};
}

} // namespace quorate::sandbox
