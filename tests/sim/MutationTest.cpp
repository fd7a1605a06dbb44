// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/Scenarios.h"
#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"

// Each guard of the machine is taken away once, and the simulator has to notice, by the right
// invariant: the proof that a green simulation means something.

using namespace quorate;
using namespace quorate::simulate;
using quorate::run::detail::Guards;
using quorate::test::cmPlan;
using quorate::test::mssPlan;

namespace {

/// Violations that single faults at every step bring to light, up to the first of the wanted kind.
std::set<QString> violationsOf(const procedure::Plan& plan, const Guards& guards,
                               const QString& wanted)
{
    std::set<QString> found;
    const Outcome plain = Driver(plan, guards, {}).run();
    found.insert(plain.violations.begin(), plain.violations.end());
    for (const Scenario& scenario : singleFaults(plan, 1, std::min(plain.records, 20))) {
        if (found.contains(wanted)) {
            break;
        }
        const Outcome outcome = Driver(plan, guards, scenario).run();
        found.insert(outcome.violations.begin(), outcome.violations.end());
    }
    return found;
}

std::string all(const std::set<QString>& names)
{
    std::string text;
    for (const QString& name : names) {
        text += name.toStdString() + " ";
    }
    return text;
}

void expectCaught(const procedure::Plan& plan, bool Guards::*guard, const char* invariant)
{
    Guards guards; // with all of them nothing is found: Simulator.EverySingleFault…
    guards.*guard = false;
    const QString wanted = QString::fromLatin1(invariant);
    const std::set<QString> found = violationsOf(plan, guards, wanted);
    EXPECT_TRUE(found.contains(wanted))
        << "found: " << all(found) << "\n"
        << Driver(plan, guards, {.traced = true}).run().trace.join(QLatin1Char('\n')).toStdString();
}

} // namespace

TEST(Mutation, GateIgnored) { expectCaught(cmPlan(3), &Guards::gate, "below-majority"); }
TEST(Mutation, GateOnStaleData) { expectCaught(cmPlan(3), &Guards::gateFresh, "below-majority"); }
TEST(Mutation, NotAskedAgainBeforeTheAct)
{
    expectCaught(cmPlan(3), &Guards::gateAgain, "below-majority");
}
TEST(Mutation, WaitBackSkipped)
{
    // The gate alone sees a node that answers "ready" the moment it is up; it is back only when
    // that lasted.
    procedure::Plan plan = mssPlan(5);
    plan.stabilisation = std::chrono::minutes(10);
    expectCaught(plan, &Guards::waitBack, "two-out");
}
TEST(Mutation, VersionNotChecked)
{
    expectCaught(mssPlan(3), &Guards::versionCheck, "false-success");
}
TEST(Mutation, SentAgainWithoutAsking)
{
    procedure::Plan plan = cmPlan(3); // acts that are over before their lost answer is missed
    for (procedure::PlanStep& step : plan.steps) {
        step.expected = Seconds(5);
    }
    expectCaught(plan, &Guards::probeBeforeResend, "acted-twice");
}
TEST(Mutation, LeaderNotLast) { expectCaught(cmPlan(3), &Guards::leaderLast, "leader-early"); }
TEST(Mutation, EffectBeforeJournal)
{
    expectCaught(cmPlan(3), &Guards::journalFirst, "unjournalled");
}
TEST(Mutation, WaitWithoutLimit) { expectCaught(cmPlan(3), &Guards::limits, "never-ends"); }

TEST(Mutation, TwoAtATime)
{
    // A procedure that forgets to wait for its node: the machine refuses to go on with the next.
    procedure::Plan plan = cmPlan(5);
    std::erase_if(plan.steps, [](const procedure::PlanStep& step) {
        return step.kind == procedure::StepKind::WaitBack || step.kind == procedure::StepKind::Gate
               || (step.act && std::holds_alternative<act::Reboot>(*step.act));
    });
    expectCaught(plan, &Guards::oneAtATime, "two-out");
}
