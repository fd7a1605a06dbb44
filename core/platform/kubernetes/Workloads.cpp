// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Workloads.h"

#include <algorithm>
#include <limits>

namespace quorate::platform::kubernetes {
namespace {

constexpr char kMirror[] = "kubernetes.io/config.mirror";
constexpr char kRestartedAt[] = "kubectl.kubernetes.io/restartedAt";
constexpr char kOurs[] = "quorate/";

int countOf(const QJsonObject& object, const char* key, int fallback = 0)
{
    const auto value = integerOf(object, key);
    return value ? static_cast<int>(std::clamp<qint64>(*value, 0, std::numeric_limits<int>::max()))
                 : fallback;
}

std::map<QString, QString> textsIn(const QJsonObject& object, const char* prefix = "")
{
    std::map<QString, QString> out;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it.key().startsWith(QLatin1String(prefix))) {
            out.emplace(it.key().left(kTextMax), it.value().toString().left(kTextMax));
        }
    }
    return out;
}

QString pathName(const Meta& meta)
{
    return meta.nameSpace.isEmpty() ? meta.name : meta.nameSpace + QLatin1Char('/') + meta.name;
}

template <typename T>
Result<T> named(T object, const char* what)
{
    if (object.meta.name.isEmpty()) {
        return fail(
            ErrorKind::Protocol, QStringLiteral("bad-object"),
            QStringLiteral("The API server lists %1 without a name").arg(QLatin1String(what)));
    }
    return object;
}

QStringList imagesOf(const QJsonObject& podSpec)
{
    QStringList images;
    for (const QJsonValue& value : listOf(podSpec, "containers")) {
        const QString image = textOf(value.toObject(), "image");
        if (!image.isEmpty() && !images.contains(image)) {
            images.append(image);
        }
    }
    return images;
}

void readPodStatus(PodObject& pod, const QJsonObject& status)
{
    pod.phase = textOf(status, "phase");
    for (const QJsonValue& value : listOf(status, "conditions")) {
        const QJsonObject condition = value.toObject();
        if (textOf(condition, "type") == QLatin1String("Ready")) {
            pod.ready = statusOf(textOf(condition, "status")).value_or(false);
        }
    }
    for (const QJsonValue& value : listOf(status, "containerStatuses")) {
        const int more = countOf(value.toObject(), "restartCount");
        pod.restarts = more > std::numeric_limits<int>::max() - pod.restarts
                           ? std::numeric_limits<int>::max()
                           : pod.restarts + more;
    }
}

void readCounts(WorkloadObject& workload, const QJsonObject& spec, const QJsonObject& status)
{
    workload.observedGeneration = integerOf(status, "observedGeneration").value_or(0);
    if (workload.kind == QLatin1String("daemonset")) {
        workload.wanted = countOf(status, "desiredNumberScheduled");
        workload.current = countOf(status, "currentNumberScheduled");
        workload.updated = countOf(status, "updatedNumberScheduled");
        workload.ready = countOf(status, "numberReady");
        workload.available = countOf(status, "numberAvailable");
        return;
    }
    workload.wanted = countOf(spec, "replicas", 1); // what the API takes when nothing is said
    workload.current = countOf(status, "replicas");
    workload.updated = countOf(status, "updatedReplicas");
    workload.ready = countOf(status, "readyReplicas");
    // StatefulSets say it since 1.22 only.
    workload.available =
        countOf(status, "availableReplicas",
                workload.kind == QLatin1String("statefulset") ? workload.ready : 0);
}

Rollout running(int done, int wanted, const QString& text)
{
    return {Rollout::State::Running, wanted > 0 ? double(std::min(done, wanted)) / wanted : 0,
            text};
}

} // namespace

QString PodObject::fullName() const { return pathName(meta); }

bool PodObject::isFinished() const
{
    return phase == QLatin1String("Succeeded") || phase == QLatin1String("Failed");
}

Result<PodObject> decodePod(const QJsonObject& object)
{
    PodObject pod;
    pod.meta = metaOf(object);
    const QJsonObject meta = objectOf(object, "metadata");
    pod.labels = textsIn(objectOf(meta, "labels"));
    pod.isMirror = objectOf(meta, "annotations").contains(QLatin1String(kMirror));
    for (const QJsonValue& value : listOf(meta, "ownerReferences")) {
        const QJsonObject owner = value.toObject();
        if (truthOf(owner, "controller")) {
            pod.controller = Owner{textOf(owner, "kind"), textOf(owner, "name")};
        }
    }
    const QJsonObject spec = objectOf(object, "spec");
    pod.node = textOf(spec, "nodeName");
    pod.images = imagesOf(spec);
    for (const QJsonValue& value : listOf(spec, "volumes")) {
        pod.emptyDir = pod.emptyDir || value.toObject().contains(QLatin1String("emptyDir"));
    }
    if (integerOf(spec, "terminationGracePeriodSeconds")) {
        pod.graceSeconds = countOf(spec, "terminationGracePeriodSeconds");
    }
    readPodStatus(pod, objectOf(object, "status"));
    return named(std::move(pod), "a pod");
}

QString WorkloadObject::fullName() const { return pathName(meta); }

