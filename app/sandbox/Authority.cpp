// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Authority.h"

#include "app/sandbox/Files.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace quorate::sandbox {

namespace {

constexpr long kBackdateSeconds = 3600; // a clock that runs a little late must not refuse us
constexpr long kValidSeconds =
    825L * 24 * 3600; // the longest that browsers and Apple's stack accept

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using BioPtr = std::unique_ptr<BIO, FreeBio>;

tl::unexpected<Error> cryptoError(const char* what)
{
    char text[256] = {};
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    return fail(ErrorKind::Internal, QStringLiteral("crypto"),
                QStringLiteral("%1: %2").arg(QLatin1String(what), QLatin1String(text)));
}

QByteArray bytesOf(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return QByteArray(data, static_cast<qsizetype>(size));
}

bool addExtension(X509* certificate, X509* issuer, int nid, const QByteArray& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.constData());
    if (extension == nullptr) {
        return false;
    }
    const bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

bool setSerial(X509* certificate)
{
    BIGNUM* number = BN_new();
    const bool done = number != nullptr
                      && BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1
                      && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
    BN_free(number);
    return done;
}

/// Everything but extensions and signature.
Result<Identity> blank(const QString& commonName)
{
    Identity made{CertificatePtr(X509_new()), KeyPtr(EVP_EC_gen("P-256"))};
    if (!made.certificate || !made.key) {
        return cryptoError("making a key");
    }
    X509* certificate = made.certificate.get();
    const QByteArray name = commonName.toUtf8();
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -kBackdateSeconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate), kValidSeconds);
    X509_NAME* subject = X509_get_subject_name(certificate);
    const bool named =
        X509_NAME_add_entry_by_txt(
            subject, "O", MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>("Quorate practice cluster"), -1, -1, 0)
            == 1
        && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(name.constData()), -1,
                                      -1, 0)
               == 1;
    if (!named || !setSerial(certificate) || X509_set_pubkey(certificate, made.key.get()) != 1) {
        return cryptoError("filling a certificate");
    }
    return made;
}

struct Extension {
    int nid;
    QByteArray value;
};

Result<Identity> finish(Identity made, const Identity* issuer,
                        const std::vector<Extension>& extensions)
{
    X509* issuing = issuer != nullptr ? issuer->certificate.get() : made.certificate.get();
    EVP_PKEY* signing = issuer != nullptr ? issuer->key.get() : made.key.get();
    if (X509_set_issuer_name(made.certificate.get(), X509_get_subject_name(issuing)) != 1) {
        return cryptoError("naming the issuer");
    }
    for (const Extension& extension : extensions) {
        if (!addExtension(made.certificate.get(), issuing, extension.nid, extension.value)) {
            return cryptoError("adding an extension");
        }
    }
    if (X509_sign(made.certificate.get(), signing, EVP_sha256()) == 0) {
        return cryptoError("signing a certificate");
    }
    return made;
}

} // namespace

QByteArray Identity::certificatePem() const
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate.get());
    return bytesOf(bio.get());
}

QByteArray Identity::keyPem() const
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return bytesOf(bio.get());
}

Result<void> Identity::save(const QString& certificatePath, const QString& keyPath) const
{
    if (const Result<void> written = writeDurably(keyPath, keyPem(), Access::OwnerOnly); !written) {
        return written;
    }
    return writeDurably(certificatePath, certificatePem());
}

Result<Identity> Identity::load(const QString& certificatePath, const QString& keyPath)
{
    const Result<QByteArray> pem = readFile(certificatePath);
    const Result<QByteArray> keyText = readFile(keyPath);
    if (!pem || !keyText) {
        return fail(pem ? keyText.error() : pem.error());
    }
    Result<CertificatePtr> certificate = certificateFromPem(*pem);
    if (!certificate) {
        return fail(certificate.error());
    }
    const BioPtr bio(BIO_new_mem_buf(keyText->constData(), static_cast<int>(keyText->size())));
    KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    if (!key) {
        return cryptoError("reading a key");
    }
    return Identity{std::move(*certificate), std::move(key)};
}

Result<CertificatePtr> certificateFromPem(const QByteArray& pem)
{
    const BioPtr bio(BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size())));
    CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) {
        return cryptoError("reading a certificate");
    }
    return certificate;
}

QString fingerprint(X509* certificate)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) {
        return {};
    }
    return QString::fromLatin1(
        QByteArray(reinterpret_cast<const char*>(digest), static_cast<qsizetype>(size)).toHex());
}

Result<Identity> makeAuthority(const QString& commonName)
{
    Result<Identity> made = blank(commonName);
    if (!made) {
        return made;
    }
    return finish(std::move(*made), nullptr,
                  {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                   {NID_key_usage, "critical,keyCertSign,cRLSign"},
                   {NID_subject_key_identifier, "hash"}});
}

Result<Identity> makeServer(const Identity& authority, const QString& commonName,
                            const QStringList& names)
{
    Result<Identity> made = blank(commonName);
    if (!made) {
        return made;
    }
    QByteArray alternatives = "IP:127.0.0.1,DNS:localhost";
    for (const QString& name : names) {
        alternatives += ",DNS:" + name.toLatin1();
    }
    return finish(std::move(*made), &authority,
                  {{NID_basic_constraints, "critical,CA:FALSE"},
                   {NID_key_usage, "critical,digitalSignature"},
                   {NID_ext_key_usage, "serverAuth"},
                   {NID_subject_alt_name, alternatives},
                   {NID_subject_key_identifier, "hash"},
                   {NID_authority_key_identifier, "keyid"}});
}

Result<Identity> makePublisher(const QString& commonName)
{
    Result<Identity> made = blank(commonName);
    if (!made) {
        return made;
    }
    return finish(std::move(*made), nullptr,
                  {{NID_basic_constraints, "critical,CA:FALSE"},
                   {NID_key_usage, "critical,digitalSignature"},
                   {NID_ext_key_usage, "codeSigning,emailProtection"},
                   {NID_subject_key_identifier, "hash"}});
}

} // namespace quorate::sandbox
