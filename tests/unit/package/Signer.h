// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <openssl/x509.h>

#include <QByteArray>

#include <memory>
#include <vector>

namespace quorate::test {

/// A key and certificate made for a test, which can sign packages and issue further certificates.
class Signer {
public:
    struct Options {
        const char* name = "Practice publisher";
        TimePoint from;
        TimePoint until;
        const Signer* issuer = nullptr; ///< nullptr: self-signed
        const char* keyUsage = nullptr; ///< OpenSSL words: "critical,keyEncipherment"
        bool isAuthority = false;
    };
    explicit Signer(const Options& options);

    [[nodiscard]] QByteArray certificatePem() const;
    enum class Attributes { Signed, None };
    /// A detached CMS SignedData over `content`, DER, with this certificate in it.
    [[nodiscard]] QByteArray sign(const QByteArray& content, const char* digest = "SHA256",
                                  Attributes attributes = Attributes::Signed) const;
    /// … with the content in it.
    [[nodiscard]] QByteArray signAttached(const QByteArray& content) const;
    /// … by both.
    [[nodiscard]] QByteArray signWith(const Signer& other, const QByteArray& content) const;

private:
    static QByteArray signedBy(const std::vector<const Signer*>& signers, const QByteArray& content,
                               const char* digest, unsigned int flags);

    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> m_key;
    std::unique_ptr<X509, void (*)(X509*)> m_certificate;
};

} // namespace quorate::test
