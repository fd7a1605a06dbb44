// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Loader.h"

#include "core/procedure/Checks.h"
#include "core/procedure/LoaderSteps.h"
#include "core/procedure/Parameters.h"
#include "core/procedure/Paths.h"
#include "core/procedure/Words.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>

#include <algorithm>
#include <set>

namespace quorate::procedure {
namespace {

constexpr int kFilesMax = 200; ///< of an operator's folder. Our own bound
constexpr int kListMax = 100;  ///< paths, checks, obligations of one procedure. Our own bound
constexpr Millis kStabilisationMin = Seconds(10); ///< peers.md section 8
constexpr Millis kStabilisationMax =
    std::chrono::hours(1); ///< peers.md section 8: range 0 to 60 min

std::vector<SupportedPath> readPaths(yaml::Report& report, yaml::MapReader& in)
{
    std::vector<SupportedPath> out;
    for (const yaml::Node& item : in.sequence(word("versions")).items) {
        yaml::MapReader path(report, item, QStringLiteral("versions[%1]").arg(out.size()),
                             field::path());
        out.push_back(SupportedPath{path.range(word("from")), path.range(word("to")),
                                    path.flagOr(word("one-minor-at-a-time"), false)});
    }
    if (out.empty() || out.size() > kListMax) {
        in.reject(word("versions"), QStringLiteral("must have 1 to %1 entries").arg(kListMax));
    }
    return out;
}

std::vector<ObligationSpec> readObligations(yaml::Report& report, yaml::MapReader& in)
{
    std::vector<ObligationSpec> out;
    std::set<QString> seen;
    for (const yaml::Node& item : in.sequenceOrEmpty(word("obligations")).items) {
        yaml::MapReader one(report, item, QStringLiteral("obligations[%1]").arg(out.size()),
                            field::obligation());
        out.push_back(ObligationSpec{one.idText(word("id")), one.text(word("title"))});
        if (!seen.insert(out.back().id).second) {
            one.reject(word("id"), QStringLiteral("\"%1\" is given twice").arg(out.back().id));
        }
    }
    if (out.size() > kListMax) {
        in.reject(word("obligations"), QStringLiteral("more than %1 entries").arg(kListMax));
    }
    return out;
}

QString readDefault(yaml::MapReader& in, ParameterType type)
{
    const QString key = word("default");
    if (type == ParameterType::Flag) {
        return in.flagOr(key, false) ? word("true") : word("false");
    }
    const QString text = in.textOr(key, {});
    if (const QString problem = parameterProblem(type, text); !problem.isEmpty()) {
        in.reject(key, problem);
    }
    return text;
}

std::vector<ParameterSpec> readParameters(yaml::Report& report, yaml::MapReader& in)
{
    std::vector<ParameterSpec> out;
    std::set<QString> seen{word("node")}; // stands for the node's name in every text
    for (const yaml::Node& item : in.sequenceOrEmpty(word("parameters")).items) {
        yaml::MapReader one(report, item, QStringLiteral("parameters[%1]").arg(out.size()),
                            field::parameter());
        ParameterSpec spec;
        spec.id = one.idText(word("id"));
        spec.type = ParameterType(
            parameterTypeWords().indexOf(one.choice(word("type"), parameterTypeWords())));
        spec.title = one.text(word("title"));
        spec.defaultValue = readDefault(one, spec.type);
        if (!seen.insert(spec.id).second) {
            one.reject(word("id"), QStringLiteral("\"%1\" is taken").arg(spec.id));
        }
        out.push_back(std::move(spec));
    }
    if (out.size() > kListMax) {
        in.reject(word("parameters"), QStringLiteral("more than %1 entries").arg(kListMax));
    }
    return out;
}

std::map<QString, QString> readNumbers(yaml::Report& report, yaml::MapReader& check,
                                       const QString& id)
{
    std::map<QString, QString> out;
    const QStringList known = checkParameters(id);
    const yaml::Node& node = check.mapOrEmpty(word("parameters"));
    if (node.entries.empty()) {
        return out;
    }
    if (known.isEmpty()) {
        check.reject(word("parameters"), QStringLiteral("the check \"%1\" has none").arg(id));
        return out;
    }
    yaml::MapReader in(report, node, check.path(word("parameters")), known);
    for (const QString& key : known) {
        if (in.has(key)) {
            constexpr qint64 kValueMax = 1'000'000'000'000'000;
            out[key] = QString::number(in.integer(key, 0, kValueMax));
        }
    }
    return out;
}

std::vector<CheckSpec> readChecks(yaml::Report& report, yaml::MapReader& in)
{
    std::vector<CheckSpec> out;
    std::set<QString> seen;
    for (const yaml::Node& item : in.sequence(word("checks")).items) {
        yaml::MapReader one(report, item, QStringLiteral("checks[%1]").arg(out.size()),
                            field::check());
        CheckSpec spec;
        spec.id = one.choice(word("id"), checkIds());
        spec.severity =
            severityFrom(one.choice(word("severity"), severityWords())).value_or(Severity::Error);
        spec.title = one.text(word("title"));
        spec.cure = one.text(word("cure"));
        spec.beforeEachNode = one.flagOr(word("before-each-node"), true);
        spec.parameters = readNumbers(report, one, spec.id);
        if (!seen.insert(spec.id).second) {
            one.reject(word("id"), QStringLiteral("\"%1\" is given twice").arg(spec.id));
        }
        out.push_back(std::move(spec));
    }
    return out;
}

/// The check of versions works from its parameters alone, so the procedure's own paths go into
/// them.
void fillPaths(Procedure& procedure)
{
    for (CheckSpec& check : procedure.checks) {
        if (check.id == word("versions-supported")) {
            check.parameters[word("paths")] = pathsText(procedure.paths);
        }
    }
}

QStringList readCapabilities(yaml::MapReader& in)
{
    const QStringList names = in.texts(word("capabilities"));
    for (const QString& name : names) {
        if (!actWords().contains(name)) {
            in.reject(word("capabilities"), QStringLiteral("\"%1\" is not known; it may be %2")
                                                .arg(name.left(60), yaml::oneOf(actWords())));
        }
    }
    return names;
}

void readUsers(yaml::Report& report, yaml::MapReader& in, Procedure& procedure)
{
    yaml::MapReader users(report, in.map(word("users")), word("users"), field::users());
    if (!users.has(word("cut-off"))) {
        users.reject(word("cut-off"), QStringLiteral("missing; it must be true or false"));
    }
    procedure.cutsUsersOff = users.flagOr(word("cut-off"), false);
    procedure.userImpact = users.text(word("impact"));
}

Procedure readProcedure(yaml::Report& report, const yaml::Node& root)
{
    yaml::MapReader in(report, root, {}, field::procedure());
    Procedure out;
    in.integer(word("format"), 1, 1);
    out.id = ProcedureId{in.idText(word("id"))};
    out.title = in.text(word("title"));
    out.system =
        systemKindFrom(in.choice(word("system"), systemWords())).value_or(SystemKind::Generic);
    if (in.has(word("platform"))) {
        out.platform = in.choice(word("platform"), platformWords());
    }
    yaml::MapReader source(report, in.map(word("source")), word("source"), field::source());
    out.sourceDocument = source.text(word("document"));
    out.sourceSection = source.text(word("section"));
    out.paths = readPaths(report, in);
    readUsers(report, in, out);
    out.needsPackage = in.flagOr(word("needs-package"), true);
    out.wantsBackup = in.flagOr(word("wants-backup"), false);
    const QStringList capabilities = readCapabilities(in);
    out.capabilities.assign(capabilities.begin(), capabilities.end());
    out.stabilisation = in.durationOr(word("stabilisation"), out.stabilisation);
    if (out.stabilisation < kStabilisationMin || out.stabilisation > kStabilisationMax) {
        in.reject(word("stabilisation"), QStringLiteral("must be 10 s to 60 min"));
    }
    out.parameters = readParameters(report, in);
    out.obligations = readObligations(report, in);
    out.checks = readChecks(report, in);
    out.undo = in.text(word("undo"));
    const yaml::Node& steps = in.sequence(word("steps"));
    if (!report.error) {
        out.blocks = detail::readBlocks(report, steps, out);
    }
    fillPaths(out);
    return out;
}

Result<Procedure> readFile(const QString& path, const QString& shownName)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(ErrorKind::Storage, word("procedure-unreadable"),
                    QStringLiteral("%1: %2").arg(shownName, file.errorString()),
                    QStringLiteral("Make the file readable, or remove it from the folder"));
    }
    return parseProcedure(file.read(yaml::Limits{}.bytesMax + 1), shownName);
}

