// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Loader.h"
#include "core/procedure/Planner.h"
#include "tests/sim/SimRuns.h"
#include "tests/support/Test.h"

// The maintenance of Kubernetes nodes as it comes with Quorate, simulated: a drained node votes on,
// and what takes it away is a person who restarts it.

using namespace quorate;
using namespace quorate::simulate;
using quorate::procedure::Plan;
using quorate::procedure::PlanStep;
using quorate::procedure::StepKind;
using quorate::test::describeOutcome;
using quorate::test::SimTally;

namespace {

const run::detail::Guards kAll;

ClusterSnapshot kubernetes(int nodes)
{
    Plan like;
    like.cluster = {
        ClusterId{QStringLiteral("k")}, QStringLiteral("lab"), SystemKind::Generic,
        QStringLiteral("kubernetes"),   Environment::Test,     QStringLiteral("localhost")};
    like.plannedAt = TimePoint(std::chrono::hours(24 * 365 * 56));
    for (int number = 1; number <= nodes; ++number) {
        const NodeId id{QStringLiteral("cp-%1").arg(number)};
        like.order.push_back(id);
        like.sourceVersions[id] = Version{1, 32, 3};
    }
    const ModelCluster model(like, like.plannedAt, 1);
    ClusterSnapshot snapshot;
    snapshot.identity = like.cluster;
    snapshot.takenAt = like.plannedAt;
    for (const ModelNode& node : model.nodes()) {
        NodeRecord& record = snapshot.nodes.emplace_back(
            NodeRecord{.id = node.id, .name = node.id.value, .address = node.id.value});
        record.attemptedAt = like.plannedAt;
        record.last = model.observe(node, like.plannedAt);
    }
    return snapshot;
}

Plan maintenancePlan(int nodes)
{
    const auto all = procedure::loadProcedures();
    const auto found = std::ranges::find(*all, QStringLiteral("kubernetes-node-maintenance"),
                                         [](const auto& each) { return each.id.value; });
    procedure::PlanOptions options;
    options.capabilities = procedure::allActs();
    const auto plan = makePlan(*found, kubernetes(nodes), std::nullopt, options);
    EXPECT_TRUE(plan) << describe(plan.error()).toStdString();
    return plan.value_or(Plan{});
}

std::string text(const Plan& plan, const run::detail::Guards& guards = kAll, Scenario scenario = {})
{
    scenario.traced = true;
    return describeOutcome(Driver(plan, guards, scenario).run()).toStdString();
}

/// What single faults at every step bring to light.
std::set<QString> violationsOf(const Plan& plan, const run::detail::Guards& guards)
{
    std::set<QString> found;
    const Outcome plain = Driver(plan, guards, {}).run();
    found.insert(plain.violations.begin(), plain.violations.end());
    for (const Scenario& scenario : singleFaults(plan, 1, 0)) {
        const Outcome outcome = Driver(plan, guards, scenario).run();
        found.insert(outcome.violations.begin(), outcome.violations.end());
    }
    return found;
}

} // namespace

TEST(Maintenance, EveryNodeIsWorkedOnAndLeftAsItWas)
{
    for (const int nodes : {1, 3, 5}) {
        const Plan plan = maintenancePlan(nodes);
        const Outcome outcome = Driver(plan, kAll, {.traced = true}).run();
        EXPECT_EQ(run::toString(outcome.phase), QStringLiteral("succeeded")) << text(plan);
        EXPECT_TRUE(outcome.violations.empty()) << text(plan);
        EXPECT_EQ(outcome.marginLowest, nodes - 1 - (nodes / 2 + 1));
        EXPECT_EQ(outcome.trace.filter(QStringLiteral("a person works on")).size(), nodes);
    }
}

TEST(Maintenance, EverySingleFaultAtEveryStepIsSurvived)
{
    // On one node all of them; three nodes meet seeded ones below, or a sanitized build takes
    // minutes.
    const SimTally tally = test::runEverySingleFault(maintenancePlan(1));
    EXPECT_TRUE(tally.failure.isEmpty()) << tally.failure.toStdString();
    EXPECT_GT(tally.runs, 50);
}

TEST(Maintenance, SeededFaultsBreakNoInvariant)
{
    for (const int nodes : {3, 5}) {
        const Summary summary = simulate::simulate(
            maintenancePlan(nodes), {.runs = 50, .seed = 4, .faultsMax = 3, .enumerate = false});
        EXPECT_TRUE(summary.violations.empty())
            << summary.violations.front().invariant.toStdString() << "\n"
            << summary.violations.front().trace.toStdString();
        EXPECT_GT(summary.succeeded, 5);
    }
}

TEST(Maintenance, APersonWhoGivesCommandsBreaksNoInvariant)
{
    const Plan plan = maintenancePlan(3);
    const int records = Driver(plan, kAll, {}).run().records;
    for (quint64 seed = 1; seed <= 60; ++seed) {
        Scenario scenario = sampled(plan, seed, 2, records);
        scenario.commandsMax = 4;
        const Outcome outcome = Driver(plan, kAll, scenario).run();
        ASSERT_TRUE(outcome.violations.empty()) << seed << "\n" << text(plan, kAll, scenario);
    }
}

TEST(Maintenance, WithoutTheGatesAMajorityIsLost)
{
    Plan plan = maintenancePlan(3);
    std::erase_if(plan.steps, [](const PlanStep& step) {
        return step.kind == StepKind::Gate || step.kind == StepKind::Checks;
    });
    EXPECT_TRUE(violationsOf(plan, kAll).empty()) << "the machine asks before each act by itself";
    run::detail::Guards guards;
    guards.gateAgain = false;
    EXPECT_TRUE(violationsOf(plan, guards).contains(QStringLiteral("below-majority")))
        << text(plan, guards);
    EXPECT_FALSE(violationsOf(maintenancePlan(3), kAll).contains(QStringLiteral("below-majority")));
}

TEST(Maintenance, ANodeThatIsForgottenIsSeen)
{
    Plan plan = maintenancePlan(1);
    std::erase_if(plan.steps, [](const PlanStep& step) {
        return step.act && std::holds_alternative<act::Resume>(*step.act);
    });
    Outcome outcome = Driver(plan, kAll, {}).run();
    EXPECT_EQ(outcome.attention, QStringLiteral("obligation-open")) << text(plan);
    plan.obligations.clear();
    outcome = Driver(plan, kAll, {}).run();
    EXPECT_EQ(outcome.violations, std::vector<QString>{QStringLiteral("left-cordoned")})
        << text(plan);
}

TEST(Maintenance, ACancelledRunUncordonsFirst)
{
    const Plan plan = maintenancePlan(3);
    int cancelled = 0;
    for (quint64 seed = 1; seed <= 200; ++seed) {
        const Scenario scenario{.seed = seed, .faults = {}, .commandsMax = 1, .traced = true};
        const Outcome outcome = Driver(plan, kAll, scenario).run();
        if (outcome.phase == run::RunPhase::Cancelled) {
            ++cancelled;
            EXPECT_FALSE(outcome.essence.contains(QStringLiteral("cordoned")))
                << text(plan, kAll, scenario);
        }
    }
    EXPECT_GT(cancelled, 0);
}
