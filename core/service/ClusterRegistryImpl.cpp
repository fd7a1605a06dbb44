// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/ClusterRegistryImpl.h"

#include "core/service/ClusterServiceImpl.h"
#include "core/service/ConnectFlow.h"
#include "core/service/KubernetesConnections.h"

#include <QPointer>

#include <algorithm>

namespace quorate::service {
namespace {

constexpr int kDefaultPort = 9443; ///< design section 4

QString hostPortOf(const ClusterFileNode& node)
{
    return net::hostPortText(node.address.host(), node.address.port(443));
}

Result<QUrl> addressOf(const QString& text)
{
    const QString trimmed = text.trimmed();
    QUrl url(trimmed.contains(QLatin1String("://")) ? trimmed
                                                    : QStringLiteral("https://") + trimmed,
             QUrl::StrictMode);
    const bool plain = url.path().isEmpty() || url.path() == QLatin1String("/");
    if (!url.isValid() || url.scheme() != QLatin1String("https") || url.host().isEmpty() || !plain
        || !url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment()) {
        return fail(
            ErrorKind::Validation, QStringLiteral("bad-address"),
            QStringLiteral("\"%1\" is not the address of a node").arg(trimmed.left(80)),
            QStringLiteral("Write host or host:port, for example gateway.example.com:9443"));
    }
    url.setPath({});
    if (url.port() < 0) {
        url.setPort(kDefaultPort);
    }
    return url;
}

} // namespace

ClusterRegistryImpl::ClusterRegistryImpl(Context& context)
    : m_context(context)
{}

ClusterRegistryImpl::~ClusterRegistryImpl()
{
    qDeleteAll(findChildren<ConnectFlow*>(QString(), Qt::FindDirectChildrenOnly));
}

Result<std::unique_ptr<ClusterRegistryImpl>> ClusterRegistryImpl::open(Context& context)
{
    auto profiles = context.store.profiles();
    if (!profiles) {
        return fail(std::move(profiles).error());
    }
    std::unique_ptr<ClusterRegistryImpl> registry(new ClusterRegistryImpl(context));
    registry->m_profiles = *std::move(profiles);
    return registry;
}

std::vector<ClusterId> ClusterRegistryImpl::clusters() const
{
    std::vector<ClusterId> list;
    std::ranges::transform(m_profiles, std::back_inserter(list), &store::ClusterProfile::id);
    return list;
}

const store::ClusterProfile* ClusterRegistryImpl::profile(const ClusterId& id) const
{
    const auto running = m_services.find(id);
    if (running != m_services.end()) {
        return &running->second->profile();
    }
    const auto found = std::ranges::find(m_profiles, id, &store::ClusterProfile::id);
    return found == m_profiles.end() ? nullptr : &*found;
}

ClusterService* ClusterRegistryImpl::service(const ClusterId& id)
{
    const auto running = m_services.find(id);
    if (running != m_services.end()) {
        return running->second.get();
    }
    const auto found = std::ranges::find(m_profiles, id, &store::ClusterProfile::id);
    if (found == m_profiles.end()) {
        return nullptr;
    }
    auto made = std::make_unique<ClusterServiceImpl>(m_context, *found);
    ClusterServiceImpl* service = made.get();
    connect(service, &ClusterService::statusChanged, this,
            [this, id] { Q_EMIT statusChanged(id); });
    m_services.emplace(id, std::move(made));
    return service;
}

Async<ConnectOutcome> ClusterRegistryImpl::connectCluster(ConnectRequest request)
{
    if (!request.leaseNamespace.isEmpty()) {
        if (auto checked = checkNamespace(request.leaseNamespace); !checked) {
            return ready<ConnectOutcome>(fail(std::move(checked).error()));
        }
    }
    Resolver<ConnectOutcome> out;
    auto* flow = new ConnectFlow(m_context, request, accountInUse(request), this);
    deliver(flow->start(), flow, [this, flow, request, out](Result<ConnectOutcome> outcome) {
        onFlowEnded(*flow, request, out, std::move(outcome));
        flow->deleteLater();
    });
    return out.future();
}

/// What the running service of the same cluster signs this user in with; empty when there is none.
/// Of another authority nothing is known: its file may lead the password astray.
Account ClusterRegistryImpl::accountInUse(const ConnectRequest& request) const
{
    const auto running = m_services.find(clusterIdOf(request.file));
    if (running == m_services.end()) {
        return {};
    }
    const ClusterServiceImpl& service = *running->second;
    const store::ClusterProfile& known = service.profile();
    if (known.user != request.user || known.file.platform != request.file.platform
        || known.file.caPem != request.file.caPem) {
        return {};
    }
    Account account = service.account();
    if (service.status()->connection == ConnectionState::NeedsPassword) {
        account.password.reset(); // it was refused; the keychain may have another one
    }
    return account;
}

void ClusterRegistryImpl::onFlowEnded(ConnectFlow& flow, const ConnectRequest& request,
                                      const Resolver<ConnectOutcome>& out,
                                      Result<ConnectOutcome> outcome)
{
    if (!outcome || outcome->need != ConnectOutcome::Need::Nothing) {
        out.resolve(std::move(outcome));
        return;
    }
    store::ClusterProfile profile{.id = *outcome->cluster, .file = flow.connected().file};
    profile.user = flow.connected().account.user;
    const store::ClusterProfile* before = this->profile(profile.id);
    // What a kubeconfig opens is often more than its holder knows of: changing it is a second step.
    profile.readOnly = profile.file.platform == QLatin1String("kubernetes");
    profile.leaseNamespace = flow.connected().leaseNamespace;
    if (before) {
        profile.readOnly = before->readOnly;
        profile.reserve = before->reserve;
        profile.keepsEtcd = before->keepsEtcd;
        const QString kept = m_context.store.leaseNamespace(profile.id).value_or(QString());
        if (!kept.isEmpty() || !request.leaseNamespace.isEmpty()) {
            profile.leaseNamespace = kept; // `finish` moves to another one
        }
    }
    if (auto kept = keep(flow, profile); !kept) {
        out.resolve(fail(std::move(kept).error()));
        return;
    }
    const bool isNew = !before;
    if (isNew) {
        m_profiles.push_back(profile);
    } else {
        *std::ranges::find(m_profiles, profile.id, &store::ClusterProfile::id) = profile;
    }
    const auto running = m_services.find(profile.id);
    if (running != m_services.end()) {
        running->second->reconnect(profile, flow.connected().account);
    } else if (auto* made = static_cast<ClusterServiceImpl*>(service(profile.id))) {
        made->reconnect(profile, flow.connected().account);
    }
    Q_EMIT clustersChanged();
    finish(request, *outcome, out);
}

/// What a kept secret or a moved lease leaves to be told.
void ClusterRegistryImpl::finish(const ConnectRequest& request, const ConnectOutcome& outcome,
                                 const Resolver<ConnectOutcome>& out)
{
    const ClusterId id = *outcome.cluster;
    deliver(keepSecrets(id, request), this,
            [this, request, outcome, out, id](const Result<bool>& written) {
                ConnectOutcome told = outcome;
                if (!written) {
                    told.reason =
                        written.error(); // connected all the same; it will be asked again next time
                }
                ClusterService* connected = service(id);
                if (request.leaseNamespace.isEmpty() || connected == nullptr) {
                    out.resolve(std::move(told));
                    return;
                }
                deliver(connected->setLeaseNamespace(request.leaseNamespace), this,
                        [out, told](const Result<bool>& moved) {
                            out.resolve(moved ? Result<ConnectOutcome>(told) : fail(moved.error()));
                        });
            });
}

Async<bool> ClusterRegistryImpl::keepSecrets(const ClusterId& id, const ConnectRequest& request)
{
    if (!request.remember) {
        return ready<bool>(true);
    }
    auto password = request.password
                        ? m_context.secrets.write(secretKeyOf(id), request.password->clone())
                        : ready<bool>(true);
    if (!request.etcd) {
        return password;
    }
    return andThen(std::move(password), [self = QPointer(this), id, etcd = request.etcd](bool) {
        return self ? self->keepEtcd(id, *etcd) : ready<bool>(fail(cancelledError()));
    });
}

/// A store that goes with the process is not worth asking again.
Async<bool> ClusterRegistryImpl::keepEtcd(const ClusterId& id, const Secret& etcd)
{
    if (!m_context.secrets.isLasting()) {
        return ready<bool>(true);
    }
    return andThen(
        m_context.secrets.write(etcdKeyOf(id), etcd.clone()),
        [self = QPointer(this), id](bool) -> Result<bool> {
            if (!self) {
                return fail(cancelledError());
            }
            if (auto kept = self->m_context.store.setKeepsEtcd(id, true); !kept) {
                return fail(std::move(kept).error());
            }
            const auto known = std::ranges::find(self->m_profiles, id, &store::ClusterProfile::id);
            if (known != self->m_profiles.end()) {
                known->keepsEtcd = true;
            }
            if (const auto running = self->m_services.find(id); running != self->m_services.end()) {
                running->second->etcdIsKept();
            }
            return true;
        });
}

Result<void> ClusterRegistryImpl::keep(const ConnectFlow& flow, store::ClusterProfile& profile)
{
    for (const store::PinnedCertificate& pin : flow.connected().pins) {
        auto kept = m_context.store.savePin(pin);
        if (kept) {
            kept = m_context.store.addActivity(
                pin.acceptedBy, profile.id, QStringLiteral("trust"),
                QStringLiteral("Accepted the certificate of %1: SHA-256 %2")
                    .arg(pin.hostPort, net::fingerprintText(pin.sha256)));
        }
        if (!kept) {
            return kept;
        }
    }
    if (auto kept = m_context.store.saveProfile(profile); !kept) {
        return kept;
    }
    if (this->profile(profile.id)) {
        return m_context.store.setLeaseNamespace(profile.id, profile.leaseNamespace);
    }
    return m_context.store.addActivity(
        m_context.actor(), profile.id, QStringLiteral("connect"),
        QStringLiteral("Connected %1 as %2").arg(profile.file.name, profile.user));
}

Async<ClusterFile> ClusterRegistryImpl::fileForAddress(QString address, std::vector<QByteArray>)
{
    // Who is there, and how its cluster is called, is asked by connectCluster: after the
    // certificate was judged and somebody has signed in.
    auto url = addressOf(address);
    if (!url) {
        return ready<ClusterFile>(fail(std::move(url).error()));
    }
    ClusterFile file;
    file.name = url->host();
    file.platform = QStringLiteral("nodeadmin");
    file.nodes.push_back({.id = {}, .name = url->host(), .address = *url});
    return ready<ClusterFile>(std::move(file));
}

std::optional<ClusterId> ClusterRegistryImpl::reuse(const ClusterFile& file, const QString& user,
                                                    std::shared_ptr<const Secret> password,
                                                    std::shared_ptr<const Secret> etcd)
{
    for (const store::ClusterProfile& known : m_profiles) {
        if (known.file.platform != file.platform || known.file.name != file.name
            || known.file.caPem != file.caPem) {
            continue;
        }
        const ClusterId id = known.id;
        auto* found = static_cast<ClusterServiceImpl*>(service(id));
        if (etcd) { // best effort: who gives it each time has it without a keychain too
            deliver(keepEtcd(id, *etcd), this, [](const Result<bool>&) {});
        }
        found->reconnect(found->profile(),
                         {.user = user, .password = std::move(password), .etcd = std::move(etcd)});
        return id;
    }
    return std::nullopt;
}

Result<void> ClusterRegistryImpl::remove(const ClusterId& id)
{
    const auto found = std::ranges::find(m_profiles, id, &store::ClusterProfile::id);
    if (found == m_profiles.end()) {
        return {};
    }
    if (m_context.hasActiveRun && m_context.hasActiveRun(id)) {
        return fail(ErrorKind::Precondition, QStringLiteral("run-active"),
                    QStringLiteral("A run of this cluster has not ended"),
                    QStringLiteral("Let it end, or cancel it first"));
    }
    const store::ClusterProfile profile = *found;
    if (auto removed = m_context.store.removeProfile(id); !removed) {
        return removed;
    }
    m_profiles.erase(found);
    if (auto removed = removePinsOf(profile); !removed) {
        return removed;
    }
    const auto running = m_services.find(id);
    if (running != m_services.end()) {
        running->second.release()->deleteLater(); // a window may just be looking at it
        m_services.erase(running);
    }
    // Best effort: a keychain that is locked or absent keeps nothing that this program would use
    // again.
    deliver(m_context.secrets.remove(secretKeyOf(id)), this, [](const Result<bool>&) {});
    if (profile.keepsEtcd) {
        deliver(m_context.secrets.remove(etcdKeyOf(id)), this, [](const Result<bool>&) {});
    }
    auto noted = m_context.store.addActivity(m_context.actor(), id, QStringLiteral("connect"),
                                             QStringLiteral("Removed %1").arg(profile.file.name));
    Q_EMIT clustersChanged();
    return noted;
}

Result<void> ClusterRegistryImpl::removePinsOf(const store::ClusterProfile& profile)
{
    for (const ClusterFileNode& node : profile.file.nodes) {
        const QString hostPort = hostPortOf(node);
        const bool shared =
            std::ranges::any_of(m_profiles, [&hostPort](const store::ClusterProfile& other) {
                return std::ranges::find(other.file.nodes, hostPort, hostPortOf)
                       != other.file.nodes.end();
            });
        if (shared) {
            continue;
        }
        if (auto removed = m_context.store.removePin(hostPort); !removed) {
            return removed;
        }
    }
    return {};
}

} // namespace quorate::service
