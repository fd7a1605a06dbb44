// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/CurlTrust.h"

#include "core/base/Secret.h"

#include <QSslConfiguration>

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <optional>
#include <vector>

namespace quorate::net {
namespace {

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using StorePtr = std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// From its bytes, not its handle: Qt's TLS library need not be OpenSSL.
X509Ptr toOpenSsl(const QSslCertificate& certificate)
{
    const QByteArray der = certificate.toDer();
    const auto* at = reinterpret_cast<const unsigned char*>(der.constData());
    return {d2i_X509(nullptr, &at, der.size()), &X509_free};
}

KeyPtr toOpenSsl(const QSslKey& key)
{
    QByteArray pem = key.toPem();
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size())), &BIO_free);
    KeyPtr out(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    wipeBytes(pem);
    return out;
}

QSslCertificate toQt(X509* certificate)
{
    unsigned char* der = nullptr;
    const int size = certificate == nullptr ? -1 : i2d_X509(certificate, &der);
    if (size <= 0) {
        return QSslCertificate();
    }
    const QByteArray bytes(reinterpret_cast<const char*>(der), size);
    OPENSSL_free(der);
    return QSslCertificate(bytes, QSsl::Der);
}

StorePtr storeOf(const QList<QSslCertificate>& authorities)
{
    StorePtr store(X509_STORE_new(), &X509_STORE_free);
    // Whoever is named is trusted, also one that another authority vouches for, as with kubectl.
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    for (const QSslCertificate& authority : authorities) {
        if (const X509Ptr certificate = toOpenSsl(authority)) {
            X509_STORE_add_cert(store.get(), certificate.get());
        }
    }
    ERR_clear_error();
    return store;
}

/// Some 140 authorities: read once, shared by all.
X509_STORE* systemStore()
{
    static const StorePtr store = storeOf(QSslConfiguration::systemCaCertificates());
    return store.get();
}

QSslError::SslError toQt(int error)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT: return QSslError::UnableToGetIssuerCertificate;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        return QSslError::UnableToGetLocalIssuerCertificate;
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return QSslError::UnableToVerifyFirstCertificate;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return QSslError::SelfSignedCertificate;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return QSslError::SelfSignedCertificateInChain;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: return QSslError::CertificateSignatureFailed;
    case X509_V_ERR_CERT_UNTRUSTED: return QSslError::CertificateUntrusted;
    case X509_V_ERR_CERT_HAS_EXPIRED: return QSslError::CertificateExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return QSslError::CertificateNotYetValid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return QSslError::HostNameMismatch;
    default: return QSslError::UnspecifiedError;
    }
}

} // namespace

struct TlsPolicy::Material {
    StorePtr own{nullptr, &X509_STORE_free}; ///< null: the system's
    std::vector<X509Ptr> chain;              ///< of our client certificate, leaf first
    KeyPtr key{nullptr, &EVP_PKEY_free};
};

TlsPolicy::TlsPolicy(TrustPolicy trust)
    : m_trust(std::move(trust))
    , m_material(std::make_unique<Material>())
{}

TlsPolicy::~TlsPolicy() = default;

std::shared_ptr<const TlsPolicy> TlsPolicy::make(TrustPolicy trust, const ClientIdentity& identity)
{
    const std::shared_ptr<TlsPolicy> out(new TlsPolicy(std::move(trust)));
    if (!out->m_trust.authorities.isEmpty()) {
        out->m_material->own = storeOf(out->m_trust.authorities);
    }
    for (const QSslCertificate& certificate : identity.chain) {
        out->m_material->chain.push_back(toOpenSsl(certificate));
    }
    if (!identity.isEmpty()) {
        out->m_material->key = toOpenSsl(identity.key);
    }
    ERR_clear_error();
    return out;
}

/// What a connection keeps.
struct CurlTrust::State {
    std::shared_ptr<const TlsPolicy> policy;
    QString host;
    int port = 0;
    bool pinned = false;
    TimePoint now;
    std::optional<TrustVerdict> verdict; ///< of the last handshake
    X509Ptr leaf{nullptr, &X509_free};

