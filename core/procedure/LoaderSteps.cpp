// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/LoaderSteps.h"

#include "core/procedure/LoaderRules.h"
#include "core/procedure/Parameters.h"
#include "core/procedure/Words.h"

#include <algorithm>

namespace quorate::procedure::detail {
namespace {

constexpr int kStepsMax = 300; ///< of one procedure; the longest shipped one has 25. Our own bound
constexpr int kTimesMax = 10;  ///< rounds of one repeat. Our own bound
constexpr int kAttemptsMax = 64;  ///< peers.md section 8: retries per node (CAU)
constexpr int kBlockDepthMax = 1; ///< a repeat inside each; nothing needs more

/// Where a list of steps stands, for what may be in it.
struct Place {
    QString path;
    bool inEach = false;
    bool hasNode = false; ///< inside each or on-one: steps are about one node
    int depth = 0;
};

class StepReader {
public:
    StepReader(yaml::Report& report, const Procedure& head)
        : m_report(report)
        , m_head(head)
        , m_rules(head)
    {}

    std::vector<Block> topBlocks(const yaml::Node& list);

private:
    Block block(const yaml::Node& item, const Place& place);
    void fill(Block& block, const yaml::Node& list, const Place& place);
    StepTemplate step(const yaml::Node& item, const Place& place);
    std::optional<Act> act(yaml::MapReader& in, StepTemplate& step, const QString& name);
    std::optional<Act> drain(yaml::MapReader& in, StepTemplate& step);
    bool isParameter(yaml::MapReader& in, const QString& key, ParameterType type,
                     StepTemplate& step);
    QString parameterNamed(yaml::MapReader& in, const QString& key);
    void checkPlaceholders(yaml::MapReader& in);
    RetryPolicy retry(yaml::MapReader& in);
    void refuseMisplaced(yaml::MapReader& in, const StepTemplate& step, const Place& place);
    [[nodiscard]] const ParameterSpec* parameter(const QString& id) const;

