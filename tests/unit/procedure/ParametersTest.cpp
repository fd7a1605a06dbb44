// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Parameters.h"

#include "core/procedure/Checks.h"
#include "core/procedure/Loader.h"
#include "tests/support/Environment.h"
#include "tests/support/Test.h"
#include "tests/unit/procedure/Samples.h"

#include <QFile>

namespace quorate::test {
namespace {

using procedure::Plan;
using procedure::PlanStep;
using procedure::StepKind;

QString key(const char* text) { return QString::fromUtf8(text); }
NodeId node(const char* id) { return NodeId{key(id)}; }

/// A plan of node maintenance; tests change one thing.
struct World {
    procedure::Procedure procedure = shippedProcedure(key("kubernetes-node-maintenance"));
    ClusterSnapshot snapshot = sampleKubernetes(3, 2);
    procedure::PlanOptions options = sampleOptions();

    [[nodiscard]] Result<Plan> plan() const
    {
        return makePlan(procedure, snapshot, std::nullopt, options);
    }
    [[nodiscard]] QString refusal() const
    {
        const auto made = plan();
        return made ? key("planned") : made.error().code + key(": ") + made.error().message;
    }
};

template <typename T>
std::vector<const T*> actsOf(const Plan& plan)
{
    std::vector<const T*> found;
    for (const PlanStep& step : plan.steps) {
        if (const T* act = step.act ? std::get_if<T>(&*step.act) : nullptr) {
            found.push_back(act);
        }
    }
    return found;
}

bool warns(const Plan& plan, const char* id)
{
    return std::ranges::find(plan.warnings, key(id), &procedure::PlanWarning::id)
           != plan.warnings.end();
}

TEST(Maintenance, TakesVotersOnlyAndNeedsNoPackage)
{
    const World world;
    const Plan plan = *world.plan();
    EXPECT_EQ(plan.order, (std::vector<NodeId>{node("cp-1"), node("cp-2"), node("cp-3")}));
    EXPECT_EQ(plan.voters, 3);
    EXPECT_FALSE(plan.package);
    EXPECT_EQ(plan.sourceVersions.count(node("worker-1")), 0U);
    EXPECT_FALSE(warns(plan, "leader-unknown")) << "nobody elects a leader here";
    EXPECT_FALSE(toYaml(plan).contains("ready, 1.32.3")) << "no version is waited for";
}

TEST(Maintenance, AnyVoterThatIsSilentStopsThePlan)
{
    World world;
    world.snapshot.nodes[1].last.reset();
    EXPECT_TRUE(world.refusal().startsWith(key("nodes-unknown: The version is not known of: cp-2")))
        << world.refusal().toStdString();
}

TEST(Maintenance, TakesOnlyTheNodesThatWereChosen)
{
    World world;
    world.options.nodes = {node("cp-3"), node("cp-2")};
    const Plan plan = *world.plan();
    EXPECT_EQ(plan.order, (std::vector<NodeId>{node("cp-2"), node("cp-3")}));
    EXPECT_EQ(plan.sourceVersions.size(), 3U) << "the run looks at every voter all the same";
    world.options.nodes = {node("cp-9")};
    EXPECT_EQ(world.refusal(), key("node-unknown: The cluster has no node \"cp-9\""));
    world.options.nodes = {node("worker-1")};
    EXPECT_TRUE(world.refusal().startsWith(key("node-not-voter: worker-1 does not vote")))
        << world.refusal().toStdString();
}

TEST(Maintenance, ACordonedNodeLeavesFirst)
{
    World world;
    world.snapshot.nodes[2].last->self.cordoned = true;
    EXPECT_EQ(world.plan()->order.front(), node("cp-3"));
}

TEST(Maintenance, IsForItsPlatformAndItsVersions)
{
    World world;
    world.snapshot.identity.platform = key("nodeadmin");
    EXPECT_TRUE(world.refusal().startsWith(key("wrong-platform")));
    world = World();
    world.snapshot.nodes[0].last->self.version = Version{1, 19, 16};
    EXPECT_TRUE(world.refusal().startsWith(key("unsupported-path"))
                && world.refusal().contains(key("cp-1 (1.19.16)")))
        << world.refusal().toStdString();
    world.options.nodes = {node("cp-2")};
    EXPECT_EQ(world.refusal(), key("planned")) << "the old one stays where it is";
}

TEST(Maintenance, UpgradesAreForAllNodes)
{
    World world;
    world.procedure = shippedProcedure(key("mss-appliance"));
    world.snapshot = sampleSnapshot(SystemKind::Mss, 3, Version{14, 1, 0});
    world.options.nodes = {node("node-1")};
    const auto plan = makePlan(world.procedure, world.snapshot,
                               samplePackage(SystemKind::Mss, Version{14, 1, 0}, Version{14, 2, 0}),
                               world.options);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, key("nodes-not-choosable"));
}

TEST(Maintenance, ParametersReachEveryDrain)
{
    World world;
    world.options.parameters = {{key("unmanaged-pods"), key("true")},
                                {key("local-data"), key("true")},
                                {key("pod-grace"), key("30 s")},
                                {key("drain-limit"), key("1 h")}};
    const Plan plan = *world.plan();
    ASSERT_EQ(actsOf<act::Drain>(plan).size(), 3U);
    for (const act::Drain* drain : actsOf<act::Drain>(plan)) {
        EXPECT_EQ(*drain, (act::Drain{true, true, 30, 3600}));
    }
    for (const PlanStep& step : plan.steps) {
        if (step.act && std::holds_alternative<act::Drain>(*step.act)) {
            EXPECT_GT(step.limit, Seconds(3600)) << "the step may not end before its drain";
        }
    }
    EXPECT_TRUE(warns(plan, "unmanaged-pods-lost"));
    EXPECT_TRUE(warns(plan, "local-data-lost"));
    EXPECT_EQ(procedure::planFromYaml(toYaml(plan), key("p.yaml")), plan);
}

TEST(Maintenance, WithoutConsentsADrainTakesNone)
{
    const Plan plan = *World().plan();
    for (const act::Drain* drain : actsOf<act::Drain>(plan)) {
        EXPECT_EQ(*drain, (act::Drain{false, false, std::nullopt, 600}));
    }
    EXPECT_FALSE(warns(plan, "unmanaged-pods-lost"));
    EXPECT_FALSE(warns(plan, "local-data-lost"));
}

TEST(Maintenance, TheWorkIsTheOperatorsTextOrACommand)
{
    World world;
    world.options.parameters = {
        {key("instructions"), key("Swap the disk of {node}, {command} stays.")}};
    const Plan byText = *world.plan();
    auto works = actsOf<act::Manual>(byText);
    ASSERT_EQ(works.size(), 3U);
    EXPECT_EQ(works[1]->instructions, key("Swap the disk of cp-2, {command} stays."));
    world.options.parameters = {{key("command"), key("kubeadm upgrade node")}};
    const Plan byCommand = *world.plan();
    works = actsOf<act::Manual>(byCommand);
    ASSERT_EQ(works.size(), 3U);
    EXPECT_EQ(works[0]->instructions, key("Sign in to cp-1 and run: kubeadm upgrade node"));
    for (const PlanStep& step : byCommand.steps) {
        EXPECT_TRUE(step.kind != StepKind::Manual || step.takesVoterAway)
            << "the gate has to be asked right before the work";
    }
}

TEST(Maintenance, RefusesParametersThatItDoesNotHave)
{
    World world;
    const auto codeOf = [&world](const char* id, const QString& value) {
        world.options.parameters = {{key(id), value}};
        return world.refusal().section(QLatin1Char(':'), 0, 0);
    };
    EXPECT_EQ(codeOf("speed", key("1")), key("parameter-unknown"));
    EXPECT_EQ(codeOf("local-data", key("yes")), key("bad-parameter"));
    EXPECT_EQ(codeOf("pod-grace", key("30")), key("bad-parameter"));
    EXPECT_EQ(codeOf("pod-grace", key("1500 ms")), key("bad-parameter"));
    EXPECT_EQ(codeOf("pod-grace", key("25 h")), key("bad-parameter"));
    EXPECT_EQ(codeOf("pod-grace", QString()), key("planned"));
    EXPECT_EQ(codeOf("instructions", QString(1001, QLatin1Char('x'))), key("bad-parameter"));
    EXPECT_EQ(codeOf("instructions", key("a\x07")), key("bad-parameter"));
    EXPECT_EQ(codeOf("instructions", key(" ")), key("bad-parameter"))
        << "nobody would know what to do";
}

TEST(Maintenance, EveryNodesCordonIsADebtOfItsOwn)
{
    const Plan plan = *World().plan();
    ASSERT_EQ(plan.obligations.size(), 3U);
    for (std::size_t index = 0; index < plan.order.size(); ++index) {
        const NodeId& id = plan.order[index];
        EXPECT_EQ(plan.obligations[index].id, key("node-cordoned/") + id.value);
        EXPECT_TRUE(plan.obligations[index].title.endsWith(id.value));
    }
    for (const PlanStep& step : plan.steps) {
        const bool isCordon = step.act && std::holds_alternative<act::Cordon>(*step.act);
        const bool isResume = step.act && std::holds_alternative<act::Resume>(*step.act);
        EXPECT_EQ(step.opensObligation.has_value(), isCordon);
        EXPECT_EQ(step.closesObligation.has_value(), isResume);
        if (isCordon || isResume) {
            EXPECT_EQ(isCordon ? *step.opensObligation : *step.closesObligation,
                      key("node-cordoned/") + step.node->value);
        }
    }
}

TEST(Maintenance, ChecksPassWithWorkersThatNobodyAsks)
{
    const World world;
    procedure::CheckContext context;
    context.now = world.snapshot.takenAt;
    for (const procedure::CheckResult& result :
         runChecks(world.procedure.checks, world.snapshot, context)) {
        EXPECT_EQ(result.outcome, procedure::CheckOutcome::Passed)
            << result.id.toStdString() << ": " << result.text.toStdString();
    }
}

TEST(Maintenance, ChecksSeeWhatOthersCordoned)
{
    World world;
    procedure::CheckContext context;
    context.now = world.snapshot.takenAt;
    const auto problems = [&] {
        QStringList found;
        for (const auto& result : runChecks(world.procedure.checks, world.snapshot, context)) {
            if (result.outcome != procedure::CheckOutcome::Passed) {
                found.append(result.id + key(": ") + result.text);
            }
        }
        return found;
    };
    world.snapshot.nodes[1].last->self.cordoned = true;
    EXPECT_EQ(problems(), QStringList()) << "its own turn may come first";
    context.nextNode = node("cp-2");
    EXPECT_EQ(problems(), QStringList());
    context.nextNode = node("cp-1");
    EXPECT_EQ(problems(), QStringList{key("no-foreign-work: cp-2 is cordoned")});
    context.nextNode.reset();
    world.snapshot.nodes[2].last->self.cordoned = true;
    EXPECT_EQ(problems().size(), 2);
}

/// Without `what` up to the next step of the file.
QByteArray without(QByteArray yaml, const char* what)
{
    const auto from = yaml.indexOf(what);
    const auto to = yaml.indexOf("\n        - do:", from) + 1;
    EXPECT_TRUE(from > 0 && to > from) << what;
    return yaml.remove(from, to - from);
}

TEST(Maintenance, TheLoaderMissesAGateOrAWait)
{
    QFile file(sourcePath(key("resources/procedures/kubernetes-node-maintenance.yaml")));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QByteArray good = file.readAll();
    const auto complaint = [](const QByteArray& yaml) {
        const auto read = procedure::parseProcedure(yaml, key("k.yaml"));
        return read ? key("accepted") : read.error().message;
    };
    ASSERT_EQ(complaint(good), key("accepted"));
    const QByteArray oneGate = without(good, "        - do: gate\n          title: May");
    EXPECT_TRUE(complaint(oneGate).contains(key("no gate stands before it")))
        << complaint(oneGate).toStdString();
    const QByteArray noResume = without(good, "        - do: resume");
    EXPECT_TRUE(complaint(noResume).contains(key("so it has to close it too")))
        << complaint(noResume).toStdString();
    QByteArray noWait = without(good, "        - do: wait-back\n          title: Wait");
    noWait.truncate(noWait.indexOf("        - do: wait-back"));
    EXPECT_TRUE(complaint(noWait).contains(key("does not wait for it")))
        << complaint(noWait).toStdString();
}

} // namespace
} // namespace quorate::test
