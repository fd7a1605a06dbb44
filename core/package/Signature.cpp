// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/package/Signature.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>

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
using MethodPtr = std::unique_ptr<BIO_METHOD, Deleter<BIO_meth_free>>;

Error broken(const QString& message)
{
    return makeError(
        ErrorKind::Validation, QStringLiteral("package-signature-broken"), message,
        QStringLiteral("Fetch the package and its signature again from the publisher"));
}

/// What a source BIO holds: the source, and what it gave that was not taken yet.
struct Pull {
    const ContentSource* source = nullptr;
    QByteArray rest;
    qsizetype offset = 0;
    bool failed = false;
};

int pullBytes(BIO* bio, char* out, size_t wanted, size_t* got)
{
    auto* pull = static_cast<Pull*>(BIO_get_data(bio));
    *got = 0;
    if (pull->failed) {
        return 0;
    }
    if (pull->offset == pull->rest.size()) {
        std::optional<QByteArray> next = (*pull->source)();
        pull->failed = !next.has_value();
        if (!next || next->isEmpty()) {
            return 0;
        }
        pull->rest = std::move(*next);
        pull->offset = 0;
    }
    const auto count = std::min<size_t>(wanted, size_t(pull->rest.size() - pull->offset));
    std::memcpy(out, pull->rest.constData() + pull->offset, count);
    pull->offset += qsizetype(count);
    *got = count;
    return 1;
}

long controlPull(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

/// OpenSSL asks this for content; it asks the source. So the file is read once, by whoever stands
/// behind the source.
BioPtr makePullBio(const BIO_METHOD* method, Pull& pull)
{
    BioPtr bio(BIO_new(method));
    BIO_set_data(bio.get(), &pull);
    BIO_set_init(bio.get(), 1);
    return bio;
}

MethodPtr makePullMethod()
{
    MethodPtr method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "package content"));
    BIO_meth_set_read_ex(method.get(), pullBytes);
    BIO_meth_set_ctrl(method.get(), controlPull);
    return method;
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

bool mayDigest(int digest)
{
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
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
    X509* signer = nullptr; ///< borrowed from the certificates
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
    X509_ALGOR* digest = nullptr;
    CMS_SignerInfo_get0_algs(info, nullptr, nullptr, &digest, nullptr);
    const ASN1_OBJECT* algorithm = nullptr;
    X509_ALGOR_get0(&algorithm, nullptr, nullptr, digest);
    if (!mayDigest(OBJ_obj2nid(algorithm))) {
        return fail(broken(
            QStringLiteral("The signature uses a digest that is not accepted; expected SHA-256")));
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

Result<void> Signature::verifyContent(const ContentSource& source) const
{
    const MethodPtr method = makePullMethod();
    Pull pull{&source, {}, 0, false};
    const BioPtr content = makePullBio(method.get(), pull);
    // Who signed is judged by verifySigner, with our clock; here only whether the bytes are those
    // that were signed.
    const int isGood = CMS_verify(m_state->cms.get(), nullptr, nullptr, content.get(), nullptr,
                                  CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY);
    ERR_clear_error();
    if (pull.failed || isGood != 1) {
        return fail(broken(QStringLiteral("The package is not what was signed: it was changed, or "
                                          "the signature belongs to another file")));
    }
    return {};
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
