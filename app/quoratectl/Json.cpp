// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Json.h"

namespace quorate::ctl {
namespace {

QJsonValue timeOrNull(const std::optional<TimePoint>& time)
{
    return time ? QJsonValue(toIso(*time)) : QJsonValue(QJsonValue::Null);
}

QJsonObject nodeJson(const NodeRecord& record, const quorum::VoterVerdict* verdict,
                     const std::optional<NodeId>& leader, TimePoint now)
{
    QJsonObject node{{QStringLiteral("id"), record.id.value},
                     {QStringLiteral("name"), record.name},
                     {QStringLiteral("address"), record.address},
                     {QStringLiteral("reachable"), record.isReachable()},
                     {QStringLiteral("state"), QStringLiteral("unknown")},
                     {QStringLiteral("voter"), verdict != nullptr},
                     {QStringLiteral("leader"), leader == record.id},
                     {QStringLiteral("version"), QJsonValue::Null},
                     {QStringLiteral("observedAt"), QJsonValue::Null},
                     {QStringLiteral("ageMs"), QJsonValue::Null}};
    QJsonArray conditions;
    if (record.last) {
        const NodeSelf& self = record.last->self;
        if (record.isReachable()) {
            const bool known = self.state != NodeState::Unrecognised;
            node[QStringLiteral("state")] = known ? toString(self.state) : self.stateText;
        }
        node[QStringLiteral("version")] = self.version.toString();
        node[QStringLiteral("observedAt")] = toIso(record.last->observedAt);
        node[QStringLiteral("ageMs")] = double((now - record.last->observedAt).count());
        for (const Condition& condition : self.conditions) {
            conditions.append(
                QJsonObject{{QStringLiteral("id"), condition.id},
                            {QStringLiteral("severity"), toString(condition.severity)},
                            {QStringLiteral("text"), condition.text}});
        }
    }
    node[QStringLiteral("conditions")] = conditions;
    node[QStringLiteral("counts")] =
        !verdict                                      ? QJsonValue(QJsonValue::Null)
        : verdict->state == quorum::VoterState::Ready ? QStringLiteral("ready")
        : verdict->state == quorum::VoterState::Down  ? QStringLiteral("down")
                                                      : QStringLiteral("unknown");
    node[QStringLiteral("reason")] = verdict ? verdict->text : QString();
    node[QStringLiteral("error")] =
        record.error ? QJsonValue(toJson(*record.error)) : QJsonValue(QJsonValue::Null);
    return node;
}

QJsonObject stepJson(const run::StepView& step)
{
    return {{QStringLiteral("id"), step.id.value},
            {QStringLiteral("title"), step.title},
            {QStringLiteral("node"),
             step.node ? QJsonValue(step.node->value) : QJsonValue(QJsonValue::Null)},
            {QStringLiteral("state"), run::toString(step.state)},
            {QStringLiteral("result"), step.result},
            {QStringLiteral("waitingFor"), step.waitingFor},
            {QStringLiteral("attempts"), step.attempts},
            {QStringLiteral("startedAt"), timeOrNull(step.startedAt)},
            {QStringLiteral("endedAt"), timeOrNull(step.endedAt)}};
}

QJsonValue attentionJson(const std::optional<run::Attention>& attention)
{
    if (!attention) {
        return QJsonValue::Null;
    }
    return QJsonObject{{QStringLiteral("code"), attention->code},
                       {QStringLiteral("title"), attention->title},
                       {QStringLiteral("unharmed"), attention->unharmed},
                       {QStringLiteral("next"), attention->next}};
}

} // namespace

QJsonObject toJson(const Error& error)
{
    return {{QStringLiteral("kind"), toString(error.kind)},
            {QStringLiteral("code"), error.code},
            {QStringLiteral("message"), error.message},
            {QStringLiteral("cure"), error.cure},
            {QStringLiteral("endpoint"), error.endpoint},
            {QStringLiteral("context"), QJsonArray::fromStringList(error.context)}};
}

QJsonArray nodesJson(const service::ClusterStatus& status, TimePoint now)
{
    QJsonArray nodes;
    for (const NodeRecord& record : status.snapshot->nodes) {
        nodes.append(nodeJson(record, status.assessment.verdictOf(record.id),
                              status.assessment.leader, now));
    }
    return nodes;
}

QJsonObject toJson(const service::ClusterStatus& status, TimePoint now)
{
    const quorum::Assessment& assessment = status.assessment;
    const QJsonObject quorum{
        {QStringLiteral("voters"), assessment.voters},
        {QStringLiteral("ready"), assessment.ready},
        {QStringLiteral("down"), assessment.down},
        {QStringLiteral("unknown"), assessment.unknown},
        {QStringLiteral("majority"), assessment.majority},
        {QStringLiteral("margin"), assessment.margin},
        {QStringLiteral("state"), quorum::toString(assessment.state)},
        {QStringLiteral("sentence"), assessment.sentence.text()},
        {QStringLiteral("reasons"), QJsonArray::fromStringList(assessment.reasons)}};
    const QJsonObject cluster{{QStringLiteral("id"), status.identity.id.value},
                              {QStringLiteral("name"), status.identity.name},
                              {QStringLiteral("system"), toString(status.identity.system)},
                              {QStringLiteral("platform"), status.identity.platform},
                              {QStringLiteral("practice"), status.practice}};
    QJsonArray disagreements;
    for (const quorum::Disagreement& one : assessment.disagreements) {
        disagreements.append(QJsonObject{{QStringLiteral("severity"), toString(one.severity)},
                                         {QStringLiteral("text"), one.text}});
    }
    return {{QStringLiteral("cluster"), cluster},
            {QStringLiteral("quorum"), quorum},
            {QStringLiteral("nodes"), nodesJson(status, now)},
            {QStringLiteral("disagreements"), disagreements},
            {QStringLiteral("observedAt"), timeOrNull(status.snapshot->oldestAnswer())}};
}

QJsonObject toJson(const Package& package)
{
    QJsonArray from;
    for (const VersionRange& range : package.manifest.from) {
        from.append(range.toString());
    }
    return {{QStringLiteral("id"), package.id().value},
            {QStringLiteral("name"), package.manifest.name},
            {QStringLiteral("system"), toString(package.manifest.system)},
            {QStringLiteral("version"), package.manifest.version.toString()},
            {QStringLiteral("from"), from},
            {QStringLiteral("notes"), package.manifest.notes},
            {QStringLiteral("path"), package.path},
            {QStringLiteral("sizeBytes"), double(package.sizeBytes)},
            {QStringLiteral("sha256"), QString::fromLatin1(package.sha256.toHex())},
            {QStringLiteral("signedBy"), package.signedBy}};
}

QJsonObject toJson(const StagedPackage& package)
{
    return {{QStringLiteral("id"), package.id.value},
            {QStringLiteral("version"), package.version.toString()},
            {QStringLiteral("sizeBytes"), double(package.sizeBytes)},
            {QStringLiteral("sha256"), QString::fromLatin1(package.sha256.toHex())},
            {QStringLiteral("verified"), package.verified},
            {QStringLiteral("problem"), package.problem}};
}

QJsonObject summaryOf(const run::RunView& view)
{
    return {{QStringLiteral("id"), view.id.value},
            {QStringLiteral("cluster"), view.cluster.id.value},
            {QStringLiteral("clusterName"), view.cluster.name},
            {QStringLiteral("title"), view.title},
            {QStringLiteral("phase"), run::toString(view.phase)},
            {QStringLiteral("step"), view.stepNumber},
            {QStringLiteral("steps"), int(view.steps.size())},
            {QStringLiteral("startedBy"), view.startedBy},
            {QStringLiteral("startedAt"), timeOrNull(view.startedAt)},
            {QStringLiteral("endedAt"), timeOrNull(view.endedAt)},
            {QStringLiteral("planHash"), view.planHash},
            {QStringLiteral("sentence"), view.sentence},
            {QStringLiteral("attention"), attentionJson(view.attention)}};
}

QJsonObject toJson(const run::RunView& view)
{
    QJsonObject object = summaryOf(view);
    QJsonArray steps;
    for (const run::StepView& step : view.steps) {
        steps.append(stepJson(step));
    }
    QJsonArray offers;
    for (const run::CommandOffer& offer : view.offers) {
        offers.append(QJsonObject{{QStringLiteral("command"), run::toString(offer.command)},
                                  {QStringLiteral("title"), offer.title},
                                  {QStringLiteral("consequence"), offer.consequence}});
    }
    QJsonArray obligations;
    for (const run::ObligationView& obligation : view.obligations) {
        obligations.append(
            QJsonObject{{QStringLiteral("id"), obligation.id},
                        {QStringLiteral("title"), obligation.title},
                        {QStringLiteral("node"),
                         obligation.node ? QJsonValue(obligation.node->value) : QJsonValue()},
                        {QStringLiteral("openedAt"), timeOrNull(obligation.openedAt)},
                        {QStringLiteral("closedAt"), timeOrNull(obligation.closedAt)}});
    }
    object[QStringLiteral("stepList")] = steps;
    object[QStringLiteral("offers")] = offers;
    object[QStringLiteral("obligations")] = obligations;
    return object;
}

QJsonObject stepLine(const run::RunView& view, TimePoint now)
{
    QJsonObject line{{QStringLiteral("at"), toIso(now)},
                     {QStringLiteral("run"), view.id.value},
                     {QStringLiteral("phase"), run::toString(view.phase)},
                     {QStringLiteral("sentence"), view.sentence}};
    if (const run::StepView* step = run::currentStep(view)) {
        line[QStringLiteral("step")] = stepJson(*step);
    }
    if (view.attention) {
        line[QStringLiteral("attention")] = attentionJson(view.attention);
    }
    return line;
}

} // namespace quorate::ctl
