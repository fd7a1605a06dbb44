// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/DrainPlan.h"
#include "core/platform/kubernetes/Servers.h"

#include <QTimer>

#include <functional>
#include <set>
#include <stop_token>

namespace quorate::platform::kubernetes {

/// Empties one node that is cordoned already: looks at its pods again and again, asks for the
/// eviction of each that has to go, and is done when none is left. It never deletes a pod past its
/// disruption budget. What it knows it reads from the cluster each time, so that one which was cut
/// short is simply begun anew.
class Drainer final : public QObject {
    Q_OBJECT
public:
    /// Of the whole drain, when the act names no limit. Source: peers.md section 8, step job limit.
    static constexpr Seconds kLimit{600};
    /// kubectl's own pause after a refused eviction.
    static constexpr Millis kBlockedPause{5000};

    /// `stop`: of whoever began it; once it is requested, what has not gone stays.
    Drainer(Servers& servers, OperationId id, NodeId node, act::Drain drain, std::stop_token stop,
            QObject* parent);

    void start();
    /// Somebody lets the node take work again: what has not gone stays.
    void cancel();
    [[nodiscard]] const OperationStatus& status() const { return m_status; }
    [[nodiscard]] const NodeId& node() const { return m_node; }

private:
    void stopByCaller();
    void look();
    void onPods(const Result<QJsonArray>& items);
    void onBudgets(const Result<QJsonArray>& items);
    void evict(const DrainPlan& plan);
    void onEvicted(const PodObject& pod, Result<KubeAnswer> answer);
    void report(const DrainPlan& plan);
    void fail(Error error);
    void succeed();
    [[nodiscard]] bool isOver() const { return m_status.state != OperationStatus::State::Running; }
    [[nodiscard]] bool isLate() const;
    [[nodiscard]] Error lateError() const;

    struct Waiting {
        PodObject pod;
        TimePoint notBefore{};
        bool blocked = false;
        QString text; ///< why, as the API server said it
    };

    Servers& m_servers;
    NodeId m_node;
    act::Drain m_drain;
    OperationStatus m_status;
    TimePoint m_startedAt;
    QTimer m_next;
    std::stop_source m_stop;
    std::set<QString> m_asked;            ///< uids whose eviction was accepted
    std::set<QString> m_seen;             ///< uids of all that had to go
    std::map<QString, Waiting> m_waiting; ///< by uid
    std::vector<DisruptionBudget> m_budgets;
    std::optional<Error> m_trouble; ///< of the last look; one failed look is no failed drain
    std::stop_token m_callersStop;
    /// Goes first: the token may be requested on any thread.
    std::stop_callback<std::function<void()>> m_onCallersStop;
};

} // namespace quorate::platform::kubernetes
