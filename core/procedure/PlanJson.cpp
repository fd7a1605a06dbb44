// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"
#include "core/procedure/Words.h"

#include <QJsonArray>

namespace quorate::procedure {
namespace {

QJsonObject toJson(const PlanPackage& package)
{
    return {{word("id"), package.id.value},
            {word("name"), package.name},
            {word("version"), package.version.toString()},
            {word("sizeBytes"), package.sizeBytes},
            {word("sha256"), QString::fromLatin1(package.sha256.toHex())},
            {word("signedBy"), package.signedBy},
            {word("path"), package.path}};
}

QJsonObject toJson(const ClusterIdentity& cluster)
{
    return {{word("id"), cluster.id.value},
            {word("name"), cluster.name},
            {word("system"), toString(cluster.system)},
            {word("platform"), cluster.platform},
            {word("environment"), toString(cluster.environment)},
            {word("address"), cluster.address}};
}

QJsonObject toJson(const CheckSpec& check)
{
    QJsonObject parameters;
    for (const auto& [key, value] : check.parameters) {
        parameters[key] = value;
    }
    return {{word("id"), check.id},
            {word("severity"), toString(check.severity)},
            {word("title"), check.title},
            {word("cure"), check.cure},
            {word("beforeEachNode"), check.beforeEachNode},
            {word("parameters"), parameters}};
}

QJsonObject toJson(const PlanStep& step)
{
    QJsonObject out{{word("id"), step.id.value},
                    {word("do"), stepWord(step.kind, step.act)},
                    {word("title"), step.title},
                    {word("when"), toString(step.when)},
                    {word("round"), step.round},
                    {word("expectedMs"), qint64(step.expected.count())},
                    {word("warnAfterMs"), qint64(step.warnAfter.count())},
                    {word("limitMs"), qint64(step.limit.count())},
                    {word("takesVoterAway"), step.takesVoterAway},
                    {word("repeatable"), step.repeatable},
                    {word("pointOfNoReturn"), step.pointOfNoReturn}};
    if (step.node) {
        out[word("node")] = step.node->value;
    }
    if (step.act) {
        out[word("act")] = quorate::toJson(*step.act);
    }
    if (!step.waitsFor.isEmpty()) {
        out[word("waitsFor")] = step.waitsFor;
    }
    out[word("retry")] = QJsonObject{{word("attemptsMax"), step.retry.attemptsMax},
                                     {word("pauseMs"), qint64(step.retry.pause.count())}};
    if (step.opensObligation) {
        out[word("opens")] = *step.opensObligation;
    }
    if (step.closesObligation) {
        out[word("closes")] = *step.closesObligation;
    }
    return out;
}

QJsonObject toJson(const PlanWarning& warning)
{
    return {{word("id"), warning.id},
            {word("severity"), toString(warning.severity)},
            {word("text"), warning.text}};
}

QJsonObject toJson(const ObligationSpec& obligation)
{
    return {{word("id"), obligation.id}, {word("title"), obligation.title}};
}

template <typename T>
QJsonArray arrayOf(const std::vector<T>& values)
{
    QJsonArray out;
    for (const T& value : values) {
        out.append(toJson(value));
    }
    return out;
}

QJsonArray forecastJson(const Plan& plan)
{
    QJsonArray out;
    for (const ForecastPoint& point : forecast(plan)) {
        QJsonObject one{{word("atMs"), qint64(point.at.count())}, {word("ready"), point.ready}};
        if (point.out) {
            one[word("out")] = point.out->value;
        }
        out.append(one);
    }
    return out;
}

void addScope(QJsonObject& out, const Plan& plan)
{
    QJsonObject source;
    for (const auto& [node, version] : plan.sourceVersions) {
        source[node.value] = version.toString();
    }
    QJsonArray order;
    for (const NodeId& node : plan.order) {
        order.append(node.value);
    }
    out[word("source")] = source;
    out[word("target")] = plan.targetVersion.toString();
    out[word("order")] = order;
    out[word("voters")] = plan.voters;
    out[word("policy")] =
        QJsonObject{{word("freshnessMs"), qint64(plan.policy.freshnessMax.count())},
                    {word("reserve"), plan.policy.reserve}};
    out[word("stabilisationMs")] = qint64(plan.stabilisation.count());
    out[word("greenIntervalMs")] = qint64(plan.greenInterval.count());
    out[word("speed")] = plan.speed;
    out[word("users")] =
        QJsonObject{{word("cutOff"), plan.cutsUsersOff}, {word("impact"), plan.userImpact}};
    out[word("undo")] = plan.undo;
    out[word("plannedAt")] = toIso(plan.plannedAt);
    out[word("backupFolder")] = plan.backupFolder;
    out[word("expectedMs")] = qint64(plan.expectedDuration().count());
}

} // namespace

QJsonObject toJson(const Plan& plan)
{
    QJsonObject out{
        {word("format"), Plan::kFormat},
        {word("hash"), planHash(plan)},
        {word("procedure"),
         QJsonObject{{word("id"), plan.procedure.value},
                     {word("title"), plan.procedureTitle},
                     {word("sha256"), QString::fromLatin1(plan.procedureSha256.toHex())}}},
        {word("cluster"), toJson(plan.cluster)}};
    if (plan.package) {
        out[word("package")] = toJson(*plan.package);
    }
    addScope(out, plan);
    out[word("warnings")] = arrayOf(plan.warnings);
    out[word("obligations")] = arrayOf(plan.obligations);
    out[word("checks")] = arrayOf(plan.checks);
    out[word("steps")] = arrayOf(plan.steps);
    out[word("forecast")] = forecastJson(plan);
    return out;
}

} // namespace quorate::procedure
