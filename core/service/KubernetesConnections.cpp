// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/KubernetesConnections.h"

#include "core/net/HttpClient.h"
#include "core/platform/kubernetes/EtcdSeal.h"
#include "core/platform/kubernetes/KubeSeal.h"
#include "core/platform/kubernetes/Names.h"

namespace quorate::service {
namespace {

namespace kube = platform::kubernetes;

bool isKubernetes(const ClusterFile& file) { return file.platform == QLatin1String("kubernetes"); }

[[nodiscard]] Result<kube::SealedContext> contextOf(const secret::SecretPtr& sealed)
{
    if (!sealed) {
        return fail(ErrorKind::Unauthorized, QStringLiteral("kubeconfig-needed"),
                    QStringLiteral("The access data of this cluster are not kept here"),
                    QStringLiteral("Connect it once more with its kubeconfig file"));
    }
    return kube::openSealed(*sealed);
}

std::shared_ptr<kube::KubeCredentials> credentialsOf(const kube::SealedContext& sealed,
                                                     const std::shared_ptr<const Clock>& clock)
{
    kube::KubeCredentials::Options options;
    options.user = sealed.context.identity;
    options.cluster = sealed.context.execCluster;
    options.approved = sealed.approved;
    options.clock = clock;
    return std::make_shared<kube::KubeCredentials>(std::move(options));
}

platform::KubernetesOptions optionsOf(const kube::SealedContext& sealed,
                                      const PlatformRequest& request,
                                      const std::shared_ptr<const Clock>& clock)
{
    platform::KubernetesOptions options;
    options.server = sealed.context.server;
    options.nodes = request.file.nodes;
    options.trust = request.trust;
    options.tlsServerName = sealed.context.tlsServerName;
    options.proxy = sealed.context.proxy;
    options.credentials = credentialsOf(sealed, clock);
    options.clock = clock;
    options.leaseNamespace =
        request.leaseNamespace.isEmpty() ? sealed.context.nameSpace : request.leaseNamespace;
    if (request.etcd) {
        // What cannot be opened was told when it was read (ClusterServiceImpl::findEtcd).
        if (auto etcd = kube::openEtcd(*request.etcd)) {
            options.etcd = *std::move(etcd);
        }
    }
    return options;
}

std::unique_ptr<platform::Platform> makeKubernetes(const std::shared_ptr<const Clock>& clock,
                                                   const PlatformRequest& request)
{
    const auto sealed = contextOf(request.password);
    if (!sealed) {
        return nullptr; // every call answers that there is no password
    }
    return platform::makeKubernetesPlatform(optionsOf(*sealed, request, clock));
}

/// Does anybody answer, and with a certificate that is trusted? Any status is an answer.
Async<bool> reachServer(const std::shared_ptr<const Clock>& clock, QObject* root,
                        const ReachRequest& request)
{
    net::HttpRoute route;
    if (const auto sealed = contextOf(request.password)) {
        route.peerName = sealed->context.tlsServerName;
        if (!sealed->context.proxy.isEmpty()) {
            const auto proxy = kube::proxyFrom(sealed->context.proxy);
            if (!proxy) {
                return ready<bool>(fail(proxy.error()));
            }
            route.proxy = *proxy;
        }
    }
    auto* client = new net::HttpClient(request.trust, std::move(route), clock, root);
    net::HttpRequest question;
    question.url = request.address;
    question.url.setPath(request.address.path() + QStringLiteral("/livez"));
    question.anyStatus = true;
    Resolver<bool> out;
    deliver(client->send(std::move(question), {}), client,
            [client, out](const Result<net::HttpResponse>& answer) {
                client->deleteLater();
                if (answer) {
                    out.resolve(true);
                } else {
                    out.resolve(fail(answer.error()));
                }
            });
    return out.future();
}

/// Asks the one server that a kubeconfig names who its control plane is.
Async<ClusterFile> lookUp(const std::shared_ptr<const Clock>& clock, const PlatformRequest& request)
{
    const auto sealed = contextOf(request.password);
    if (!sealed) {
        return ready<ClusterFile>(fail(sealed.error()));
    }
    return andThen(platform::discoverKubernetes(optionsOf(*sealed, request, clock), {}),
                   [file = request.file](const platform::KubernetesCluster& found) mutable {
                       file.nodes = found.nodes;
                       return Result<ClusterFile>(file);
                   });
}

/// The same with the file that it is about.
Error withFile(Error error, const EtcdFiles& files)
{
    if (error.code == QLatin1String("client-key-mismatch")) {
        error.message = QStringLiteral("The private key %1 does not belong to the certificate %2")
                            .arg(files.key, files.certificate);
        return error;
    }
    const QString& file = error.code == QLatin1String("bad-client-key")       ? files.key
                          : error.code == QLatin1String("bad-etcd-authority") ? files.authority
                                                                              : files.certificate;
    error.message = QStringLiteral("%1: %2").arg(file, error.message);
    return error;
}

[[nodiscard]] Result<kube::Kubeconfig> load(const QStringList& files)
{
    if (files.size() == 1) {
        return kube::Kubeconfig::load(files.front());
    }
    return kube::Kubeconfig::loadList(
        files.isEmpty() ? kube::Kubeconfig::defaultFiles(QProcessEnvironment::systemEnvironment())
                        : files);
}

} // namespace

Result<KubeconfigRequest> readKubeconfig(const QStringList& files, const QString& context,
                                         const std::set<QByteArray>& approved)
{
    const auto kubeconfig = load(files);
    if (!kubeconfig) {
        return fail(kubeconfig.error());
    }
    auto resolved = kubeconfig->resolve(context);
    if (!resolved) {
        return fail(std::move(resolved).error());
    }
    KubeconfigRequest out;
    out.warnings = resolved->warnings;
    if (resolved->identity.exec) {
        const auto command =
            kube::describeExec(*resolved->identity.exec, QProcessEnvironment::systemEnvironment());
        if (!command) {
            return fail(command.error());
        }
        if (!approved.contains(command->key)) {
            out.pluginCommand = command->text();
            out.pluginKey = command->key;
        }
    }
    out.user = resolved->user.isEmpty() ? QStringLiteral("kubeconfig") : resolved->user;
    out.file.name = resolved->context;
    out.file.platform = QStringLiteral("kubernetes");
    for (const QSslCertificate& certificate : resolved->trust.authorities) {
        out.file.caPem += certificate.toPem();
    }
    out.file.nodes.push_back(
        {.id = {}, .name = resolved->server.host(), .address = resolved->server});
    auto sealed = kube::sealContext({*std::move(resolved), approved});
    if (!sealed) {
        return fail(std::move(sealed).error());
    }
    out.sealed = std::make_shared<Secret>(*std::move(sealed));
    return out;
}

Result<std::vector<KubeconfigContext>> kubeconfigContexts(const QStringList& files)
{
    const auto kubeconfig = load(files);
    if (!kubeconfig) {
        return fail(kubeconfig.error());
    }
    std::vector<KubeconfigContext> list;
    for (const kube::KubeContext& context : kubeconfig->contexts()) {
        const bool current = context.name == kubeconfig->currentContext();
        list.insert(current ? list.begin() : list.end(),
                    {context.name, context.cluster, context.user, context.usedNamespace()});
    }
    return list;
}

Result<void> checkNamespace(const QString& name) { return kube::checkNamespaceName(name); }

Result<std::shared_ptr<Secret>> readEtcdFiles(const EtcdFiles& files)
{
    if (files.isEmpty()) {
        return std::shared_ptr<Secret>();
    }
    if (files.certificate.isEmpty() || files.key.isEmpty() || files.authority.isEmpty()) {
        return fail(ErrorKind::Validation, QStringLiteral("etcd-incomplete"),
                    QStringLiteral("Etcd is asked with a certificate, its key and the authority of "
                                   "etcd: all three are needed"),
                    QStringLiteral("Name all three files, or none"));
    }
    const auto pems = kube::readEtcdPems(files.certificate, files.key, files.authority);
    if (!pems) {
        return fail(pems.error());
    }
    if (const auto access = kube::etcdAccess(*pems); !access) {
        return fail(withFile(access.error(), files));
    }
    return std::make_shared<Secret>(kube::sealEtcd(*pems));
}

void useKubernetes(Context& context, QObject* root)
{
    const std::shared_ptr<const Clock> clock = context.clock;
    context.makePlatform = [clock, others = context.makePlatform](const PlatformRequest& request) {
        return isKubernetes(request.file) ? makeKubernetes(clock, request) : others(request);
    };
    context.reach = [clock, root, others = context.reach](const ReachRequest& request) {
        return request.platform == QLatin1String("kubernetes") ? reachServer(clock, root, request)
                                                               : others(request);
    };
    context.lookUp = [clock, others = context.lookUp](const PlatformRequest& request) {
        return isKubernetes(request.file) ? lookUp(clock, request) : others(request);
    };
}

} // namespace quorate::service
