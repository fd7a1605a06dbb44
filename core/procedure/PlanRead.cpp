// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/PlanFields.h"

#include "core/procedure/Planner.h"
#include "core/procedure/Words.h"
#include "core/procedure/YamlReader.h"

#include <algorithm>

namespace quorate::procedure {
namespace detail::planField {
namespace {
QStringList words(const char* text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); }
} // namespace

const QStringList& plan()
{
    static const QStringList list =
        words("format hash procedure cluster package target source order voters policy "
              "stabilisation green-interval "
              "speed users undo planned-at backup-folder warnings obligations checks steps");
    return list;
}
const QStringList& procedure()
{
    static const QStringList list = words("id title sha256");
    return list;
}
const QStringList& cluster()
{
    static const QStringList list = words("id name system platform environment address");
    return list;
}
const QStringList& package()
{
    static const QStringList list = words("id name version size sha256 signed-by path");
    return list;
}
const QStringList& policy()
{
    static const QStringList list = words("freshness reserve");
    return list;
}
const QStringList& warning()
{
    static const QStringList list = words("id severity text");
    return list;
}
const QStringList& step()
{
    static const QStringList list =
        words("id do title node package service instructions question unmanaged-too "
              "local-data-too grace drain-limit when round waits-for expected warn-after limit "
              "retry takes-voter-away repeatable point-of-no-return opens closes");
    return list;
}

} // namespace detail::planField

namespace {

namespace own = detail::planField;

/// Our own bounds: a plan of 1,000 nodes has 25,000 steps.
constexpr yaml::Limits kLimits{32 * 1024 * 1024, 8, 2'000'000};
constexpr qint64 kVotersMax = 1000;
constexpr qint64 kSizeMax = 1'000'000'000'000'000;
constexpr int kSha256Bytes = 32;
constexpr qsizetype kNameMax = 128; ///< of a node or parameter; YAML bounds a map's keys

class PlanReader {
public:
    explicit PlanReader(yaml::Report& report)
        : m_report(report)
    {}

    Plan read(const yaml::Node& root)
    {
        yaml::MapReader in(m_report, root, {}, own::plan());
        in.integer(word("format"), Plan::kFormat, Plan::kFormat);
        in.text(word("hash"));
        identity(in);
        package(in);
        scope(in);
        lists(in);
        std::size_t at = 0;
        for (const yaml::Node& item : in.sequence(word("steps")).items) {
            m_plan.steps.push_back(step(item, QStringLiteral("steps[%1]").arg(at++)));
            if (m_report.error) {
                break;
            }
        }
        return std::move(m_plan);
    }

private:
    void identity(yaml::MapReader& in)
    {
        yaml::MapReader procedure(m_report, in.map(word("procedure")), word("procedure"),
                                  own::procedure());
        m_plan.procedure = ProcedureId{procedure.text(word("id"))};
        m_plan.procedureTitle = procedure.text(word("title"));
        m_plan.procedureSha256 = procedure.hex(word("sha256"), kSha256Bytes);
        yaml::MapReader cluster(m_report, in.map(word("cluster")), word("cluster"), own::cluster());
        m_plan.cluster.id = ClusterId{cluster.textOr(word("id"), {})};
        m_plan.cluster.name = cluster.textOr(word("name"), {});
        m_plan.cluster.system = systemKindFrom(cluster.choice(word("system"), systemWords()))
                                    .value_or(SystemKind::Generic);
        m_plan.cluster.platform = cluster.textOr(word("platform"), {});
        const QString environment = cluster.text(word("environment"));
        if (!environmentFrom(environment)) {
            cluster.reject(word("environment"),
                           QStringLiteral("must be the name of an environment"));
        }
        m_plan.cluster.environment = environmentFrom(environment).value_or(Environment::Untagged);
        m_plan.cluster.address = cluster.textOr(word("address"), {});
    }

    void package(yaml::MapReader& in)
    {
        if (!in.has(word("package"))) {
            return;
        }
        yaml::MapReader from(m_report, in.map(word("package")), word("package"), own::package());
        PlanPackage package;
        package.id = PackageId{from.text(word("id"))};
        package.name = from.text(word("name"));
        package.version = from.version(word("version"));
        package.sizeBytes = from.integer(word("size"), 0, kSizeMax);
        package.sha256 = from.hex(word("sha256"), kSha256Bytes);
        package.signedBy = from.textOr(word("signed-by"), {});
        package.path = from.textOr(word("path"), {});
        m_plan.package = std::move(package);
    }

