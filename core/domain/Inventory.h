// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <QStringList>

#include <vector>

namespace quorate {

/// Something that the cluster keeps running: a Deployment, StatefulSet or DaemonSet.
struct Workload {
    QString kind{}; ///< "deployment", "statefulset", "daemonset": as act::Redeploy takes it
    QString nameSpace{};
    QString name{};
    int wanted = 0;
    int ready = 0;
    int updated = 0;     ///< instances of its newest form
    int restarts = 0;    ///< of all containers of its instances, since these were made
    QStringList nodes{}; ///< where its instances are; sorted, each once
    QStringList images{};
    QString progress{}; ///< "2 of 3 new instances are available"; empty when nothing is under way
    bool operator==(const Workload&) const = default;
};

/// What the cluster noted about one of its objects, most often because something did not work.
struct ClusterEvent {
    TimePoint lastAt{};
    bool warning = false;
    QString reason{}; ///< "FailedScheduling"
    QString object{}; ///< "pod shop/web-1"
    QString message{};
    QString source{};
    int count = 1;
    bool operator==(const ClusterEvent&) const = default;
};

/// What runs on a cluster, at one moment.
struct Inventory {
    TimePoint takenAt{};
    std::vector<Workload> workloads{};  ///< by namespace, then name
    std::vector<ClusterEvent> events{}; ///< the latest first
    bool operator==(const Inventory&) const = default;
};

} // namespace quorate