    yaml::Report& m_report;
    const Procedure& m_head;
    LoaderRules m_rules;
    int m_count = 0;
};

bool isBlock(const yaml::Node& item)
{
    return item.kind == yaml::Kind::Map && !item.entries.empty()
           && field::block().contains(item.entries.front().key);
}

bool isAboutNode(const StepTemplate& step)
{
    if (step.kind == StepKind::Gate || step.kind == StepKind::WaitBack) {
        return true;
    }
    return step.act
           && (takesVoterAway(*step.act) || std::holds_alternative<act::Resume>(*step.act)
               || std::holds_alternative<act::Cordon>(*step.act)
               || std::holds_alternative<act::LookForUpdates>(*step.act));
}

const ParameterSpec* StepReader::parameter(const QString& id) const
{
    const auto found = std::ranges::find(m_head.parameters, id, &ParameterSpec::id);
    return found == m_head.parameters.end() ? nullptr : &*found;
}

/// "$grace": the parameter fills the field in when the plan is made.
bool StepReader::isParameter(yaml::MapReader& in, const QString& key, ParameterType type,
                             StepTemplate& step)
{
    const yaml::Node* value = in.node().find(key);
    if (value == nullptr || !value->text.startsWith(QLatin1Char('$'))) {
        return false;
    }
    const QString id = value->text.mid(1);
    const ParameterSpec* known = parameter(id);
    if (known == nullptr) {
        in.reject(key, QStringLiteral("\"%1\" is not in parameters").arg(id.left(60)));
    } else if (known->type != type) {
        in.reject(key, QStringLiteral("the parameter \"%1\" is of another type").arg(id));
    }
    step.fromParameters[key] = id;
    return true;
}

QString StepReader::parameterNamed(yaml::MapReader& in, const QString& key)
{
    if (!in.has(key)) {
        return {};
    }
    const QString id = in.idText(key);
    if (parameter(id) == nullptr) {
        in.reject(key, QStringLiteral("\"%1\" is not in parameters").arg(id.left(60)));
    }
    return id;
}

void StepReader::checkPlaceholders(yaml::MapReader& in)
{
    for (const char* key : {"title", "instructions", "question"}) {
        const yaml::Node* value = in.node().find(word(key));
        for (const QString& name : placeholdersIn(value != nullptr ? value->text : QString())) {
            if (name != word("node") && parameter(name) == nullptr) {
                in.reject(word(key), QStringLiteral("\"{%1}\" is not in parameters").arg(name));
            }
        }
    }
}

std::optional<Act> StepReader::drain(yaml::MapReader& in, StepTemplate& step)
{
    const auto flag = [&](const char* key) {
        return !isParameter(in, word(key), ParameterType::Flag, step)
               && in.flagOr(word(key), false);
    };
    const auto seconds = [&](const char* key) -> std::optional<int> {
        if (!in.has(word(key)) || isParameter(in, word(key), ParameterType::Duration, step)) {
            return std::nullopt;
        }
        const QString problem =
            parameterProblem(ParameterType::Duration, in.node().find(word(key))->text);
        const Millis read = in.durationOr(word(key), Millis(0));
        if (!problem.isEmpty()) {
            in.reject(word(key), problem);
            return std::nullopt;
        }
        return int(std::chrono::duration_cast<Seconds>(read).count());
    };
    act::Drain out;
    out.unmanagedToo = flag("unmanaged-too");
    out.localDataToo = flag("local-data-too");
    out.graceSeconds = seconds("grace");
    out.limitSeconds = seconds("drain-limit").value_or(0);
    return out;
}

RetryPolicy StepReader::retry(yaml::MapReader& in)
{
    RetryPolicy policy;
    if (in.has(word("retry"))) {
        yaml::MapReader inner(m_report, in.map(word("retry")), in.path(word("retry")),
                              field::retry());
        policy.attemptsMax =
            int(inner.integerOr(word("attempts-max"), policy.attemptsMax, 1, kAttemptsMax));
        policy.pause = inner.durationOr(word("pause"), policy.pause);
    }
    return policy;
}

std::optional<Act> StepReader::act(yaml::MapReader& in, StepTemplate& step, const QString& name)
{
    const StepKind kind = step.kind;
    const bool wantsService = name == word("start-service") || name == word("stop-service");
    const auto only = [&in](const QString& key, bool isAllowed, const char* where) {
        if (in.has(key) && !isAllowed) {
            in.reject(key, QStringLiteral("only for ") + word(where));
        }
    };
    only(word("service"), wantsService, "start-service and stop-service");
    for (const char* key : {"instructions", "question", "takes-node-away"}) {
        only(word(key), kind == StepKind::Manual, "manual");
    }
    for (const QString& key : field::ofDrain()) {
        only(key, name == word("drain"), "drain");
    }
    if (name == word("drain")) {
        return drain(in, step);
    }
    if (kind == StepKind::Manual) {
        return act::Manual{in.text(word("instructions")), in.text(word("question"))};
    }
    if (kind != StepKind::Act) {
        return std::nullopt;
    }
    QJsonObject object{{word("act"), name}};
    if (wantsService) {
        object[word("service")] = in.idText(word("service"));
    } else if (name == word("install-package") || name == word("stage-package")) {
        object[word("package")] = QString(); // the planner fills it in
        if (!m_head.needsPackage) {
            in.reject(word("do"), QStringLiteral("needs a package, but needs-package is false"));
        }
    }
    auto read = actFromJson(object);
    return read ? std::optional(*read) : std::nullopt;
}

void StepReader::refuseMisplaced(yaml::MapReader& in, const StepTemplate& step, const Place& place)
{
    if (!place.hasNode && isAboutNode(step)) {
        in.reject(word("do"),
                  QStringLiteral("is about one node: it may only stand in each or on-one"));
    }
    if (!place.hasNode && step.when != When::Always) {
        in.reject(word("when"), QStringLiteral("is judged on a node: only in each or on-one"));
    }
    if ((step.takesNodeAway || (step.act && takesVoterAway(*step.act))) && !place.inEach) {
        in.reject(word("do"), QStringLiteral("takes a voter away: it may only stand in each"));
    }
    if (step.warnAfter >= step.limit && step.warnAfter.count() > 0) {
        in.reject(word("warn-after"), QStringLiteral("must be shorter than limit"));
    }
    if (step.limit.count() == 0) {
        in.reject(word("limit"), QStringLiteral("must be longer than 0 s"));
    }
}

StepTemplate StepReader::step(const yaml::Node& item, const Place& place)
{
    yaml::MapReader in(m_report, item, place.path, field::step());
    StepTemplate step;
    const QString name = in.choice(word("do"), stepWords());
    step.kind = stepKindFrom(name).value_or(StepKind::Checks);
    step.title = in.text(word("title"));
    checkPlaceholders(in);
    step.act = act(in, step, name);
    step.takesNodeAway = in.flagOr(word("takes-node-away"), false);
    step.onlyWith = parameterNamed(in, word("only-with"));
    step.onlyWithout = parameterNamed(in, word("only-without"));
    step.when = whenFrom(in.choiceOr(word("when"), whenWords(), toString(When::Always)))
                    .value_or(When::Always);
    step.expected = in.durationOr(word("expected"), Millis(0));
    step.warnAfter = in.durationOr(word("warn-after"), Millis(0));
    step.limit = in.duration(word("limit"));
    step.retry = retry(in);
    step.pointOfNoReturn = in.flagOr(word("point-of-no-return"), false);
    refuseMisplaced(in, step, place);
    m_rules.add(in, step);
    if (++m_count > kStepsMax) {
        in.reject(word("do"),
                  QStringLiteral("the procedure has more than %1 steps").arg(kStepsMax));
    }
    return step;
}

/// Plain steps before the first inner block are the block's own; later ones become a `once` of
/// their own, since a block's steps come before its blocks.
void StepReader::fill(Block& block, const yaml::Node& list, const Place& place)
{
    if (list.items.empty()) {
        m_report.reject(list.line, list.column, place.path,
                        QStringLiteral("must have at least one step"));
    }
    for (std::size_t at = 0; at < list.items.size() && !m_report.error; ++at) {
        const yaml::Node& item = list.items[at];
        Place inner = place;
        inner.path = QStringLiteral("%1[%2]").arg(place.path).arg(at);
        if (isBlock(item)) {
            ++inner.depth;
            block.blocks.push_back(this->block(item, inner));
        } else if (block.blocks.empty()) {
            block.steps.push_back(step(item, inner));
        } else {
            if (block.blocks.back().kind != BlockKind::Once) {
                block.blocks.emplace_back();
            }
            block.blocks.back().steps.push_back(step(item, inner));
        }
    }
}

Block StepReader::block(const yaml::Node& item, const Place& place)
{
    yaml::MapReader in(m_report, item, place.path, field::block());
    Block out;
    const yaml::Entry& entry = item.entries.front();
    Place inner = place;
    inner.path = in.path(entry.key);
    if (item.entries.size() > 1) {
        const yaml::Entry& second = item.entries[1];
        m_report.reject(
            second.line, second.column, in.path(second.key),
            QStringLiteral(
                "a block has one of once, each, on-one or repeat, and nothing beside it"));
    }
    if (place.depth > kBlockDepthMax) {
        m_report.reject(entry.line, entry.column, inner.path,
                        QStringLiteral("a repeat may not stand inside another"));
    }
    const bool isEach = entry.key == word("each");
    const bool isRepeat = entry.key == word("repeat");
    const bool isOnOne = entry.key == word("on-one");
    if (place.depth > 0 && !isRepeat) {
        m_report.reject(entry.line, entry.column, inner.path,
                        QStringLiteral("inside a block only repeat may stand"));
    }
    if (isRepeat && !place.inEach) {
        m_report.reject(entry.line, entry.column, inner.path,
                        QStringLiteral("repeat may only stand in each"));
    }
    const QStringList& fields = isEach     ? field::each()
                                : isRepeat ? field::repeat()
                                : isOnOne  ? field::onOne()
                                           : field::once();
    yaml::MapReader body(m_report, entry.value, inner.path, fields);
    if (isEach) {
        out.kind = BlockKind::EachNode;
        body.choiceOr(word("order"), {word("leader-last")}, word("leader-last"));
        body.integerOr(word("parallel"), 1, 1, 1);
        inner.inEach = inner.hasNode = true;
        m_rules.enterEach();
    } else if (isRepeat) {
        out.kind = BlockKind::Repeat;
        out.timesMax = int(body.integer(word("times-max"), 1, kTimesMax));
    } else if (isOnOne) {
        out.kind = BlockKind::OnOneNode;
        inner.hasNode = true;
    }
    const yaml::Node& steps = body.sequence(word("steps"));
    inner.path = body.path(word("steps"));
    fill(out, steps, inner);
    if (isEach) {
        m_rules.leaveEach(m_report, steps, inner.path);
    }
    return out;
}

std::vector<Block> StepReader::topBlocks(const yaml::Node& list)
{
    std::vector<Block> out;
    for (std::size_t at = 0; at < list.items.size() && !m_report.error; ++at) {
        const yaml::Node& item = list.items[at];
        const Place place{QStringLiteral("steps[%1]").arg(at)};
        if (!isBlock(item)) {
            m_report.reject(item.line, item.column, place.path,
                            QStringLiteral("must be a block: ") + yaml::oneOf(field::block()));
            break;
        }
        out.push_back(block(item, place));
    }
    if (list.items.empty()) {
        m_report.reject(list.line, list.column, word("steps"),
                        QStringLiteral("must have at least one block"));
    }
    m_rules.finish(m_report, list);
    return out;
}

} // namespace

std::vector<Block> readBlocks(yaml::Report& report, const yaml::Node& list, const Procedure& head)
{
    StepReader reader(report, head);
    return reader.topBlocks(list);
}

} // namespace quorate::procedure::detail