    void scope(yaml::MapReader& in)
    {
        m_plan.targetVersion = in.version(word("target"));
        const yaml::Node& source = in.map(word("source"));
        QStringList names;
        for (const yaml::Entry& entry : source.entries) {
            names.append(entry.key);
            if (entry.key.isEmpty() || entry.key.size() > kNameMax) {
                in.reject(word("source"),
                          QStringLiteral("names have 1 to %1 characters").arg(kNameMax));
            }
        }
        yaml::MapReader versions(m_report, source, word("source"), names);
        for (const QString& name : names) {
            m_plan.sourceVersions[NodeId{name}] = versions.version(name);
        }
        for (const QString& node : in.texts(word("order"))) {
            if (!names.contains(node)) {
                in.reject(word("order"),
                          QStringLiteral("\"%1\" is not a node of source").arg(node.left(60)));
            }
            m_plan.order.push_back(NodeId{node});
        }
        m_plan.voters = int(in.integer(word("voters"), 0, kVotersMax));
        yaml::MapReader policy(m_report, in.map(word("policy")), word("policy"), own::policy());
        m_plan.policy.freshnessMax = policy.duration(word("freshness"));
        m_plan.policy.reserve = int(policy.integer(word("reserve"), 0, kVotersMax));
        m_plan.stabilisation = in.duration(word("stabilisation"));
        m_plan.greenInterval = in.duration(word("green-interval"));
        constexpr double kSpeedMax = 3600;
        m_plan.speed = in.number(word("speed"), 1, kSpeedMax);
        yaml::MapReader users(m_report, in.map(word("users")), word("users"), field::users());
        m_plan.cutsUsersOff = users.flagOr(word("cut-off"), false);
        m_plan.userImpact = users.text(word("impact"));
        m_plan.undo = in.text(word("undo"));
        m_plan.plannedAt = in.time(word("planned-at"));
        m_plan.backupFolder = in.textOr(word("backup-folder"), {});
    }

    Severity severity(yaml::MapReader& in)
    {
        return severityFrom(in.choice(word("severity"), severityWords())).value_or(Severity::Error);
    }

    void lists(yaml::MapReader& in)
    {
        for (const yaml::Node& item : in.sequenceOrEmpty(word("warnings")).items) {
            yaml::MapReader one(m_report, item, word("warnings[]"), own::warning());
            m_plan.warnings.push_back(
                {one.text(word("id")), severity(one), one.text(word("text"))});
        }
        for (const yaml::Node& item : in.sequenceOrEmpty(word("obligations")).items) {
            yaml::MapReader one(m_report, item, word("obligations[]"), field::obligation());
            m_plan.obligations.push_back({one.text(word("id")), one.text(word("title"))});
        }
        for (const yaml::Node& item : in.sequenceOrEmpty(word("checks")).items) {
            yaml::MapReader one(m_report, item, word("checks[]"), field::check());
            m_plan.checks.push_back(check(one));
        }
    }

    CheckSpec check(yaml::MapReader& in)
    {
        CheckSpec spec;
        spec.id = in.text(word("id"));
        spec.severity = severity(in);
        spec.title = in.text(word("title"));
        spec.cure = in.text(word("cure"));
        spec.beforeEachNode = in.flagOr(word("before-each-node"), true);
        for (const yaml::Entry& entry : in.mapOrEmpty(word("parameters")).entries) {
            if (entry.value.kind != yaml::Kind::Scalar || entry.key.size() > kNameMax) {
                in.reject(word("parameters"), QStringLiteral("must be short names with texts"));
            }
            spec.parameters[entry.key] = entry.value.text;
        }
        return spec;
    }

    Act drain(yaml::MapReader& in)
    {
        const auto seconds = [&in](const char* key) -> std::optional<int> {
            const Millis read = in.durationOr(word(key), Millis(0));
            if (read > std::chrono::hours(24) || read.count() % 1000 != 0) {
                in.reject(word(key), QStringLiteral("must be whole seconds, at most 24 h"));
                return std::nullopt;
            }
            return in.has(word(key))
                       ? std::optional(int(std::chrono::duration_cast<Seconds>(read).count()))
                       : std::nullopt;
        };
        return act::Drain{in.flagOr(word("unmanaged-too"), false),
                          in.flagOr(word("local-data-too"), false), seconds("grace"),
                          seconds("drain-limit").value_or(0)};
    }

