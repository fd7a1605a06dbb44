// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunServiceImpl that lets runs go, and gives back what they held of their cluster.
#include "core/run/Machine.h"
#include "core/service/RunServiceImpl.h"
#include "core/service/Runner.h"

#include <QFile>
#include <QPointer>

namespace quorate::service {
namespace {

/// The life of a lease: no longer can one remain. Source: design section 6 (180 s).
constexpr Millis kLeaseLife = Seconds(180);

/// Whether `owner` had the lease and it was given back; an error when that cannot be told.
Async<bool> releaseIfOf(const QString& owner, ClusterService& service)
{
    // Only after a look is it known that somebody is signed in.
    const QPointer<ClusterService> asked(&service);
    auto lease = andThen(
        service.refresh(), [asked](const StatusPtr&) -> Async<std::optional<platform::Lease>> {
            if (!asked) {
                return ready<std::optional<platform::Lease>>(fail(cancelledError()));
            }
            return asked->platform().readLease({});
        });
    return andThen(std::move(lease),
                   [asked, owner](const std::optional<platform::Lease>& held) -> Async<bool> {
                       if (!asked || !held || held->owner != owner) {
                           return ready<bool>(false);
                       }
                       return asked->platform().releaseLease(owner, {});
                   });
}

} // namespace

/// Its runner may be just telling us something.
void RunServiceImpl::forget(const RunId& id)
{
    const auto driven = m_driven.find(id);
    driven->second.runner->disconnect(this);
    driven->second.runner.release()->deleteLater();
    m_driven.erase(driven);
    QFile::remove(lockPath(id));
    if (m_driven.empty()) {
        m_commands.stop();
    }
}

Async<bool> RunServiceImpl::leave(RunId id)
{
    const auto driven = m_driven.find(id);
    const Entry* entry = entryOf(id);
    if (entry && entry->view && run::isEnded(entry->view->phase)) {
        if (driven == m_driven.end()) {
            return ready<bool>(true);
        }
        return driven->second.left.emplace_back().future(); // its runner gives the lease back
    }
    if (driven == m_driven.end() || driven->second.leaving
        || driven->second.runner->view().phase != run::RunPhase::Paused) {
        return ready<bool>(
            fail(ErrorKind::Precondition, QStringLiteral("not-waiting"),
                 QStringLiteral("Run %1 does not wait for a person here").arg(id.value)));
    }
    driven->second.leaving = true;
    const Resolver<bool> out;
    // Only then it is let go: whoever resumes it takes the lease under the same name.
    deliver(driven->second.runner->giveLeaseBack(), this,
            [this, id, out](const Result<bool>& given) {
                forget(id);
                reload();
                Q_EMIT runChanged(id);
                out.resolve(given);
            });
    return out.future();
}

/// No lease outlives its run for longer than it lives by itself.
bool RunServiceImpl::mayHaveLeftLease(const Entry& entry) const
{
    const bool ended = entry.row.ended && entry.view && entry.view->endedAt;
    return ended && m_context.clock->now() - *entry.view->endedAt < kLeaseLife
           && !m_released.contains(entry.row.id) && !m_askedForLease.contains(entry.row.id)
           && !m_driven.contains(entry.row.id) && !isDrivenElsewhere(entry.row.id);
}

/// A cluster that could not answer is asked again with the next call.
void RunServiceImpl::askForLeftLease(const Entry& entry, ClusterService& service)
{
    const RunId id = entry.row.id;
    run::RunState ended;
    ended.id = id;
    ended.startedBy = entry.view->startedBy;
    m_askedForLease.insert(id);
    deliver(releaseIfOf(run::leaseOwner(ended), service), this,
            [this, id](const Result<bool>& released) {
                m_askedForLease.erase(id);
                if (released) {
                    m_released.insert(id);
                    m_leasesGivenBack += *released ? 1 : 0;
                }
                tellLeases();
            });
}

void RunServiceImpl::tellLeases()
{
    if (!m_askedForLease.empty()) {
        return;
    }
    const int count = std::exchange(m_leasesGivenBack, 0);
    for (const Resolver<int>& waiting : std::exchange(m_awaitingLeases, {})) {
        waiting.resolve(count);
    }
}

/// Who asks while clusters are being asked waits for those answers too.
Async<int> RunServiceImpl::releaseLeftLeases()
{
    for (const Entry& entry : m_entries) {
        ClusterService* service = m_registry.service(entry.row.cluster);
        if (service && mayHaveLeftLease(entry)) {
            askForLeftLease(entry, *service);
        }
    }
    Async<int> given = m_awaitingLeases.emplace_back().future();
    tellLeases();
    return given;
}

} // namespace quorate::service
