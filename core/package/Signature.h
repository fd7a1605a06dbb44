// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"
#include "core/package/Digest.h"
#include "core/package/PackageFile.h"

#include <memory>

namespace quorate::package::detail {

/// A detached CMS SignedData (DER) and the publishers that may have made it.
class Signature {
public:
    Signature();
    Signature(Signature&& other) noexcept;
    Signature& operator=(Signature&& other) noexcept;
    Signature(const Signature&) = delete;
    Signature& operator=(const Signature&) = delete;
    ~Signature();

    /// "package-signature-broken" when it is not one signature over signed attributes with a digest
    /// that we take.
    [[nodiscard]] static Result<Signature> parse(const QByteArray& der);
    /// What the content has to be digested with.
    [[nodiscard]] DigestKind digest() const;
    /// Did the signer's key sign these attributes, the content's digest among them? Needs no
    /// content: "package-signature-broken".
    [[nodiscard]] Result<void> verifyAttributes() const;
    /// Is this the digest that was signed? "package-signature-broken". Means something after
    /// verifyAttributes only.
    [[nodiscard]] Result<void> verifyContent(const QByteArray& digest) const;
    /// Does the signer's certificate equal a publisher's, or chain up to one, at this time?
    /// "package-signed-by-stranger", "package-signer-expired", "publisher-unreadable".
    [[nodiscard]] Result<void> verifySigner(const PublisherTrust& trust, TimePoint now) const;
    /// The subject of the signer's certificate, on one line; empty when the certificate is not in
    /// the signature.
    [[nodiscard]] QString signer() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace quorate::package::detail
