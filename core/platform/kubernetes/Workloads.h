// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/platform/kubernetes/Fields.h"

#include <QMetaType>

#include <vector>

/// What runs on the nodes: pods, their controllers, disruption budgets, events. Pure.
namespace quorate::platform::kubernetes {

struct Owner {
    QString kind;
    QString name;
    bool operator==(const Owner&) const = default;
};

struct PodObject {
    Meta meta;
    std::map<QString, QString> labels;
    QString node;
    QString phase; ///< "Pending", "Running", "Succeeded", "Failed", "Unknown"
    std::optional<Owner> controller;
    bool ready = false;
    bool isMirror =
        false; ///< of a static pod: the kubelet runs it from a file, the API cannot end it
    bool emptyDir = false; ///< has data that is lost with it
    int restarts = 0;
    QStringList images;
    std::optional<int> graceSeconds; ///< terminationGracePeriodSeconds
    bool operator==(const PodObject&) const = default;

    [[nodiscard]] QString fullName() const; ///< "namespace/name"
    [[nodiscard]] bool isFinished() const;  ///< Succeeded or Failed: nothing of it runs
    [[nodiscard]] bool isLeaving() const { return meta.deletedAt.has_value(); }
};
[[nodiscard]] Result<PodObject> decodePod(const QJsonObject& object);

/// A Deployment, StatefulSet or DaemonSet (apps/v1).
struct WorkloadObject {
    QString kind; ///< "deployment", "statefulset", "daemonset"
    Meta meta;
    int wanted = 0;
    int current = 0; ///< instances that are there, old and new
    int updated = 0; ///< of the newest form
    int ready = 0;
    int available = 0;
    qint64 observedGeneration = 0;
    bool onDelete = false; ///< it replaces nothing by itself
    bool paused = false;
    int partition = 0; ///< a StatefulSet leaves instances below this number as they are
    QString currentRevision;
    QString updateRevision;
    QString progressReason;                 ///< of a Deployment's condition Progressing
    QString restartedAt;                    ///< of the template: when a redeploy was asked for last
    std::map<QString, QString> annotations; ///< those of ours
    std::map<QString, QString> selector;    ///< matchLabels
    QStringList images;
    bool operator==(const WorkloadObject&) const = default;
    [[nodiscard]] QString fullName() const;
};
/// `kind` as above; nullopt-like Validation error "bad-kind" for another.
[[nodiscard]] Result<WorkloadObject> decodeWorkload(const QString& kind, const QJsonObject& object);

/// Is a redeploy (or any change of the template) complete? In the words of a person.
struct Rollout {
    enum class State { Running, Done, Failed } state = State::Running;
    double progress = 0;
    QString text; ///< "2 of 3 new instances are available"
    bool operator==(const Rollout&) const = default;
};
Rollout rolloutOf(const WorkloadObject& workload);

struct DisruptionBudget {
    Meta meta;
    std::map<QString, QString> selector; ///< matchLabels; expressions are not read (`selectsMore`)
    bool selectsMore = false;
    int allowed = 0;
    int healthy = 0;
    int wantedHealthy = 0;
    int expected = 0;
    bool operator==(const DisruptionBudget&) const = default;
    [[nodiscard]] bool covers(const PodObject& pod) const;
    [[nodiscard]] QString fullName() const;
    /// "budget shop/web: 2 of 2 must stay healthy, 2 are": why it lets nothing go now.
    [[nodiscard]] QString text() const;
};
[[nodiscard]] Result<DisruptionBudget> decodeBudget(const QJsonObject& object);

struct EventObject {
    Meta meta;
    bool isWarning = false;
    QString reason;
    QString message;
    QString objectKind;
    QString objectName;
    QString source;
    int count = 1;
    std::optional<TimePoint> lastAt;
    bool operator==(const EventObject&) const = default;
};
[[nodiscard]] Result<EventObject> decodeEvent(const QJsonObject& object);

} // namespace quorate::platform::kubernetes
