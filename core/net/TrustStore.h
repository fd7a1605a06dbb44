// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Time.h"

#include <QByteArray>
#include <QList>
#include <QSslCertificate>
#include <QSslError>
#include <QStringList>

#include <map>

namespace quorate::net {

/// A certificate as a person is shown it before trusting it.
struct CertificateInfo {
    QString subject;
    QString issuer;
    QStringList names; ///< DNS and IP SANs, or the CN when there are none
    QDateTime notBefore;
    QDateTime notAfter;
    QString keyText;   ///< "EC P-256", "RSA 2048"
    QByteArray sha256; ///< of the DER
    bool selfSigned = false;
    QStringList problems; ///< in words: "expired 3 days ago", "does not name 10.0.0.5"
    bool operator==(const CertificateInfo&) const = default;
};
/// "host:port" as pins are keyed: lower case, IPv6 in brackets.
QString hostPortText(const QString& host, int port);
QByteArray certificateSha256(const QSslCertificate& certificate);
/// DNS and IP SANs, or the CN when there are none.
QStringList certificateNames(const QSslCertificate& certificate);
bool certificateNamesHost(const QSslCertificate& certificate, const QString& host);
CertificateInfo describeCertificate(const QSslCertificate& certificate, const QString& host,
                                    TimePoint now);
/// "9C:1E:40:…"
QString fingerprintText(const QByteArray& sha256);

enum class TrustDecision { Trusted, Unknown, Changed, Expired, WrongHost, NotYetValid, Broken };

/// Who is trusted for one cluster: its CA, or the system roots, and pins by host:port. A pin is
/// exact: another certificate at a pinned host:port is `Changed`, even one that a CA would vouch
/// for, until a person decides.
struct TrustPolicy {
    QList<QSslCertificate> authorities; ///< empty: system roots
    std::map<QString, QByteArray> pins; ///< host:port → SHA-256
};
struct TrustVerdict {
    TrustDecision decision = TrustDecision::Unknown;
    QString text; ///< one sentence with what to do
};
/// Judges what a handshake brought. Pure. `errors` are those of a verification against
/// `authorities`.
TrustVerdict judge(const TrustPolicy& policy, const QString& host, int port,
                   const QList<QSslCertificate>& chain, const QList<QSslError>& errors,
                   TimePoint now);
/// The Error of kind Tls for a verdict; codes "certificate-unknown", "certificate-changed",
/// "certificate-expired", "certificate-wrong-host", "certificate-not-yet-valid",
/// "certificate-broken".
Error trustError(const TrustVerdict& verdict, const QString& endpoint);

} // namespace quorate::net
