// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/PackageFile.h"

#include "app/sandbox/Files.h"
#include "core/base/Json.h"

#include <QFile>
#include <QJsonDocument>
#include <QtEndian>

#include <algorithm>
#include <cstring>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <vector>

namespace quorate::sandbox {

namespace {

constexpr qsizetype kBlock = 1024 * 1024;

struct FreeCms {
    void operator()(CMS_ContentInfo* cms) const { CMS_ContentInfo_free(cms); }
};
using CmsPtr = std::unique_ptr<CMS_ContentInfo, FreeCms>;

tl::unexpected<Error> invalid(const char* code, const QString& message)
{
    ERR_clear_error();
    return fail(ErrorKind::Validation, QLatin1String(code), message);
}

/// Bytes that do not compress, quickly: splitmix64 from a random seed.
class Noise {
public:
    Noise() { RAND_bytes(reinterpret_cast<unsigned char*>(&m_state), sizeof m_state); }
    void fill(QByteArray& block)
    {
        for (qsizetype at = 0; at + 8 <= block.size(); at += 8) {
            quint64 z = (m_state += 0x9e3779b97f4a7c15ULL);
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
            z ^= z >> 31;
            std::memcpy(block.data() + at, &z, sizeof z);
        }
    }

private:
    quint64 m_state = 1;
};

/// Signs what passes through.
class Signer {
public:
    explicit Signer(const Identity* identity)
    {
        if (identity == nullptr) {
            return;
        }
        constexpr unsigned kFlags = CMS_PARTIAL | CMS_DETACHED | CMS_BINARY | CMS_STREAM;
        m_cms.reset(CMS_sign(nullptr, nullptr, nullptr, nullptr, kFlags));
        if (m_cms
            && CMS_add1_signer(m_cms.get(), identity->certificate.get(), identity->key.get(),
                               EVP_sha256(), CMS_BINARY)
                   != nullptr) {
            // A detached signature hashes what passes and stores nothing: the sink swallows it.
            m_chain = CMS_dataInit(m_cms.get(), BIO_new(BIO_s_null()));
        }
    }
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;
    ~Signer() { BIO_free_all(m_chain); }

    bool add(const QByteArray& bytes)
    {
        return m_chain == nullptr
               || BIO_write(m_chain, bytes.constData(), static_cast<int>(bytes.size())) > 0;
    }
    [[nodiscard]] bool good() const { return m_chain != nullptr; }
    Result<QByteArray> finish()
    {
        if (BIO_flush(m_chain) <= 0 || CMS_dataFinal(m_cms.get(), m_chain) != 1) {
            return invalid("signing-failed", QStringLiteral("the package could not be signed"));
        }
        unsigned char* der = nullptr;
        const int size = i2d_CMS_ContentInfo(m_cms.get(), &der);
        const QByteArray bytes(reinterpret_cast<const char*>(der), std::max(0, size));
        OPENSSL_free(der);
        return bytes;
    }

private:
    CmsPtr m_cms;
    BIO* m_chain = nullptr;
};

bool compare(const QString& sign, const Version& left, const Version& right)
{
    if (sign == QLatin1String("<")) {
        return left < right;
    }
    if (sign == QLatin1String("<=")) {
        return left <= right;
    }
    if (sign == QLatin1String(">")) {
        return left > right;
    }
    if (sign == QLatin1String(">=")) {
        return left >= right;
    }
    return left == right;
}

} // namespace

QJsonObject Manifest::toJson() const
{
    return {{QStringLiteral("name"), name},
            {QStringLiteral("system"), system},
            {QStringLiteral("version"), version},
            {QStringLiteral("from"), QJsonArray::fromStringList(from)},
            {QStringLiteral("notes"), notes},
            {QStringLiteral("payloadSizeBytes"), payloadSizeBytes}};
}

Result<Manifest> readManifest(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return invalid("manifest-unreadable",
                       QStringLiteral("the package cannot be opened: %1").arg(file.errorString()));
    }
    const QByteArray head = file.read(kPackageHeaderSize);
    if (head.size() != kPackageHeaderSize || !head.startsWith(kPackageMagic)) {
        return invalid("manifest-unreadable", QStringLiteral("the file is not a practice package"));
    }
    const quint32 size = qFromBigEndian<quint32>(head.constData() + kPackageMagicSize);
    if (size > kManifestMax) {
        return invalid("manifest-unreadable", QStringLiteral("the manifest is too large"));
    }
    const Result<QJsonObject> object = parseJsonObject(file.read(size));
    if (!object) {
        return invalid("manifest-unreadable", object.error().message);
    }
    JsonReader in(*object, QStringLiteral("manifest"));
    Manifest manifest;
    manifest.name = in.string("name");
    manifest.system = in.string("system");
    manifest.version = in.string("version");
    manifest.from = in.strings("from");
    manifest.notes = in.stringOr("notes", {});
    manifest.payloadSizeBytes = in.integer("payloadSizeBytes");
    if (in.error()) {
        return invalid("manifest-unreadable", in.error()->message);
    }
    if (!Version::parse(manifest.version)) {
        return invalid("manifest-unreadable",
                       QStringLiteral("\"%1\" is not a version").arg(manifest.version));
    }
    if (manifest.payloadSizeBytes != file.size() - kPackageHeaderSize - size) {
        return invalid("manifest-unreadable",
                       QStringLiteral("the payload is not as long as the manifest says"));
    }
    return manifest;
}

