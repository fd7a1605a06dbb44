// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/kubernetes/LabWatch.h"

#include <algorithm>
#include <chrono>

namespace quorate::platform::kubernetes {
namespace {

constexpr std::chrono::milliseconds kPause{200}; ///< an eviction takes seconds
constexpr long kMemberLimitMs = 2'000;           ///< a member that is only slow is no missing one

bool isReady(const QJsonObject& pod)
{
    if (pod.value(QStringLiteral("metadata"))
            .toObject()
            .contains(QStringLiteral("deletionTimestamp"))) {
        return false;
    }
    const QJsonObject status = pod.value(QStringLiteral("status")).toObject();
    for (const QJsonValue condition : status.value(QStringLiteral("conditions")).toArray()) {
        if (condition[QStringLiteral("type")].toString() == QLatin1String("Ready")) {
            return condition[QStringLiteral("status")].toString() == QLatin1String("True");
        }
    }
    return false;
}

int least(int before, int now) { return before < 0 ? now : std::min(before, now); }

} // namespace

LabWatch::LabWatch(const labtest::KubeLab& lab, int nodes)
    : m_lab(lab)
    , m_nodes(nodes)
{
    m_cluster = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            lookAtCluster();
            pause(stop);
        }
    });
    m_members = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            lookAtMembers();
            pause(stop);
        }
    });
}

LabWatch::Seen LabWatch::seen()
{
    const std::scoped_lock lock(m_mutex);
    return m_seen;
}

LabWatch::Seen LabWatch::stop()
{
    for (std::jthread* thread : {&m_cluster, &m_members}) {
        if (thread->joinable()) {
            thread->request_stop();
            thread->join();
        }
    }
    return seen();
}

void LabWatch::pause(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    m_stopped.wait_for(lock, stop, kPause, [] { return false; });
}

/// Of the first API server that answers, the one that did so last before the others; a read that
/// needs a majority.
QJsonArray LabWatch::itemsOf(const QString& path)
{
    for (int tries = 0; tries < m_nodes; ++tries) {
        const labtest::LabReply reply = m_lab.get(m_asked, path);
        if (reply.status == 200) {
            return reply.json().value(QStringLiteral("items")).toArray();
        }
        m_asked = m_asked % m_nodes + 1;
    }
    return {};
}

void LabWatch::lookAtCluster()
{
    const QJsonArray nodes = itemsOf(QStringLiteral("/api/v1/nodes"));
    const QJsonArray pods =
        itemsOf(QStringLiteral("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb"));
    if (nodes.isEmpty() || pods.isEmpty()) {
        return; // nobody could tell
    }
    int cordoned = 0;
    for (const QJsonValue node : nodes) {
        cordoned += node[QStringLiteral("spec")][QStringLiteral("unschedulable")].toBool() ? 1 : 0;
    }
    int healthy = 0;
    for (const QJsonValue pod : pods) {
        healthy += isReady(pod.toObject()) ? 1 : 0;
    }
    const std::scoped_lock lock(m_mutex);
    m_seen.cordonedMost = std::max(m_seen.cordonedMost, cordoned);
    m_seen.healthyLeast = least(m_seen.healthyLeast, healthy);
    ++m_seen.looks;
}

void LabWatch::lookAtMembers()
{
    int members = 0;
    for (int node = 1; node <= m_nodes; ++node) {
        const labtest::LabReply reply = m_lab.etcd(node, QStringLiteral("/v3/maintenance/status"),
                                                   QByteArrayLiteral("{}"), kMemberLimitMs);
        members += reply.status == 200 ? 1 : 0;
    }
    const std::scoped_lock lock(m_mutex);
    m_seen.membersLeast = least(m_seen.membersLeast, members);
    ++m_seen.memberLooks;
}

} // namespace quorate::platform::kubernetes
