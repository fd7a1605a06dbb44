// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSslCertificate>
#include <QSslKey>
#include <QStringList>

#include <memory>

namespace quorate::test {

struct Identity {
    QSslCertificate certificate;
    QSslKey key;
};

struct IdentityOptions {
    QString name = QStringLiteral("node-1");
    QStringList addresses = {QStringLiteral("127.0.0.1")}; ///< IP SANs
    QStringList hosts;                                     ///< DNS SANs
    int fromDays = -1;                                     ///< validity, from now
    int toDays = 30;
    bool rsa = false; ///< else the key is on P-256
};

/// A certificate authority for tests: made in memory, keys on P-256, never written anywhere.
class TestAuthority {
public:
    /// With `above` an intermediate one, which that one vouches for; it must not be gone yet.
    explicit TestAuthority(const QString& name, const TestAuthority* above = nullptr);
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    [[nodiscard]] QSslCertificate certificate() const;
    [[nodiscard]] Identity issue(const IdentityOptions& options = {}) const;

private:
    struct Private;
    std::unique_ptr<Private> m_p;
};

/// The private key as PKCS#8; QSslKey::toPem writes PKCS#1 or SEC1.
[[nodiscard]] QByteArray pkcs8Pem(const QSslKey& key);

/// A server that vouches for itself.
[[nodiscard]] Identity selfSigned(const IdentityOptions& options = {});

} // namespace quorate::test
