// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/package/Signature.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace quorate::package::detail {
namespace {

template <auto Free>
struct Deleter {
    template <typename T>
    void operator()(T* value) const
    {
        Free(value);
    }
};
void freeCertificates(STACK_OF(X509) * certificates) { sk_X509_pop_free(certificates, X509_free); }

using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, Deleter<CMS_ContentInfo_free>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using CertificatesPtr = std::unique_ptr<STACK_OF(X509), Deleter<freeCertificates>>;
using StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;

Error broken(const QString& message)
{
    return makeError(
        ErrorKind::Validation, QStringLiteral("package-signature-broken"), message,
        QStringLiteral("Fetch the package and its signature again from the publisher"));
}

QString subjectOf(const X509* certificate)
{
    BioPtr out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0,
                       (XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) & ~XN_FLAG_SPC_EQ);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return QString::fromUtf8(text, size);
}

Result<std::vector<CertificatePtr>> readPublishers(const PublisherTrust& trust)
{
    std::vector<CertificatePtr> out;
    for (const QByteArray& pem : trust.certificates) {
        BioPtr in(BIO_new_mem_buf(pem.constData(), int(pem.size())));
        const std::size_t before = out.size();
        while (X509* certificate = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) {
            out.emplace_back(certificate);
        }
        ERR_clear_error(); // the end of a PEM text is an error to OpenSSL
        if (out.size() == before) {
            return fail(ErrorKind::Validation, QStringLiteral("publisher-unreadable"),
                        QStringLiteral("The certificate of a trusted publisher cannot be read"),
                        QStringLiteral("Set the publisher's certificate again, as PEM"));
        }
    }
    return out;
}

std::optional<DigestKind> digestOf(CMS_SignerInfo* info)
{
    X509_ALGOR* digest = nullptr;
    CMS_SignerInfo_get0_algs(info, nullptr, nullptr, &digest, nullptr);
    const ASN1_OBJECT* algorithm = nullptr;
    X509_ALGOR_get0(&algorithm, nullptr, nullptr, digest);
    switch (OBJ_obj2nid(algorithm)) {
    case NID_sha256: return DigestKind::Sha256;
    case NID_sha384: return DigestKind::Sha384;
    case NID_sha512: return DigestKind::Sha512;
    default: return std::nullopt;
    }
}

/// -3: exactly one attribute of this kind, with exactly one value (RFC 5652, section 11).
constexpr int kExactlyOne = -3;

/// The digest of the content among the signed attributes; nothing when there is none, or not one,
/// or when they are about content of another type. RFC 5652 lets a signature do without attributes;
/// then it covers the content itself, and one over attributes could be passed off as one over a
/// content that looks like them: such a one is not taken.
QByteArray signedDigest(CMS_ContentInfo* cms, CMS_SignerInfo* info)
{
    const auto* type = static_cast<const ASN1_OBJECT*>(CMS_signed_get0_data_by_OBJ(
        info, OBJ_nid2obj(NID_pkcs9_contentType), kExactlyOne, V_ASN1_OBJECT));
    const auto* digest = static_cast<const ASN1_OCTET_STRING*>(CMS_signed_get0_data_by_OBJ(
        info, OBJ_nid2obj(NID_pkcs9_messageDigest), kExactlyOne, V_ASN1_OCTET_STRING));
    if (type == nullptr || digest == nullptr || OBJ_cmp(type, CMS_get0_eContentType(cms)) != 0) {
        return {};
    }
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(digest)),
            ASN1_STRING_length(digest)};
}

Error expired(int code, const QString& signer)
{
    const bool isEarly = code == X509_V_ERR_CERT_NOT_YET_VALID;
    return makeError(
        ErrorKind::Validation, QStringLiteral("package-signer-expired"),
        isEarly
            ? QStringLiteral("The certificate that signed the package is not valid yet: %1")
                  .arg(signer)
            : QStringLiteral("The certificate that signed the package has expired: %1").arg(signer),
        QStringLiteral(
            "Check the clock of this workstation; otherwise ask the publisher for a package "
            "signed with a valid certificate"));
}

Error stranger(const QString& signer, const QString& reason)
{
    return makeError(
        ErrorKind::Validation, QStringLiteral("package-signed-by-stranger"),
        QStringLiteral("The package is signed by %1, whom this cluster does not trust (%2)")
            .arg(signer.isEmpty() ? QStringLiteral("an unnamed signer") : signer, reason),
        QStringLiteral("Use a package of the cluster's publisher, or add this publisher if you "
                       "know that it is right"));
}

} // namespace

struct Signature::State {
    CmsPtr cms;
    CertificatesPtr certificates;
    X509* signer = nullptr;         ///< borrowed from the certificates
    CMS_SignerInfo* info = nullptr; ///< borrowed from the cms
    DigestKind digest = DigestKind::Sha256;
    QByteArray contentDigest; ///< as the signed attributes say
};

