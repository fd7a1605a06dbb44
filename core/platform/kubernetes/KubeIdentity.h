// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/net/HttpRoute.h"

#include <QJsonValue>
#include <QStringList>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quorate::platform::kubernetes {

using SecretPtr = std::shared_ptr<const Secret>;

/// Where something was written, for errors: "FILE:LINE:COLUMN".
struct Place {
    QString file;
    int line = 0;
    int column = 0;
    [[nodiscard]] QString text() const;
};
/// Validation error "FILE:LINE:COLUMN: WHAT" with its cure; code "bad-kubeconfig".
Error kubeconfigError(const Place& place, const QString& what, const QString& cure);

/// Bytes that stand in the kubeconfig itself, or in a file that it names (absolute by now). Data
/// wins.
struct Material {
    SecretPtr data;
    QString path;
    Place place;
    [[nodiscard]] bool isEmpty() const { return !data && path.isEmpty(); }
    /// The bytes; reads the file, at most KubeconfigLimits::kMaterialBytesMax of it.
    [[nodiscard]] Result<SecretPtr> bytes(const QString& what) const;
};

/// A credential plug-in: a program that prints an ExecCredential.
struct ExecSpec {
    QString apiVersion; ///< client.authentication.k8s.io/v1 or /v1beta1
    QString command;    ///< a name for the search path, or an absolute path
    QStringList arguments;
    std::vector<std::pair<QString, SecretPtr>> environment;
    QString installHint;
    QString interactiveMode; ///< as written: Never, IfAvailable, Always or nothing
    bool provideClusterInfo = false;
    Place place;
};

/// What a plug-in is told of the cluster when it asks for it.
struct ExecCluster {
    QString server;
    QString tlsServerName;
    bool skipTlsVerify = false;
    QByteArray authorityPem;
    QString proxy;
    QJsonValue config;
};

/// Acting as somebody else: becomes Impersonate-… headers.
struct Impersonation {
    QString user;
    QString uid;
    QStringList groups;
    std::vector<std::pair<QString, QStringList>> extra;
};

/// Who we are to the API server: at most one of the ways is used, in the order certificate and
/// (token file, token, user and password, plug-in).
struct KubeUser {
    QString name;
    Place place;
    Material certificate;
    Material key;
    SecretPtr token;
    QString tokenFile; ///< read again when it changes, at the latest each minute
    QString userName;
    SecretPtr password;
    std::optional<ExecSpec> exec;
    QString authProvider; ///< of an old form that clients have dropped; `resolve` refuses it
    Impersonation impersonation;
};

/// Reads a certificate chain and its private key (PEM; RSA or EC; PKCS#1, PKCS#8 or SEC1) and
/// checks that they belong together. Validation errors "bad-client-certificate", "bad-client-key",
/// "client-key-mismatch".
[[nodiscard]] Result<net::ClientIdentity> readClientIdentity(const Secret& certificatePem,
                                                             const Secret& keyPem);

} // namespace quorate::platform::kubernetes
