// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ClusterServiceImpl that knows where the maintenance lease is kept, and who holds it.
#include "core/service/ClusterServiceImpl.h"
#include "core/service/KubernetesConnections.h"
#include "core/service/NodeAct.h"

#include <QPointer>

namespace quorate::service {

void ClusterServiceImpl::readLease()
{
    adoptLeaseNamespace();
    if (!m_foreground || !m_platform.capabilities().lease || m_status->nodesReachable == 0) {
        return;
    }
    deliver(m_platform.readLease({}), this, [this](Result<std::optional<platform::Lease>> lease) {
        if (lease) {
            m_lease = *std::move(lease);
            publishSoon();
        }
    });
}

/// What is taken here must be given back here, and whoever waits for it looks here.
std::optional<Error> ClusterServiceImpl::leaseMoveRefusal() const
{
    const QString present = m_platform.capabilities().leaseNamespace;
    if (m_context.hasActiveRun && m_context.hasActiveRun(m_profile.id)) {
        return makeError(
            ErrorKind::Precondition, QStringLiteral("run-active"),
            QStringLiteral("A run of this cluster has not ended, and its lease is kept in "
                           "the namespace \"%1\"")
                .arg(present),
            QStringLiteral("Let it end, or cancel it first"));
    }
    if (!m_acts.empty()) {
        return makeError(
            ErrorKind::Precondition, QStringLiteral("act-active"),
            QStringLiteral("An act on this cluster is under way, and its lease is kept in "
                           "the namespace \"%1\"")
                .arg(present),
            QStringLiteral("Wait until it has ended"));
    }
    return std::nullopt;
}

Async<bool> ClusterServiceImpl::setLeaseNamespace(QString nameSpace)
{
    if (m_profile.file.platform != QLatin1String("kubernetes")) {
        return ready<bool>(fail(ErrorKind::Validation, QStringLiteral("no-namespaces"),
                                QStringLiteral("The lease of this cluster has but one place"),
                                QStringLiteral("Only a Kubernetes cluster has namespaces for it")));
    }
    if (auto checked = checkNamespace(nameSpace); !checked) {
        return ready<bool>(fail(std::move(checked).error()));
    }
    adoptLeaseNamespace();
    if (m_profile.leaseNamespace == nameSpace) {
        return ready<bool>(true);
    }
    if (auto refusal = leaseMoveRefusal()) {
        return ready<bool>(fail(*std::move(refusal)));
    }
    // Only after a look is it known that somebody is signed in.
    return andThen(refresh(), [self = QPointer(this), nameSpace](const StatusPtr&) {
        return self ? self->moveLease(nameSpace) : ready<bool>(fail(cancelledError()));
    });
}

Async<bool> ClusterServiceImpl::moveLease(const QString& nameSpace)
{
    const QString present = m_platform.capabilities().leaseNamespace;
    Resolver<bool> out;
    deliver(m_platform.readLease({}), this,
            [this, out, present, nameSpace](const Result<std::optional<platform::Lease>>& held) {
                // Who may not even look there has never held anything there.
                if (!held && held.error().kind != ErrorKind::Forbidden) {
                    out.resolve(fail(held.error().withContext(
                        QStringLiteral("who holds the lease in the namespace \"%1\" is not known")
                            .arg(present))));
                    return;
                }
                if (held && *held) {
                    out.resolve(fail(
                        ErrorKind::Precondition, QStringLiteral("lease-held"),
                        QStringLiteral("%1 holds the lease in the namespace \"%2\", and would not "
                                       "be seen from another one")
                            .arg((*held)->owner, present),
                        QStringLiteral("Wait until it is given back")));
                    return;
                }
                if (auto refusal = leaseMoveRefusal()) { // the look took its time
                    out.resolve(fail(*std::move(refusal)));
                    return;
                }
                auto kept = m_context.store.setLeaseNamespace(m_profile.id, nameSpace);
                if (kept) {
                    kept = m_context.store.addActivity(
                        m_context.actor(), m_profile.id, QStringLiteral("setting"),
                        QStringLiteral(
                            "The maintenance lease is kept in the namespace %1, before in %2")
                            .arg(nameSpace, present));
                }
                if (!kept) {
                    out.resolve(fail(std::move(kept).error()));
                    return;
                }
                adoptLeaseNamespace();
                out.resolve(true);
            });
    return out.future();
}

/// Another process may have chosen another place; both must look into the same one.
void ClusterServiceImpl::adoptLeaseNamespace()
{
    if (m_profile.file.platform != QLatin1String("kubernetes")) {
        return;
    }
    const auto stored = m_context.store.leaseNamespace(m_profile.id);
    if (!stored || stored->isEmpty() || *stored == m_profile.leaseNamespace || leaseMoveRefusal()) {
        return;
    }
    const bool same = *stored == m_platform.capabilities().leaseNamespace;
    m_profile.leaseNamespace = *stored;
    m_lease.reset();
    if (!same && m_platform.isSet()) {
        makePlatform();
        askRightsLater();
    }
    publishSoon();
}

} // namespace quorate::service