Result<std::vector<Procedure>> loadFolder(const QString& folder, const QString& shownFolder)
{
    std::vector<Procedure> out;
    const QStringList names = QDir(folder).entryList({word("*.yaml")}, QDir::Files, QDir::Name);
    if (names.size() > kFilesMax) {
        return fail(
            ErrorKind::Validation, word("too-many-procedures"),
            QStringLiteral("%1 has more than %2 procedures").arg(shownFolder).arg(kFilesMax),
            QStringLiteral("Keep only those in use in this folder"));
    }
    for (const QString& name : names) {
        auto read = readFile(QDir(folder).filePath(name),
                             shownFolder.isEmpty() ? name : QDir(shownFolder).filePath(name));
        if (!read) {
            return fail(read.error());
        }
        out.push_back(std::move(*read));
    }
    return out;
}

} // namespace

Result<Procedure> parseProcedure(const QByteArray& yamlText, const QString& fileName)
{
    const QString code = word("bad-procedure");
    const auto root = yaml::parse(yamlText, fileName, code);
    if (!root) {
        return fail(root.error());
    }
    yaml::Report report{fileName, code, QStringLiteral("Correct the file at this place"),
                        std::nullopt};
    Procedure procedure = readProcedure(report, *root);
    if (report.error) {
        return fail(*report.error);
    }
    procedure.sha256 = QCryptographicHash::hash(yamlText, QCryptographicHash::Sha256);
    return procedure;
}

Result<std::vector<Procedure>> loadProcedures(const QString& folder)
{
    auto all = loadFolder(QStringLiteral(":/quorate/procedures"), {});
    if (!all || folder.isEmpty()) {
        return all;
    }
    auto own = loadFolder(folder, folder);
    if (!own) {
        return own;
    }
    for (Procedure& procedure : *own) {
        const bool isTaken = std::any_of(all->begin(), all->end(), [&](const Procedure& known) {
            return known.id == procedure.id;
        });
        if (isTaken) {
            return fail(ErrorKind::Validation, word("procedure-id-taken"),
                        QStringLiteral("Two procedures have the id \"%1\"").arg(procedure.id.value),
                        QStringLiteral("Give the copy in %1 an id of its own").arg(folder));
        }
        all->push_back(std::move(procedure));
    }
    return all;
}

} // namespace quorate::procedure
