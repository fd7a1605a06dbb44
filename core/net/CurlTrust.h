// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpRoute.h"
#include "core/net/TrustStore.h"

#include <QUrl>

#include <memory>

using CURL = void;

namespace quorate::net {

/// A trust policy and a client certificate as OpenSSL wants them: made once, shown by many
/// connections, also of several threads. Without authorities in the policy it holds those of the
/// system, as Qt finds them.
class TlsPolicy {
public:
    [[nodiscard]] static std::shared_ptr<const TlsPolicy> make(TrustPolicy trust,
                                                               const ClientIdentity& identity = {});
    ~TlsPolicy();
    TlsPolicy(const TlsPolicy&) = delete;
    TlsPolicy& operator=(const TlsPolicy&) = delete;

    [[nodiscard]] const TrustPolicy& trust() const { return m_trust; }

private:
    struct Material;
    friend class CurlTrust;
    explicit TlsPolicy(TrustPolicy trust);

    TrustPolicy m_trust;
    std::unique_ptr<Material> m_material;
};

/// The trust policy for the connections of one libcurl handle: same judge as everywhere. The
/// certificate is judged inside the handshake, so no byte of a request leaves before. What a
/// connection needs of it lives as long as the connection, which libcurl may keep for other
/// handles. A server cannot ask for a second handshake on a connection (TLS 1.2 renegotiation), and
/// sessions are never resumed: every connection shows its certificate once, at its beginning.
class CurlTrust {
public:
    CurlTrust(std::shared_ptr<const TlsPolicy> policy, const QUrl& url, TimePoint now);
    ~CurlTrust();
    CurlTrust(const CurlTrust&) = delete;
    CurlTrust& operator=(const CurlTrust&) = delete;

    /// Once after each curl_easy_reset. This must live until the handle's transfer has ended.
    void apply(CURL* handle) const;
    /// The last handshake was ended by our judge.
    [[nodiscard]] bool hasRefused() const;
    /// Why the last handshake was refused; for CURLE_PEER_FAILED_VERIFICATION.
    [[nodiscard]] Error refusal(const QString& endpoint) const;

private:
    struct State;
    struct Hooks;

    std::shared_ptr<State> m_state;
};

} // namespace quorate::net
