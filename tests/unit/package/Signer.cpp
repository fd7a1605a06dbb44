// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/package/Signer.h"

#include "tests/support/Test.h"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace quorate::test {
namespace {

using BioPtr = std::unique_ptr<BIO, int (*)(BIO*)>;

void addExtension(X509* certificate, X509* issuer, int id, const char* value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    ASSERT_NE(extension, nullptr) << value;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

time_t secondsOf(TimePoint time)
{
    return std::chrono::floor<Seconds>(time).time_since_epoch().count();
}

QByteArray bytesOf(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, size};
}

} // namespace

Signer::Signer(const Options& options)
    : m_key(EVP_EC_gen("P-256"), EVP_PKEY_free)
    , m_certificate(X509_new(), X509_free)
{
    static int serial = 1;
    X509* certificate = m_certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(certificate), secondsOf(options.from));
    ASN1_TIME_set(X509_getm_notAfter(certificate), secondsOf(options.until));
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(options.name), -1, -1, 0);
    const Signer& issuer = options.issuer != nullptr ? *options.issuer : *this;
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer.m_certificate.get()));
    X509_set_pubkey(certificate, m_key.get());
    if (options.isAuthority) {
        addExtension(certificate, issuer.m_certificate.get(), NID_basic_constraints,
                     "critical,CA:TRUE");
    }
    if (options.keyUsage != nullptr) {
        addExtension(certificate, issuer.m_certificate.get(), NID_key_usage, options.keyUsage);
    }
    EXPECT_GT(X509_sign(certificate, issuer.m_key.get(), EVP_sha256()), 0);
}

QByteArray Signer::certificatePem() const
{
    const BioPtr out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), m_certificate.get());
    return bytesOf(out.get());
}

QByteArray Signer::signedBy(const std::vector<const Signer*>& signers, const QByteArray& content,
                            const char* digest, unsigned int flags)
{
    flags |= CMS_BINARY | CMS_NOSMIMECAP;
    const BioPtr in(BIO_new_mem_buf(content.constData(), int(content.size())), BIO_free);
    CMS_ContentInfo* cms = CMS_sign(nullptr, nullptr, nullptr, nullptr, flags | CMS_PARTIAL);
    for (const Signer* signer : signers) {
        EXPECT_NE(CMS_add1_signer(cms, signer->m_certificate.get(), signer->m_key.get(),
                                  EVP_get_digestbyname(digest), flags),
                  nullptr);
    }
    EXPECT_EQ(CMS_final(cms, in.get(), nullptr, flags), 1);
    const BioPtr out(BIO_new(BIO_s_mem()), BIO_free);
    EXPECT_EQ(i2d_CMS_bio(out.get(), cms), 1);
    CMS_ContentInfo_free(cms);
    return bytesOf(out.get());
}

QByteArray Signer::sign(const QByteArray& content, const char* digest, Attributes attributes) const
{
    const unsigned int without = attributes == Attributes::None ? CMS_NOATTR : 0;
    return signedBy({this}, content, digest, CMS_DETACHED | without);
}

QByteArray Signer::signAttached(const QByteArray& content) const
{
    return signedBy({this}, content, "SHA256", 0);
}

QByteArray Signer::signWith(const Signer& other, const QByteArray& content) const
{
    return signedBy({this, &other}, content, "SHA256", CMS_DETACHED);
}

} // namespace quorate::test
