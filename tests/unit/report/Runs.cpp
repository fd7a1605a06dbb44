// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/report/Runs.h"

#include "core/simulate/Driver.h"
#include "tests/support/Test.h"
#include "tests/unit/procedure/Samples.h"

namespace quorate::test {
namespace {

const Version kOld{14, 1, 0, 0};
const Version kNew{14, 2, 0, 0};

procedure::Plan samplePlan()
{
    ClusterSnapshot snapshot = sampleSnapshot(SystemKind::Mss, 3, kOld);
    const Package package = samplePackage(SystemKind::Mss, kOld, kNew);
    stageEverywhere(snapshot, package);
    auto plan = procedure::makePlan(shippedProcedure(QStringLiteral("mss-appliance")), snapshot,
                                    package, sampleOptions());
    EXPECT_TRUE(plan) << (plan ? "" : describe(plan.error()).toStdString());
    return plan ? *plan : procedure::Plan{};
}

SampleRun runOf(simulate::Scenario scenario)
{
    SampleRun run{.id = RunId{QStringLiteral("simulated")},
                  .plan = samplePlan(),
                  .journal = {},
                  .endedAt = {}};
    scenario.throughJson = true;
    const run::detail::Guards guards;
    simulate::Driver driver(run.plan, guards, std::move(scenario));
    EXPECT_TRUE(driver.run().violations.empty());
    run.journal = driver.records();
    EXPECT_FALSE(run.journal.empty());
    run.endedAt = run.journal.back().at;
    return run;
}

int firstInstallation(const procedure::Plan& plan)
{
    const auto isInstall = [](const procedure::PlanStep& step) {
        return step.act && std::holds_alternative<act::InstallPackage>(*step.act);
    };
    const auto found = std::ranges::find_if(plan.steps, isInstall);
    EXPECT_NE(found, plan.steps.end());
    return static_cast<int>(found - plan.steps.begin());
}

} // namespace

const SampleRun& upgradedRun()
{
    static const SampleRun run = runOf({});
    return run;
}

SampleRun faultyRun(simulate::FaultKind fault)
{
    const procedure::Plan plan = samplePlan();
    const int step = firstInstallation(plan);
    const NodeId node = plan.steps[static_cast<std::size_t>(step)].node.value_or(NodeId{});
    return runOf({.faults = {{.kind = fault, .step = step, .node = node}}});
}

report::Replayed replayed(const SampleRun& run)
{
    auto out = report::replayRun(run.plan, run.id, run.journal, run.endedAt);
    EXPECT_TRUE(out) << (out ? "" : describe(out.error()).toStdString());
    return out ? *std::move(out) : report::Replayed{};
}

std::vector<report::ActivityLine> sampleActivity(const SampleRun& run)
{
    const TimePoint start = run.journal.front().at;
    const auto entry = [](qint64 sequence, TimePoint at, const char* text) {
        return report::ActivityLine{.sequence = sequence,
                                    .at = at,
                                    .actor = QStringLiteral("ops1@desk"),
                                    .kind = QStringLiteral("run"),
                                    .text = QString::fromLatin1(text),
                                    .hash = QByteArray(32, '\x11')};
    };
    return {entry(3, start + Seconds(5), "Run started"), entry(2, start - Seconds(30), "Planned"),
            entry(1, start - std::chrono::hours(24), "The day before")};
}

const Secret& sampleKey()
{
    static const Secret key = [] {
        auto made = report::generateSigningKey(QStringLiteral("ops1@desk"),
                                               TimePoint(std::chrono::hours(490'000)));
        EXPECT_TRUE(made);
        return made ? *std::move(made) : Secret();
    }();
    return key;
}

report::EvidenceInput sampleEvidence()
{
    const SampleRun& run = upgradedRun();
    auto signer = report::makeSigner(sampleKey());
    EXPECT_TRUE(signer);
    return {.run = run.id,
            .plan = run.plan,
            .journal = run.journal,
            .activity = sampleActivity(run),
            .madeAt = run.endedAt + Seconds(60),
            .madeBy = QStringLiteral("ops1@desk"),
            .program = QStringLiteral("quorate 0.1.0"),
            .signer = signer ? *signer : nullptr,
            .unsignedBecause = {}};
}

} // namespace quorate::test
