// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/platform/kubernetes/KubeIdentity.h"

#include <QProcessEnvironment>
#include <QSslCertificate>
#include <QUrl>

#include <map>
#include <optional>
#include <vector>

namespace quorate::platform::kubernetes {

/// What we accept of one kubeconfig file. Our own bounds: a file with 1,000 clusters, each with a
/// chain of three certificates, is half as large.
struct KubeconfigLimits {
    static constexpr qint64 kBytesMax = 16LL * 1024 * 1024;
    static constexpr qint64 kMaterialBytesMax =
        1024 * 1024; ///< of a certificate, key or token file
    static constexpr int kDepthMax = 32;
    static constexpr int kValuesMax = 200'000;
    static constexpr int kFilesMax = 64; ///< of a KUBECONFIG list
};

struct KubeCluster {
    QString name;
    Place place;
    QString server; ///< as written; `resolve` makes the address of it
    Place serverPlace;
    Material authority;
    bool skipTlsVerify = false;
    QString tlsServerName;
    QString proxy; ///< as written; may hold a password, so never shown
    Place proxyPlace;
    QJsonValue execConfig; ///< the extension client.authentication.k8s.io/exec, for plug-ins
};

struct KubeContext {
    QString name;
    Place place;
    QString cluster;
    Place clusterPlace;
    QString user; ///< may be empty: then nobody in particular
    Place userPlace;
    QString nameSpace;
    /// What clients take when it names none.
    [[nodiscard]] QString usedNamespace() const
    {
        return nameSpace.isEmpty() ? QStringLiteral("default") : nameSpace;
    }
};

/// Whom to believe at the other end.
struct KubeTrust {
    QList<QSslCertificate> authorities; ///< empty: the system's
    /// The file asks to verify nothing. We never do that: the caller shows the certificate, and
    /// what a person accepts becomes a pin of the TrustPolicy.
    bool pinNeeded = false;
};

/// All that is needed to talk to one API server as one user.
struct ResolvedContext {
    QString context;
    QString cluster;
    QString user;
    QUrl server; ///< https, with the path that a proxy in front may want
    KubeTrust trust;
    KubeUser identity;
    QString nameSpace; ///< "default" when the context names none
    QUrl proxy;        ///< empty: the system's choice
    QString tlsServerName;
    ExecCluster execCluster; ///< told to a plug-in that asks for it
    QStringList warnings;    ///< whole sentences
};

/// One or several kubeconfig files, read and merged as clients do. A plain value.
class Kubeconfig {
public:
    /// Reads one file's text, YAML or JSON. Relative paths in it are taken from the folder of
    /// `fileName`. Validation error "bad-kubeconfig", "FILE:LINE:COLUMN: …".
    [[nodiscard]] static Result<Kubeconfig> parse(const QByteArray& text, const QString& fileName);
    /// Reads one file, which must exist.
    [[nodiscard]] static Result<Kubeconfig> load(const QString& file);
    /// Reads a list: files that do not exist are left out (a note says so), and of what two files
    /// name alike the first wins, whole.
    [[nodiscard]] static Result<Kubeconfig> loadList(const QStringList& files);
    /// What the environment says: the list in KUBECONFIG, or ~/.kube/config.
    static QStringList defaultFiles(const QProcessEnvironment& environment);

    /// Adds what `later` has and this one has not.
    void merge(const Kubeconfig& later);

    [[nodiscard]] const std::vector<KubeContext>& contexts() const { return m_contexts; }
    [[nodiscard]] const std::vector<KubeCluster>& clusters() const { return m_clusters; }
    [[nodiscard]] const std::vector<KubeUser>& users() const { return m_users; }
    [[nodiscard]] const QString& currentContext() const { return m_currentContext; }
    /// What was passed over, whole sentences: unknown fields with their places, absent files.
    [[nodiscard]] const QStringList& notes() const { return m_notes; }

    /// Follows a context (empty: the current one) to its cluster and user, reads the files that
    /// they name, and checks that the certificate and the key fit each other. The plug-in of an
    /// exec user is not run.
    [[nodiscard]] Result<ResolvedContext> resolve(const QString& context = {}) const;

private:
    friend class KubeconfigReader;

    std::vector<KubeContext> m_contexts;
    std::vector<KubeCluster> m_clusters;
    std::vector<KubeUser> m_users;
    QString m_currentContext;
    QStringList m_notes;
    QString m_fileNames; ///< for errors that have no line
};

} // namespace quorate::platform::kubernetes
