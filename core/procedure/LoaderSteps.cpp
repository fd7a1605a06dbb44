// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/LoaderSteps.h"

#include "core/procedure/Words.h"

#include <algorithm>
#include <set>

namespace quorate::procedure::detail {
namespace {

constexpr int kStepsMax = 300; ///< of one procedure; the longest shipped one has 25. Our own bound
constexpr int kTimesMax = 10;  ///< rounds of one repeat. Our own bound
constexpr int kAttemptsMax = 64;  ///< peers.md section 8: retries per node (CAU)
constexpr int kBlockDepthMax = 1; ///< a repeat inside each; nothing needs more

QString word(const char* latin1) { return QString::fromLatin1(latin1); }

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
    {}

    std::vector<Block> topBlocks(const yaml::Node& list);
    void checkObligations(const yaml::Node& list);

private:
    Block block(const yaml::Node& item, const Place& place);
    void fill(Block& block, const yaml::Node& list, const Place& place);
    StepTemplate step(const yaml::Node& item, const Place& place);
    std::optional<Act> act(yaml::MapReader& in, StepKind kind, const QString& name);
    RetryPolicy retry(yaml::MapReader& in);
    void obligations(yaml::MapReader& in, StepTemplate& step);
    void refuseMisplaced(yaml::MapReader& in, const StepTemplate& step, const Place& place);
    [[nodiscard]] bool knowsObligation(const QString& id) const;

    yaml::Report& m_report;
    const Procedure& m_head;
    int m_count = 0;
    std::set<QString> m_opened;
    std::set<QString> m_closed;
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
               || std::holds_alternative<act::LookForUpdates>(*step.act));
}

bool StepReader::knowsObligation(const QString& id) const
{
    return std::any_of(m_head.obligations.begin(), m_head.obligations.end(),
                       [&](const ObligationSpec& known) { return known.id == id; });
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

std::optional<Act> StepReader::act(yaml::MapReader& in, StepKind kind, const QString& name)
{
    const bool wantsService = name == word("start-service") || name == word("stop-service");
    if (in.has(word("service")) && !wantsService) {
        in.reject(word("service"), QStringLiteral("only for start-service and stop-service"));
    }
    for (const char* key : {"instructions", "question"}) {
        if (kind != StepKind::Manual && in.has(word(key))) {
            in.reject(word(key), QStringLiteral("only for manual"));
        }
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

void StepReader::obligations(yaml::MapReader& in, StepTemplate& step)
{
    for (const bool opens : {true, false}) {
        const QString key = opens ? word("opens") : word("closes");
        if (!in.has(key)) {
            continue;
        }
        const QString id = in.idText(key);
        if (!knowsObligation(id)) {
            in.reject(key, QStringLiteral("\"%1\" is not in obligations").arg(id.left(60)));
        } else if (!opens && !m_opened.contains(id)) {
            in.reject(key, QStringLiteral("\"%1\" is closed before it is opened").arg(id));
        }
        (opens ? m_opened : m_closed).insert(id);
        (opens ? step.opensObligation : step.closesObligation) = id;
    }
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
    if (step.act && takesVoterAway(*step.act) && !place.inEach) {
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
    step.act = act(in, step.kind, name);
    step.when = whenFrom(in.choiceOr(word("when"), whenWords(), toString(When::Always)))
                    .value_or(When::Always);
    step.expected = in.durationOr(word("expected"), Millis(0));
    step.warnAfter = in.durationOr(word("warn-after"), Millis(0));
    step.limit = in.duration(word("limit"));
    step.retry = retry(in);
    step.pointOfNoReturn = in.flagOr(word("point-of-no-return"), false);
    obligations(in, step);
    refuseMisplaced(in, step, place);
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
    return out;
}

void StepReader::checkObligations(const yaml::Node& list)
{
    for (const ObligationSpec& known : m_head.obligations) {
        if (!m_opened.contains(known.id)) {
            m_report.reject(list.line, list.column, word("steps"),
                            QStringLiteral("no step opens the obligation \"%1\"").arg(known.id));
        } else if (!m_closed.contains(known.id)) {
            m_report.reject(list.line, list.column, word("steps"),
                            QStringLiteral("no step closes the obligation \"%1\"").arg(known.id));
        }
    }
}

} // namespace

std::vector<Block> readBlocks(yaml::Report& report, const yaml::Node& list, const Procedure& head)
{
    StepReader reader(report, head);
    std::vector<Block> blocks = reader.topBlocks(list);
    reader.checkObligations(list);
    return blocks;
}

} // namespace quorate::procedure::detail
