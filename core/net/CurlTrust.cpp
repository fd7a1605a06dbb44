// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/CurlTrust.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace quorate::net {
namespace {

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

/// C functions that libcurl and OpenSSL call.
struct CurlTrust::Hooks {
    static int verify(X509_STORE_CTX* context, void* argument)
    {
        auto* self = static_cast<CurlTrust*>(argument);
        X509* leaf = X509_STORE_CTX_get0_cert(context);
        self->m_leaf = toQt(leaf);
        QList<QSslError> errors;
        if (!self->m_pinned && X509_verify_cert(context) != 1) {
            const int error = X509_STORE_CTX_get_error(context);
            errors.append(QSslError(toQt(error), self->m_leaf));
        }
        self->m_verdict =
            judge(self->m_policy, self->m_host, self->m_port, {self->m_leaf}, errors, self->m_now);
        const bool trusted = self->m_verdict->decision == TrustDecision::Trusted;
        X509_STORE_CTX_set_error(context, trusted ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
        return trusted ? 1 : 0;
    }

    static CURLcode prepare(CURL*, void* sslContext, void* argument)
    {
        auto* self = static_cast<CurlTrust*>(argument);
        auto* context = static_cast<SSL_CTX*>(sslContext);
        if (self->m_pinned || !self->m_policy.authorities.isEmpty()) {
            X509_STORE* store = X509_STORE_new();
            for (const QSslCertificate& authority : self->m_policy.authorities) {
                if (auto* handle = static_cast<X509*>(authority.handle()); handle != nullptr) {
                    X509_STORE_add_cert(store, handle);
                }
            }
            SSL_CTX_set_cert_store(context, store); // which takes it over
        }
        SSL_CTX_set_cert_verify_callback(context, &Hooks::verify, self);
        return CURLE_OK;
    }
};

CurlTrust::CurlTrust(const TrustPolicy& policy, const QUrl& url, TimePoint now)
    : m_policy(policy)
    , m_host(url.host())
    , m_port(url.port(443))
    , m_pinned(policy.pins.contains(hostPortText(m_host, m_port)))
    , m_now(now)
{}

void CurlTrust::apply(CURL* handle)
{
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    // The exact certificate was accepted by a person, who saw its names.
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, m_pinned ? 0L : 2L);
    curl_easy_setopt(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, &Hooks::prepare);
    curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, this);
    if (m_pinned || !m_policy.authorities.isEmpty()) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, nullptr);
        curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
    }
}

Error CurlTrust::refusal(const QString& endpoint) const
{
    if (m_verdict && m_verdict->decision != TrustDecision::Trusted) {
        return trustError(*m_verdict, endpoint);
    }
    // The chain was good: what libcurl checks beyond it is the name.
    return trustError(judge(m_policy, m_host, m_port, {m_leaf},
                            {QSslError(QSslError::HostNameMismatch, m_leaf)}, m_now),
                      endpoint);
}

} // namespace quorate::net
