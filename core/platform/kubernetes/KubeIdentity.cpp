// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeIdentity.h"

#include "core/platform/kubernetes/Kubeconfig.h"

#include <QFile>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace quorate::platform::kubernetes {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

BioPtr readerOf(const QByteArray& bytes)
{
    return {BIO_new_mem_buf(bytes.constData(), static_cast<int>(bytes.size())), &BIO_free};
}

/// Never asks a terminal for the password of an encrypted key.
int noPassword(char*, int, int, void*) { return -1; }

KeyPtr readKey(const Secret& pem)
{
    const BioPtr bio = readerOf(pem.reveal());
    KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &noPassword, nullptr), &EVP_PKEY_free);
    ERR_clear_error();
    return key;
}

/// As PKCS#8, whatever it came in: the one form that Qt reads for each algorithm.
[[nodiscard]] Result<QSslKey> toQt(EVP_PKEY* key)
{
    const int type = EVP_PKEY_get_base_id(key);
    if (type != EVP_PKEY_RSA && type != EVP_PKEY_EC) {
        return fail(ErrorKind::Validation, QStringLiteral("bad-client-key"),
                    QStringLiteral("The private key is neither RSA nor EC"),
                    QStringLiteral("Have a client certificate made with an RSA or EC key"));
    }
    const BioPtr bio(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    QByteArray pem(data, size);
    OPENSSL_cleanse(data, static_cast<size_t>(size));
    QSslKey out(pem, type == EVP_PKEY_RSA ? QSsl::Rsa : QSsl::Ec, QSsl::Pem);
    wipeBytes(pem);
    if (out.isNull()) {
        return fail(ErrorKind::Validation, QStringLiteral("bad-client-key"),
                    QStringLiteral("The private key is of a kind that TLS here cannot use"),
                    QStringLiteral("Have a client certificate made with an RSA or EC key"));
    }
    return out;
}

bool fits(const QByteArray& certificatePem, EVP_PKEY* key)
{
    const BioPtr bio = readerOf(certificatePem);
    const CertificatePtr leaf(PEM_read_bio_X509(bio.get(), nullptr, &noPassword, nullptr),
                              &X509_free);
    const bool matching = leaf && X509_check_private_key(leaf.get(), key) == 1;
    ERR_clear_error();
    return matching;
}

} // namespace

QString Place::text() const
{
    return line == 0 ? file : QStringLiteral("%1:%2:%3").arg(file).arg(line).arg(column);
}

Error kubeconfigError(const Place& place, const QString& what, const QString& cure)
{
    return makeError(ErrorKind::Validation, QStringLiteral("bad-kubeconfig"),
                     QStringLiteral("%1: %2").arg(place.text(), what), cure);
}

Result<SecretPtr> Material::bytes(const QString& what) const
{
    if (data) {
        return data;
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(kubeconfigError(
            place, QStringLiteral("%1: %2 cannot be read: %3").arg(what, path, file.errorString()),
            QStringLiteral("Put the file there, or correct its name in the kubeconfig")));
    }
    QByteArray bytes = file.read(KubeconfigLimits::kMaterialBytesMax + 1);
    if (bytes.size() > KubeconfigLimits::kMaterialBytesMax) {
        wipeBytes(bytes);
        return fail(kubeconfigError(place,
                                    QStringLiteral("%1: %2 is larger than %3 bytes")
                                        .arg(what, path)
                                        .arg(KubeconfigLimits::kMaterialBytesMax),
                                    QStringLiteral("Name the right file")));
    }
    return std::make_shared<const Secret>(std::move(bytes));
}

Result<net::ClientIdentity> readClientIdentity(const Secret& certificatePem, const Secret& keyPem)
{
    net::ClientIdentity out;
    out.chain = QSslCertificate::fromData(certificatePem.reveal(), QSsl::Pem);
    if (out.chain.isEmpty()) {
        return fail(ErrorKind::Validation, QStringLiteral("bad-client-certificate"),
                    QStringLiteral("The client certificate holds no certificate in PEM form"),
                    QStringLiteral("It begins with -----BEGIN CERTIFICATE-----"));
    }
    const KeyPtr key = readKey(keyPem);
    if (!key) {
        const bool locked = keyPem.reveal().contains("ENCRYPTED");
        return fail(ErrorKind::Validation, QStringLiteral("bad-client-key"),
                    locked ? QStringLiteral("The private key is encrypted, which clients of "
                                            "Kubernetes do not accept")
                           : QStringLiteral("The client key holds no private key in PEM form"),
                    locked ? QStringLiteral("Write it decrypted (openssl pkey)")
                           : QStringLiteral("It is PKCS#1, PKCS#8 or SEC1, and begins with "
                                            "-----BEGIN …PRIVATE KEY-----"));
    }
    if (!fits(certificatePem.reveal(), key.get())) {
        return fail(ErrorKind::Validation, QStringLiteral("client-key-mismatch"),
                    QStringLiteral("The private key does not belong to the client certificate"),
                    QStringLiteral("Take both from the same place"));
    }
    auto qtKey = toQt(key.get());
    if (!qtKey) {
        return fail(qtKey.error());
    }
    out.key = *qtKey;
    return out;
}

} // namespace quorate::platform::kubernetes
