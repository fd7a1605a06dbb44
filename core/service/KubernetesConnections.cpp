// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/KubernetesConnections.h"

#include "core/net/HttpClient.h"
#include "core/platform/kubernetes/KubeSeal.h"
#include "core/platform/kubernetes/Kubernetes.h"

namespace quorate::service {
namespace {

namespace kube = platform::kubernetes;

bool isKubernetes(const ClusterFile& file)
{
    return file.platform == QLatin1String("kubernetes");
}

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
    options.leaseNamespace = sealed.context.nameSpace;
    return options;
}

std::unique_ptr<platform::Platform> makePlatform(const std::shared_ptr<const Clock>& clock,
                                                 const PlatformRequest& request)
{
    const auto sealed = contextOf(request.password);
    if (!sealed) {
        return nullptr; // every call answers that there is no password
    }
    return platform::makeKubernetesPlatform(optionsOf(*sealed, request, clock));
}

/// Does anybody answer, and with a certificate that is trusted? Any status is an answer.
Async<bool> reach(const std::shared_ptr<const Clock>& clock, QObject* root,
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

[[nodiscard]] Result<kube::Kubeconfig> load(const QStringList& files)
{
    if (files.size() == 1) {
        return kube::Kubeconfig::load(files.front());
    }
    return kube::Kubeconfig::loadList(
        files.isEmpty()
            ? kube::Kubeconfig::defaultFiles(QProcessEnvironment::systemEnvironment())
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
        const auto command = kube::describeExec(*resolved->identity.exec,
                                                QProcessEnvironment::systemEnvironment());
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
    out.file.nodes.push_back({.id = {}, .name = resolved->server.host(), .address = resolved->server});
    auto sealed = kube::sealContext({*std::move(resolved), approved});
    if (!sealed) {
        return fail(std::move(sealed).error());
    }
    out.sealed = std::make_shared<Secret>(*std::move(sealed));
    return out;
}

Result<QStringList> kubeconfigContexts(const QStringList& files)
{
    const auto kubeconfig = load(files);
    if (!kubeconfig) {
        return fail(kubeconfig.error());
    }
    QStringList names;
    for (const kube::KubeContext& context : kubeconfig->contexts()) {
        if (context.name == kubeconfig->currentContext()) {
            names.prepend(context.name);
        } else {
            names.append(context.name);
        }
    }
    return names;
}

void useKubernetes(Context& context, QObject* root)
{
    const std::shared_ptr<const Clock> clock = context.clock;
    context.makePlatform = [clock, others = context.makePlatform](const PlatformRequest& request) {
        return isKubernetes(request.file) ? makePlatform(clock, request) : others(request);
    };
    context.reach = [clock, root, others = context.reach](const ReachRequest& request) {
        return request.platform == QLatin1String("kubernetes") ? reach(clock, root, request)
                                                               : others(request);
    };
    context.lookUp = [clock, others = context.lookUp](const PlatformRequest& request) {
        return isKubernetes(request.file) ? lookUp(clock, request) : others(request);
    };
}

} // namespace quorate::service
