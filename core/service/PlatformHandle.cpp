// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/PlatformHandle.h"

#include <QPointer>

namespace quorate::service {
namespace {

template <typename T>
Async<T> notSignedIn()
{
    return ready<T>(fail(ErrorKind::Unauthorized, QStringLiteral("password-needed"),
                         QStringLiteral("Nobody is signed in to this cluster"),
                         QStringLiteral("Sign in with the user and password of its nodes")));
}

template <typename T>
Async<T> tellingOf(Async<T> moved, PlatformHandle* handle)
{
    return andThen(std::move(moved), [handle = QPointer(handle)](T value) -> Result<T> {
        if (handle) {
            Q_EMIT handle->leaseMoved();
        }
        return value;
    });
}

} // namespace

platform::Capabilities PlatformHandle::capabilities() const
{
    return m_inner ? m_inner->capabilities() : platform::Capabilities{};
}

Async<bool> PlatformHandle::prepare(std::stop_token stop)
{
    return m_inner ? m_inner->prepare(std::move(stop)) : notSignedIn<bool>();
}

Async<Inventory> PlatformHandle::inventory(std::stop_token stop)
{
    return m_inner ? m_inner->inventory(std::move(stop)) : notSignedIn<Inventory>();
}

Async<Observation> PlatformHandle::observe(NodeId node, std::stop_token stop)
{
    return m_inner ? m_inner->observe(std::move(node), std::move(stop))
                   : notSignedIn<Observation>();
}

Async<OperationId> PlatformHandle::perform(ActTarget target, Act act, platform::IdempotencyKey key,
                                           std::stop_token stop)
{
    return m_inner ? m_inner->perform(std::move(target), std::move(act), std::move(key),
                                      std::move(stop))
                   : notSignedIn<OperationId>();
}

Async<OperationStatus> PlatformHandle::follow(ActTarget target, OperationId operation,
                                              std::stop_token stop)
{
    return m_inner ? m_inner->follow(std::move(target), std::move(operation), std::move(stop))
                   : notSignedIn<OperationStatus>();
}

Async<ProbeOutcome> PlatformHandle::probe(ActTarget target, Act act, platform::IdempotencyKey key,
                                          std::optional<Observation> before, std::stop_token stop)
{
    return m_inner ? m_inner->probe(std::move(target), std::move(act), std::move(key),
                                    std::move(before), std::move(stop))
                   : notSignedIn<ProbeOutcome>();
}

Async<std::vector<StagedPackage>> PlatformHandle::stage(Package package, std::vector<NodeId> nodes,
                                                        platform::StagingListener listener,
                                                        std::stop_token stop)
{
    return m_inner ? m_inner->stage(std::move(package), std::move(nodes), std::move(listener),
                                    std::move(stop))
                   : notSignedIn<std::vector<StagedPackage>>();
}

Async<platform::Lease> PlatformHandle::acquireLease(QString owner, QString note,
                                                    std::stop_token stop)
{
    return m_inner ? tellingOf(
               m_inner->acquireLease(std::move(owner), std::move(note), std::move(stop)), this)
                   : notSignedIn<platform::Lease>();
}

Async<platform::Lease> PlatformHandle::renewLease(QString owner, std::stop_token stop)
{
    return m_inner ? m_inner->renewLease(std::move(owner), std::move(stop))
                   : notSignedIn<platform::Lease>();
}

Async<bool> PlatformHandle::releaseLease(QString owner, std::stop_token stop)
{
    return m_inner ? tellingOf(m_inner->releaseLease(std::move(owner), std::move(stop)), this)
                   : notSignedIn<bool>();
}

Async<std::optional<platform::Lease>> PlatformHandle::readLease(std::stop_token stop)
{
    return m_inner ? m_inner->readLease(std::move(stop))
                   : notSignedIn<std::optional<platform::Lease>>();
}

} // namespace quorate::service
