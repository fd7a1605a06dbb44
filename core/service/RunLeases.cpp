// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunServiceImpl that lets runs go, and gives back what they held of their cluster.
#include "core/run/Machine.h"
#include "core/service/RunServiceImpl.h"
#include "core/service/Runner.h"

#include <QFile>

namespace quorate::service {
namespace {

/// The life of a lease: no longer can one remain. Source: design section 6 (180 s).
constexpr Millis kLeaseLife = Seconds(180);

/// Calls `done(true)` when `owner` had the lease and it was given back.
void releaseIfOf(const QString& owner, ClusterService& service,
                 const std::function<void(bool)>& done)
{
    // Only after a look is it known that somebody is signed in.
    auto asked = andThen(service.refresh(), [&service](const StatusPtr&) {
        return service.platform().readLease({});
    });
    deliver(std::move(asked), &service,
            [owner, &service, done](const Result<std::optional<platform::Lease>>& lease) {
                if (!lease || !*lease || (*lease)->owner != owner) {
                    done(false);
                    return;
                }
                deliver(service.platform().releaseLease(owner, {}), &service,
                        [done](const Result<bool>& released) { done(released.has_value()); });
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
           && !m_released.contains(entry.row.id) && !m_driven.contains(entry.row.id)
           && !isDrivenElsewhere(entry.row.id);
}

Async<int> RunServiceImpl::releaseLeftLeases()
{
    struct Count {
        int open = 1; ///< the loop below is one
        int released = 0;
    };
    auto count = std::make_shared<Count>();
    const Resolver<int> out;
    const auto close = [count, out](bool released) {
        count->released += released ? 1 : 0;
        if (--count->open == 0) {
            out.resolve(count->released);
        }
    };
    for (const Entry& entry : m_entries) {
        ClusterService* service = m_registry.service(entry.row.cluster);
        if (!service || !mayHaveLeftLease(entry)) {
            continue;
        }
        m_released.insert(entry.row.id); // asked once: what is not given back now ends by itself
        ++count->open;
        run::RunState ended;
        ended.id = entry.row.id;
        ended.startedBy = entry.view->startedBy;
        releaseIfOf(run::leaseOwner(ended), *service, close);
    }
    close(false);
    return out.future();
}

} // namespace quorate::service
