// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/base/Time.h"

#include <memory>

namespace quorate::report {

/// Signs evidence with the key of an installation.
class EvidenceSigner {
public:
    EvidenceSigner() = default;
    EvidenceSigner(const EvidenceSigner&) = delete;
    EvidenceSigner& operator=(const EvidenceSigner&) = delete;
    virtual ~EvidenceSigner() = default;
    /// A raw Ed25519 signature (64 bytes): the same content gives the same bytes.
    [[nodiscard]] virtual Result<QByteArray> sign(const QByteArray& content) const = 0;
    [[nodiscard]] virtual QByteArray certificatePem() const = 0;
};
using EvidenceSignerPtr = std::shared_ptr<const EvidenceSigner>;

/// Where callers keep the installation's key in the keychain.
inline constexpr auto kSigningKeyEntry = "evidence/signing-key";

/// A new Ed25519 key and its self-signed certificate "Quorate evidence, <owner>", as one PEM text.
/// The certificate does not expire: a reader trusts it by its fingerprint, or not.
[[nodiscard]] Result<Secret> generateSigningKey(const QString& owner, TimePoint now);
/// Reads that text. Validation error "signing-key-unreadable".
[[nodiscard]] Result<EvidenceSignerPtr> makeSigner(const Secret& keyAndCertificate);

inline constexpr auto kSignatureAlgorithm = "Ed25519";

/// A certificate as a reader has to judge it.
struct SignerIdentity {
    QString subject;
    QByteArray sha256; ///< of the DER
};
/// Validation error "signer-unreadable" when this is not one certificate with an Ed25519 key.
[[nodiscard]] Result<SignerIdentity> identityOf(const QByteArray& certificatePem);
[[nodiscard]] bool isSignedBy(const QByteArray& certificatePem, const QByteArray& content,
                              const QByteArray& signature);

} // namespace quorate::report