    std::optional<Act> act(yaml::MapReader& in, const QString& name)
    {
        QJsonObject object{{word("act"), name}};
        for (const char* key : {"package", "service", "instructions", "question"}) {
            if (in.has(word(key))) {
                object[word(key)] = in.textOr(word(key), {});
            }
        }
        if (name == word("take-backup")) {
            object[word("folder")] = m_plan.backupFolder;
        }
        auto read = actFromJson(object);
        if (!read) {
            in.reject(word("do"), read.error().message);
            return std::nullopt;
        }
        if (quorate::toJson(*read) != object) {
            in.reject(word("do"), QStringLiteral("does not go with the other fields of this step"));
        }
        return name == word("drain") ? drain(in) : *read;
    }

    /// A field that means nothing here would be lost without a word.
    static void refuse(yaml::MapReader& in, const QStringList& keys)
    {
        for (const QString& key : keys) {
            if (in.has(key)) {
                in.reject(key, QStringLiteral("does not go with this step"));
            }
        }
    }

    PlanStep step(const yaml::Node& item, const QString& path)
    {
        yaml::MapReader in(m_report, item, path, own::step());
        PlanStep step;
        step.id = StepId{in.text(word("id"))};
        const QString name = in.choice(word("do"), stepWords());
        step.kind = stepKindFrom(name).value_or(StepKind::Checks);
        step.title = in.text(word("title"));
        if (in.has(word("node"))) {
            step.node = NodeId{in.text(word("node"))};
        }
        if (step.kind == StepKind::Act || step.kind == StepKind::Manual) {
            step.act = act(in, name);
        } else {
            refuse(in, {word("package"), word("service"), word("instructions"), word("question")});
        }
        if (name != word("drain")) {
            refuse(in, field::ofDrain());
        }
        step.when = whenFrom(in.choiceOr(word("when"), whenWords(), toString(When::Always)))
                        .value_or(When::Always);
        constexpr qint64 kRoundsMax = 10;
        step.round = int(in.integerOr(word("round"), 1, 1, kRoundsMax));
        step.waitsFor = in.textOr(word("waits-for"), {});
        step.expected = in.durationOr(word("expected"), Millis(0));
        step.warnAfter = in.durationOr(word("warn-after"), Millis(0));
        step.limit = in.duration(word("limit"));
        flags(in, step);
        return step;
    }

    void flags(yaml::MapReader& in, PlanStep& step)
    {
        if (in.has(word("retry"))) {
            yaml::MapReader retry(m_report, in.map(word("retry")), in.path(word("retry")),
                                  field::retry());
            constexpr qint64 kAttemptsMax = 64;
            step.retry.attemptsMax = int(retry.integer(word("attempts-max"), 1, kAttemptsMax));
            step.retry.pause = retry.duration(word("pause"));
        }
        step.takesVoterAway = in.flagOr(word("takes-voter-away"), false);
        step.repeatable = in.flagOr(word("repeatable"), true);
        step.pointOfNoReturn = in.flagOr(word("point-of-no-return"), false);
        for (const bool opens : {true, false}) {
            const QString key = opens ? word("opens") : word("closes");
            if (in.has(key)) {
                (opens ? step.opensObligation : step.closesObligation) = in.text(key);
            }
        }
    }

    yaml::Report& m_report;
    Plan m_plan;
};

} // namespace

Result<Plan> planFromYaml(const QByteArray& text, const QString& fileName)
{
    const QString code = word("bad-plan");
    const auto root = yaml::parse(text, fileName, code, kLimits);
    if (!root) {
        return fail(root.error());
    }
    yaml::Report report{fileName, code,
                        QStringLiteral("Make the plan again instead of changing its text"),
                        std::nullopt};
    Plan plan = PlanReader(report).read(*root);
    if (report.error) {
        return fail(*report.error);
    }
    const yaml::Node* hash = root->find(word("hash"));
    if (hash == nullptr || hash->text != planHash(plan)) {
        const int line = hash != nullptr ? hash->line : 1;
        const int column = hash != nullptr ? hash->column : 1;
        return fail(ErrorKind::Validation, word("plan-hash-mismatch"),
                    QStringLiteral("%1:%2:%3: hash: the plan was changed after it was made")
                        .arg(fileName)
                        .arg(line)
                        .arg(column),
                    QStringLiteral("Make the plan again; changes belong into the procedure"));
    }
    return plan;
}

} // namespace quorate::procedure
