// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/DrainPlan.h"

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

/// "a/b, c/d and 3 more".
QString someOf(const QStringList& names)
{
    constexpr qsizetype kShown = 5; // our own: what a person reads at a glance
    if (names.size() <= kShown) {
        return names.join(QStringLiteral(", "));
    }
    return QStringLiteral("%1 and %2 more")
        .arg(names.mid(0, kShown).join(QStringLiteral(", ")))
        .arg(names.size() - kShown);
}

} // namespace

PodFate fateOf(const PodObject& pod, const act::Drain& drain)
{
    if (pod.isMirror) {
        return PodFate::Mirror;
    }
    if (pod.controller && pod.controller->kind == QLatin1String("DaemonSet") && !pod.isFinished()) {
        return PodFate::DaemonSet;
    }
    if (pod.isLeaving()) {
        return PodFate::Leaving;
    }
    if (pod.isFinished()) {
        return PodFate::Evict;
    }
    if (!pod.controller && !drain.unmanagedToo) {
        return PodFate::Unmanaged;
    }
    return pod.emptyDir && !drain.localDataToo ? PodFate::LocalData : PodFate::Evict;
}

std::optional<Error> DrainPlan::refusal(const QString& node) const
{
    if (unmanaged.isEmpty() && localData.isEmpty()) {
        return std::nullopt;
    }
    QStringList parts;
    if (!unmanaged.isEmpty()) {
        parts.append(QStringLiteral("nobody starts %1 again elsewhere").arg(someOf(unmanaged)));
    }
    if (!localData.isEmpty()) {
        parts.append(QStringLiteral("%1 would lose data that is kept on the node only")
                         .arg(someOf(localData)));
    }
    Error error = makeError(
        ErrorKind::Conflict, QStringLiteral("consent-needed"),
        QStringLiteral("%1 cannot be drained without your consent: %2")
            .arg(node, parts.join(QStringLiteral("; "))),
        QStringLiteral("Drain it again and consent to losing them, or move them away first"));
    return error;
}

DrainPlan planDrain(const std::vector<PodObject>& pods, const act::Drain& drain)
{
    DrainPlan plan;
    for (const PodObject& pod : pods) {
        switch (fateOf(pod, drain)) {
        case PodFate::Evict: plan.evict.push_back(pod); break;
        case PodFate::Leaving: plan.leaving.push_back(pod); break;
        case PodFate::DaemonSet:
        case PodFate::Mirror: plan.left.append(pod.fullName()); break;
        case PodFate::Unmanaged: plan.unmanaged.append(pod.fullName()); break;
        case PodFate::LocalData: plan.localData.append(pod.fullName()); break;
        }
    }
    std::ranges::sort(plan.evict, {}, &PodObject::fullName);
    plan.left.sort();
    plan.unmanaged.sort();
    plan.localData.sort();
    return plan;
}

EvictionOutcome outcomeOf(int status, const KubeStatus& answer)
{
    if (status / 100 == 2) {
        return EvictionOutcome::Accepted;
    }
    switch (status) {
    case 404: return EvictionOutcome::Gone;
    case 409: return EvictionOutcome::Gone; // the uid is another's: our pod is gone
    case 429:
        // Since 1.18 the cause says that a budget blocks; before, the message does.
        return answer.hasCause(QStringLiteral("DisruptionBudget"))
                       || answer.message.contains(QLatin1String("disruption budget"))
                   ? EvictionOutcome::Blocked
                   : EvictionOutcome::Busy;
    case 503:
    case 504: return EvictionOutcome::Busy;
    default: return EvictionOutcome::Refused;
    }
}

QJsonObject evictionBody(const PodObject& pod, const QString& groupVersion, const act::Drain& drain)
{
    QJsonObject options;
    if (drain.graceSeconds) {
        options.insert(QStringLiteral("gracePeriodSeconds"), *drain.graceSeconds);
    }
    options.insert(QStringLiteral("preconditions"),
                   QJsonObject{{QStringLiteral("uid"), pod.meta.uid}});
    return {{QStringLiteral("apiVersion"), groupVersion},
            {QStringLiteral("kind"), QStringLiteral("Eviction")},
            {QStringLiteral("metadata"),
             QJsonObject{{QStringLiteral("name"), pod.meta.name},
                         {QStringLiteral("namespace"), pod.meta.nameSpace}}},
            {QStringLiteral("deleteOptions"), options}};
}

QStringList blockers(const PodObject& pod, const std::vector<DisruptionBudget>& budgets)
{
    QStringList all;
    QStringList exhausted;
    for (const DisruptionBudget& budget : budgets) {
        if (budget.covers(pod)) {
            all.append(budget.text());
            if (budget.allowed == 0) {
                exhausted.append(budget.text());
            }
        }
    }
    return exhausted.isEmpty() ? all : exhausted;
}

} // namespace quorate::platform::kubernetes
