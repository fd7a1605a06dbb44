// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Drainer.h"

namespace quorate::platform::kubernetes {
namespace {

/// policy/v1 has Eviction since 1.22 and disruption budgets since 1.21.
bool isBefore(const QString& version, int minor)
{
    const auto parsed = kubeVersion(version);
    return parsed && *parsed < Version{1, minor, 0, 0};
}

QString evictionGroup(const QString& version)
{
    return isBefore(version, 22) ? QStringLiteral("policy/v1beta1") : QStringLiteral("policy/v1");
}

QString budgetsPath(const QString& version)
{
    return isBefore(version, 21) ? QStringLiteral("/apis/policy/v1beta1/poddisruptionbudgets")
                                 : QStringLiteral("/apis/policy/v1/poddisruptionbudgets");
}

/// No use in going on: it will not be allowed later either.
bool isFinal(const Error& error)
{
    switch (error.kind) {
    case ErrorKind::Unauthorized:
    case ErrorKind::Forbidden:
    case ErrorKind::Validation:
    case ErrorKind::Cancelled:
    case ErrorKind::Internal: return true;
    default: return false;
    }
}

} // namespace

Drainer::Drainer(Servers& servers, OperationId id, NodeId node, act::Drain drain,
                 std::stop_token stop, QObject* parent)
    : QObject(parent)
    , m_servers(servers)
    , m_node(std::move(node))
    , m_drain(drain)
    , m_callersStop(std::move(stop))
    , m_onCallersStop(m_callersStop, [this] {
        QMetaObject::invokeMethod(this, &Drainer::stopByCaller, Qt::QueuedConnection);
    })
{
    m_status.id = std::move(id);
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &Drainer::look);
}

void Drainer::start()
{
    m_startedAt = m_servers.options().clock->now();
    m_status.message = QStringLiteral("looking at the pods of %1").arg(m_node.value);
    look();
}

void Drainer::cancel()
{
    if (!isOver()) {
        fail(makeError(
            ErrorKind::Conflict, QStringLiteral("drain-abandoned"),
            QStringLiteral("%1 was let take work again before it was empty").arg(m_node.value)));
    }
}

void Drainer::stopByCaller()
{
    if (!isOver()) {
        fail(makeError(ErrorKind::Cancelled, QStringLiteral("drain-stopped"),
                       QStringLiteral("The drain of %1 was stopped").arg(m_node.value),
                       QStringLiteral("Pods that have moved stay where they are, and %1 takes no "
                                      "new work until it is resumed")
                           .arg(m_node.value)));
    }
}

void Drainer::look()
{
    deliver(m_servers.list(QStringLiteral("/api/v1/pods"),
                           QStringLiteral("spec.nodeName=") + m_node.value, m_stop.get_token()),
            this, [this](const Result<QJsonArray>& items) { onPods(items); });
}

void Drainer::onPods(const Result<QJsonArray>& items)
{
    if (m_callersStop.stop_requested()) {
        stopByCaller(); // the queued call may come after this answer
    }
    if (isOver()) {
        return;
    }
    if (!items) {
        m_trouble = items.error();
        if (isFinal(items.error()) || isLate()) {
            fail(items.error());
        } else {
            m_next.start(m_servers.options().pause);
        }
        return;
    }
    m_trouble.reset();
    std::vector<PodObject> pods;
    for (const QJsonValue value : *items) {
        if (auto pod = decodePod(value.toObject())) {
            pods.push_back(*std::move(pod));
        }
    }
    const DrainPlan plan = planDrain(pods, m_drain);
    if (auto refusal = plan.refusal(m_node.value)) {
        fail(*std::move(refusal));
        return;
    }
    if (plan.evict.empty() && plan.leaving.empty()) {
        succeed();
        return;
    }
    report(plan);
    if (isLate()) {
        fail(lateError());
        return;
    }
    evict(plan);
    m_next.start(m_servers.options().pause);
}

void Drainer::evict(const DrainPlan& plan)
{
    const TimePoint now = m_servers.options().clock->now();
    bool anyBlocked = false;
    for (const PodObject& pod : plan.evict) {
        const auto waiting = m_waiting.find(pod.meta.uid);
        const bool waits = waiting != m_waiting.end() && now < waiting->second.notBefore;
        anyBlocked = anyBlocked || (waiting != m_waiting.end() && waiting->second.blocked);
        if (waits) {
            continue;
        }
        // Until the answer is there it is not asked for again.
        m_waiting[pod.meta.uid] = Waiting{pod, now + kBlockedPause, false, {}};
        const QString path = QStringLiteral("/api/v1/namespaces")
                             + kubePath({pod.meta.nameSpace, QStringLiteral("pods"), pod.meta.name,
                                         QStringLiteral("eviction")});
        deliver(m_servers.change(
                    jsonRequest("POST", path,
                                evictionBody(pod, evictionGroup(m_servers.version()), m_drain)),
                    m_stop.get_token()),
                this,
                [this, pod](Result<KubeAnswer> answer) { onEvicted(pod, std::move(answer)); });
    }
    if (anyBlocked) {
        deliver(m_servers.list(budgetsPath(m_servers.version()), {}, m_stop.get_token()), this,
                [this](const Result<QJsonArray>& items) { onBudgets(items); });
    }
}

