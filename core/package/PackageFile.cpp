// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/package/PackageFile.h"

#include "core/package/Inspect.h"
#include "core/package/Manifest.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include <openssl/crypto.h>

namespace quorate::package {
namespace {

constexpr qint64 kSignatureBytesMax =
    1024 * 1024; ///< a CMS with a long chain has 10 KB; our own bound
constexpr qint64 kChunkBytes = 1024 * 1024;

Error unreadable(const QString& path, const QString& reason)
{
    return makeError(
        ErrorKind::Storage, QStringLiteral("package-unreadable"),
        QStringLiteral("%1 cannot be read: %2").arg(path, reason),
        QStringLiteral(
            "Check that the file exists, that you may read it, and that its disk is connected"));
}

Error stopped()
{
    return makeError(ErrorKind::Cancelled, QStringLiteral("cancelled"),
                     QStringLiteral("Reading the package was stopped"));
}

Result<QByteArray> readSignature(const QString& path)
{
    QFile file(path + QStringLiteral(".p7s"));
    if (!file.exists()) {
        return fail(
            ErrorKind::Validation, QStringLiteral("package-unsigned"),
            QStringLiteral("The package has no signature: %1 is missing").arg(file.fileName()),
            QStringLiteral("Put the publisher's .p7s file beside the package"));
    }
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(unreadable(file.fileName(), file.errorString()));
    }
    QByteArray der = file.read(kSignatureBytesMax + 1);
    if (der.size() > kSignatureBytesMax) {
        return fail(
            ErrorKind::Validation, QStringLiteral("package-signature-broken"),
            QStringLiteral("The signature file is larger than %1 bytes").arg(kSignatureBytesMax),
            QStringLiteral("Fetch the package and its signature again from the publisher"));
    }
    return der;
}

Result<void> checkLength(const detail::Head& head, qint64 bytes)
{
    if (!head.fileBytes || *head.fileBytes == bytes) {
        return {};
    }
    if (bytes < *head.fileBytes) {
        return fail(
            ErrorKind::Validation, QStringLiteral("package-truncated"),
            QStringLiteral("The package file has %1 of %2 bytes").arg(bytes).arg(*head.fileBytes),
            QStringLiteral("The download was cut short; fetch the file again"));
    }
    return fail(ErrorKind::Validation, QStringLiteral("package-manifest"),
                QStringLiteral(
                    "The package's manifest is wrong: payloadSizeBytes: the file has %1 bytes more")
                    .arg(bytes - *head.fileBytes),
                QStringLiteral("Fetch the package again; if it stays so, ask its publisher"));
}

} // namespace

namespace detail {

/// Reads a device to its end once: every chunk is digested, and the first bytes are kept.
class OnePass {
public:
    OnePass(QIODevice& device, qint64 sizeBytes, const Progress& progress,
            const std::stop_token& stop)
        : m_device(device)
        , m_sizeBytes(sizeBytes)
        , m_progress(progress)
        , m_stop(stop)
    {}

    /// For a signature over another digest than the SHA-256 that packages are known by.
    void digestAlsoWith(DigestKind kind)
    {
        if (kind != DigestKind::Sha256) {
            m_other.emplace(kind);
        }
    }
    /// The next chunk; false at the end, and when there is an error.
    bool next()
    {
        if (m_stop.stop_requested()) {
            m_error = stopped();
            return false;
        }
        const QByteArray chunk = m_device.read(kChunkBytes);
        if (chunk.isEmpty()) {
            if (!m_device.atEnd()) {
                m_error = unreadable(QStringLiteral("The package"), m_device.errorString());
            }
            return false;
        }
        m_sha256.add(chunk);
        if (m_other) {
            m_other->add(chunk);
        }
        m_bytes += chunk.size();
        if (m_head.size() < kHeadBytesMax) {
            m_head += chunk.left(kHeadBytesMax - m_head.size());
        }
        if (m_progress) {
            m_progress(m_bytes, m_sizeBytes);
        }
        return true;
    }
    /// The rest; false when there is an error.
    bool toEnd()
    {
        while (next()) {
        }
        return !m_error;
    }

    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] const QByteArray& head() const { return m_head; }
    [[nodiscard]] qint64 bytes() const { return m_bytes; }
    [[nodiscard]] QByteArray sha256() const { return m_sha256.result(); }
    /// In the kind that was asked for, SHA-256 otherwise.
    [[nodiscard]] QByteArray signedDigest() const
    {
        return m_other ? m_other->result() : m_sha256.result();
    }

private:
    QIODevice& m_device;
    qint64 m_sizeBytes;
    const Progress& m_progress;
    const std::stop_token& m_stop;
    Digest m_sha256{DigestKind::Sha256};
    std::optional<Digest> m_other;
    QByteArray m_head;
    qint64 m_bytes = 0;
    std::optional<Error> m_error;
};

