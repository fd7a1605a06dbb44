// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeClient.h"
#include "core/platform/kubernetes/Kubeconfig.h"

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

template <typename Named>
const Named* find(const std::vector<Named>& list, const QString& name)
{
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const Named& candidate) { return candidate.name == name; });
    return found != list.end() ? &*found : nullptr;
}

template <typename Named>
QString namesOf(const std::vector<Named>& list)
{
    constexpr std::size_t kShown = 8;
    QStringList names;
    for (const Named& entry : list) {
        if (names.size() >= qsizetype(kShown)) {
            names.append(QStringLiteral("… (%1)").arg(list.size()));
            break;
        }
        names.append(entry.name);
    }
    return names.isEmpty() ? QStringLiteral("none") : names.join(QStringLiteral(", "));
}

[[nodiscard]] Result<QUrl> serverOf(const KubeCluster& cluster)
{
    const auto refuse = [&](const QString& what, const QString& cure) {
        return fail(kubeconfigError(
            cluster.serverPlace, QStringLiteral("cluster %1: %2").arg(cluster.name, what), cure));
    };
    const QString example = QStringLiteral("Write it as https://host:port");
    if (cluster.server.isEmpty()) {
        return refuse(QStringLiteral("it has no server"), example);
    }
    const bool hasScheme = cluster.server.contains(QStringLiteral("://"));
    QUrl url(hasScheme ? cluster.server : QStringLiteral("https://") + cluster.server,
             QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty()) {
        return refuse(QStringLiteral("its server is not an address"), example);
    }
    if (url.scheme() != QLatin1String("https")) {
        return refuse(
            QStringLiteral("its server is reached by %1, not by https").arg(url.scheme().left(20)),
            QStringLiteral("Use the cluster's https address: what is read without TLS "
                           "cannot be relied on"));
    }
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment()) {
        return refuse(QStringLiteral("its server has more than a host, a port and a path"),
                      example);
    }
    QString path = url.path();
    while (path.endsWith(QLatin1Char('/'))) {
        path.chop(1);
    }
    url.setPath(path);
    return url;
}

Error placed(const Error& error, const Place& place, const QString& owner)
{
    Error out = error;
    out.message = QStringLiteral("%1: %2: %3").arg(place.text(), owner, error.message);
    return out;
}

/// Walks the parts of one context; the first thing that is wrong ends it.
class Resolution {
public:
    Resolution(const KubeContext& context, const KubeCluster& cluster, const KubeUser& user)
        : m_cluster(cluster)
        , m_user(user)
    {
        m_out.context = context.name;
        m_out.cluster = cluster.name;
        m_out.user = user.name;
        m_out.nameSpace = context.usedNamespace();
        m_out.tlsServerName = cluster.tlsServerName;
        m_out.identity = user;
    }

    [[nodiscard]] Result<ResolvedContext> run()
    {
        return address()
            .and_then([this] { return trust(); })
            .and_then([this] { return methods(); })
            .and_then([this] { return certificate(); })
            .and_then([this] { return plugin(); })
            .and_then([this] { return impersonation(); })
            .map([this] {
                tellPlugin();
                return std::move(m_out);
            });
    }

private:
    [[nodiscard]] Result<void> refuseUser(const Place& place, const QString& what,
                                          const QString& cure) const
    {
        return fail(
            kubeconfigError(place, QStringLiteral("user %1: %2").arg(m_user.name, what), cure));
    }

    void warnOfBoth(const Material& material, const QString& field)
    {
        if (material.data && !material.path.isEmpty()) {
            m_out.warnings.append(QStringLiteral("%1: %2 and %2-data are both there; the data is "
                                                 "used")
                                      .arg(material.place.text(), field));
        }
    }

    [[nodiscard]] Result<void> address()
    {
        const auto server = serverOf(m_cluster);
        if (!server) {
            return fail(server.error());
        }
        m_out.server = *server;
        if (m_cluster.proxy.isEmpty()) {
            return {};
        }
        m_out.proxy = QUrl(m_cluster.proxy, QUrl::StrictMode);
        if (const auto proxy = proxyFrom(m_out.proxy); !proxy) {
            return fail(placed(proxy.error(), m_cluster.proxyPlace,
                               QStringLiteral("cluster %1").arg(m_cluster.name)));
        }
        return {};
    }