Result<bool> matches(const QString& range, const Version& version)
{
    const QStringList terms = range.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString& term : terms) {
        const auto digit =
            std::find_if(term.begin(), term.end(), [](QChar c) { return c.isDigit(); });
        const auto length = static_cast<qsizetype>(digit - term.begin());
        const Result<Version> limit = Version::parse(term.mid(length));
        if (!limit || length > 2) {
            return invalid("range-invalid",
                           QStringLiteral("\"%1\" is not a range of versions").arg(range));
        }
        if (!compare(term.left(length), version, *limit)) {
            return false;
        }
    }
    return !terms.isEmpty();
}

Result<void> writePackage(const QString& path, const Manifest& manifest, const Identity* signer)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate)) {
        return fail(ErrorKind::Storage, QStringLiteral("file-unwritable"),
                    QStringLiteral("cannot write %1: %2").arg(path, file.errorString()));
    }
    Signer signature(signer);
    if (signer != nullptr && !signature.good()) {
        return invalid("signing-failed", QStringLiteral("the signature could not be started"));
    }
    const QByteArray text = QJsonDocument(manifest.toJson()).toJson(QJsonDocument::Compact);
    QByteArray head(kPackageMagic);
    const quint32 size = qToBigEndian(static_cast<quint32>(text.size()));
    head.append(reinterpret_cast<const char*>(&size), sizeof size);
    head.append(text);
    bool good = file.write(head) == head.size() && signature.add(head);
    Noise noise;
    QByteArray block(kBlock, '\0');
    for (qint64 left = manifest.payloadSizeBytes; good && left > 0; left -= block.size()) {
        block.resize(static_cast<qsizetype>(std::min<qint64>(left, kBlock)));
        noise.fill(block);
        good = file.write(block) == block.size() && signature.add(block);
    }
    if (!good || !file.flush()) {
        return fail(ErrorKind::Storage, QStringLiteral("file-unwritable"),
                    QStringLiteral("cannot write %1: %2").arg(path, file.errorString()));
    }
    const QString beside = path + QStringLiteral(".p7s");
    if (signer == nullptr) {
        QFile::remove(beside); // one of an earlier package of that name would be misleading
        return {};
    }
    const Result<QByteArray> der = signature.finish();
    return der ? writeDurably(beside, *der) : Result<void>(fail(der.error()));
}

Result<void> checkSignature(const QByteArray& signature, const QByteArray& sha256, X509* publisher)
{
    if (signature.isEmpty()) {
        return invalid("package-unsigned", QStringLiteral("The package came without a signature"));
    }
    const auto* at = reinterpret_cast<const unsigned char*>(signature.constData());
    const CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(signature.size())));
    STACK_OF(CMS_SignerInfo)* signers = cms ? CMS_get0_SignerInfos(cms.get()) : nullptr;
    if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1) {
        return invalid("signature-invalid",
                       QStringLiteral("The signature is not a CMS signature by one signer"));
    }
    CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, 0);
    if (CMS_SignerInfo_cert_cmp(signer, publisher) != 0) {
        return invalid("publisher-unknown",
                       QStringLiteral("The package is signed by someone this node does not know"));
    }
    // Only the pinned certificate can be the key: one of the same name inside the signature is not
    // looked at.
    CMS_SignerInfo_set1_signer_cert(signer, publisher);
    const auto* digest = static_cast<const ASN1_OCTET_STRING*>(CMS_signed_get0_data_by_OBJ(
        signer, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING));
    X509_ALGOR* algorithm = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &algorithm, nullptr);
    const bool sameHash = digest != nullptr && algorithm != nullptr
                          && OBJ_obj2nid(algorithm->algorithm) == NID_sha256
                          && ASN1_STRING_length(digest) == sha256.size()
                          && CRYPTO_memcmp(ASN1_STRING_get0_data(digest), sha256.constData(),
                                           static_cast<size_t>(sha256.size()))
                                 == 0;
    if (!sameHash) {
        return invalid("signature-invalid",
                       QStringLiteral("The signature belongs to other content"));
    }
    if (CMS_SignerInfo_verify(signer) != 1) {
        return invalid("signature-invalid", QStringLiteral("The signature does not verify"));
    }
    return {};
}

} // namespace quorate::sandbox
