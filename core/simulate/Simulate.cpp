// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/Simulate.h"

#include "core/simulate/Scenarios.h"

#include <algorithm>

namespace quorate::simulate {

QString toString(FaultKind kind)
{
    switch (kind) {
    case FaultKind::NeverReturns: return QStringLiteral("never-returns");
    case FaultKind::ReturnsOld: return QStringLiteral("returns-old");
    case FaultKind::VerifyFails: return QStringLiteral("verify-fails");
    case FaultKind::OperationFails: return QStringLiteral("operation-fails");
    case FaultKind::Unreachable: return QStringLiteral("unreachable");
    case FaultKind::DiskFull: return QStringLiteral("disk-full");
    case FaultKind::PeerDies: return QStringLiteral("peer-dies");
    case FaultKind::LeaderMoves: return QStringLiteral("leader-moves");
    case FaultKind::AnswerLost: return QStringLiteral("answer-lost");
    case FaultKind::CoordinatorKilled: return QStringLiteral("coordinator-killed");
    }
    return {};
}

namespace {

/// Fault counts beyond which a run's margin says nothing about the plan.
bool hitsBystander(const Scenario& scenario)
{
    return std::ranges::any_of(
        scenario.faults, [](const Fault& fault) { return fault.kind == FaultKind::PeerDies; });
}

class Tally {
public:
    explicit Tally(const procedure::Plan& plan)
        : m_plan(plan)
    {}

    void add(const Scenario& scenario, const Outcome& outcome)
    {
        ++m_summary.runs;
        m_summary.succeeded += outcome.phase == run::RunPhase::Succeeded ? 1 : 0;
        m_summary.waitedForPerson += run::isEnded(outcome.phase) ? 0 : 1;
        m_summary.failed += outcome.phase == run::RunPhase::Failed ? 1 : 0;
        m_summary.marginLowestWithFaults =
            std::min(m_summary.marginLowestWithFaults, outcome.marginLowest);
        if (!hitsBystander(scenario)) {
            m_summary.marginLowest = std::min(m_summary.marginLowest, outcome.marginLowest);
        }
        if (outcome.phase == run::RunPhase::Succeeded) {
            m_durations.push_back(outcome.duration);
        }
        for (const QString& invariant : outcome.violations) {
            keep(invariant, scenario);
        }
    }

    void start(const Outcome& plain)
    {
        m_summary.durationExpected = plain.duration;
        m_summary.marginLowest = plain.marginLowest;
        m_summary.marginLowestWithFaults = plain.marginLowest;
    }

    void differs(const Scenario& scenario) { keep(QStringLiteral("resume-differs"), scenario); }

    Summary finish()
    {
        std::ranges::sort(m_durations);
        if (!m_durations.empty()) {
            m_summary.durationP90 = m_durations[(m_durations.size() - 1) * 9 / 10];
        }
        QString margin = QStringLiteral("Lowest margin %1").arg(m_summary.marginLowest);
        if (!m_plan.order.empty() && m_summary.marginLowest == 0) {
            margin += QStringLiteral(" while a node is out");
        }
        m_summary.sentence = QStringLiteral("%1 runs with faults: %2 violations. %3.")
                                 .arg(m_summary.runs)
                                 .arg(m_summary.violations.size())
                                 .arg(margin);
        return m_summary;
    }

private:
    /// One violation of each kind, the shortest.
    void keep(const QString& invariant, Scenario scenario)
    {
        static const run::detail::Guards all;
        scenario.traced = true;
        Violation violation{invariant, scenario.seed,
                            Driver(m_plan, all, scenario).run().trace.join(QLatin1Char('\n'))};
        const auto known =
            std::ranges::find(m_summary.violations, invariant, &Violation::invariant);
        if (known == m_summary.violations.end()) {
            m_summary.violations.push_back(std::move(violation));
        } else if (violation.trace.size() < known->trace.size()) {
            *known = std::move(violation);
        }
    }

    const procedure::Plan& m_plan;
    Summary m_summary;
    std::vector<Millis> m_durations;
};

/// A practice cluster's plan with the vendor's minutes again: the model's nodes take as long as
/// real ones, so a plan whose limits are divided by 60 would see every one of them pass.
procedure::Plan atVendorSpeed(procedure::Plan plan)
{
    if (plan.speed <= 1) {
        return plan;
    }
    const auto slow = [&plan](Millis& time) {
        time = Millis(static_cast<qint64>(static_cast<double>(time.count()) * plan.speed));
    };
    for (procedure::PlanStep& step : plan.steps) {
        slow(step.expected);
        slow(step.warnAfter);
        slow(step.limit);
        slow(step.retry.pause);
    }
    slow(plan.stabilisation);
    slow(plan.greenInterval);
    plan.policy.freshnessMax = quorum::Policy{}.freshnessMax;
    plan.speed = 1;
    return plan;
}

Summary atPlanSpeed(Summary summary, double speed)
{
    if (speed > 1) {
        for (Millis* time : {&summary.durationExpected, &summary.durationP90}) {
            *time = Millis(static_cast<qint64>(static_cast<double>(time->count()) / speed));
        }
    }
    return summary;
}

} // namespace

Summary simulate(const procedure::Plan& asked, const Options& options, std::stop_token stop)
{
    static const run::detail::Guards all;
    const procedure::Plan plan = atVendorSpeed(asked);
    Tally tally(plan);
    const Outcome plain = Driver(plan, all, Scenario{.seed = options.seed}).run();
    tally.start(plain);
    std::vector<Scenario> scenarios;
    if (options.enumerate && plan.order.size() <= kEnumeratedNodesMax) {
        scenarios = singleFaults(plan, options.seed, plain.records);
    }
    if (static_cast<int>(scenarios.size()) > options.runs) {
        thinOut(scenarios, options.runs);
    }
    std::mt19937_64 seeds(options.seed);
    while (static_cast<int>(scenarios.size()) < options.runs) {
        scenarios.push_back(sampled(plan, seeds(), options.faultsMax, plain.records));
    }
    for (const Scenario& scenario : scenarios) {
        if (stop.stop_requested()) {
            break;
        }
        const Outcome outcome = Driver(plan, all, scenario).run();
        tally.add(scenario, outcome);
        const bool onlyKilled = std::ranges::all_of(scenario.faults, [](const Fault& fault) {
            return fault.kind == FaultKind::CoordinatorKilled;
        });
        if (onlyKilled && (outcome.phase != plain.phase || outcome.essence != plain.essence)) {
            tally.differs(scenario);
        }
    }
    return atPlanSpeed(tally.finish(), asked.speed);
}

} // namespace quorate::simulate
