// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/EtcdSeal.h"

#include "core/platform/kubernetes/Kubeconfig.h"

#include <QFile>

#include <array>

namespace quorate::platform::kubernetes {
namespace {

constexpr char kFormat[] =
    "quorate-etcd/1"; ///< first line; the three follow in base64, a line each

[[nodiscard]] Result<SecretPtr> readPem(const QString& path, const QString& what)
{
    const auto refusal = [&](const QString& why, const QString& cure) {
        return fail(ErrorKind::Validation, QStringLiteral("etcd-file"),
                    QStringLiteral("%1 %2 %3").arg(what, path, why), cure);
    };
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return refusal(QStringLiteral("cannot be read: %1").arg(file.errorString()),
                       QStringLiteral("Check the path and your rights"));
    }
    QByteArray bytes = file.read(KubeconfigLimits::kMaterialBytesMax + 1);
    const auto size = bytes.size();
    auto pem = std::make_shared<const Secret>(std::move(bytes));
    if (size > KubeconfigLimits::kMaterialBytesMax) {
        return refusal(
            QStringLiteral("is larger than %1 bytes").arg(KubeconfigLimits::kMaterialBytesMax),
            QStringLiteral("Name the right file"));
    }
    return pem;
}

Error badSeal()
{
    return makeError(ErrorKind::Validation, QStringLiteral("bad-etcd-seal"),
                     QStringLiteral("What the keychain holds for etcd cannot be read"),
                     QStringLiteral("Give etcd's certificate, key and authority once more"));
}

} // namespace

Result<EtcdPems> readEtcdPems(const QString& certificate, const QString& key,
                              const QString& authority)
{
    auto certificatePem = readPem(certificate, QStringLiteral("Etcd's client certificate"));
    auto keyPem = readPem(key, QStringLiteral("The key of etcd's client certificate"));
    auto authorityPem = readPem(authority, QStringLiteral("The authority of etcd"));
    for (const auto* one : {&certificatePem, &keyPem, &authorityPem}) {
        if (!*one) {
            return fail(one->error());
        }
    }
    return EtcdPems{*certificatePem, *keyPem, *authorityPem};
}

Result<EtcdAccess> etcdAccess(const EtcdPems& pems)
{
    auto identity = readClientIdentity(*pems.certificate, *pems.key);
    if (!identity) {
        return fail(std::move(identity).error());
    }
    EtcdAccess access;
    access.identity = *std::move(identity);
    access.trust.authorities = QSslCertificate::fromData(pems.authority->reveal(), QSsl::Pem);
    if (access.trust.authorities.isEmpty()) {
        return fail(ErrorKind::Validation, QStringLiteral("bad-etcd-authority"),
                    QStringLiteral("The authority of etcd holds no certificate in PEM form"),
                    QStringLiteral("With kubeadm it is /etc/kubernetes/pki/etcd/ca.crt"));
    }
    return access;
}

Secret sealEtcd(const EtcdPems& pems)
{
    const std::array parts{&pems.certificate, &pems.key, &pems.authority};
    QByteArray out;
    qsizetype room = qsizetype(sizeof kFormat);
    for (const SecretPtr* part : parts) {
        room += (*part)->reveal().size() * 4 / 3 + 8;
    }
    out.reserve(room); // it must not move: that would leave a copy of the key behind
    out.append(kFormat);
    for (const SecretPtr* part : parts) {
        QByteArray encoded = (*part)->reveal().toBase64();
        out.append('\n').append(encoded);
        wipeBytes(encoded);
    }
    return Secret(std::move(out));
}

Result<EtcdAccess> openEtcd(const Secret& sealed)
{
    QList<QByteArray> lines = sealed.reveal().split('\n');
    if (lines.size() != 4 || lines.front() != kFormat) {
        return fail(badSeal());
    }
    const auto take = [&lines](int index) {
        auto part = std::make_shared<const Secret>(QByteArray::fromBase64(lines[index]));
        wipeBytes(lines[index]);
        return part;
    };
    const EtcdPems pems{take(1), take(2), take(3)};
    auto access = etcdAccess(pems);
    if (!access) {
        return fail(badSeal());
    }
    return access;
}

} // namespace quorate::platform::kubernetes