Result<WorkloadObject> decodeWorkload(const QString& kind, const QJsonObject& object)
{
    if (kind != QLatin1String("deployment") && kind != QLatin1String("statefulset")
        && kind != QLatin1String("daemonset")) {
        return fail(ErrorKind::Validation, QStringLiteral("bad-kind"),
                    QStringLiteral("\"%1\" is not a workload that can be redeployed").arg(kind),
                    QStringLiteral("Name a deployment, a statefulset or a daemonset"));
    }
    WorkloadObject workload;
    workload.kind = kind;
    workload.meta = metaOf(object);
    const QJsonObject spec = objectOf(object, "spec");
    const QJsonObject status = objectOf(object, "status");
    readCounts(workload, spec, status);
    const bool isDeployment = kind == QLatin1String("deployment");
    const QJsonObject strategy = objectOf(spec, isDeployment ? "strategy" : "updateStrategy");
    workload.onDelete = textOf(strategy, "type") == QLatin1String("OnDelete");
    workload.partition = countOf(objectOf(strategy, "rollingUpdate"), "partition");
    workload.paused = truthOf(spec, "paused");
    workload.currentRevision = textOf(status, "currentRevision");
    workload.updateRevision = textOf(status, "updateRevision");
    for (const QJsonValue& value : listOf(status, "conditions")) {
        const QJsonObject condition = value.toObject();
        if (textOf(condition, "type") == QLatin1String("Progressing")) {
            workload.progressReason = textOf(condition, "reason");
        }
    }
    const QJsonObject pods = objectOf(spec, "template");
    workload.restartedAt =
        textOf(objectOf(objectOf(pods, "metadata"), "annotations"), kRestartedAt);
    workload.images = imagesOf(objectOf(pods, "spec"));
    workload.annotations = textsIn(objectOf(objectOf(object, "metadata"), "annotations"), kOurs);
    workload.selector = textsIn(objectOf(objectOf(spec, "selector"), "matchLabels"));
    return named(std::move(workload), "a workload");
}

Rollout rolloutOf(const WorkloadObject& w)
{
    if (w.progressReason == QLatin1String("ProgressDeadlineExceeded")
        && w.observedGeneration >= w.meta.generation) {
        return {Rollout::State::Failed, 0,
                QStringLiteral("it has made no progress within its own limit (%1 of %2 new "
                               "instances are available)")
                    .arg(w.available)
                    .arg(w.wanted)};
    }
    if (w.observedGeneration < w.meta.generation) {
        return running(0, w.wanted, QStringLiteral("the cluster has not taken note of it yet"));
    }
    // A StatefulSet changes its instances from the highest number down to its partition.
    const int toUpdate = std::max(w.wanted - w.partition, 0);
    if (w.updated < toUpdate) {
        return running(w.updated, toUpdate,
                       QStringLiteral("%1 of %2 instances are new").arg(w.updated).arg(toUpdate));
    }
    if (w.kind == QLatin1String("deployment") && w.current > w.updated) {
        return running(w.updated, w.current,
                       QStringLiteral("%1 old instances still end").arg(w.current - w.updated));
    }
    const int up = w.kind == QLatin1String("statefulset") ? w.ready : w.available;
    if (up < w.wanted) {
        return running(
            up, w.wanted,
            QStringLiteral("%1 of %2 new instances are available").arg(up).arg(w.wanted));
    }
    return {Rollout::State::Done, 1,
            QStringLiteral("all %1 instances are new and available").arg(w.wanted)};
}

bool DisruptionBudget::covers(const PodObject& pod) const
{
    if (pod.meta.nameSpace != meta.nameSpace || selectsMore) {
        return false;
    }
    return std::ranges::all_of(selector, [&pod](const auto& wanted) {
        const auto found = pod.labels.find(wanted.first);
        return found != pod.labels.end() && found->second == wanted.second;
    });
}

QString DisruptionBudget::fullName() const { return pathName(meta); }

QString DisruptionBudget::text() const
{
    return QStringLiteral("budget %1: %2 of %3 must stay healthy, %4 are")
        .arg(fullName())
        .arg(wantedHealthy)
        .arg(expected)
        .arg(healthy);
}

Result<DisruptionBudget> decodeBudget(const QJsonObject& object)
{
    DisruptionBudget budget;
    budget.meta = metaOf(object);
    const QJsonObject selector = objectOf(objectOf(object, "spec"), "selector");
    budget.selector = textsIn(objectOf(selector, "matchLabels"));
    budget.selectsMore = !listOf(selector, "matchExpressions").isEmpty();
    const QJsonObject status = objectOf(object, "status");
    budget.allowed = countOf(status, "disruptionsAllowed");
    budget.healthy = countOf(status, "currentHealthy");
    budget.wantedHealthy = countOf(status, "desiredHealthy");
    budget.expected = countOf(status, "expectedPods");
    return named(std::move(budget), "a disruption budget");
}

Result<EventObject> decodeEvent(const QJsonObject& object)
{
    EventObject event;
    event.meta = metaOf(object);
    event.isWarning = textOf(object, "type") == QLatin1String("Warning");
    event.reason = textOf(object, "reason");
    event.message = textOf(object, "message");
    const QJsonObject about = objectOf(object, "involvedObject");
    event.objectKind = textOf(about, "kind");
    event.objectName = textOf(about, "name");
    event.source = textOf(objectOf(object, "source"), "component");
    if (event.source.isEmpty()) {
        event.source = textOf(object, "reportingComponent");
    }
    const QJsonObject series = objectOf(object, "series");
    event.count = std::max(countOf(series, "count", countOf(object, "count", 1)), 1);
    // Old and new events keep the time in different fields.
    for (const auto& time : {timeOf(series, "lastObservedTime"), timeOf(object, "lastTimestamp"),
                             timeOf(object, "eventTime"), event.meta.createdAt}) {
        event.lastAt = event.lastAt ? event.lastAt : time;
    }
    return named(std::move(event), "an event");
}

} // namespace quorate::platform::kubernetes
