// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "app/quoratectl/PlanFile.h"
#include "core/procedure/Planner.h"
#include "core/procedure/Words.h"

#include <QFile>
#include <QJsonArray>
#include <QSaveFile>

namespace quorate::ctl {
namespace {

constexpr qint64 kPlanBytesMax =
    16 * 1024 * 1024; ///< our own bound; a plan of seven nodes has some ten kilobytes

/// "grace=30 s" of each --param.
Result<std::map<QString, QString>> parametersOf(const Arguments& arguments)
{
    std::map<QString, QString> parameters;
    for (const QString& given : arguments.values("--param")) {
        const qsizetype equals = given.indexOf(QLatin1Char('='));
        if (equals < 1) {
            return fail(usage(QStringLiteral("--param needs NAME=VALUE, not \"%1\"").arg(given)));
        }
        if (!parameters.try_emplace(given.left(equals), given.mid(equals + 1)).second) {
            return fail(usage(QStringLiteral("--param %1 is given twice").arg(given.left(equals))));
        }
    }
    return parameters;
}

std::vector<NodeId> nodesOf(const Arguments& arguments)
{
    std::vector<NodeId> nodes;
    for (const QString& list : arguments.values("--nodes")) {
        for (const QString& name : list.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
            nodes.push_back(NodeId{name.trimmed()});
        }
    }
    return nodes;
}

void writePlan(Session& session, const procedure::Plan& plan)
{
    const QByteArray text = procedure::toYaml(plan);
    const QString path = session.arguments().value("-o");
    if (!path.isEmpty()) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit()) {
            session.endWith(
                makeError(ErrorKind::Storage, QStringLiteral("cannot-write"),
                          QStringLiteral("Cannot write %1: %2").arg(path, file.errorString())));
            return;
        }
    }
    if (session.arguments().json()) {
        printJson(procedure::toJson(plan));
    } else if (path.isEmpty()) {
        print(QString::fromUtf8(text).trimmed());
    } else {
        print(QStringLiteral("%1: %2 steps, about %3, hash %4")
                  .arg(path)
                  .arg(plan.steps.size())
                  .arg(toDurationText(plan.expectedDuration()), procedure::planHash(plan)));
        for (const procedure::PlanWarning& warning : plan.warnings) {
            print(QStringLiteral("  warning %1: %2").arg(warning.id, warning.text));
        }
    }
    session.end(kDone);
}

void planWith(Session& session, const ClusterId& cluster, std::optional<Package> package)
{
    auto parameters = parametersOf(session.arguments());
    if (!parameters) {
        session.endWith(parameters.error());
        return;
    }
    service::PlanRequest request;
    request.cluster = cluster;
    request.procedure = ProcedureId{session.arguments().value("--procedure")};
    request.package = std::move(package);
    request.backupFolder = session.arguments().value("--backup-folder");
    request.reserve = session.arguments().value("--reserve").toInt();
    request.parameters = *std::move(parameters);
    request.nodes = nodesOf(session.arguments());
    session.whenReady<procedure::Plan>(
        session.services().upgrades().plan(std::move(request)),
        [&session](const procedure::Plan& plan) { writePlan(session, plan); });
}

QJsonArray parametersJson(const procedure::Procedure& procedure)
{
    QJsonArray list;
    for (const procedure::ParameterSpec& one : procedure.parameters) {
        list.append(
            QJsonObject{{QStringLiteral("id"), one.id},
                        {QStringLiteral("type"), procedure::parameterTypeWords().at(int(one.type))},
                        {QStringLiteral("title"), one.title},
                        {QStringLiteral("default"), one.defaultValue}});
    }
    return list;
}

