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

/// All violations that single faults at every step bring to light.
std::set<QString> violationsOf(const procedure::Plan& plan, const Guards& guards)
{
    std::set<QString> found;
    const Outcome plain = Driver(plan, guards, {}).run();
    found.insert(plain.violations.begin(), plain.violations.end());
    for (const Scenario& scenario : singleFaults(plan, 1, std::min(plain.records, 20))) {
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
    Guards guards;
    EXPECT_FALSE(violationsOf(plan, guards).contains(QString::fromLatin1(invariant)));
    guards.*guard = false;
    const std::set<QString> found = violationsOf(plan, guards);
    EXPECT_TRUE(found.contains(QString::fromLatin1(invariant))) << "found: " << all(found);
}

} // namespace

TEST(Mutation, GateIgnored) { expectCaught(cmPlan(3), &Guards::gate, "below-majority"); }
TEST(Mutation, GateOnStaleData) { expectCaught(cmPlan(3), &Guards::gateFresh, "below-majority"); }
TEST(Mutation, NotAskedAgainBeforeTheAct)
{
    expectCaught(cmPlan(3), &Guards::gateAgain, "below-majority");
}
TEST(Mutation, WaitBackSkipped) { expectCaught(cmPlan(5), &Guards::waitBack, "two-out"); }
TEST(Mutation, VersionNotChecked)
{
    expectCaught(mssPlan(3), &Guards::versionCheck, "false-success");
}
TEST(Mutation, SentAgainWithoutAsking)
{
    expectCaught(cmPlan(3), &Guards::probeBeforeResend, "acted-twice");
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