void Drainer::onBudgets(const Result<QJsonArray>& items)
{
    if (!items) {
        return; // then the API server's own words must do
    }
    m_budgets.clear();
    for (const QJsonValue value : *items) {
        if (auto budget = decodeBudget(value.toObject())) {
            m_budgets.push_back(*std::move(budget));
        }
    }
}

void Drainer::onEvicted(const PodObject& pod, Result<KubeAnswer> answer)
{
    if (isOver()) {
        return;
    }
    if (!answer) {
        if (isFinal(answer.error())) {
            fail(answer.error().withContext(pod.fullName()));
        }
        return; // asked for again after the pause
    }
    const KubeStatus said = statusFrom(*answer);
    switch (outcomeOf(answer->status, said)) {
    case EvictionOutcome::Accepted:
        m_asked.insert(pod.meta.uid);
        m_waiting.erase(pod.meta.uid);
        break;
    case EvictionOutcome::Gone: m_waiting.erase(pod.meta.uid); break;
    case EvictionOutcome::Blocked:
        m_waiting[pod.meta.uid].blocked = true;
        m_waiting[pod.meta.uid].text = said.message;
        break;
    case EvictionOutcome::Busy:
        m_waiting[pod.meta.uid].notBefore =
            m_servers.options().clock->now() + std::max(said.retryAfter, kBlockedPause);
        break;
    case EvictionOutcome::Refused:
        fail(kubeError(said, answer->endpoint).withContext(pod.fullName()));
        break;
    }
}

void Drainer::report(const DrainPlan& plan)
{
    std::set<QString> here;
    for (const auto* list : {&plan.evict, &plan.leaving}) {
        for (const PodObject& pod : *list) {
            here.insert(pod.meta.uid);
        }
    }
    m_seen.insert(here.begin(), here.end());
    std::erase_if(m_waiting, [&here](const auto& entry) { return !here.contains(entry.first); });
    const auto all = m_seen.size();
    const auto gone = all - here.size();
    m_status.progress = all == 0 ? 0 : double(gone) / double(all);
    QStringList parts{QStringLiteral("%1 of %2 pods have gone").arg(gone).arg(all)};
    for (const auto& [uid, waiting] : m_waiting) {
        if (waiting.blocked) {
            const QStringList why = blockers(waiting.pod, m_budgets);
            parts.append(QStringLiteral("%1 waits (%2)")
                             .arg(waiting.pod.fullName(),
                                  why.isEmpty() ? waiting.text : why.join(QStringLiteral("; "))));
        }
    }
    for (const PodObject& pod : plan.leaving) {
        parts.append(pod.fullName() + QStringLiteral(" ends"));
    }
    constexpr qsizetype kParts = 6; // what fits a status line
    m_status.message = parts.mid(0, kParts).join(QStringLiteral("; "));
}

bool Drainer::isLate() const
{
    const Seconds limit = m_drain.limitSeconds > 0 ? Seconds(m_drain.limitSeconds) : kLimit;
    return m_servers.options().clock->now() - m_startedAt > limit;
}

Error Drainer::lateError() const
{
    const bool blocked =
        std::ranges::any_of(m_waiting, [](const auto& entry) { return entry.second.blocked; });
    return makeError(ErrorKind::Timeout,
                     blocked ? QStringLiteral("disruption-budget") : QStringLiteral("drain-late"),
                     QStringLiteral("%1 is not empty after %2: %3")
                         .arg(m_node.value,
                              toDurationText(m_servers.options().clock->now() - m_startedAt),
                              m_status.message),
                     blocked ? QStringLiteral("Bring more instances up elsewhere, or change the "
                                              "budget; then drain it again")
                             : QStringLiteral("See why the pods do not end; then drain it again"));
}

void Drainer::fail(Error error)
{
    m_stop.request_stop();
    m_next.stop();
    m_status.state = OperationStatus::State::Failed;
    m_status.message = error.message;
    m_status.error = std::move(error);
}

void Drainer::succeed()
{
    m_status.state = OperationStatus::State::Succeeded;
    m_status.progress = 1;
    m_status.message =
        QStringLiteral("%1 is empty: %2 pods have gone").arg(m_node.value).arg(m_seen.size());
}

} // namespace quorate::platform::kubernetes
