// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/KubeWatch.h"
#include "core/platform/kubernetes/Merge.h"

namespace quorate::platform::kubernetes {

/// The nodes as one API server sees them, kept current by a watch. The first list is asked of
/// etcd's majority; where that gives none, of what the server remembers, so that a cluster that is
/// lost can still be named.
class NodeStore final : public QObject {
    Q_OBJECT
public:
    explicit NodeStore(std::shared_ptr<KubeClient> client, QObject* parent = nullptr);

    void start();
    /// The server does not answer, or answers again: the watch connects anew at once.
    void suspect(const Error& error);
    /// Etcd has no majority: do not wait for its list.
    void takeRemembered();
    [[nodiscard]] bool isSynced() const { return m_synced; }
    /// Not in touch for longer than a watch needs to connect anew: what is here may be old.
    [[nodiscard]] bool isStale(TimePoint now) const;
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] NodeList nodes();
    /// A newer form of one node, read beside the watch.
    void put(NodeObject node);
    /// Ready when the first list is complete, at the latest after `limit`.
    [[nodiscard]] Async<bool> whenSynced(Millis limit);

Q_SIGNALS:
    void synced();

private:
    void open(const QString& resourceVersion);
    void take(const QList<KubeEvent>& events);

    std::shared_ptr<KubeClient> m_client;
    std::unique_ptr<KubeWatch> m_watch;
    std::map<QString, NodePtr> m_byName;
    NodeList m_list; ///< null: to be made anew
    std::optional<Error> m_error;
    TextPool m_texts;
    bool m_synced = false;
    bool m_remembered = false;
};

} // namespace quorate::platform::kubernetes
