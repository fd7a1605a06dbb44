// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/TrustStore.h"

#include <QUrl>

#include <optional>

using CURL = void;

namespace quorate::net {

/// The trust policy for a libcurl handle: same judge as everywhere. The certificate is judged
/// inside the handshake, so no byte of a request leaves before. Must outlive the handle's
/// transfers.
class CurlTrust {
public:
    CurlTrust(const TrustPolicy& policy, const QUrl& url, TimePoint now);
    CurlTrust(const CurlTrust&) = delete;
    CurlTrust& operator=(const CurlTrust&) = delete;

    void apply(CURL* handle);
    /// Why the last handshake was refused; for CURLE_PEER_FAILED_VERIFICATION.
    [[nodiscard]] Error refusal(const QString& endpoint) const;

private:
    struct Hooks;
    friend struct Hooks;

    const TrustPolicy& m_policy;
    QString m_host;
    int m_port = 0;
    bool m_pinned = false;
    TimePoint m_now;
    std::optional<TrustVerdict> m_verdict;
    QSslCertificate m_leaf;
};

} // namespace quorate::net