    [[nodiscard]] Result<void> trust()
    {
        const QString field = QStringLiteral("certificate-authority");
        const Material& material = m_cluster.authority;
        warnOfBoth(material, field);
        if (material.isEmpty()) {
            m_out.trust.pinNeeded = m_cluster.skipTlsVerify;
            if (m_cluster.skipTlsVerify) {
                m_out.warnings.append(QStringLiteral(
                    "The kubeconfig asks to verify nothing (insecure-skip-tls-verify); the "
                    "server's certificate must be looked at and accepted once"));
            }
            return {};
        }
        const QString owner = QStringLiteral("cluster %1: %2").arg(m_cluster.name, field);
        if (m_cluster.skipTlsVerify) {
            return fail(kubeconfigError(
                material.place, owner + QStringLiteral(": it contradicts insecure-skip-tls-verify"),
                QStringLiteral("Remove insecure-skip-tls-verify")));
        }
        const auto pem = material.bytes(owner);
        if (!pem) {
            return fail(pem.error());
        }
        m_out.trust.authorities = QSslCertificate::fromData((*pem)->reveal(), QSsl::Pem);
        if (m_out.trust.authorities.isEmpty()) {
            return fail(kubeconfigError(
                material.place, owner + QStringLiteral(": it holds no certificate in PEM form"),
                QStringLiteral("It begins with -----BEGIN CERTIFICATE-----")));
        }
        m_out.execCluster.authorityPem = (*pem)->reveal();
        return {};
    }

    [[nodiscard]] Result<void> methods()
    {
        if (!m_user.authProvider.isEmpty()) {
            return refuseUser(m_user.place,
                              QStringLiteral("the auth-provider \"%1\" is of a kind that clients "
                                             "no longer support")
                                  .arg(m_user.authProvider.left(60)),
                              QStringLiteral("Use the exec plug-in of your provider instead, such "
                                             "as gke-gcloud-auth-plugin or kubelogin"));
        }
        const bool basic = !m_user.userName.isEmpty() || m_user.password;
        if (m_user.token && basic) {
            return refuseUser(m_user.place,
                              QStringLiteral("it has a token and a password; which one is meant?"),
                              QStringLiteral("Remove one of them"));
        }
        if (m_user.token && !m_user.tokenFile.isEmpty()) {
            m_out.warnings.append(QStringLiteral("%1: user %2 has token and tokenFile; the file is "
                                                 "used as long as it can be read")
                                      .arg(m_user.place.text(), m_user.name));
        }
        if (!m_user.tokenFile.isEmpty() && !m_user.token) {
            Material file;
            file.path = m_user.tokenFile;
            file.place = m_user.place;
            const auto read = file.bytes(QStringLiteral("user %1: tokenFile").arg(m_user.name));
            return read ? Result<void>() : fail(read.error());
        }
        return {};
    }

    [[nodiscard]] Result<void> certificate()
    {
        if (m_user.certificate.isEmpty()) {
            return {};
        }
        warnOfBoth(m_user.certificate, QStringLiteral("client-certificate"));
        warnOfBoth(m_user.key, QStringLiteral("client-key"));
        if (m_user.key.isEmpty()) {
            return refuseUser(m_user.certificate.place,
                              QStringLiteral("it has a client-certificate but no client-key"),
                              QStringLiteral("Add client-key or client-key-data"));
        }
        const QString owner = QStringLiteral("user %1").arg(m_user.name);
        const auto pem = m_user.certificate.bytes(owner + QStringLiteral(": client-certificate"));
        if (!pem) {
            return fail(pem.error());
        }
        const auto key = m_user.key.bytes(owner + QStringLiteral(": client-key"));
        if (!key) {
            return fail(key.error());
        }
        if (const auto read = readClientIdentity(**pem, **key); !read) {
            const bool ofKey = read.error().code == QLatin1String("bad-client-key");
            return fail(
                placed(read.error(), ofKey ? m_user.key.place : m_user.certificate.place, owner));
        }
        return {};
    }

