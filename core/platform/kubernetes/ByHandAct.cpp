// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/ByHandAct.h"

namespace quorate::platform::kubernetes {
namespace {

KubeRequest question(const KubeClient& client, const QString& path)
{
    KubeRequest request;
    request.path = path;
    request.limits = client.options().limits;
    request.limits->connect = std::min(request.limits->connect, kAnswerMax);
    request.limits->total = kAnswerMax;
    return request;
}

NodeGlimpse::Own ownOf(const Result<KubeAnswer>& answer)
{
    if (answer) { // who may not read /readyz is answered all the same
        const bool isWell = answer->isOk() || answer->status == 401 || answer->status == 403;
        return isWell ? NodeGlimpse::Own::Well : NodeGlimpse::Own::Ill;
    }
    const bool isSilent =
        answer.error().kind == ErrorKind::Transport || answer.error().kind == ErrorKind::Timeout;
    return isSilent ? NodeGlimpse::Own::Silent : NodeGlimpse::Own::Ill;
}

ByHandTimes timesFor(const Servers& servers)
{
    const NodeTimes known = timesOf(servers.version());
    ByHandTimes times;
    times.lateAfter = known.lateAfter;
    times.graceAfter = servers.options().grace.value_or(known.graceAfter);
    return times;
}

} // namespace

ByHandAct::ByHandAct(Servers& servers, OperationId id, const NodeObject& before, bool isReboot,
                     std::stop_token stop, QObject* parent)
    : QObject(parent)
    , m_servers(servers)
    , m_id(std::move(id))
    , m_node{before.meta.name}
    , m_bootId(before.bootId)
    , m_watch(before.meta.name, isReboot, before.bootId, timesFor(servers),
              servers.options().clock->now())
    , m_stop(std::move(stop))
{
    m_next.setSingleShot(true);
    m_next.setInterval(servers.options().pause);
    connect(&m_next, &QTimer::timeout, this, &ByHandAct::look);
}

OperationStatus ByHandAct::status() const
{
    OperationStatus out;
    out.id = m_id;
    out.state = m_cancelled ? OperationStatus::State::Failed : m_watch.state();
    out.progress = m_watch.progress();
    out.message = m_watch.text();
    out.error = m_cancelled ? std::optional(cancelledError()) : m_watch.error();
    return out;
}

void ByHandAct::look()
{
    if (m_stop.stop_requested()) {
        m_cancelled = true;
        return;
    }
    m_seen = {};
    m_seen.bootIdShared = m_bootIdShared;
    m_open = 1; // until all have been asked
    askNode();
    askLease();
    if (const ApiServer* server = m_servers.find(m_node)) {
        askOwnServer(server->client());
    }
    if (m_watch.needsBootIds() && !m_bootIdShared) {
        askBootIds();
    }
    part();
}

void ByHandAct::askAny(const QString& path, std::function<void(const KubeAnswer&)> take)
{
    ++m_open;
    deliver(m_servers.askAny(
                [path, stop = m_stop](KubeClient& client) {
                    return client.send(question(client, path), stop);
                },
                m_stop),
            this, [this, take = std::move(take)](const Result<KubeAnswer>& answer) {
                if (answer) {
                    take(*answer);
                }
                part();
            });
}

void ByHandAct::askNode()
{
    askAny(QStringLiteral("/api/v1/nodes") + kubePath({m_node.value}),
           [this](const KubeAnswer& answer) {
               if (answer.isOk()) {
                   if (auto node = parseJsonObject(answer.body, kKubeJson)
                                       .and_then([](const QJsonObject& object) {
                                           return decodeNodeObject(object);
                                       })) {
                       m_seen.node = *std::move(node);
                       m_seen.told = true;
                   }
               } else if (answer.status == 404) {
                   m_seen.told = true;
               }
           });
}

void ByHandAct::askLease()
{
    askAny(kubeletLeasesPath() + kubePath({m_node.value}), [this](const KubeAnswer& answer) {
        if (answer.isOk()) {
            if (const auto lease = parseJsonObject(answer.body).and_then(decodeLeaseObject)) {
                m_seen.renewedAt = lease->renewedAt;
            }
        }
    });
}

void ByHandAct::askOwnServer(KubeClient& client)
{
    ++m_open;
    deliver(client.send(question(client, QStringLiteral("/readyz")), m_stop), this,
            [this](const Result<KubeAnswer>& answer) {
                m_seen.own = ownOf(answer);
                part();
            });
}

void ByHandAct::askBootIds()
{
    ++m_open;
    deliver(m_servers.list(QStringLiteral("/api/v1/nodes"), {}, m_stop), this,
            [this](const Result<QJsonArray>& items) {
                for (const QJsonValue item : items.value_or(QJsonArray())) {
                    const auto other = decodeNodeObject(item.toObject());
                    m_bootIdShared =
                        m_bootIdShared
                        || (other && other->meta.name != m_node.value && other->bootId == m_bootId);
                }
                m_seen.bootIdShared = m_bootIdShared;
                part();
            });
}

void ByHandAct::part()
{
    if (--m_open > 0) {
        return;
    }
    m_watch.look(m_seen, m_servers.options().clock->now());
    if (m_watch.state() == OperationStatus::State::Running) {
        m_next.start();
    }
}

} // namespace quorate::platform::kubernetes
