// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Acts.h"

#include "core/platform/Probes.h"

#include <QPointer>
#include <QUuid>

#include <array>

namespace quorate::platform::kubernetes {
namespace {

constexpr char kRedeployKey[] =
    "quorate/redeploy"; ///< annotation: the key of the redeploy that was asked for last
constexpr char kRedeployPrefix[] = "redeploy/";

ProbeOutcome doneWhen(bool done) { return done ? ProbeOutcome::Done : ProbeOutcome::NotDone; }

ProbeOutcome outcomeOf(OperationStatus::State state)
{
    switch (state) {
    case OperationStatus::State::Running: return ProbeOutcome::Running;
    case OperationStatus::State::Succeeded: return ProbeOutcome::Done;
    case OperationStatus::State::Failed: return ProbeOutcome::NotDone;
    }
    return ProbeOutcome::Unknown;
}

OperationId operationFor(const IdempotencyKey& key)
{
    return OperationId{key.value.isEmpty() ? QUuid::createUuid().toString(QUuid::WithoutBraces)
                                           : key.value};
}

OperationId redeployId(const act::Redeploy& act)
{
    return OperationId{QLatin1String(kRedeployPrefix) + act.nameSpace + QLatin1Char('/') + act.kind
                       + QLatin1Char('/') + act.name};
}

std::optional<act::Redeploy> redeployOf(const OperationId& id)
{
    const QString prefix = QLatin1String(kRedeployPrefix);
    const QStringList parts = id.value.mid(prefix.size()).split(QLatin1Char('/'));
    if (!id.value.startsWith(prefix) || parts.size() != 3) {
        return std::nullopt;
    }
    return act::Redeploy{parts[0], parts[1], parts[2]};
}

Error noNodeError()
{
    return makeError(ErrorKind::Validation, QStringLiteral("no-node"),
                     QStringLiteral("This act needs a node"));
}

QString nodePath(const NodeId& node)
{
    return QStringLiteral("/api/v1/nodes") + kubePath({node.value});
}

KubeRequest mergePatch(const QString& path, const QJsonObject& body)
{
    KubeRequest request = jsonRequest("PATCH", path, body);
    request.contentType = "application/merge-patch+json";
    return request;
}

} // namespace

ProbeOutcome judgeNodeAct(const Act& act, const NodeObject& own, int podsLeft,
                          const std::optional<Observation>& before)
{
    const bool isReady = own.kubelet() == Kubelet::Ready;
    if (std::holds_alternative<act::Cordon>(act)) {
        return doneWhen(own.unschedulable);
    }
    if (std::holds_alternative<act::Resume>(act)) {
        return doneWhen(!own.unschedulable);
    }
    if (std::holds_alternative<act::Drain>(act)) {
        return doneWhen(own.unschedulable && podsLeft == 0);
    }
    if (std::holds_alternative<act::Reboot>(act)) {
        return doneWhen(isReady && before && !before->self.bootId.isEmpty() && !own.bootId.isEmpty()
                        && own.bootId != before->self.bootId);
    }
    if (std::holds_alternative<act::Shutdown>(act)) {
        return doneWhen(!isReady);
    }
    return ProbeOutcome::Unknown;
}

Result<QString> workloadPath(const act::Redeploy& redeploy)
{
    static constexpr std::array kPlurals{std::pair{"deployment", "deployments"},
                                         std::pair{"statefulset", "statefulsets"},
                                         std::pair{"daemonset", "daemonsets"}};
    for (const auto& [kind, plural] : kPlurals) {
        if (redeploy.kind == QLatin1String(kind)) {
            return QStringLiteral("/apis/apps/v1/namespaces")
                   + kubePath({redeploy.nameSpace, QString::fromLatin1(plural), redeploy.name});
        }
    }
    return fail(
        ErrorKind::Validation, QStringLiteral("bad-kind"),
        QStringLiteral("\"%1\" is not a workload that can be redeployed").arg(redeploy.kind),
        QStringLiteral("Name a deployment, a statefulset or a daemonset"));
}

std::optional<Error> redeployRefusal(const WorkloadObject& workload)
{
    if (workload.paused) {
        return makeError(ErrorKind::Conflict, QStringLiteral("workload-paused"),
                         QStringLiteral("The %1 %2 is paused: it replaces no instance")
                             .arg(workload.kind, workload.fullName()),
                         QStringLiteral("Resume its rollout first"));
    }
    if (workload.onDelete) {
        return makeError(
            ErrorKind::Conflict, QStringLiteral("workload-on-delete"),
            QStringLiteral("The %1 %2 replaces an instance only when somebody deletes it")
                .arg(workload.kind, workload.fullName()),
            QStringLiteral("Change its update strategy, or delete its instances one by one"));
    }
    return std::nullopt;
}

Acts::Acts(Servers& servers, QObject* parent)
    : QObject(parent)
    , m_servers(servers)
{}

Async<OperationId> Acts::perform(const ActTarget& target, const Act& act, const IdempotencyKey& key,
                                 std::stop_token stop)
{
    if (const auto* redeployed = std::get_if<act::Redeploy>(&act)) {
        return redeploy(*redeployed, key, std::move(stop));
    }
    const OperationId id = operationFor(key);
    if (m_ended.contains(id) || m_drains.contains(id) || m_byHand.contains(id)) {
        return ready<OperationId>(id); // the same intent again
    }
    const bool isCordon = std::holds_alternative<act::Cordon>(act);
    const auto* drained = std::get_if<act::Drain>(&act);
    const bool isReboot = std::holds_alternative<act::Reboot>(act);
    const bool isByHand = isReboot || std::holds_alternative<act::Shutdown>(act);
    if (!isCordon && !drained && !isByHand && !std::holds_alternative<act::Resume>(act)) {
        return ready<OperationId>(
            fail(ErrorKind::Validation, QStringLiteral("act-not-remote"),
                 QStringLiteral("\"%1\" is not something that Kubernetes does").arg(actTitle(act)),
                 QStringLiteral("Do it on the node itself")));
    }
    if (!target.node) {
        return ready<OperationId>(fail(noNodeError()));
    }
    if (isByHand) {
        return watchByHand(*target.node, isReboot, id, std::move(stop));
    }
    return drained ? drain(*target.node, *drained, id, std::move(stop))
                   : cordon(*target.node, isCordon, id, std::move(stop));
}

Async<bool> Acts::setCordon(const NodeId& node, bool cordoned, std::stop_token stop)
{
    const QJsonObject body{
        {QStringLiteral("spec"), QJsonObject{{QStringLiteral("unschedulable"), cordoned}}}};
    return andThen(m_servers.changeJson(mergePatch(nodePath(node), body), std::move(stop)),
                   [](const QJsonObject&) -> Result<bool> { return true; });
}

Async<OperationId> Acts::cordon(const NodeId& node, bool cordoned, OperationId id,
                                std::stop_token stop)
{
    const QPointer<Acts> self(this);
    return andThen(setCordon(node, cordoned, std::move(stop)),
                   [self, node, cordoned, id](bool) -> Result<OperationId> {
                       if (!self) {
                           return fail(cancelledError());
                       }
                       for (const auto& [operation, drainer] : self->m_drains) {
                           if (!cordoned && drainer->node() == node) {
                               drainer->cancel();
                           }
                       }
                       OperationStatus& status = self->m_ended[id];
                       status.id = id;
                       status.state = OperationStatus::State::Succeeded;
                       status.progress = 1;
                       status.message = cordoned
                                            ? QStringLiteral("%1 takes no new work").arg(node.value)
                                            : QStringLiteral("%1 takes work again").arg(node.value);
                       return id;
                   });
}

Async<OperationId> Acts::drain(const NodeId& node, const act::Drain& act, OperationId id,
                               std::stop_token stop)
{
    const QPointer<Acts> self(this);
    return andThen(
        setCordon(node, true, stop), [self, node, act, id, stop](bool) -> Result<OperationId> {
            if (!self) {
                return fail(cancelledError());
            }
            auto* drainer = new Drainer(self->m_servers, id, node, act, stop, self.data());
            self->m_drains[id] = drainer;
            drainer->start();
            return id;
        });
}

Async<OperationId> Acts::watchByHand(const NodeId& node, bool isReboot, OperationId id,
                                     std::stop_token stop)
{
    const QPointer<Acts> self(this);
    return andThen(m_servers.getJson(nodePath(node), {}, stop),
                   [self, isReboot, id, stop](const QJsonObject& object) -> Result<OperationId> {
                       const auto before = decodeNodeObject(object);
                       if (!self || !before) {
                           return fail(before ? cancelledError() : before.error());
                       }
                       auto* watch =
                           new ByHandAct(self->m_servers, id, *before, isReboot, stop, self.data());
                       self->m_byHand[id] = watch;
                       watch->start();
                       return id;
                   });
}

Async<WorkloadObject> Acts::workload(const act::Redeploy& act, std::stop_token stop)
{
    const auto path = workloadPath(act);
    if (!path) {
        return ready<WorkloadObject>(fail(path.error()));
    }
    return andThen(
        m_servers.getJson(*path, {}, std::move(stop)),
        [kind = act.kind](const QJsonObject& object) { return decodeWorkload(kind, object); });
}

Async<OperationId> Acts::redeploy(const act::Redeploy& act, const IdempotencyKey& key,
                                  std::stop_token stop)
{
    const QPointer<Acts> self(this);
    return andThen(
        workload(act, stop),
        [self, act, key, stop](const WorkloadObject& now) -> Async<OperationId> {
            if (!self) {
                return ready<OperationId>(fail(cancelledError()));
            }
            const auto last = now.annotations.find(QLatin1String(kRedeployKey));
            if (!key.value.isEmpty() && last != now.annotations.end()
                && last->second == key.value) {
                return ready<OperationId>(redeployId(act)); // the same intent again
            }
            if (auto refusal = redeployRefusal(now)) {
                return ready<OperationId>(fail(*std::move(refusal)));
            }
            const auto annotated = [](const char* name, const QString& value) {
                return QJsonObject{
                    {QStringLiteral("annotations"), QJsonObject{{QLatin1String(name), value}}}};
            };
            const QJsonObject pods{
                {QStringLiteral("metadata"), annotated("kubectl.kubernetes.io/restartedAt",
                                                       toIso(self->m_servers.serverNow()))}};
            const QJsonObject body{
                {QStringLiteral("metadata"), annotated(kRedeployKey, operationFor(key).value)},
                {QStringLiteral("spec"), QJsonObject{{QStringLiteral("template"), pods}}}};
            return andThen(
                self->m_servers.changeJson(mergePatch(*workloadPath(act), body), stop),
                [act](const QJsonObject&) -> Result<OperationId> { return redeployId(act); });
        });
}

Async<OperationStatus> Acts::follow(const OperationId& operation, std::stop_token stop)
{
    if (const auto ended = m_ended.find(operation); ended != m_ended.end()) {
        return ready<OperationStatus>(ended->second);
    }
    if (const auto drain = m_drains.find(operation); drain != m_drains.end()) {
        return ready<OperationStatus>(drain->second->status());
    }
    if (const auto watch = m_byHand.find(operation); watch != m_byHand.end()) {
        return ready<OperationStatus>(watch->second->status());
    }
    const auto redeployed = redeployOf(operation);
    if (!redeployed) {
        return ready<OperationStatus>(
            fail(ErrorKind::NotFound, QStringLiteral("operation-unknown"),
                 QStringLiteral("Nothing is known of the operation %1").arg(operation.value)));
    }
    return andThen(workload(*redeployed, std::move(stop)),
                   [operation](const WorkloadObject& now) -> Result<OperationStatus> {
                       const Rollout rollout = rolloutOf(now);
                       OperationStatus status;
                       status.id = operation;
                       status.progress = rollout.progress;
                       status.message = rollout.text;
                       switch (rollout.state) {
                       case Rollout::State::Running: break;
                       case Rollout::State::Done:
                           status.state = OperationStatus::State::Succeeded;
                           break;
                       case Rollout::State::Failed:
                           status.state = OperationStatus::State::Failed;
                           status.error =
                               makeError(ErrorKind::Server, QStringLiteral("rollout-failed"),
                                         QStringLiteral("%1: %2").arg(now.fullName(), rollout.text),
                                         QStringLiteral("Look at the events of its pods"));
                           break;
                       }
                       return status;
                   });
}

Async<int> Acts::podsLeft(const NodeId& node, const Act& act, std::stop_token stop)
{
    const auto* drained = std::get_if<act::Drain>(&act);
    if (drained == nullptr) {
        return ready<int>(0);
    }
    return andThen(m_servers.list(QStringLiteral("/api/v1/pods"),
                                  QStringLiteral("spec.nodeName=") + node.value, std::move(stop)),
                   [drain = *drained](const QJsonArray& items) -> Result<int> {
                       int left = 0;
                       for (const QJsonValue value : items) {
                           if (const auto pod = decodePod(value.toObject())) {
                               const PodFate fate = fateOf(*pod, drain);
                               left +=
                                   fate != PodFate::DaemonSet && fate != PodFate::Mirror ? 1 : 0;
                           }
                       }
                       return left;
                   });
}

Async<ProbeOutcome> Acts::probeNode(const NodeId& node, const Act& act,
                                    std::optional<Observation> before, std::stop_token stop)
{
    const QPointer<Acts> self(this);
    return andThen(m_servers.getJson(nodePath(node), {}, stop),
                   [self, node, act, before = std::move(before),
                    stop](const QJsonObject& object) -> Async<ProbeOutcome> {
                       auto own = decodeNodeObject(object);
                       if (!self || !own) {
                           return ready<ProbeOutcome>(fail(own ? cancelledError() : own.error()));
                       }
                       return andThen(
                           self->podsLeft(node, act, stop),
                           [own = *std::move(own), act, before](int left) -> Result<ProbeOutcome> {
                               return judgeNodeAct(act, own, left, before);
                           });
                   });
}

Async<ProbeOutcome> Acts::probeRedeploy(const act::Redeploy& act, const IdempotencyKey& key,
                                        std::stop_token stop)
{
    return andThen(workload(act, std::move(stop)),
                   [key](const WorkloadObject& now) -> Result<ProbeOutcome> {
                       const auto last = now.annotations.find(QLatin1String(kRedeployKey));
                       if (last == now.annotations.end() || last->second != key.value) {
                           return ProbeOutcome::NotDone;
                       }
                       switch (rolloutOf(now).state) {
                       case Rollout::State::Running: return ProbeOutcome::Running;
                       case Rollout::State::Done: return ProbeOutcome::Done;
                       case Rollout::State::Failed: return ProbeOutcome::NotDone;
                       }
                       return ProbeOutcome::Unknown;
                   });
}

Async<ProbeOutcome> Acts::probe(const ActTarget& target, const Act& act, const IdempotencyKey& key,
                                std::optional<Observation> before, std::stop_token stop)
{
    const OperationId id{key.value};
    if (const auto drain = m_drains.find(id);
        drain != m_drains.end()
        && drain->second->status().state == OperationStatus::State::Running) {
        return ready<ProbeOutcome>(outcomeOf(drain->second->status().state));
    }
    if (const auto watch = m_byHand.find(id); watch != m_byHand.end()) {
        return ready<ProbeOutcome>(outcomeOf(watch->second->status().state));
    }
    const auto* redeployed = std::get_if<act::Redeploy>(&act);
    if (redeployed == nullptr && !target.node) {
        return ready<ProbeOutcome>(fail(noNodeError()));
    }
    Resolver<ProbeOutcome> out;
    detail::onAnswer<ProbeOutcome>(
        redeployed ? probeRedeploy(*redeployed, key, std::move(stop))
                   : probeNode(*target.node, act, std::move(before), std::move(stop)),
        [out](Result<ProbeOutcome> outcome) { out.resolve(softened(std::move(outcome))); });
    return out.future();
}

} // namespace quorate::platform::kubernetes