    [[nodiscard]] TrustVerdict judged(const QList<QSslError>& errors) const
    {
        return judge(policy->trust(), host, port, {toQt(leaf.get())}, errors, now);
    }
};

/// C functions that libcurl and OpenSSL call.
struct CurlTrust::Hooks {
    using Shared = std::shared_ptr<State>;

    /// Where a context keeps its share of the state, so that it goes with the connection.
    static int slot()
    {
        static const int index = SSL_CTX_get_ex_new_index(
            0, nullptr, nullptr, nullptr, [](void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
                delete static_cast<Shared*>(held);
            });
        return index;
    }

    static int verify(X509_STORE_CTX* context, void* argument)
    {
        auto* self = static_cast<State*>(argument);
        X509* leaf = X509_STORE_CTX_get0_cert(context);
        if (leaf != nullptr) {
            X509_up_ref(leaf);
        }
        self->leaf.reset(leaf);
        QList<QSslError> errors;
        if (!self->pinned && X509_verify_cert(context) != 1) {
            errors.append(QSslError(toQt(X509_STORE_CTX_get_error(context)), toQt(leaf)));
        }
        // What our judge says of a chain without errors and a host without a pin is known, and its
        // copy of the certificate costs a tenth of the handshake.
        const bool isPlain = leaf != nullptr && !self->pinned && errors.isEmpty();
        self->verdict = isPlain ? TrustVerdict{TrustDecision::Trusted, {}} : self->judged(errors);
        const bool trusted = self->verdict->decision == TrustDecision::Trusted;
        X509_STORE_CTX_set_error(context, trusted ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
        return trusted ? 1 : 0;
    }

    static bool showIdentity(SSL_CTX* context, const TlsPolicy::Material& material)
    {
        for (const X509Ptr& certificate : material.chain) {
            const bool isLeaf = certificate == material.chain.front();
            if (!certificate
                || (isLeaf ? SSL_CTX_use_certificate(context, certificate.get())
                           : SSL_CTX_add1_chain_cert(context, certificate.get()))
                       != 1) {
                return false;
            }
        }
        return material.chain.empty()
               || (material.key && SSL_CTX_use_PrivateKey(context, material.key.get()) == 1);
    }

    static CURLcode prepare(CURL*, void* sslContext, void* argument)
    {
        const auto& state = *static_cast<const Shared*>(argument);
        auto* context = static_cast<SSL_CTX*>(sslContext);
        const TlsPolicy::Material& material = *state->policy->m_material;
        SSL_CTX_set1_cert_store(context, material.own ? material.own.get() : systemStore());
        SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
        SSL_CTX_set_ex_data(context, slot(), new Shared(state));
        SSL_CTX_set_cert_verify_callback(context, &Hooks::verify, state.get());
        return showIdentity(context, material) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
    }
};

CurlTrust::CurlTrust(std::shared_ptr<const TlsPolicy> policy, const QUrl& url, TimePoint now)
    : m_state(std::make_shared<State>())
{
    m_state->host = url.host();
    m_state->port = url.port(443);
    m_state->pinned = policy->trust().pins.contains(hostPortText(m_state->host, m_state->port));
    m_state->now = now;
    m_state->policy = std::move(policy);
}

CurlTrust::~CurlTrust() = default;

void CurlTrust::apply(CURL* handle) const
{
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    // The exact certificate was accepted by a person, who saw its names.
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, m_state->pinned ? 0L : 2L);
    curl_easy_setopt(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, &Hooks::prepare);
    curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, &m_state);
    curl_easy_setopt(handle, CURLOPT_CAINFO, nullptr); // ours are set for each context
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
}

bool CurlTrust::hasRefused() const
{
    return m_state->verdict && m_state->verdict->decision != TrustDecision::Trusted;
}

Error CurlTrust::refusal(const QString& endpoint) const
{
    if (hasRefused()) {
        return trustError(*m_state->verdict, endpoint);
    }
    // The chain was good: what libcurl checks beyond it is the name.
    return trustError(
        m_state->judged({QSslError(QSslError::HostNameMismatch, toQt(m_state->leaf.get()))}),
        endpoint);
}

} // namespace quorate::net
