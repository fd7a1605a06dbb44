// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/transport/TestAuthority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace quorate::test {
namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

KeyPtr makeKey(bool rsa = false)
{
    return {rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

void addExtension(X509* certificate, int nid, const QByteArray& value)
{
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.constData());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

CertificatePtr makeCertificate(const IdentityOptions& options, EVP_PKEY* key, X509* issuer,
                               EVP_PKEY* issuerKey, bool isAuthority)
{
    CertificatePtr certificate(X509_new(), &X509_free);
    X509* x = certificate.get();
    X509_set_version(x, 2);
    unsigned char serial[8];
    RAND_bytes(serial, sizeof serial);
    serial[0] = (serial[0] & 0x3f) | 0x40;
    BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
    BN_free(number);
    X509_gmtime_adj(X509_getm_notBefore(x), options.fromDays * 86400L);
    X509_gmtime_adj(X509_getm_notAfter(x), options.toDays * 86400L);
    X509_set_pubkey(x, key);
    const QByteArray name = options.name.toUtf8();
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.constData()), -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer : x));
    addExtension(x, NID_basic_constraints, isAuthority ? "critical,CA:TRUE" : "CA:FALSE");
    QByteArrayList names;
    for (const QString& address : options.addresses) {
        names.append("IP:" + address.toLatin1());
    }
    for (const QString& host : options.hosts) {
        names.append("DNS:" + host.toLatin1());
    }
    if (!isAuthority && !names.isEmpty()) {
        addExtension(x, NID_subject_alt_name, names.join(','));
    }
    X509_sign(x, issuerKey, EVP_sha256());
    return certificate;
}

QByteArray bytesOf(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    const QByteArray bytes(data, size);
    BIO_free(bio);
    return bytes;
}

QSslCertificate toQt(X509* certificate)
{
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    return QSslCertificate(bytesOf(bio), QSsl::Pem);
}

QSslKey toQt(EVP_PKEY* key)
{
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    QByteArray pem = bytesOf(bio);
    return QSslKey(pem, EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? QSsl::Rsa : QSsl::Ec,
                   QSsl::Pem);
}

} // namespace

struct TestAuthority::Private {
    KeyPtr key = makeKey();
    CertificatePtr certificate{nullptr, &X509_free};
};

TestAuthority::TestAuthority(const QString& name, const TestAuthority* above)
    : m_p(std::make_unique<Private>())
{
    IdentityOptions options;
    options.name = name;
    m_p->certificate = makeCertificate(options, m_p->key.get(),
                                       above != nullptr ? above->m_p->certificate.get() : nullptr,
                                       (above != nullptr ? above : this)->m_p->key.get(), true);
}

TestAuthority::~TestAuthority() = default;

QSslCertificate TestAuthority::certificate() const { return toQt(m_p->certificate.get()); }

Identity TestAuthority::issue(const IdentityOptions& options) const
{
    const KeyPtr key = makeKey(options.rsa);
    const auto certificate =
        makeCertificate(options, key.get(), m_p->certificate.get(), m_p->key.get(), false);
    return {toQt(certificate.get()), toQt(key.get())};
}

QByteArray pkcs8Pem(const QSslKey& key)
{
    const QByteArray pem = key.toPem();
    BIO* in = BIO_new_mem_buf(pem.constData(), int(pem.size()));
    const KeyPtr read(PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr), &EVP_PKEY_free);
    BIO_free(in);
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, read.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return bytesOf(out);
}

Identity selfSigned(const IdentityOptions& options)
{
    const KeyPtr key = makeKey();
    const auto certificate = makeCertificate(options, key.get(), nullptr, key.get(), false);
    return {toQt(certificate.get()), toQt(key.get())};
}

} // namespace quorate::test
