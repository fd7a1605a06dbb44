// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Access.h"
#include "core/platform/kubernetes/Discover.h"
#include "core/platform/kubernetes/DrainPlan.h"
#include "core/platform/kubernetes/InventoryReader.h"
#include "core/platform/kubernetes/KubeList.h"
#include "core/platform/kubernetes/MaintenanceLease.h"
#include "core/platform/kubernetes/Merge.h"
#include "core/platform/kubernetes/Slim.h"
#include "tests/fuzz/Require.h"

#include <cstdint>

namespace {

using namespace quorate;
using namespace quorate::fuzz;
using namespace quorate::platform;
using namespace quorate::platform::kubernetes;

constexpr TimePoint kNow{Millis(1'795'255'445'000)}; ///< 2026-11-21T10:04:05Z

QJsonArray itemsOf(const QJsonObject& list)
{
    return list.value(QStringLiteral("items")).toArray();
}

/// A list of nodes, as one API server and discovery see the cluster; with whatever lease it has for
/// them.
void readNodes(const QJsonObject& list)
{
    TextPool texts;
    std::vector<NodeObject> nodes;
    ServerAnswers answers;
    for (const QJsonValue item : itemsOf(list)) {
        auto node = decodeNodeObject(item.toObject(), &texts);
        require(node == decodeNodeObject(item.toObject()));
        if (isGood(node) && nodes.size() < 64) { // merging looks at each beside each
            nodes.push_back(*std::move(node));
        }
        if (auto lease = decodeLeaseObject(item.toObject()); isGood(lease)) {
            answers.leases[lease->meta.name] = *std::move(lease);
        }
    }
    answers.hints.apiServers = decodeEndpointAddresses(list);
    const std::size_t count = nodes.size();
    answers.node = nodes.empty() ? QString() : nodes.front().meta.name;
    answers.nodes = nodeList(std::move(nodes));
    answers.version = textOf(list, "gitVersion");
    answers.now = answers.serverNow = kNow;
    const Observation seen = merge(answers);
    require(seen.cluster.members.size() == count && !seen.self.stateText.isEmpty());
    const int port = decodeEndpointPort(list);
    require(port > 0 && port < 65536);
    const KubernetesCluster found =
        clusterFrom(*answers.nodes, answers.hints.apiServers, port,
                    QUrl(QStringLiteral("https://cluster.example:6443")), answers.version);
    require(found.nodes.size() <= count);
}

void readPods(const QJsonObject& list)
{
    std::vector<PodObject> pods;
    std::vector<DisruptionBudget> budgets;
    for (const QJsonValue item : itemsOf(list)) {
        if (auto pod = decodePod(item.toObject()); isGood(pod)) {
            require(pod->restarts >= 0 && pod->meta.name.size() <= kTextMax);
            pods.push_back(*std::move(pod));
        }
        if (auto budget = decodeBudget(item.toObject()); isGood(budget)) {
            budgets.push_back(*std::move(budget));
        }
    }
    const DrainPlan plan = planDrain(pods, act::Drain{});
    require(plan.evict.size() + plan.leaving.size() + std::size_t(plan.left.size())
                + std::size_t(plan.unmanaged.size()) + std::size_t(plan.localData.size())
            == pods.size());
    require(plan.refusal(QStringLiteral("n")).has_value()
            == !(plan.unmanaged.isEmpty() && plan.localData.isEmpty()));
    for (const PodObject& pod : plan.evict) {
        (void)blockers(pod, budgets);
        require(!evictionBody(pod, QStringLiteral("policy/v1"), act::Drain{}).isEmpty());
    }
}

void readWorkloads(const QJsonObject& list)
{
    std::vector<WorkloadObject> workloads;
    std::vector<PodObject> pods;
    std::vector<EventObject> events;
    for (const QJsonValue item : itemsOf(list)) {
        for (const char* kind : {"deployment", "statefulset", "daemonset"}) {
            auto workload = decodeWorkload(QString::fromLatin1(kind), item.toObject());
            if (isGood(workload)) {
                const Rollout rollout = rolloutOf(*workload);
                require(rollout.progress >= 0 && rollout.progress <= 1 && !rollout.text.isEmpty());
                workloads.push_back(*std::move(workload));
            }
        }
        if (auto event = decodeEvent(item.toObject()); isGood(event)) {
            require(event->count > 0);
            events.push_back(*std::move(event));
        }
        if (auto pod = decodePod(item.toObject()); isGood(pod) && pods.size() < 64) {
            pods.push_back(*std::move(pod));
        }
    }
    const Inventory all = inventoryFrom(workloads, pods, events, kNow);
    require(all.workloads.size() == workloads.size()
            && all.events.size() <= std::size_t(kEventsMax));
}

void readLease(const QJsonObject& object)
{
    const auto lease = decodeLeaseObject(object);
    if (!isGood(lease)) {
        return;
    }
    const QString us = QStringLiteral("us");
    if (const auto held = leaseFrom(*lease, us, kNow)) {
        require(held->expiresAt > kNow && held->ours == (lease->holder == us));
    }
    // What we write over it is ours, and is nobody's once it is given back.
    const QJsonObject taken =
        leaseBody(QStringLiteral("default"), object, us, {}, kNow, Seconds(180));
    const auto mine = decodeLeaseObject(taken);
    require(mine && leaseFrom(*mine, us, kNow)->ours);
    require(!leaseFrom(*decodeLeaseObject(releasedBody(taken, kNow)), us, kNow));
}

void readStatus(const QByteArray& body)
{
    for (const int code : {0, 200, 401, 404, 409, 410, 429, 500, 503}) {
        const KubeAnswer answer{
            code, body, QStringLiteral("https://n:6443/x"), {{"Retry-After", body.left(64)}}};
        const KubeStatus status = statusFrom(answer);
        require(status.retryAfter >= Millis(0) && status.retryAfter <= std::chrono::hours(1));
        const Error error = kubeError(status, answer.endpoint);
        require(!error.code.isEmpty() && !error.message.isEmpty());
        (void)quorumReadOf(code, status.message);
        (void)outcomeOf(code, status);
    }
}

/// The same stream in one part and in small ones is cut into the same lines.
void readWatch(const QByteArray& body)
{
    WatchLines whole;
    WatchLines parts;
    require(whole.add(body).has_value());
    constexpr qsizetype kPart = 7;
    for (qsizetype at = 0; at < body.size(); at += kPart) {
        require(parts.add(body.mid(at, kPart)).has_value());
    }
    const QByteArrayList lines = whole.take();
    require(lines == parts.take() && whole.isEmpty() && whole.bytes() == 0);
    QByteArrayList wanted = body.split('\n');
    wanted.removeLast(); // it has no end yet
    wanted.removeIf([](const QByteArray& line) { return line.trimmed().isEmpty(); });
    require(lines == wanted);
    const auto plain = decodeWatchLines(lines, false);
    const auto slim = decodeWatchLines(lines, true);
    if (isGood(plain)) {
        require(isGood(slim) && plain->size() == slim->size());
        for (const WatchLine& line : *plain) {
            (void)statusFrom(line.object, 0);
        }
    }
}

/// What is left after slimming is JSON when it was before, is no longer, and says the same of each
/// node.
void readSlim(const QByteArray& body)
{
    const QByteArray left = withoutBulk(body);
    require(left.size() <= body.size());
    const auto all = parseJsonObject(body, kKubeJson);
    if (!all) {
        return;
    }
    const auto slim = parseJsonObject(left, kKubeJson);
    require(slim.has_value() && withoutBulk(left) == left);
    require(decodeNodeObject(*all) == decodeNodeObject(*slim));
    require(itemsOf(*all).size() == itemsOf(*slim).size());
}

/// A list whose server always says the same ends nevertheless.
void readPages(const QJsonObject& page)
{
    ListCursor cursor(10'000);
    for (int at = 0; at < 3; ++at) {
        if (!isGood(cursor.take(page)) || cursor.next().isEmpty()) {
            break;
        }
        require(at == 0);
    }
    require(cursor.end().items <= 10'000);
}

/// Bytes that begin as a page does and then end anyhow.
void peekAt(const QByteArray& body)
{
    const QString token = ListCursor::peek(body);
    require(token.isEmpty() || body.contains("\"items\":["));
}

void readHealthText(const QByteArray& body)
{
    for (const int status : {200, 500}) {
        const HealthReport report = readHealth(status, body);
        require(report.ok == (status == 200) && report.checks.size() <= 500);
        require(!(report.isStarting() && report.ok) && report.failed().size() <= 500);
        (void)report.etcd();
        (void)report.isShuttingDown();
    }
    (void)kubeVersion(QString::fromUtf8(body.left(64)));
}

void readMembers(const QJsonObject& object)
{
    if (auto members = decodeMembers(object); isGood(members)) {
        ServerAnswers answers;
        answers.now = answers.serverNow = kNow;
        answers.nodes = nodeList({});
        answers.hints.members = members->size() < 64 ? *members : std::vector<EtcdMember>{};
        require(merge(answers).cluster.members.size() == answers.hints.members->size());
    }
}

/// What is read as an object; false: not worth keeping.
bool readObject(char which, const QJsonObject& object)
{
    switch (which) {
    case 'n': readNodes(object); return true;
    case 'p': readPods(object); return true;
    case 'w': readWorkloads(object); return true;
    case 'l': readLease(object); return true;
    case 'm': readMembers(object); return true;
    case 'e': isGood(decodeEtcdStatus(object)); return true;
    case 'h': isGood(decodeEtcdHealth(object)); return true;
    case 'a': isGood(decodeAccess(object)); return true;
    case 'c': readPages(object); return true;
    default: return false;
    }
}

} // namespace

/// First byte: which question was asked. The rest: the body of the answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) {
        return -1;
    }
    const QByteArray body(reinterpret_cast<const char*>(data + 1), qsizetype(size - 1));
    switch (data[0]) {
    case 'r': readHealthText(body); return 0;
    case 's': readStatus(body); return 0;
    case 'W': readWatch(body); return 0;
    case 'S': readSlim(body); return 0;
    case 'P': peekAt(body); return 0;
    default: break;
    }
    const auto object = parseJsonObject(body, kKubeJson);
    return readObject(static_cast<char>(data[0]), object.value_or(QJsonObject())) && object ? 0
                                                                                            : -1;
}
