// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/Scenarios.h"

#include <array>

namespace quorate::simulate {
namespace {

using procedure::PlanStep;
using procedure::StepKind;

constexpr std::array kKinds{FaultKind::NeverReturns, FaultKind::ReturnsOld,
                            FaultKind::VerifyFails,  FaultKind::OperationFails,
                            FaultKind::Unreachable,  FaultKind::DiskFull,
                            FaultKind::PeerDies,     FaultKind::LeaderMoves,
                            FaultKind::AnswerLost,   FaultKind::CoordinatorKilled};
constexpr Millis kLastingShort = Seconds(90);
constexpr Millis kLastingLong = std::chrono::minutes(20);
constexpr Millis kLastingEver = std::chrono::hours(24 * 365); ///< longer than any run

/// Whether the fault can show at this step at all; what waits for a later step is tried there.
bool canMatter(FaultKind kind, const PlanStep& step)
{
    const bool isAct = step.kind == StepKind::Act && step.act && step.node;
    switch (kind) {
    case FaultKind::NeverReturns:
        return (isAct && std::holds_alternative<act::Reboot>(*step.act))
               || (step.kind == StepKind::Manual && step.takesVoterAway);
    case FaultKind::ReturnsOld:
    case FaultKind::VerifyFails:
    case FaultKind::DiskFull:
        return isAct && std::holds_alternative<act::InstallPackage>(*step.act);
    case FaultKind::OperationFails:
    case FaultKind::AnswerLost: return isAct;
    case FaultKind::Unreachable:
    case FaultKind::PeerDies:
    case FaultKind::LeaderMoves: return true;
    case FaultKind::CoordinatorKilled: return false;
    }
    return false;
}

/// The node of the step, or for the faults of bystanders the next one.
NodeId victim(const procedure::Plan& plan, FaultKind kind, const PlanStep& step, std::size_t shift)
{
    std::size_t index = 0;
    for (std::size_t at = 0; at < plan.order.size(); ++at) {
        index = step.node == plan.order[at] ? at : index;
    }
    const bool bystander = kind == FaultKind::PeerDies || kind == FaultKind::LeaderMoves;
    return plan.order[(index + (bystander ? 1 + shift : 0)) % plan.order.size()];
}

/// How long a fault may last, where that is asked; 0: until somebody mends it, or at once.
std::vector<Millis> lastings(FaultKind kind)
{
    switch (kind) {
    case FaultKind::Unreachable: return {kLastingShort, kLastingLong, kLastingEver};
    case FaultKind::PeerDies: return {kLastingShort, kLastingLong, Millis(0)};
    case FaultKind::CoordinatorKilled: return {};
    case FaultKind::NeverReturns:
    case FaultKind::ReturnsOld:
    case FaultKind::VerifyFails:
    case FaultKind::OperationFails:
    case FaultKind::DiskFull:
    case FaultKind::LeaderMoves:
    case FaultKind::AnswerLost: return {Millis(0)};
    }
    return {};
}

void addKills(std::vector<Scenario>& scenarios, quint64 seed, int records)
{
    for (int record = 1; record <= records; ++record) {
        for (const bool after : {false, true}) {
            Fault killed{.kind = FaultKind::CoordinatorKilled,
                         .step = -1,
                         .record = record,
                         .afterEffects = after};
            scenarios.push_back({.seed = seed, .faults = {killed}});
        }
    }
}

} // namespace

std::vector<Scenario> allSingleFaults(const procedure::Plan& plan, quint64 seed, int records)
{
    std::vector<Scenario> scenarios;
    for (int step = 0; step < static_cast<int>(plan.steps.size()); ++step) {
        for (const NodeId& node : plan.order) {
            for (const FaultKind kind : kKinds) {
                for (const Millis lasting : lastings(kind)) {
                    scenarios.push_back({.seed = seed, .faults = {{kind, step, node, lasting}}});
                }
            }
        }
    }
    addKills(scenarios, seed, records);
    return scenarios;
}

std::vector<Scenario> singleFaults(const procedure::Plan& plan, quint64 seed, int records)
{
    std::vector<Scenario> scenarios;
    if (plan.order.empty()) {
        return scenarios;
    }
    for (int step = 0; step < static_cast<int>(plan.steps.size()); ++step) {
        const PlanStep& planned = plan.steps[static_cast<std::size_t>(step)];
        for (const FaultKind kind : kKinds) {
            if (!canMatter(kind, planned)
                || (kind == FaultKind::PeerDies && plan.order.size() < 2)) {
                continue;
            }
            const Millis lasting = kind == FaultKind::Unreachable ? kLastingShort : Millis(0);
            scenarios.push_back(
                {.seed = seed, .faults = {{kind, step, victim(plan, kind, planned, 0), lasting}}});
        }
    }
    addKills(scenarios, seed, records);
    return scenarios;
}

Scenario sampled(const procedure::Plan& plan, quint64 seed, int faultsMax, int records)
{
    std::mt19937_64 random(seed);
    const auto below = [&random](std::size_t limit) {
        return static_cast<std::size_t>(random() % std::max<std::size_t>(limit, 1));
    };
    Scenario scenario{.seed = seed};
    const std::size_t count = plan.order.empty() || plan.steps.empty()
                                  ? 0
                                  : below(static_cast<std::size_t>(faultsMax) + 1);
    while (scenario.faults.size() < count) {
        Fault fault;
        fault.kind = kKinds[below(kKinds.size())];
        fault.step = static_cast<int>(below(plan.steps.size()));
        fault.node = victim(plan, fault.kind, plan.steps[static_cast<std::size_t>(fault.step)],
                            below(plan.order.size()));
        fault.lasting = below(2) == 0 ? kLastingShort : kLastingLong;
        if (fault.kind == FaultKind::PeerDies && below(2) == 0) {
            fault.lasting = Millis(0);
        }
        fault.record = 1 + static_cast<int>(below(static_cast<std::size_t>(records)));
        fault.afterEffects = below(2) == 0;
        scenario.faults.push_back(fault);
    }
    return scenario;
}

void thinOut(std::vector<Scenario>& scenarios, int count)
{
    std::vector<Scenario> kept;
    const std::size_t wanted = static_cast<std::size_t>(std::max(count, 0));
    for (std::size_t index = 0; index < wanted; ++index) {
        kept.push_back(scenarios[index * scenarios.size() / wanted]);
    }
    scenarios = std::move(kept);
}

} // namespace quorate::simulate
