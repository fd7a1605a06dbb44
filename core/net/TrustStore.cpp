// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/TrustStore.h"

#include <QCryptographicHash>
#include <QHostAddress>
#include <QSslKey>
#include <QUrl>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>

namespace quorate::net {
namespace {

QString commonName(const QStringList& names)
{
    return names.isEmpty() ? QString() : names.constFirst();
}

QString distinguishedName(const QStringList& common, const QStringList& organisation)
{
    QStringList parts;
    if (!common.isEmpty()) {
        parts.append(QStringLiteral("CN=%1").arg(commonName(common)));
    }
    if (!organisation.isEmpty()) {
        parts.append(QStringLiteral("O=%1").arg(commonName(organisation)));
    }
    return parts.join(QStringLiteral(", "));
}

/// Qt knows the algorithm and the size of a key; the name of a curve is OpenSSL's.
QString keyText(const QSslCertificate& certificate)
{
    const QSslKey key = certificate.publicKey();
    switch (key.algorithm()) {
    case QSsl::Rsa: return QStringLiteral("RSA %1").arg(key.length());
    case QSsl::Dsa: return QStringLiteral("DSA %1").arg(key.length());
    case QSsl::Dh: return QStringLiteral("DH %1").arg(key.length());
    case QSsl::Ec:
        return key.length() == 256 || key.length() == 384 || key.length() == 521
                   ? QStringLiteral("EC P-%1").arg(key.length())
                   : QStringLiteral("EC %1").arg(key.length());
    case QSsl::Opaque: break;
    }
    const QByteArray der = certificate.toDer();
    const auto* at = reinterpret_cast<const unsigned char*>(der.constData());
    const std::unique_ptr<X509, decltype(&X509_free)> x509(d2i_X509(nullptr, &at, der.size()),
                                                           &X509_free);
    EVP_PKEY* publicKey = x509 ? X509_get0_pubkey(x509.get()) : nullptr;
    return publicKey == nullptr ? QStringLiteral("unknown key")
                                : QString::fromLatin1(EVP_PKEY_get0_type_name(publicKey));
}

TimePoint toTimePoint(const QDateTime& at) { return TimePoint(Millis(at.toMSecsSinceEpoch())); }

bool labelMatches(const QString& pattern, const QString& host)
{
    if (!pattern.startsWith(QStringLiteral("*."))) {
        return pattern.compare(host, Qt::CaseInsensitive) == 0;
    }
    // A star stands for exactly one label, and never for a top-level domain (RFC 6125 6.4.3).
    const auto dot = host.indexOf(QLatin1Char('.'));
    const QString parent = pattern.mid(2);
    return dot > 0 && parent.contains(QLatin1Char('.'))
           && host.mid(dot + 1).compare(parent, Qt::CaseInsensitive) == 0;
}

TrustVerdict verdict(TrustDecision decision, const QString& text) { return {decision, text}; }

TrustVerdict judgeDates(const QSslCertificate& leaf, const QString& hostPort, TimePoint now)
{
    if (toTimePoint(leaf.expiryDate()) < now) {
        return verdict(TrustDecision::Expired,
                       QStringLiteral("The certificate of %1 expired on %2; renew it on the node")
                           .arg(hostPort, leaf.expiryDate().toUTC().toString(Qt::ISODate)));
    }
    if (toTimePoint(leaf.effectiveDate()) > now) {
        return verdict(
            TrustDecision::NotYetValid,
            QStringLiteral("The certificate of %1 is valid only from %2; compare the clocks of the "
                           "node and of this workstation")
                .arg(hostPort, leaf.effectiveDate().toUTC().toString(Qt::ISODate)));
    }
    return verdict(TrustDecision::Trusted, QString());
}

TrustVerdict judgePinned(const QByteArray& pin, const QString& hostPort,
                         const QSslCertificate& leaf, TimePoint now)
{
    if (certificateSha256(leaf) != pin) {
        return verdict(
            TrustDecision::Changed,
            QStringLiteral("The certificate of %1 is no longer the one that was accepted; compare "
                           "its fingerprint with the node's before you accept it")
                .arg(hostPort));
    }
    return judgeDates(leaf, hostPort, now);
}

TrustDecision decisionFor(QSslError::SslError error)
{
    switch (error) {
    case QSslError::UnableToGetIssuerCertificate:
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::SelfSignedCertificate:
    case QSslError::SelfSignedCertificateInChain:
    case QSslError::CertificateSignatureFailed: // by a CA of a name that we know, with another key
    case QSslError::CertificateUntrusted: return TrustDecision::Unknown;
    case QSslError::CertificateExpired: return TrustDecision::Expired;
    case QSslError::CertificateNotYetValid: return TrustDecision::NotYetValid;
    case QSslError::HostNameMismatch: return TrustDecision::WrongHost;
    default: return TrustDecision::Broken; // every other error of a foreign enum is a refusal
    }
}

} // namespace

QString hostPortText(const QString& host, int port)
{
    const QString bare =
        host.startsWith(QLatin1Char('[')) ? host.mid(1, host.size() - 2) : host.toLower();
    return bare.contains(QLatin1Char(':')) ? QStringLiteral("[%1]:%2").arg(bare.toLower()).arg(port)
                                           : QStringLiteral("%1:%2").arg(bare).arg(port);
}

QByteArray certificateSha256(const QSslCertificate& certificate)
{
    return certificate.digest(QCryptographicHash::Sha256);
}

QString fingerprintText(const QByteArray& sha256)
{
    return QString::fromLatin1(sha256.toHex(':')).toUpper();
}

QStringList certificateNames(const QSslCertificate& certificate)
{
    QStringList names;
    const auto alternatives = certificate.subjectAlternativeNames();
    for (const auto kind : {QSsl::DnsEntry, QSsl::IpAddressEntry}) {
        names += alternatives.values(kind);
    }
    std::sort(names.begin(), names.end());
    return names.isEmpty() ? certificate.subjectInfo(QSslCertificate::CommonName) : names;
}

bool certificateNamesHost(const QSslCertificate& certificate, const QString& host)
{
    const QHostAddress address(host);
    const QStringList names = certificateNames(certificate);
    return std::any_of(names.begin(), names.end(), [&](const QString& name) {
        return address.isNull() ? labelMatches(name, host) : QHostAddress(name) == address;
    });
}

CertificateInfo describeCertificate(const QSslCertificate& certificate, const QString& host,
                                    TimePoint now)
{
    CertificateInfo info;
    info.subject = distinguishedName(certificate.subjectInfo(QSslCertificate::CommonName),
                                     certificate.subjectInfo(QSslCertificate::Organization));
    info.issuer = distinguishedName(certificate.issuerInfo(QSslCertificate::CommonName),
                                    certificate.issuerInfo(QSslCertificate::Organization));
    info.names = certificateNames(certificate);
    info.notBefore = certificate.effectiveDate().toUTC();
    info.notAfter = certificate.expiryDate().toUTC();
    info.keyText = keyText(certificate);
    info.sha256 = certificateSha256(certificate);
    info.selfSigned = certificate.isSelfSigned();
    const TimePoint begin = toTimePoint(info.notBefore);
    const TimePoint end = toTimePoint(info.notAfter);
    if (end < now) {
        info.problems.append(QStringLiteral("expired %1 ago").arg(toDurationText(now - end)));
    }
    if (begin > now) {
        info.problems.append(QStringLiteral("valid only in %1").arg(toDurationText(begin - now)));
    }
    if (!certificateNamesHost(certificate, host)) {
        info.problems.append(QStringLiteral("does not name %1").arg(host));
    }
    return info;
}

TrustVerdict judge(const TrustPolicy& policy, const QString& host, int port,
                   const QList<QSslCertificate>& chain, const QList<QSslError>& errors,
                   TimePoint now)
{
    const QString hostPort = hostPortText(host, port);
    if (chain.isEmpty() || chain.constFirst().isNull()) {
        return verdict(TrustDecision::Broken,
                       QStringLiteral("%1 showed no certificate that can be read; check the node's "
                                      "TLS settings")
                           .arg(hostPort));
    }
    if (const auto pin = policy.pins.find(hostPort); pin != policy.pins.end()) {
        return judgePinned(pin->second, hostPort, chain.constFirst(), now);
    }
    std::vector<TrustDecision> found;
    for (const QSslError& error : errors) {
        if (error.error() != QSslError::NoError) {
            found.push_back(decisionFor(error.error()));
        }
    }
    const auto has = [&](TrustDecision decision) {
        return std::find(found.begin(), found.end(), decision) != found.end();
    };
    if (has(TrustDecision::Broken)) {
        return verdict(
            TrustDecision::Broken,
            QStringLiteral("The certificate of %1 cannot be relied on: %2; renew it on the node")
                .arg(hostPort, errors.constFirst().errorString()));
    }
    if (has(TrustDecision::Unknown)) {
        return verdict(TrustDecision::Unknown,
                       QStringLiteral("Nobody that this cluster trusts vouches for the certificate "
                                      "of %1; compare its fingerprint and accept it, or add its CA")
                           .arg(hostPort));
    }
    if (has(TrustDecision::WrongHost)) {
        return verdict(
            TrustDecision::WrongHost,
            QStringLiteral("The certificate of %1 names %2 instead; use one of these "
                           "names, or renew the certificate")
                .arg(hostPort,
                     certificateNames(chain.constFirst()).join(QStringLiteral(", ")).left(300)));
    }
    if (has(TrustDecision::Expired) || has(TrustDecision::NotYetValid)) {
        TrustVerdict dates = judgeDates(chain.constFirst(), hostPort, now);
        if (dates.decision == TrustDecision::Trusted) { // an issuer's dates, or the clocks differ
            dates.decision =
                has(TrustDecision::Expired) ? TrustDecision::Expired : TrustDecision::NotYetValid;
            dates.text = QStringLiteral("A certificate in the chain of %1 is outside its validity; "
                                        "renew the chain on the node")
                             .arg(hostPort);
        }
        return dates;
    }
    return verdict(TrustDecision::Trusted, QString());
}

Error trustError(const TrustVerdict& judged, const QString& endpoint)
{
    QString code;
    switch (judged.decision) {
    case TrustDecision::Trusted: code = QStringLiteral("certificate-trusted"); break;
    case TrustDecision::Unknown: code = QStringLiteral("certificate-unknown"); break;
    case TrustDecision::Changed: code = QStringLiteral("certificate-changed"); break;
    case TrustDecision::Expired: code = QStringLiteral("certificate-expired"); break;
    case TrustDecision::WrongHost: code = QStringLiteral("certificate-wrong-host"); break;
    case TrustDecision::NotYetValid: code = QStringLiteral("certificate-not-yet-valid"); break;
    case TrustDecision::Broken: code = QStringLiteral("certificate-broken"); break;
    }
    // "what happened; what to do" is one sentence for a dialog and two fields for an Error.
    const auto cut = judged.text.indexOf(QStringLiteral("; "));
    Error error = makeError(ErrorKind::Tls, code, judged.text.left(cut));
    if (cut >= 0) {
        error.cure = judged.text.mid(cut + 2);
        error.cure[0] = error.cure.at(0).toUpper();
    }
    error.endpoint = endpoint;
    return error;
}

} // namespace quorate::net
