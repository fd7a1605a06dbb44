// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/NodeStore.h"

#include <QTimer>

namespace quorate::platform::kubernetes {
namespace {

/// Whoever wants one look only is gone by then, and has made no connection for what comes after it.
/// Our own choice.
constexpr Millis kWatchAfter{100};
constexpr Millis kReconnectMax{5000};     ///< our own; the watch tries again after 0.5, 1, 2 … s
constexpr std::size_t kNodesMax = 20'000; ///< our own bound; Kubernetes supports 5,000

} // namespace

NodeStore::NodeStore(std::shared_ptr<KubeClient> client, QObject* parent)
    : QObject(parent)
    , m_client(std::move(client))
{}

void NodeStore::start()
{
    if (!m_watch) {
        open({});
    }
}

void NodeStore::open(const QString& resourceVersion)
{
    KubeWatch::Options options;
    options.path = QStringLiteral("/api/v1/nodes");
    options.list.resourceVersion = resourceVersion;
    options.list.slim = true;
    options.watchAfter = kWatchAfter;
    m_watch = std::make_unique<KubeWatch>(m_client, std::move(options));
    connect(m_watch.get(), &KubeWatch::changed, this, &NodeStore::take);
    connect(m_watch.get(), &KubeWatch::synced, this, [this] {
        m_synced = true;
        m_error.reset();
        Q_EMIT synced();
    });
    connect(m_watch.get(), &KubeWatch::stale, this,
            [this](const Error& error) { m_error = error; });
    connect(m_watch.get(), &KubeWatch::fresh, this, [this] { m_error.reset(); });
    m_watch->start();
}

void NodeStore::suspect(const Error& error)
{
    if (m_watch) {
        m_watch->suspect(error);
    }
}

void NodeStore::takeRemembered()
{
    if (!m_synced && !m_remembered) {
        m_remembered = true;
        open(QStringLiteral("0"));
    }
}

bool NodeStore::isStale(TimePoint now) const
{
    const auto since = m_watch ? m_watch->staleSince() : std::nullopt;
    return since && now - *since > kReconnectMax;
}

NodeList NodeStore::nodes()
{
    if (!m_list) {
        std::vector<NodePtr> list;
        list.reserve(m_byName.size());
        for (const auto& [name, node] : m_byName) {
            list.push_back(node);
        }
        m_list = std::make_shared<const std::vector<NodePtr>>(std::move(list));
    }
    return m_list;
}

void NodeStore::put(NodeObject node)
{
    auto& place = m_byName[node.meta.name];
    if (!place || *place != node) {
        place = std::make_shared<const NodeObject>(std::move(node));
        m_list.reset();
    }
}

void NodeStore::take(const QList<KubeEvent>& events)
{
    for (const KubeEvent& event : events) {
        if (event.change == KubeChange::Deleted) {
            m_byName.erase(event.name);
            m_list.reset();
        } else if (auto node = decodeNodeObject(event.object, &m_texts);
                   node && (m_byName.size() < kNodesMax || m_byName.contains(node->meta.name))) {
            put(*std::move(node));
        }
    }
}

Async<bool> NodeStore::whenSynced(Millis limit)
{
    if (m_synced) {
        return ready<bool>(true);
    }
    const Resolver<bool> out;
    connect(
        this, &NodeStore::synced, this, [out] { out.resolve(true); }, Qt::SingleShotConnection);
    QTimer::singleShot(limit, this, [out] { out.resolve(false); });
    return out.future();
}

} // namespace quorate::platform::kubernetes
