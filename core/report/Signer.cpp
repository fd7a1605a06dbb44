// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/Signer.h"

#include <QCryptographicHash>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace quorate::report {
namespace {

constexpr int kSerialBytes = 16;
/// Of a PEM text that we did not write. Our own choice; ours has 700 bytes.
constexpr int kPemBytesMax = 16 * 1024;

template <auto Free>
struct Deleter {
    template <typename T>
    void operator()(T* value) const
    {
        Free(value);
    }
};
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;

const unsigned char* raw(const QByteArray& bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.constData());
}

QByteArray bytesOf(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, size};
}

Error keyError(const QString& message)
{
    ERR_clear_error();
    return makeError(ErrorKind::Validation, QStringLiteral("signing-key-unreadable"), message,
                     QStringLiteral("Remove the entry \"%1\" from the keychain; a new key is made "
                                    "with the next archive")
                         .arg(QLatin1String(kSigningKeyEntry)));
}

CertificatePtr readCertificate(const QByteArray& pem)
{
    if (pem.size() > kPemBytesMax) {
        return {};
    }
    const BioPtr in(BIO_new_mem_buf(pem.constData(), int(pem.size())));
    CertificatePtr certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return certificate;
}

QByteArray writeCertificate(X509* certificate)
{
    const BioPtr out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate);
    return bytesOf(out.get());
}

bool addExtension(X509* certificate, int id, const char* value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    const bool isAdded = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return isAdded;
}

CertificatePtr makeCertificate(EVP_PKEY* key, const QString& owner, TimePoint now)
{
    CertificatePtr out(X509_new());
    X509* certificate = out.get();
    unsigned char serial[kSerialBytes];
    if (RAND_bytes(serial, kSerialBytes) != 1) {
        return {};
    }
    serial[0] = (serial[0] & 0x7f) | 0x40; // positive, and as long as it looks
    BIGNUM* number = BN_bin2bn(serial, kSerialBytes, nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_TIME_set(X509_getm_notBefore(certificate),
                  std::chrono::floor<Seconds>(now).time_since_epoch().count());
    // "No end is known": RFC 5280, 4.1.2.5.
    ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "99991231235959Z");
    constexpr int kNameMax = 64; // ub-common-name of RFC 5280
    const QByteArray name =
        QStringLiteral("Quorate evidence, %1").arg(owner).left(kNameMax).toUtf8();
    X509_NAME* subject = X509_get_subject_name(certificate);
    const bool isMade =
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, raw(name), int(name.size()), -1, 0)
            == 1
        && X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1
        && addExtension(certificate, NID_basic_constraints, "critical,CA:FALSE")
        && addExtension(certificate, NID_key_usage, "critical,digitalSignature")
        && X509_sign(certificate, key, nullptr) > 0;
    return isMade ? std::move(out) : CertificatePtr();
}

class Ed25519Signer final : public EvidenceSigner {
public:
    Ed25519Signer(KeyPtr key, QByteArray certificatePem)
        : m_key(std::move(key))
        , m_certificatePem(std::move(certificatePem))
    {}
    [[nodiscard]] Result<QByteArray> sign(const QByteArray& content) const override
    {
        const DigestPtr context(EVP_MD_CTX_new());
        std::size_t size = 64; // RFC 8032
        QByteArray signature(qsizetype(size), '\0');
        const bool isSigned =
            EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, m_key.get()) == 1
            && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                              &size, raw(content), std::size_t(content.size()))
                   == 1;
        ERR_clear_error();
        if (!isSigned) {
            return fail(ErrorKind::Internal, QStringLiteral("evidence-not-signed"),
                        QStringLiteral("The archive could not be signed"));
        }
        return signature;
    }
    [[nodiscard]] QByteArray certificatePem() const override { return m_certificatePem; }

private:
    KeyPtr m_key;
    QByteArray m_certificatePem;
};

} // namespace

Result<Secret> generateSigningKey(const QString& owner, TimePoint now)
{
    const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const CertificatePtr certificate = key ? makeCertificate(key.get(), owner, now) : nullptr;
    // Secure memory, so that nothing of the key is left behind.
    const BioPtr out(BIO_new(BIO_s_secmem()));
    if (!certificate
        || PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
               != 1
        || PEM_write_bio_X509(out.get(), certificate.get()) != 1) {
        ERR_clear_error();
        return fail(ErrorKind::Internal, QStringLiteral("no-signing-key"),
                    QStringLiteral("A key for signing evidence could not be made"));
    }
    return Secret(bytesOf(out.get()));
}

Result<EvidenceSignerPtr> makeSigner(const Secret& keyAndCertificate)
{
    const QByteArray& pem = keyAndCertificate.reveal();
    const BioPtr in(
        BIO_new_mem_buf(pem.constData(), int(std::min<qsizetype>(pem.size(), kPemBytesMax))));
    KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    const CertificatePtr certificate = readCertificate(pem);
    if (!key || !certificate || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
        return fail(keyError(QStringLiteral("The key for signing evidence cannot be read")));
    }
    if (X509_check_private_key(certificate.get(), key.get()) != 1) {
        return fail(
            keyError(QStringLiteral("The key for signing evidence does not fit its certificate")));
    }
    return std::make_shared<const Ed25519Signer>(std::move(key),
                                                 writeCertificate(certificate.get()));
}

Result<SignerIdentity> identityOf(const QByteArray& certificatePem)
{
    const CertificatePtr certificate = readCertificate(certificatePem);
    if (!certificate || writeCertificate(certificate.get()) != certificatePem
        || EVP_PKEY_get_base_id(X509_get0_pubkey(certificate.get())) != EVP_PKEY_ED25519) {
        ERR_clear_error();
        return fail(ErrorKind::Validation, QStringLiteral("signer-unreadable"),
                    QStringLiteral("The signer's certificate is not one that Quorate makes"));
    }
    const BioPtr name(BIO_new(BIO_s_mem()));
    // Control characters are escaped: it goes to terminals too.
    constexpr unsigned long kPlain =
        ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT | XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN;
    X509_NAME_print_ex(name.get(), X509_get_subject_name(certificate.get()), 0, kPlain);
    const BioPtr der(BIO_new(BIO_s_mem()));
    i2d_X509_bio(der.get(), certificate.get());
    return SignerIdentity{
        .subject = QString::fromUtf8(bytesOf(name.get())),
        .sha256 = QCryptographicHash::hash(bytesOf(der.get()), QCryptographicHash::Sha256)};
}

bool isSignedBy(const QByteArray& certificatePem, const QByteArray& content,
                const QByteArray& signature)
{
    const CertificatePtr certificate = readCertificate(certificatePem);
    EVP_PKEY* key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
    if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) {
        ERR_clear_error();
        return false;
    }
    const DigestPtr context(EVP_MD_CTX_new());
    const bool isGood =
        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1
        && EVP_DigestVerify(context.get(), raw(signature), std::size_t(signature.size()),
                            raw(content), std::size_t(content.size()))
               == 1;
    ERR_clear_error();
    return isGood;
}

} // namespace quorate::report
