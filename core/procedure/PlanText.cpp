// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/PlanFields.h"

#include "core/procedure/Duration.h"
#include "core/procedure/Planner.h"
#include "core/procedure/Words.h"
#include "core/procedure/Yaml.h"

#include <QCryptographicHash>

namespace quorate::procedure {
namespace {

/// Writes "name: value" lines. What is empty or as usual is left out, so that steps stay short.
class Writer {
public:
    [[nodiscard]] const QByteArray& written() const { return m_text; }

    void comment(const QString& text)
    {
        m_text += m_indent + "# " + text.simplified().toUtf8() + "\n";
    }
    void gap() { m_text += "\n"; }
    void raw(const QByteArray& key, const QByteArray& value)
    {
        m_text += m_isItem ? m_indent.chopped(2) + "- " : m_indent;
        m_isItem = false;
        m_text += key + ":" + (value.isEmpty() ? QByteArray() : " " + value) + "\n";
    }
    void text(const char* key, const QString& value) { raw(key, yaml::scalar(value)); }
    void textUnlessEmpty(const char* key, const QString& value)
    {
        if (!value.isEmpty()) {
            text(key, value);
        }
    }
    void number(const char* key, qint64 value) { raw(key, QByteArray::number(value)); }
    void flag(const char* key, bool value) { raw(key, value ? "true" : "false"); }
    void flagUnless(const char* key, bool value, bool usual)
    {
        if (value != usual) {
            flag(key, value);
        }
    }
    void time(const char* key, Millis value) { raw(key, durationText(value).toLatin1()); }
    void timeUnlessZero(const char* key, Millis value)
    {
        if (value.count() != 0) {
            time(key, value);
        }
    }
    void open(const char* key)
    {
        raw(key, {});
        m_indent += "  ";
    }
    void close() { m_indent.chop(2); }
    /// A list of maps: `item` begins the next one.
    void openList(const char* key)
    {
        raw(key, {});
        m_indent += "    ";
    }
    void closeList() { m_indent.chop(4); }
    void item() { m_isItem = true; }
    void listItem(const QString& value)
    {
        m_text += m_indent.chopped(2) + "- " + yaml::scalar(value) + "\n";
    }

private:
    QByteArray m_text;
    QByteArray m_indent;
    bool m_isItem = false;
};

void writePackage(Writer& out, const PlanPackage& package, detail::PlanTextParts parts)
{
    out.open("package");
    out.text("id", package.id.value);
    out.text("name", package.name);
    out.raw("version", package.version.toString().toLatin1());
    out.number("size", package.sizeBytes);
    out.text("sha256", QString::fromLatin1(package.sha256.toHex()));
    out.text("signed-by", package.signedBy);
    if (parts == detail::PlanTextParts::All) {
        out.textUnlessEmpty("path", package.path);
    }
    out.close();
}

void writeCluster(Writer& out, const Plan& plan)
{
    out.open("procedure");
    out.text("id", plan.procedure.value);
    out.text("title", plan.procedureTitle);
    out.text("sha256", QString::fromLatin1(plan.procedureSha256.toHex()));
    out.close();
    out.open("cluster");
    out.text("id", plan.cluster.id.value);
    out.text("name", plan.cluster.name);
    out.text("system", toString(plan.cluster.system));
    out.text("platform", plan.cluster.platform);
    out.text("environment", toString(plan.cluster.environment));
    out.text("address", plan.cluster.address);
    out.close();
}

void writeNodes(Writer& out, const Plan& plan)
{
    if (plan.sourceVersions.empty()) {
        out.raw("source", "{}");
    } else {
        out.open("source");
        for (const auto& [node, version] : plan.sourceVersions) {
            out.raw(yaml::scalar(node.value), version.toString().toLatin1());
        }
        out.close();
    }
    if (plan.order.empty()) {
        out.raw("order", "[]");
        return;
    }
    out.openList("order");
    for (const NodeId& node : plan.order) {
        out.listItem(node.value);
    }
    out.closeList();
}

void writeScope(Writer& out, const Plan& plan, detail::PlanTextParts parts)
{
    out.raw("target", plan.targetVersion.toString().toLatin1());
    writeNodes(out, plan);
    out.number("voters", plan.voters);
    out.open("policy");
    out.time("freshness", plan.policy.freshnessMax);
    out.number("reserve", plan.policy.reserve);
    out.close();
    out.time("stabilisation", plan.stabilisation);
    out.time("green-interval", plan.greenInterval);
    out.raw("speed", QByteArray::number(plan.speed, 'g', 17));
    out.open("users");
    out.flag("cut-off", plan.cutsUsersOff);
    out.text("impact", plan.userImpact);
    out.close();
    out.text("undo", plan.undo);
    out.text("planned-at", toIso(plan.plannedAt));
    if (parts == detail::PlanTextParts::All) {
        out.textUnlessEmpty("backup-folder", plan.backupFolder);
    }
}

void writeWarnings(Writer& out, const Plan& plan)
{
    if (plan.warnings.empty()) {
        return;
    }
    out.gap();
    out.openList("warnings");
    for (const PlanWarning& warning : plan.warnings) {
        out.item();
        out.text("id", warning.id);
        out.text("severity", toString(warning.severity));
        out.text("text", warning.text);
    }
    out.closeList();
}

void writeObligations(Writer& out, const Plan& plan)
{
    if (plan.obligations.empty()) {
        return;
    }
    out.gap();
    out.openList("obligations");
    for (const ObligationSpec& obligation : plan.obligations) {
        out.item();
        out.text("id", obligation.id);
        out.text("title", obligation.title);
    }
    out.closeList();
}

void writeChecks(Writer& out, const Plan& plan)
{
    if (plan.checks.empty()) {
        return;
    }
    out.gap();
    out.openList("checks");
    for (const CheckSpec& check : plan.checks) {
        out.item();
        out.text("id", check.id);
        out.text("severity", toString(check.severity));
        out.text("title", check.title);
        out.text("cure", check.cure);
        out.flagUnless("before-each-node", check.beforeEachNode, true);
        if (!check.parameters.empty()) {
            out.open("parameters");
            for (const auto& [key, value] : check.parameters) {
                out.raw(yaml::scalar(key), yaml::scalar(value));
            }
            out.close();
        }
    }
    out.closeList();
}

void writeAct(Writer& out, const PlanStep& step)
{
    if (!step.act) {
        return;
    }
    const QJsonObject fields = quorate::toJson(*step.act);
    for (const char* key : {"package", "service", "instructions", "question"}) {
        if (fields.contains(QLatin1String(key))) {
            out.text(key, fields.value(QLatin1String(key)).toString());
        }
    }
    if (const auto* drain = std::get_if<act::Drain>(&*step.act)) {
        out.flagUnless("unmanaged-too", drain->unmanagedToo, false);
        out.flagUnless("local-data-too", drain->localDataToo, false);
        if (drain->graceSeconds) {
            out.time("grace", Seconds(*drain->graceSeconds));
        }
        out.timeUnlessZero("drain-limit", Seconds(drain->limitSeconds));
    }
}

void writeStep(Writer& out, const PlanStep& step)
{
    out.item();
    out.text("id", step.id.value);
    out.text("do", stepWord(step.kind, step.act));
    out.text("title", step.title);
    if (step.node) {
        out.text("node", step.node->value);
    }
    writeAct(out, step);
    if (step.when != When::Always) {
        out.text("when", toString(step.when));
    }
    if (step.round != 1) {
        out.number("round", step.round);
    }
    out.textUnlessEmpty("waits-for", step.waitsFor);
    out.timeUnlessZero("expected", step.expected);
    out.timeUnlessZero("warn-after", step.warnAfter);
    out.time("limit", step.limit);
    if (step.retry != RetryPolicy{}) {
        out.open("retry");
        out.number("attempts-max", step.retry.attemptsMax);
        out.time("pause", step.retry.pause);
        out.close();
    }
    out.flagUnless("takes-voter-away", step.takesVoterAway, false);
    out.flagUnless("repeatable", step.repeatable, true);
    out.flagUnless("point-of-no-return", step.pointOfNoReturn, false);
    out.textUnlessEmpty("opens", step.opensObligation.value_or(QString()));
    out.textUnlessEmpty("closes", step.closesObligation.value_or(QString()));
}

void writeSteps(Writer& out, const Plan& plan)
{
    out.gap();
    if (plan.steps.empty()) {
        out.raw("steps", "[]");
        return;
    }
    out.openList("steps");
    std::optional<NodeId> about;
    for (const PlanStep& step : plan.steps) {
        if (step.node != about) {
            about = step.node;
            out.gap();
            out.comment(about ? about->value : QStringLiteral("the cluster"));
        }
        writeStep(out, step);
    }
    out.closeList();
}

} // namespace

namespace detail {

QByteArray planText(const Plan& plan, PlanTextParts parts, const QString& hash)
{
    Writer out;
    const QString title = QStringLiteral("Quorate plan: ") + plan.procedureTitle;
    out.comment(plan.package ? QStringLiteral("%1, to %2").arg(title, plan.targetVersion.toString())
                             : title);
    out.number("format", Plan::kFormat);
    if (!hash.isEmpty()) {
        out.text("hash", hash);
    }
    writeCluster(out, plan);
    if (plan.package) {
        writePackage(out, *plan.package, parts);
    }
    writeScope(out, plan, parts);
    writeWarnings(out, plan);
    writeObligations(out, plan);
    writeChecks(out, plan);
    writeSteps(out, plan);
    return out.written();
}

} // namespace detail

QString planHash(const Plan& plan)
{
    const QByteArray text = detail::planText(plan, detail::PlanTextParts::Hashed, {});
    return QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex());
}

QByteArray toYaml(const Plan& plan)
{
    return detail::planText(plan, detail::PlanTextParts::All, planHash(plan));
}

} // namespace quorate::procedure
