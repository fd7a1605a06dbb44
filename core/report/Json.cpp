// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/ReportText.h"

#include <QJsonArray>

#include <algorithm>

namespace quorate::report {

using namespace detail;

namespace {

QJsonValue timeJson(const std::optional<TimePoint>& time)
{
    return time ? QJsonValue(toIso(*time)) : QJsonValue();
}

template <typename Range, typename Put>
QJsonArray arrayOf(const Range& range, Put put)
{
    QJsonArray out;
    for (const auto& value : range) {
        out.append(put(value));
    }
    return out;
}

QJsonObject clusterJson(const ClusterIdentity& cluster)
{
    return {{QStringLiteral("id"), cluster.id.value},
            {QStringLiteral("name"), cluster.name},
            {QStringLiteral("system"), toString(cluster.system)},
            {QStringLiteral("platform"), cluster.platform},
            {QStringLiteral("environment"), toString(cluster.environment)},
            {QStringLiteral("address"), cluster.address}};
}

QJsonValue packageJson(const std::optional<procedure::PlanPackage>& package)
{
    if (!package) {
        return {};
    }
    return QJsonObject{{QStringLiteral("name"), package->name},
                       {QStringLiteral("version"), package->version.toString()},
                       {QStringLiteral("bytes"), package->sizeBytes},
                       {QStringLiteral("sha256"), QString::fromLatin1(package->sha256.toHex())},
                       {QStringLiteral("signedBy"), package->signedBy}};
}

QJsonObject nodeJson(const NodeLine& node)
{
    return {
        {QStringLiteral("id"), node.id.value},
        {QStringLiteral("before"), node.before.toString()},
        {QStringLiteral("after"), node.after ? QJsonValue(node.after->toString()) : QJsonValue()},
        {QStringLiteral("seenAt"), timeJson(node.seenAt)},
        {QStringLiteral("inPlan"), node.isUpgraded}};
}

QJsonObject stepJson(const run::StepView& step, const QString& word)
{
    const bool isOver = step.startedAt && step.endedAt;
    return {{QStringLiteral("id"), step.id.value},
            {QStringLiteral("kind"), word},
            {QStringLiteral("title"), step.title},
            {QStringLiteral("node"), step.node ? QJsonValue(step.node->value) : QJsonValue()},
            {QStringLiteral("state"), run::toString(step.state)},
            {QStringLiteral("startedAt"), timeJson(step.startedAt)},
            {QStringLiteral("endedAt"), timeJson(step.endedAt)},
            {QStringLiteral("tookMs"),
             isOver ? QJsonValue(qint64((*step.endedAt - *step.startedAt).count())) : QJsonValue()},
            {QStringLiteral("attempts"), step.attempts},
            {QStringLiteral("result"), step.result}};
}

QJsonObject obligationJson(const run::ObligationView& obligation)
{
    return {{QStringLiteral("id"), obligation.id},
            {QStringLiteral("title"), obligation.title},
            {QStringLiteral("node"),
             obligation.node ? QJsonValue(obligation.node->value) : QJsonValue()},
            {QStringLiteral("openedAt"), timeJson(obligation.openedAt)},
            {QStringLiteral("closedAt"), timeJson(obligation.closedAt)}};
}

QJsonObject votersJson(const run::RunView& view)
{
    const run::VotersPoint* lowest = lowestKnown(view);
    return {{QStringLiteral("majority"), view.majority},
            {QStringLiteral("lowestReady"),
             lowest == nullptr ? QJsonValue() : QJsonValue(lowest->ready)},
            {QStringLiteral("seen"), arrayOf(view.votersSeen, [](const run::VotersPoint& point) {
                 return QJsonObject{{QStringLiteral("at"), toIso(point.at)},
                                    {QStringLiteral("ready"),
                                     point.known ? QJsonValue(point.ready) : QJsonValue()},
                                    {QStringLiteral("voters"), point.voters}};
             })}};
}

QJsonValue attentionJson(const std::optional<run::Attention>& attention)
{
    if (!attention) {
        return {};
    }
    return QJsonObject{{QStringLiteral("code"), attention->code},
                       {QStringLiteral("title"), attention->title},
                       {QStringLiteral("unharmed"), attention->unharmed},
                       {QStringLiteral("next"), attention->next}};
}

QJsonObject momentJson(const Moment& moment)
{
    return {{QStringLiteral("at"), toIso(moment.at)},
            {QStringLiteral("kind"), moment.kind},
            {QStringLiteral("text"), moment.text},
            {QStringLiteral("by"), moment.by}};
}

} // namespace

QJsonObject runJson(const run::RunView& view, const procedure::Plan& plan, TimePoint now,
                    const History& history)
{
    QJsonArray steps;
    for (std::size_t index = 0; index < view.steps.size(); ++index) {
        steps.append(stepJson(view.steps[index], stepWordOf(plan, index)));
    }
    const QJsonObject procedure{
        {QStringLiteral("id"), plan.procedure.value},
        {QStringLiteral("title"), plan.procedureTitle},
        {QStringLiteral("sha256"), QString::fromLatin1(plan.procedureSha256.toHex())}};
    const auto warning = [](const std::pair<QString, QString>& accepted) {
        return QJsonObject{{QStringLiteral("id"), accepted.first},
                           {QStringLiteral("text"), accepted.second}};
    };
    return {{QStringLiteral("format"), QString::fromLatin1(kRunReportFormat)},
            {QStringLiteral("run"), view.id.value},
            {QStringLiteral("title"), view.title},
            {QStringLiteral("result"), run::toString(view.phase)},
            {QStringLiteral("ended"), run::isEnded(view.phase)},
            {QStringLiteral("sentence"), view.sentence},
            {QStringLiteral("startedBy"), view.startedBy},
            {QStringLiteral("startedAt"), timeJson(view.startedAt)},
            {QStringLiteral("endedAt"), timeJson(view.endedAt)},
            {QStringLiteral("madeAt"), toIso(now)},
            {QStringLiteral("planHash"), view.planHash},
            {QStringLiteral("procedure"), procedure},
            {QStringLiteral("cluster"), clusterJson(view.cluster)},
            {QStringLiteral("package"), packageJson(plan.package)},
            {QStringLiteral("targetVersion"), plan.targetVersion.toString()},
            {QStringLiteral("nodes"), arrayOf(nodeLines(plan, history), nodeJson)},
            {QStringLiteral("voters"), votersJson(view)},
            {QStringLiteral("steps"), steps},
            {QStringLiteral("obligations"), arrayOf(view.obligations, obligationJson)},
            {QStringLiteral("acceptedWarnings"), arrayOf(acceptedWarnings(plan, view), warning)},
            {QStringLiteral("attention"), attentionJson(view.attention)},
            {QStringLiteral("moments"), arrayOf(history.moments, momentJson)}};
}

} // namespace quorate::report
