// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/sim/SimRuns.h"

#include "tests/unit/run/RunPlans.h"

namespace quorate::test {

using namespace simulate;

namespace {

constexpr int kNodesMax = 7;
constexpr int kFaultsMax = 3;
constexpr int kCommandsMax = 4;
constexpr qsizetype kTraceLines = 60;

const run::detail::Guards& allGuards()
{
    static const run::detail::Guards guards;
    return guards;
}

QString titleOf(const procedure::Plan& plan)
{
    return QStringLiteral("%1 steps on %2 nodes").arg(plan.steps.size()).arg(plan.voters);
}

/// True when no invariant was broken.
bool count(SimTally& tally, const procedure::Plan& plan, Scenario scenario, const QString& title)
{
    const Outcome outcome = Driver(plan, allGuards(), scenario).run();
    ++tally.runs;
    ++tally.ends[run::isEnded(outcome.phase) ? run::toString(outcome.phase) : outcome.attention];
    if (outcome.violations.empty()) {
        return true;
    }
    scenario.traced = true;
    tally.failure =
        QStringLiteral("%1, %2:\n%3")
            .arg(title, titleOf(plan), describeOutcome(Driver(plan, allGuards(), scenario).run()));
    return false;
}

QString titleOf(const Fault& fault)
{
    return fault.kind == FaultKind::CoordinatorKilled
               ? QStringLiteral("killed at record %1, effects %2")
                     .arg(fault.record)
                     .arg(fault.afterEffects ? QStringLiteral("begun")
                                             : QStringLiteral("not begun"))
               : QStringLiteral("%1 on %2 at step %3 for %4 ms")
                     .arg(toString(fault.kind), fault.node.value)
                     .arg(fault.step + 1)
                     .arg(fault.lasting.count());
}

} // namespace

const std::vector<procedure::Plan>& simulatedPlans()
{
    static const std::vector<procedure::Plan> plans = [] {
        std::vector<procedure::Plan> all;
        for (int nodes = 1; nodes <= kNodesMax; ++nodes) {
            all.push_back(cmPlan(nodes));
            all.push_back(mssPlan(nodes));
        }
        return all;
    }();
    return plans;
}

SimTally runSeeded(quint64 seed, int runs)
{
    std::vector<int> records;
    for (const procedure::Plan& plan : simulatedPlans()) {
        records.push_back(Driver(plan, allGuards(), {}).run().records);
    }
    std::mt19937_64 seeds(seed);
    SimTally tally;
    for (int index = 0; index < runs; ++index) {
        const std::size_t which = static_cast<std::size_t>(index) % simulatedPlans().size();
        const procedure::Plan& plan = simulatedPlans()[which];
        Scenario scenario = sampled(plan, seeds(), kFaultsMax, records[which]);
        scenario.commandsMax = index % 3 == 0 ? kCommandsMax : 0;
        const QString title = QStringLiteral("run %1 of seed %2 (scenario %3, %4 commands)")
                                  .arg(index + 1)
                                  .arg(seed)
                                  .arg(scenario.seed)
                                  .arg(scenario.commandsMax);
        if (!count(tally, plan, std::move(scenario), title)) {
            break;
        }
    }
    return tally;
}

SimTally runEverySingleFault(const procedure::Plan& plan, SimPart part)
{
    const int records = Driver(plan, allGuards(), {}).run().records;
    SimTally tally;
    int index = 0;
    for (Scenario& scenario : allSingleFaults(plan, 1, records)) {
        const QString title = titleOf(scenario.faults.front());
        if (index++ % part.count == part.index && !count(tally, plan, std::move(scenario), title)) {
            break;
        }
    }
    return tally;
}

QString describeOutcome(const Outcome& outcome)
{
    QStringList lines =
        outcome.trace.mid(std::max<qsizetype>(0, outcome.trace.size() - kTraceLines));
    for (const QString& violation : outcome.violations) {
        lines.append(QStringLiteral("violation: ") + violation);
    }
    lines.append(QStringLiteral("%1 %2 %3")
                     .arg(run::toString(outcome.phase), outcome.attention, outcome.essence));
    return lines.join(QLatin1Char('\n'));
}

} // namespace quorate::test