void showSummary(Session& session, const simulate::Summary& summary)
{
    if (session.arguments().json()) {
        QJsonArray violations;
        for (const simulate::Violation& one : summary.violations) {
            violations.append(QJsonObject{{QStringLiteral("invariant"), one.invariant},
                                          {QStringLiteral("seed"), QString::number(one.seed)},
                                          {QStringLiteral("trace"), one.trace}});
        }
        printJson({{QStringLiteral("runs"), summary.runs},
                   {QStringLiteral("succeeded"), summary.succeeded},
                   {QStringLiteral("waitedForPerson"), summary.waitedForPerson},
                   {QStringLiteral("failed"), summary.failed},
                   {QStringLiteral("marginLowest"), summary.marginLowest},
                   {QStringLiteral("marginLowestWithFaults"), summary.marginLowestWithFaults},
                   {QStringLiteral("durationExpectedMs"), double(summary.durationExpected.count())},
                   {QStringLiteral("durationP90Ms"), double(summary.durationP90.count())},
                   {QStringLiteral("violations"), violations},
                   {QStringLiteral("sentence"), summary.sentence}});
    } else {
        print(summary.sentence);
        print(
            QStringLiteral(
                "%1 succeeded, %2 waited for a person, %3 failed; about %4, nine of ten within %5")
                .arg(summary.succeeded)
                .arg(summary.waitedForPerson)
                .arg(summary.failed)
                .arg(toDurationText(summary.durationExpected),
                     toDurationText(summary.durationP90)));
        for (const simulate::Violation& one : summary.violations) {
            print(QStringLiteral("VIOLATION %1 (seed %2)\n%3")
                      .arg(one.invariant)
                      .arg(one.seed)
                      .arg(one.trace));
        }
    }
    session.end(summary.violations.empty() ? kDone : kRefused);
}

} // namespace

Result<procedure::Plan> readPlan(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(ErrorKind::Storage, QStringLiteral("cannot-read"),
                    QStringLiteral("Cannot read %1: %2").arg(path, file.errorString()));
    }
    return procedure::planFromYaml(file.read(kPlanBytesMax), path);
}

void listProcedures(Session& session)
{
    const auto show = [&session](const std::vector<SystemKind>& systems) {
        QJsonArray list;
        std::vector<QStringList> rows;
        for (const SystemKind system : systems) {
            for (const procedure::Procedure& one :
                 session.services().upgrades().procedures(system)) {
                list.append(QJsonObject{
                    {QStringLiteral("id"), one.id.value},
                    {QStringLiteral("title"), one.title},
                    {QStringLiteral("system"), toString(one.system)},
                    {QStringLiteral("cutsUsersOff"), one.cutsUsersOff},
                    {QStringLiteral("userImpact"), one.userImpact},
                    {QStringLiteral("needsPackage"), one.needsPackage},
                    {QStringLiteral("parameters"), parametersJson(one)},
                    {QStringLiteral("source"),
                     QStringLiteral("%1, %2").arg(one.sourceDocument, one.sourceSection)}});
                rows.push_back({one.id.value, displayName(one.system), one.title});
            }
        }
        if (session.arguments().json()) {
            printJson({{QStringLiteral("procedures"), list}});
        } else {
            printTable({QStringLiteral("ID"), QStringLiteral("SYSTEM"), QStringLiteral("TITLE")},
                       rows);
        }
        for (const Error& error : session.services().upgrades().procedureErrors()) {
            printError(QStringLiteral("quoratectl: ") + describe(error));
        }
        session.end(session.services().upgrades().procedureErrors().empty() ? kDone : kRefused);
    };
    if (session.arguments().has("--cluster")) {
        session.withCluster([show](service::ClusterService& cluster) {
            show({cluster.status()->identity.system});
        });
    } else {
        show({SystemKind::Mss, SystemKind::Cm, SystemKind::Generic});
    }
}

void makePlan(Session& session)
{
    if (!session.arguments().has("--procedure")) {
        session.endWith(usage(QStringLiteral("plan needs --procedure ID")));
        return;
    }
    session.withCluster([&session](service::ClusterService& cluster) {
        const ClusterId id = cluster.status()->identity.id;
        if (!session.arguments().has("--package")) {
            planWith(session, id, std::nullopt);
            return;
        }
        session.whenReady<Package>(
            session.services().upgrades().inspect(session.arguments().value("--package"), id, {},
                                                  {}),
            [&session, id](Package package) { planWith(session, id, std::move(package)); });
    });
}

void simulatePlan(Session& session)
{
    auto plan = readPlan(session.arguments().positional(0));
    if (!plan) {
        session.endWith(plan.error());
        return;
    }
    simulate::Options options;
    bool runsGood = true;
    bool seedGood = true;
    options.runs =
        session.arguments().value("--runs", QString::number(options.runs)).toInt(&runsGood);
    options.seed =
        session.arguments().value("--seed", QString::number(options.seed)).toULongLong(&seedGood);
    if (!runsGood || !seedGood || options.runs < 1) {
        session.endWith(
            usage(QStringLiteral("--runs and --seed are whole numbers, --runs at least 1")));
        return;
    }
    session.whenReady<simulate::Summary>(
        session.services().upgrades().simulate(*std::move(plan), options, {}),
        [&session](const simulate::Summary& summary) { showSummary(session, summary); });
}

} // namespace quorate::ctl
