// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QStringList>

#include <memory>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace quorate::sandbox {

struct FreeX509 {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using CertificatePtr = std::unique_ptr<X509, FreeX509>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;

/// A certificate with its key.
struct Identity {
    CertificatePtr certificate;
    KeyPtr key;

    [[nodiscard]] QByteArray certificatePem() const;
    [[nodiscard]] QByteArray keyPem() const;
    [[nodiscard]] Result<void> save(const QString& certificatePath, const QString& keyPath) const;
    [[nodiscard]] static Result<Identity> load(const QString& certificatePath,
                                               const QString& keyPath);
};

[[nodiscard]] Result<CertificatePtr> certificateFromPem(const QByteArray& pem);
/// SHA-256 of the DER form, lower-case hex.
QString fingerprint(X509* certificate);

/// EC P-256 throughout.
[[nodiscard]] Result<Identity> makeAuthority(const QString& commonName);
/// A TLS server certificate for loopback and `names` (DNS).
[[nodiscard]] Result<Identity> makeServer(const Identity& authority, const QString& commonName,
                                          const QStringList& names);
/// A self-signed certificate that signs packages.
[[nodiscard]] Result<Identity> makePublisher(const QString& commonName);

} // namespace quorate::sandbox
