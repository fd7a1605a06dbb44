// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/golden/quorum/SnapshotScript.h"

#include "core/quorum/Back.h"
#include "tests/support/DataDriven.h"
#include "tests/support/Test.h"

#include <algorithm>

using namespace quorate;
using namespace quorate::quorum;
using quorate::test::Directive;
using quorate::test::kScriptNow;

namespace {

std::vector<NodeId> nodes(const QStringList& names)
{
    std::vector<NodeId> list;
    for (const QString& name : names) {
        list.push_back(NodeId{name});
    }
    return list;
}

QString show(const Assessment& a, bool withReasons)
{
    QString text =
        QStringLiteral("%1: ready %2, down %3, unknown %4; majority %5, margin %6, leader %7\n")
            .arg(toString(a.state))
            .arg(a.ready)
            .arg(a.down)
            .arg(a.unknown)
            .arg(a.majority)
            .arg(a.margin)
            .arg(a.leader ? a.leader->value : QStringLiteral("none"));
    text += a.sentence.head + QStringLiteral(" |") + a.sentence.tail + QLatin1Char('\n');
    for (const VoterVerdict& verdict : a.verdicts) {
        if (verdict.state != VoterState::Ready) {
            text += QStringLiteral("%1, %2: %3\n")
                        .arg(toString(verdict.state), toString(verdict.reason), verdict.text);
        }
    }
    for (const Disagreement& d : a.disagreements) {
        text += QStringLiteral("%1, %2: %3\n").arg(toString(d.severity), toString(d.kind), d.text);
    }
    for (const QString& reason : a.reasons) {
        text += withReasons ? QStringLiteral("because %1\n").arg(reason) : QString();
    }
    return text;
}

/// What must not depend on the order of the nodes.
QStringList essence(const Assessment& a)
{
    QStringList list{toString(a.state), QString::number(a.ready), QString::number(a.down),
                     a.leader ? a.leader->value : QString()};
    QStringList details;
    for (const VoterVerdict& verdict : a.verdicts) {
        details.append(verdict.name + toString(verdict.state) + toString(verdict.reason));
    }
    for (const Disagreement& d : a.disagreements) {
        details.append(toString(d.kind) + toString(d.severity));
    }
    details.sort();
    return list + details;
}

NodeRecord hidden(NodeRecord record)
{
    record.error =
        makeError(ErrorKind::Timeout, QStringLiteral("timeout"), QStringLiteral("timeout"));
    return record;
}

bool hasKind(const Assessment& a, DisagreementKind kind)
{
    return std::ranges::find(a.disagreements, kind, &Disagreement::kind) != a.disagreements.end();
}

int serving(ClusterState state)
{
    return state == ClusterState::Quorate ? 2 : state == ClusterState::AtRisk ? 1 : 0;
}

void checkInvariants(const ClusterSnapshot& snapshot)
{
    const Assessment a = assess(snapshot, kScriptNow);
    EXPECT_EQ(a.ready + a.down + a.unknown, a.voters);
    EXPECT_EQ(a.verdicts.size(), static_cast<std::size_t>(a.voters));
    EXPECT_EQ(a.margin, a.ready - a.majority);
    EXPECT_EQ(countVoters(snapshot, kScriptNow),
              (VoterCount{a.voters, a.ready, a.majority, a.state}));
    ClusterSnapshot turned = snapshot;
    for (std::size_t i = 0; i < snapshot.nodes.size(); ++i) {
        std::ranges::rotate(turned.nodes, turned.nodes.begin() + 1);
        EXPECT_EQ(essence(assess(turned, kScriptNow)), essence(a))
            << "the order of the nodes matters";
    }
    std::ranges::reverse(turned.nodes);
    EXPECT_EQ(essence(assess(turned, kScriptNow)), essence(a)) << "the order of the nodes matters";
    ClusterSnapshot cutOff = snapshot;
    for (std::size_t i = 0; i < snapshot.nodes.size(); ++i) {
        ClusterSnapshot fewer = snapshot;
        fewer.nodes[i] = hidden(fewer.nodes[i]);
        cutOff.nodes[i] = hidden(cutOff.nodes[i]);
        const VoterVerdict* verdict = a.verdictOf(snapshot.nodes[i].id);
        // A witness of a quarrel takes the quarrel along when it falls silent; that is reported as
        // one.
        if (verdict && verdict->state == VoterState::Ready
            && !hasKind(a, DisagreementKind::Reachability)) {
            EXPECT_LE(serving(assess(fewer, kScriptNow).state), serving(a.state))
                << "silence made it better";
        }
    }
    EXPECT_EQ(assess(cutOff, kScriptNow).state, ClusterState::Unknown);
    EXPECT_EQ(assess(cutOff, kScriptNow).ready, 0);
    EXPECT_EQ(assess(snapshot, kScriptNow + Seconds(16)).state, ClusterState::Unknown);
}

QString runAssess(const Directive& d)
{
    const ClusterSnapshot snapshot = test::parseSnapshot(d.input);
    checkInvariants(snapshot);
    const Assessment plain = assess(snapshot, kScriptNow);
    const Assessment a = assess(snapshot, kScriptNow, {}, nodes(d.list(QStringLiteral("planned"))));
    EXPECT_EQ(a.state, plain.state) << "a plan changed the judgement";
    EXPECT_EQ(a.verdicts, plain.verdicts) << "a plan changed the judgement";
    return show(a, d.has(QStringLiteral("reasons")));
}

QString show(const GateVerdict& gate)
{
    QString text =
        toString(gate.verdict) + QStringLiteral(": ") + gate.sentence + QLatin1Char('\n');
    if (!gate.refusal.isEmpty()) {
        text += gate.refusal + QLatin1Char('\n');
    }
    for (const GateReason& reason : gate.reasons) {
        text += QStringLiteral("  %1 %2: %3\n")
                    .arg(toString(reason.rule), toString(reason.verdict), reason.text);
    }
    return text;
}

void checkGateInvariants(const ClusterSnapshot& snapshot, const GateRequest& request,
                         const Policy& policy)
{
    const GateVerdict gate = decideLeave(snapshot, kScriptNow, request, policy);
    EXPECT_EQ(gate.reasons.size(), 6U);
    EXPECT_EQ(gate.refusal.isEmpty(), gate.verdict == Verdict::Yes);
    ClusterSnapshot turned = snapshot;
    std::ranges::reverse(turned.nodes);
    EXPECT_EQ(decideLeave(turned, kScriptNow, request, policy).verdict, gate.verdict);
    EXPECT_NE(decideLeave(snapshot, kScriptNow + Seconds(16), request, policy).verdict,
              Verdict::Yes);
    Policy stricter = policy;
    ++stricter.reserve;
    if (gate.verdict != Verdict::Yes) {
        EXPECT_NE(decideLeave(snapshot, kScriptNow, request, stricter).verdict, Verdict::Yes);
        return;
    }
    const Assessment a = assess(snapshot, kScriptNow, policy);
    const VoterVerdict* leaving = a.verdictOf(request.leaving);
    const bool costs = leaving && leaving->state == VoterState::Ready;
    EXPECT_TRUE(!costs || request.outageAccepted || a.ready - 1 >= a.majority);
    EXPECT_GE(a.ready, a.voters - 1) << "a second voter is out";
    for (NodeRecord& record : ClusterSnapshot(snapshot).nodes) {
        ClusterSnapshot fewer = snapshot;
        *std::ranges::find(fewer.nodes, record.id, &NodeRecord::id) = hidden(record);
        if (a.verdictOf(record.id)) {
            EXPECT_NE(decideLeave(fewer, kScriptNow, request, policy).verdict, Verdict::Yes);
        }
    }
}

QString runGate(const Directive& d)
{
    const auto text = [&](const char* key) { return d.text(QLatin1String(key)); };
    GateRequest request;
    request.leaving = NodeId{text("node")};
    request.verb = d.text(QStringLiteral("verb"), QStringLiteral("restarts"));
    request.expected = std::chrono::minutes(d.number(QStringLiteral("minutes")));
    request.permanent = d.has(QStringLiteral("permanent"));
    request.outageAccepted = d.has(QStringLiteral("outage"));
    request.stillToLeave = nodes(d.list(QStringLiteral("still")));
    request.heldByUs = nodes(d.list(QStringLiteral("held")));
    const Policy policy{.reserve = d.number(QStringLiteral("reserve"))};
    const ClusterSnapshot snapshot = test::parseSnapshot(d.input);
    checkGateInvariants(snapshot, request, policy);
    return show(decideLeave(snapshot, kScriptNow, request, policy));
}

QString runBack(const Directive& d)
{
    BackCriteria criteria{.node = NodeId{d.text(QStringLiteral("node"))}};
    if (d.has(QStringLiteral("version"))) {
        criteria.version = Version::parse(d.text(QStringLiteral("version"))).value();
    }
    criteria.bootIdBefore = d.text(QStringLiteral("boot"));
    const BackReading reading = readBack(test::parseSnapshot(d.input), kScriptNow, criteria);
    QString text = reading.green ? QStringLiteral("green\n") : QStringLiteral("not yet\n");
    text += reading.wrongVersion ? QStringLiteral("wrong version\n") : QString();
    text += reading.failed ? QStringLiteral("failed\n") : QString();
    for (const QString& missing : reading.missing) {
        text += QStringLiteral("  ") + missing + QLatin1Char('\n');
    }
    return text;
}

/// Input: "0 10 20! 30": seconds of readings, "!" marks one that is not green. Prints when the node
/// is back.
QString runStable(const Directive& d)
{
    const BackCriteria criteria{.stabilisation = Seconds(d.number(QStringLiteral("for"), 120)),
                                .greenReadings = d.number(QStringLiteral("readings"), 2),
                                .greenInterval = Seconds(d.number(QStringLiteral("apart"), 10))};
    BackProgress progress;
    QString text;
    for (QString word : d.input.simplified().split(QLatin1Char(' '))) {
        const bool isGreen = !word.endsWith(QLatin1Char('!'));
        const Seconds at(word.remove(QLatin1Char('!')).toInt());
        progress = advance(progress, BackReading{.green = isGreen}, kScriptNow + at, criteria);
        text += QStringLiteral("%1 s: %2 counted%3\n")
                    .arg(at.count())
                    .arg(progress.greenCount)
                    .arg(isBack(progress, criteria) ? QStringLiteral(", back") : QString());
    }
    return text;
}

QString runOrder(const Directive& d)
{
    const ClusterSnapshot snapshot = test::parseSnapshot(d.input);
    ClusterSnapshot turned = snapshot;
    std::ranges::reverse(turned.nodes);
    const auto order = leaveOrder(snapshot, assess(snapshot, kScriptNow));
    EXPECT_EQ(leaveOrder(turned, assess(turned, kScriptNow)), order);
    QStringList names;
    for (const NodeId& node : order) {
        names.append(node.value);
    }
    return names.join(QLatin1Char(' ')) + QLatin1Char('\n');
}

QString run(const Directive& d)
{
    SCOPED_TRACE(QStringLiteral("%1:%2").arg(d.file).arg(d.line).toStdString());
    if (d.command == QLatin1String("assess")) {
        return runAssess(d);
    }
    if (d.command == QLatin1String("gate")) {
        return runGate(d);
    }
    if (d.command == QLatin1String("back")) {
        return runBack(d);
    }
    if (d.command == QLatin1String("stable")) {
        return runStable(d);
    }
    if (d.command == QLatin1String("order")) {
        return runOrder(d);
    }
    return QStringLiteral("unknown command\n");
}

} // namespace

TEST(QuorumGolden, Scripts)
{
    for (const char* name : {"assess", "lost", "majority", "views", "gate", "back"}) {
        test::runDataDriven(QStringLiteral(QUORATE_SOURCE_DIR "/tests/golden/quorum/%1.txt")
                                .arg(QLatin1String(name)),
                            run);
    }
}

TEST(QuorumGolden, MajorityOfEverySize)
{
    const std::vector<int> expected{1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
    for (int voters = 0; voters < static_cast<int>(expected.size()); ++voters) {
        EXPECT_EQ(majorityOf(voters), expected[static_cast<std::size_t>(voters)])
            << voters << " voters";
    }
    EXPECT_EQ(majorityOf(-1), 1);
}