    [[nodiscard]] Result<void> plugin()
    {
        if (!m_user.exec) {
            return {};
        }
        const ExecSpec& exec = *m_user.exec;
        const QString versions = QStringLiteral("client.authentication.k8s.io/v1 or "
                                                "client.authentication.k8s.io/v1beta1");
        const QString& mode = exec.interactiveMode;
        if (exec.command.isEmpty()) {
            return refuseUser(exec.place, QStringLiteral("its exec plug-in has no command"),
                              QStringLiteral("Name the program in exec.command"));
        }
        if (exec.apiVersion != QLatin1String("client.authentication.k8s.io/v1")
            && exec.apiVersion != QLatin1String("client.authentication.k8s.io/v1beta1")) {
            return refuseUser(exec.place,
                              exec.apiVersion.isEmpty()
                                  ? QStringLiteral("its exec plug-in has no apiVersion")
                                  : QStringLiteral("the apiVersion \"%1\" of its exec plug-in is "
                                                   "not supported")
                                        .arg(exec.apiVersion.left(80)),
                              QStringLiteral("Set exec.apiVersion to %1, as the plug-in's version "
                                             "offers")
                                  .arg(versions));
        }
        if (mode.isEmpty() && exec.apiVersion.endsWith(QLatin1String("/v1"))) {
            return refuseUser(exec.place, QStringLiteral("its exec plug-in has no interactiveMode"),
                              QStringLiteral("Set exec.interactiveMode to Never or IfAvailable"));
        }
        if (!QStringList({QString(), QStringLiteral("Never"), QStringLiteral("IfAvailable"),
                          QStringLiteral("Always")})
                 .contains(mode)) {
            return refuseUser(exec.place,
                              QStringLiteral("the interactiveMode \"%1\" of its exec plug-in is "
                                             "not known")
                                  .arg(mode.left(60)),
                              QStringLiteral("It may be Never, IfAvailable or Always"));
        }
        return {};
    }

    [[nodiscard]] Result<void> impersonation()
    {
        const Impersonation& as = m_user.impersonation;
        if (as.user.isEmpty() && (!as.uid.isEmpty() || !as.groups.isEmpty() || !as.extra.empty())) {
            return refuseUser(m_user.place,
                              QStringLiteral("as-uid, as-groups and as-user-extra need a user"),
                              QStringLiteral("Add the field as"));
        }
        return {};
    }

    void tellPlugin()
    {
        ExecCluster& told = m_out.execCluster;
        told.server = m_cluster.server;
        told.tlsServerName = m_cluster.tlsServerName;
        told.skipTlsVerify = m_cluster.skipTlsVerify;
        told.proxy = m_cluster.proxy;
        told.config = m_cluster.execConfig;
    }

    const KubeCluster& m_cluster;
    const KubeUser& m_user;
    ResolvedContext m_out;
};

} // namespace

Result<ResolvedContext> Kubeconfig::resolve(const QString& name) const
{
    const Place file{m_fileNames.isEmpty() ? QStringLiteral("kubeconfig") : m_fileNames, 0, 0};
    const QString wanted = name.isEmpty() ? m_currentContext : name;
    if (wanted.isEmpty()) {
        return fail(kubeconfigError(
            file, QStringLiteral("it names no current context"),
            QStringLiteral("Choose one of its contexts: %1").arg(namesOf(m_contexts))));
    }
    const KubeContext* context = find(m_contexts, wanted);
    if (context == nullptr) {
        return fail(kubeconfigError(
            file, QStringLiteral("there is no context \"%1\"").arg(wanted.left(60)),
            QStringLiteral("Choose one of its contexts: %1").arg(namesOf(m_contexts))));
    }
    const KubeCluster* cluster = find(m_clusters, context->cluster);
    if (cluster == nullptr) {
        return fail(kubeconfigError(context->clusterPlace,
                                    QStringLiteral("context %1: there is no cluster \"%2\"")
                                        .arg(context->name, context->cluster.left(60)),
                                    QStringLiteral("Name one of: %1").arg(namesOf(m_clusters))));
    }
    static const KubeUser nobody;
    const KubeUser* user = context->user.isEmpty() ? &nobody : find(m_users, context->user);
    if (user == nullptr) {
        return fail(kubeconfigError(context->userPlace,
                                    QStringLiteral("context %1: there is no user \"%2\"")
                                        .arg(context->name, context->user.left(60)),
                                    QStringLiteral("Name one of: %1").arg(namesOf(m_users))));
    }
    return Resolution(*context, *cluster, *user).run();
}

} // namespace quorate::platform::kubernetes
