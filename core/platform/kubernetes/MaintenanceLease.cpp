// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/MaintenanceLease.h"

#include "core/platform/LeaseRefusal.h"

#include <QPointer>

namespace quorate::platform::kubernetes {
namespace {

constexpr char kNote[] = "quorate/note";

/// MicroTime, as the API wants it.
QString microTime(TimePoint time)
{
    QString text = toIso(time); // 2026-11-21T10:41:20.123Z
    return text.replace(QLatin1Char('Z'), QLatin1String("000Z"));
}

Error heldError(const Lease& lease, TimePoint now)
{
    return makeError(
        ErrorKind::Conflict, QStringLiteral("lease-held"),
        QStringLiteral("%1 coordinates this cluster since %2%3")
            .arg(lease.owner, toDurationText(now - lease.acquiredAt),
                 lease.note.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(lease.note)),
        QStringLiteral("Ask the owner, or wait: unless it is renewed the lease ends in %1")
            .arg(toDurationText(lease.expiresAt - now)));
}

Error lostError(const QString& owner)
{
    return makeError(
        ErrorKind::Conflict, QStringLiteral("lease-lost"),
        QStringLiteral("%1 does not hold the lease of this cluster any more").arg(owner),
        QStringLiteral("Take it again before anything else is changed"));
}

} // namespace

std::optional<Lease> leaseFrom(const LeaseObject& object, const QString& owner, TimePoint serverNow)
{
    if (object.holder.isEmpty() || !object.renewedAt) {
        return std::nullopt;
    }
    Lease lease;
    lease.owner = object.holder;
    lease.expiresAt = *object.renewedAt + Seconds(object.durationSeconds);
    lease.acquiredAt = object.acquiredAt.value_or(*object.renewedAt);
    const auto note = object.annotations.find(QLatin1String(kNote));
    lease.note = note == object.annotations.end() ? QString() : note->second;
    lease.ours = !owner.isEmpty() && lease.owner == owner;
    return serverNow < lease.expiresAt ? std::optional(lease) : std::nullopt;
}

QJsonObject leaseBody(const QString& nameSpace, const QJsonObject& before, const QString& owner,
                      const QString& note, TimePoint serverNow, Seconds ttl)
{
    QJsonObject object = before;
    QJsonObject meta = objectOf(object, "metadata");
    meta.insert(QStringLiteral("name"), QLatin1String(kLeaseName));
    meta.insert(QStringLiteral("namespace"), nameSpace);
    meta.remove(QStringLiteral("managedFields"));
    QJsonObject spec = objectOf(object, "spec");
    const bool renewal = textOf(spec, "holderIdentity") == owner;
    QJsonObject annotations = objectOf(meta, "annotations");
    if (!renewal || !note.isEmpty()) {
        annotations.insert(QLatin1String(kNote), note);
    }
    meta.insert(QStringLiteral("annotations"), annotations);
    if (!renewal) {
        spec.insert(QStringLiteral("acquireTime"), microTime(serverNow));
        if (!before.isEmpty()) {
            spec.insert(QStringLiteral("leaseTransitions"),
                        integerOf(spec, "leaseTransitions").value_or(0) + 1);
        }
    }
    spec.insert(QStringLiteral("holderIdentity"), owner);
    spec.insert(QStringLiteral("renewTime"), microTime(serverNow));
    spec.insert(QStringLiteral("leaseDurationSeconds"), static_cast<int>(ttl.count()));
    object.insert(QStringLiteral("apiVersion"), QStringLiteral("coordination.k8s.io/v1"));
    object.insert(QStringLiteral("kind"), QStringLiteral("Lease"));
    object.insert(QStringLiteral("metadata"), meta);
    object.insert(QStringLiteral("spec"), spec);
    return object;
}

QJsonObject releasedBody(const QJsonObject& before, TimePoint serverNow)
{
    QJsonObject object = before;
    QJsonObject meta = objectOf(object, "metadata");
    meta.remove(QStringLiteral("managedFields"));
    QJsonObject spec = objectOf(object, "spec");
    spec.insert(QStringLiteral("holderIdentity"), QString());
    spec.insert(QStringLiteral("renewTime"), microTime(serverNow));
    object.insert(QStringLiteral("metadata"), meta);
    object.insert(QStringLiteral("spec"), spec);
    return object;
}

MaintenanceLease::MaintenanceLease(Servers& servers, QObject* parent)
    : QObject(parent)
    , m_servers(servers)
{}

QString MaintenanceLease::path(bool collection) const
{
    const QString base = QStringLiteral("/apis/coordination.k8s.io/v1/namespaces")
                         + kubePath({m_servers.options().leaseNamespace})
                         + QStringLiteral("/leases");
    return collection ? base : base + QLatin1Char('/') + QLatin1String(kLeaseName);
}

/// An answer that is not 2xx, with the namespace: it is the operator's to choose.
Error MaintenanceLease::refused(const KubeAnswer& answer) const
{
    const KubeStatus status = statusFrom(answer);
    const QString& nameSpace = m_servers.options().leaseNamespace;
    if (answer.status == 403) {
        Error error = leaseNotPermitted(nameSpace, status.message);
        error.endpoint = answer.endpoint;
        return error;
    }
    if (answer.status == 404) { // what is asked for by name is "not there" before it comes to this
        return makeError(
            ErrorKind::Precondition, QStringLiteral("lease-namespace-absent"),
            QStringLiteral("There is no namespace \"%1\" to keep the maintenance lease in")
                .arg(nameSpace),
            QStringLiteral("Create it, or choose another one: quoratectl cluster "
                           "lease-namespace NAME"));
    }
    return kubeError(status, answer.endpoint);
}

Async<MaintenanceLease::Found> MaintenanceLease::look(std::stop_token stop)
{
    const QPointer<MaintenanceLease> self(this);
    return andThen(
        m_servers.get(path(false), {}, std::move(stop)),
        [self](const KubeAnswer& answer) -> Result<Found> {
            if (!self) {
                return fail(cancelledError());
            }
            if (answer.status == 404) {
                return Found{};
            }
            if (!answer.isOk()) {
                return fail(self->refused(answer));
            }
            auto object = parseJsonObject(answer.body);
            auto lease = object.and_then(decodeLeaseObject);
            if (!lease) {
                return fail(lease.error());
            }
            return Found{*object, leaseFrom(*lease, self->m_owner, self->m_servers.serverNow())};
        });
}

Async<Lease> MaintenanceLease::write(const Found& found, const QString& note, std::stop_token stop)
{
    const TimePoint now = m_servers.serverNow();
    const QJsonObject body = leaseBody(m_servers.options().leaseNamespace, found.object, m_owner,
                                       note, now, m_servers.options().leaseTtl);
    const bool isNew = found.object.isEmpty();
    const QPointer<MaintenanceLease> self(this);
    return andThen(
        m_servers.change(jsonRequest(isNew ? "POST" : "PUT", path(isNew), body), stop),
        [self, stop](const KubeAnswer& answer) -> Async<Lease> {
            if (!self) {
                return ready<Lease>(fail(cancelledError()));
            }
            if (answer.status == 409) { // somebody was quicker: who is it?
                return andThen(self->look(stop), [self](const Found& winner) -> Result<Lease> {
                    if (self && winner.lease && !winner.lease->ours) {
                        return fail(heldError(*winner.lease, self->m_servers.serverNow()));
                    }
                    return fail(ErrorKind::Conflict, QStringLiteral("lease-contended"),
                                QStringLiteral("Somebody else changed the lease just now"),
                                QStringLiteral("Try again"));
                });
            }
            if (!answer.isOk()) {
                return ready<Lease>(fail(self->refused(answer)));
            }
            auto object = parseJsonObject(answer.body).and_then(decodeLeaseObject);
            if (!object) {
                return ready<Lease>(fail(object.error()));
            }
            auto lease = leaseFrom(*object, self->m_owner, self->m_servers.serverNow());
            if (!lease || !lease->ours) {
                return ready<Lease>(fail(lostError(self->m_owner)));
            }
            return ready<Lease>(*lease);
        });
}

Async<Lease> MaintenanceLease::acquire(QString owner, QString note, std::stop_token stop)
{
    m_owner = std::move(owner);
    const QPointer<MaintenanceLease> self(this);
    return andThen(look(stop), [self, note = std::move(note), stop](const Found& found) {
        if (!self) {
            return ready<Lease>(fail(cancelledError()));
        }
        if (found.lease && !found.lease->ours) {
            return ready<Lease>(fail(heldError(*found.lease, self->m_servers.serverNow())));
        }
        return self->write(found, note, stop);
    });
}

Async<Lease> MaintenanceLease::renew(QString owner, std::stop_token stop)
{
    m_owner = std::move(owner);
    const QPointer<MaintenanceLease> self(this);
    return andThen(look(stop), [self, stop](const Found& found) {
        if (!self) {
            return ready<Lease>(fail(cancelledError()));
        }
        if (!found.lease || !found.lease->ours) {
            return ready<Lease>(fail(found.lease
                                         ? heldError(*found.lease, self->m_servers.serverNow())
                                         : lostError(self->m_owner)));
        }
        return self->write(found, {}, stop);
    });
}

Async<bool> MaintenanceLease::release(QString owner, std::stop_token stop)
{
    m_owner = std::move(owner);
    const QPointer<MaintenanceLease> self(this);
    return andThen(look(stop), [self, stop](const Found& found) -> Async<bool> {
        if (!self) {
            return ready<bool>(fail(cancelledError()));
        }
        if (!found.lease || !found.lease->ours) {
            return ready<bool>(false); // nothing of ours to give back
        }
        const QJsonObject body = releasedBody(found.object, self->m_servers.serverNow());
        return andThen(self->m_servers.change(jsonRequest("PUT", self->path(false), body), stop),
                       [](const KubeAnswer& answer) -> Result<bool> {
                           if (answer.status == 409) {
                               return false;
                           }
                           return answer.isOk()
                                      ? Result<bool>(true)
                                      : fail(kubeError(statusFrom(answer), answer.endpoint));
                       });
    });
}

Async<std::optional<Lease>> MaintenanceLease::read(std::stop_token stop)
{
    return andThen(look(std::move(stop)),
                   [](const Found& found) -> Result<std::optional<Lease>> { return found.lease; });
}

} // namespace quorate::platform::kubernetes
