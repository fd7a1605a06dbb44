// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/InventoryReader.h"

#include <algorithm>
#include <array>

namespace quorate::platform::kubernetes {
namespace {

bool selects(const std::map<QString, QString>& selector, const PodObject& pod)
{
    return !selector.empty() && std::ranges::all_of(selector, [&pod](const auto& wanted) {
        const auto found = pod.labels.find(wanted.first);
        return found != pod.labels.end() && found->second == wanted.second;
    });
}

Workload workloadFrom(const WorkloadObject& object, const std::vector<PodObject>& pods)
{
    Workload out;
    out.kind = object.kind;
    out.nameSpace = object.meta.nameSpace;
    out.name = object.meta.name;
    out.wanted = object.wanted;
    out.ready = object.ready;
    out.updated = object.updated;
    out.images = object.images;
    const Rollout rollout = rolloutOf(object);
    if (rollout.state != Rollout::State::Done) {
        out.progress = rollout.text;
    }
    for (const PodObject& pod : pods) {
        if (pod.meta.nameSpace != out.nameSpace || pod.isFinished()
            || !selects(object.selector, pod)) {
            continue;
        }
        out.restarts += pod.restarts;
        if (!pod.node.isEmpty() && !out.nodes.contains(pod.node)) {
            out.nodes.append(pod.node);
        }
    }
    out.nodes.sort();
    return out;
}

ClusterEvent eventFrom(const EventObject& object)
{
    return {.lastAt = *object.lastAt,
            .warning = object.isWarning,
            .reason = object.reason,
            .object =
                QStringLiteral("%1 %2/%3")
                    .arg(object.objectKind.toLower(), object.meta.nameSpace, object.objectName),
            .message = object.message,
            .source = object.source,
            .count = object.count};
}

/// The lists that one round asks for, in this order.
const std::array<std::pair<const char*, QString>, 5>& lists()
{
    static const std::array<std::pair<const char*, QString>, 5> all{{
        {"deployment", QStringLiteral("/apis/apps/v1/deployments")},
        {"statefulset", QStringLiteral("/apis/apps/v1/statefulsets")},
        {"daemonset", QStringLiteral("/apis/apps/v1/daemonsets")},
        {"pod", QStringLiteral("/api/v1/pods")},
        {"event", QStringLiteral("/api/v1/events")},
    }};
    return all;
}

/// What cannot be decoded is left out: one odd object must not hide all others.
template <typename Object, typename Decode>
void addAll(std::vector<Object>& out, const QJsonArray& items, Decode decode)
{
    for (const QJsonValue item : items) {
        if (auto object = decode(item.toObject())) {
            out.push_back(*std::move(object));
        }
    }
}

[[nodiscard]] Result<Inventory> combine(const std::vector<Result<QJsonArray>>& answers,
                                        TimePoint now)
{
    std::vector<WorkloadObject> workloads;
    std::vector<PodObject> pods;
    std::vector<EventObject> events;
    std::optional<Error> error;
    bool anything = false;
    for (std::size_t at = 0; at < answers.size(); ++at) {
        if (!answers[at]) {
            // Not being allowed to see one kind is no reason to show nothing; silence is.
            if (answers[at].error().kind != ErrorKind::Forbidden) {
                return fail(answers[at].error());
            }
            error = answers[at].error();
            continue;
        }
        anything = true;
        const QString kind = QString::fromLatin1(lists()[at].first);
        if (kind == QLatin1String("pod")) {
            addAll(pods, *answers[at], decodePod);
        } else if (kind == QLatin1String("event")) {
            addAll(events, *answers[at], decodeEvent);
        } else {
            addAll(workloads, *answers[at],
                   [&kind](const QJsonObject& object) { return decodeWorkload(kind, object); });
        }
    }
    if (!anything && error) {
        return fail(*std::move(error));
    }
    return inventoryFrom(workloads, pods, std::move(events), now);
}

} // namespace

Inventory inventoryFrom(const std::vector<WorkloadObject>& workloads,
                        const std::vector<PodObject>& pods, std::vector<EventObject> events,
                        TimePoint now)
{
    Inventory out;
    out.takenAt = now;
    for (const WorkloadObject& workload : workloads) {
        out.workloads.push_back(workloadFrom(workload, pods));
    }
    std::ranges::sort(out.workloads, [](const Workload& a, const Workload& b) {
        return std::tie(a.nameSpace, a.name, a.kind) < std::tie(b.nameSpace, b.name, b.kind);
    });
    std::erase_if(events, [](const EventObject& event) { return !event.lastAt; });
    std::ranges::stable_sort(events, std::greater<>{}, &EventObject::lastAt);
    for (std::size_t at = 0; at < std::min<std::size_t>(events.size(), kEventsMax); ++at) {
        out.events.push_back(eventFrom(events[at]));
    }
    return out;
}

Async<Inventory> readInventory(Servers& servers, const std::shared_ptr<const Clock>& clock,
                               std::stop_token stop)
{
    std::vector<Async<QJsonArray>> asked;
    for (const auto& list : lists()) {
        asked.push_back(servers.list(list.second, {}, stop));
    }
    Resolver<Inventory> out;
    all<QJsonArray>(std::move(asked))
        .then([out, clock](const std::vector<Result<QJsonArray>>& answers) {
            out.resolve(combine(answers, clock->now()));
        });
    return out.future();
}

} // namespace quorate::platform::kubernetes
