// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"
#include "core/package/PackageFile.h"

#include <functional>
#include <memory>

namespace quorate::package::detail {

/// Gives the next bytes of the signed content; an empty array at the end, nullopt when reading
/// failed or was stopped.
using ContentSource = std::function<std::optional<QByteArray>()>;

/// A detached CMS SignedData (DER) and the publishers that may have made it.
class Signature {
public:
    Signature();
    Signature(Signature&& other) noexcept;
    Signature& operator=(Signature&& other) noexcept;
    Signature(const Signature&) = delete;
    Signature& operator=(const Signature&) = delete;
    ~Signature();

    /// "package-signature-broken" when it is not one signature of a digest that we take.
    [[nodiscard]] static Result<Signature> parse(const QByteArray& der);
    /// Pulls the content to its end once and compares: "package-signature-broken" when it differs.
    [[nodiscard]] Result<void> verifyContent(const ContentSource& source) const;
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