Result<Package> inspectDevice(QIODevice& device, const Inputs& inputs, const Progress& progress,
                              const std::stop_token& stop)
{
    OnePass pass(device, inputs.sizeBytes, progress, stop);
    const auto signature = Signature::parse(inputs.signature);
    if (signature) {
        pass.digestAlsoWith(signature->digest());
    }
    // The head first, from the same pass: a file that is not a package, or that a stranger signed,
    // is not read to its end.
    pass.next();
    if (pass.error()) {
        return fail(*pass.error());
    }
    const auto head = parseHead(pass.head());
    if (!head) {
        return fail(head.error());
    }
    if (const auto length = checkLength(*head, inputs.sizeBytes);
        !length && length.error().code == QLatin1String("package-truncated")) {
        return fail(length.error());
    }
    if (!signature) {
        return fail(signature.error());
    }
    if (const auto made = signature->verifyAttributes(); !made) {
        return fail(made.error());
    }
    if (const auto trusted = signature->verifySigner(inputs.trust, inputs.now); !trusted) {
        return fail(trusted.error());
    }
    if (!pass.toEnd()) {
        return fail(*pass.error());
    }
    if (const auto verified = signature->verifyContent(pass.signedDigest()); !verified) {
        return fail(verified.error());
    }
    if (!head->manifest) {
        return fail(head->manifest.error());
    }
    if (const auto length = checkLength(*head, pass.bytes()); !length) {
        return fail(length.error());
    }
    Package package;
    package.manifest = *head->manifest;
    package.sizeBytes = pass.bytes();
    package.sha256 = pass.sha256();
    package.signedBy = signature->signer();
    package.signature = inputs.signature;
    package.verifiedAt = inputs.now;
    return package;
}

} // namespace detail

/// Gives back what OpenSSL keeps for this thread. By itself it does so when the thread ends, which
/// may be after the program's own end has begun.
struct OpensslThread {
    OpensslThread() = default;
    ~OpensslThread() { OPENSSL_thread_stop(); }
    OpensslThread(const OpensslThread&) = delete;
    OpensslThread& operator=(const OpensslThread&) = delete;
};

Result<Package> inspectPackage(const QString& path, const PublisherTrust& trust, const Clock& clock,
                               const std::function<void(qint64, qint64)>& progress,
                               std::stop_token stop)
{
    const OpensslThread openssl;
    QFile file(path);
    if (!QFileInfo(path).isFile()) {
        return fail(unreadable(path, QStringLiteral("there is no such file")));
    }
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        return fail(unreadable(path, file.errorString()));
    }
    auto signature = readSignature(path);
    if (!signature) {
        return fail(signature.error());
    }
    const detail::Inputs inputs{file.size(), std::move(*signature), trust, clock.now()};
    auto package = detail::inspectDevice(file, inputs, progress, stop);
    if (package) {
        package->path = path;
    }
    return package;
}

Result<FileStamp> stampOf(const QString& path)
{
    const QFileInfo info(path);
    if (!info.isFile()) {
        return fail(unreadable(path, QStringLiteral("there is no such file")));
    }
    return FileStamp{info.size(), TimePoint(Millis(info.lastModified().toMSecsSinceEpoch()))};
}

Result<QByteArray> rehash(const QString& path, const std::function<void(qint64, qint64)>& progress,
                          std::stop_token stop)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        return fail(unreadable(path, file.errorString()));
    }
    detail::OnePass pass(file, file.size(), progress, stop);
    if (!pass.toEnd()) {
        return fail(*pass.error());
    }
    return pass.sha256();
}

Result<void> confirmUnchanged(const QString& path, const PackageFacts& facts,
                              const std::function<void(qint64, qint64)>& progress,
                              std::stop_token stop)
{
    const auto changed = [&](const QString& what) {
        return fail(ErrorKind::Validation, QStringLiteral("package-changed"),
                    QStringLiteral("%1 was changed after it was verified: %2").arg(path, what),
                    QStringLiteral(
                        "Fetch the package again, or make a new plan with the file as it is now"));
    };
    const auto stamp = stampOf(path);
    if (!stamp) {
        return fail(stamp.error());
    }
    if (stamp->sizeBytes != facts.sizeBytes) {
        return changed(QStringLiteral("it has %1 bytes, expected %2")
                           .arg(stamp->sizeBytes)
                           .arg(facts.sizeBytes));
    }
    if (facts.stamp && *stamp == *facts.stamp) {
        return {};
    }
    const auto sha256 = rehash(path, progress, std::move(stop));
    if (!sha256) {
        return fail(sha256.error());
    }
    if (*sha256 != facts.sha256) {
        return changed(QStringLiteral("its SHA-256 is another one"));
    }
    return {};
}

} // namespace quorate::package
