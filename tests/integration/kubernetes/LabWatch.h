// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/lab/KubeLab.h"

#include <QJsonArray>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace quorate::platform::kubernetes {

/// What somebody else than the console saw of a cluster all the while: the API servers and each
/// etcd are asked directly, from threads of its own, until stop().
class LabWatch {
public:
    struct Seen {
        int healthyLeast = -1; ///< instances of default/web that are ready and were not told to end
        int cordonedMost = 0;  ///< nodes at the same time
        int membersLeast = -1; ///< of etcd, that answer
        int looks = 0;         ///< at instances and nodes
        int memberLooks = 0;
    };

    LabWatch(const labtest::KubeLab& lab, int nodes);
    LabWatch(const LabWatch&) = delete;
    LabWatch& operator=(const LabWatch&) = delete;
    [[nodiscard]] Seen seen();
    /// No more looks after this.
    [[nodiscard]] Seen stop();

private:
    void pause(const std::stop_token& stop);
    [[nodiscard]] QJsonArray itemsOf(const QString& path);
    void lookAtCluster();
    void lookAtMembers();

    const labtest::KubeLab& m_lab;
    int m_nodes;
    int m_asked = 1; ///< the API server that answered last
    std::mutex m_mutex;
    std::condition_variable_any m_stopped;
    Seen m_seen;
    std::jthread m_cluster; ///< the threads last: they end before what they use
    std::jthread m_members;
};

} // namespace quorate::platform::kubernetes