Signature::Signature() = default;
Signature::Signature(Signature&& other) noexcept = default;
Signature& Signature::operator=(Signature&& other) noexcept = default;
Signature::~Signature() = default;

Result<Signature> Signature::parse(const QByteArray& der)
{
    const auto* at = reinterpret_cast<const unsigned char*>(der.constData());
    const auto* const end = at + der.size();
    CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &at, long(der.size())));
    ERR_clear_error();
    if (!cms || at != end || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
        return fail(broken(QStringLiteral("The signature file is not a CMS signature (DER)")));
    }
    STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms.get());
    if (sk_CMS_SignerInfo_num(signers) != 1) {
        return fail(broken(QStringLiteral("The signature file has %1 signatures, expected 1")
                               .arg(std::max(0, sk_CMS_SignerInfo_num(signers)))));
    }
    if (CMS_is_detached(cms.get()) != 1) {
        return fail(broken(QStringLiteral("The signature is not detached from its content")));
    }
    Signature out;
    out.m_state = std::make_unique<State>();
    CMS_SignerInfo* info = sk_CMS_SignerInfo_value(signers, 0);
    out.m_state->info = info;
    const auto digest = digestOf(info);
    if (!digest) {
        return fail(broken(
            QStringLiteral("The signature uses a digest that is not accepted; expected SHA-256")));
    }
    out.m_state->digest = *digest;
    out.m_state->contentDigest = signedDigest(cms.get(), info);
    if (out.m_state->contentDigest.isEmpty()) {
        ERR_clear_error();
        return fail(broken(QStringLiteral("The signature has no signed digest of its content")));
    }
    out.m_state->certificates.reset(CMS_get1_certs(cms.get()));
    for (int i = 0; i < sk_X509_num(out.m_state->certificates.get()); ++i) {
        X509* certificate = sk_X509_value(out.m_state->certificates.get(), i);
        if (CMS_SignerInfo_cert_cmp(info, certificate) == 0) {
            out.m_state->signer = certificate;
        }
    }
    ERR_clear_error();
    if (out.m_state->signer == nullptr) {
        return fail(
            broken(QStringLiteral("The signature does not contain the certificate of its signer")));
    }
    out.m_state->cms = std::move(cms);
    return out;
}

QString Signature::signer() const
{
    return m_state->signer != nullptr ? subjectOf(m_state->signer) : QString();
}

DigestKind Signature::digest() const { return m_state->digest; }

// Who signed is judged by verifySigner, with our clock; these two only tell whether the bytes are
// those that were signed. They do what CMS_verify does, but that reads and digests the whole
// content by itself, a second time.

Result<void> Signature::verifyAttributes() const
{
    CMS_SignerInfo_set1_signer_cert(m_state->info, m_state->signer);
    const bool isGood = CMS_SignerInfo_verify(m_state->info) == 1;
    ERR_clear_error();
    return isGood ? Result<void>{}
                  : fail(broken(QStringLiteral("The signature was not made with the key of the "
                                               "certificate in it: the signature was changed")));
}

Result<void> Signature::verifyContent(const QByteArray& digest) const
{
    return digest == m_state->contentDigest
               ? Result<void>{}
               : fail(broken(QStringLiteral("The package is not what was signed: it was changed, "
                                            "or the signature belongs to another file")));
}

Result<void> Signature::verifySigner(const PublisherTrust& trust, TimePoint now) const
{
    const auto publishers = readPublishers(trust);
    if (!publishers) {
        return fail(publishers.error());
    }
    const StorePtr store(X509_STORE_new());
    for (const CertificatePtr& publisher : *publishers) {
        X509_STORE_add_cert(store.get(), publisher.get());
    }
    ERR_clear_error();
    const StoreContextPtr context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), m_state->signer, m_state->certificates.get());
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    // A publisher may be known by its own certificate instead of its authority's.
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY);
    X509_VERIFY_PARAM_set_time(parameters,
                               std::chrono::floor<Seconds>(now).time_since_epoch().count());
    const int isTrusted = X509_verify_cert(context.get());
    const int code = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (isTrusted == 1) {
        const bool maySign = (X509_get_key_usage(m_state->signer) & KU_DIGITAL_SIGNATURE) != 0;
        return maySign
                   ? Result<void>{}
                   : fail(stranger(signer(), QStringLiteral("its certificate is not for signing")));
    }
    if (code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID) {
        const X509* which = X509_STORE_CTX_get_current_cert(context.get());
        return fail(expired(code, which != nullptr ? subjectOf(which) : signer()));
    }
    return fail(stranger(signer(), QString::fromLatin1(X509_verify_cert_error_string(code))));
}

} // namespace quorate::package::detail
