// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Unroll.h"

#include "core/procedure/ManualText.h"
#include "core/procedure/Scale.h"

#include <algorithm>

namespace quorate::procedure::detail {
namespace {

class Unroller {
public:
    Unroller(Plan& plan, SystemKind system, const ClusterSnapshot& snapshot,
             const std::vector<NodeId>& voters, const std::set<QString>& capabilities)
        : m_plan(plan)
        , m_system(system)
        , m_snapshot(snapshot)
        , m_voters(voters)
        , m_capabilities(capabilities)
        , m_scale(plan.speed)
    {}

    void block(const Block& block, const std::optional<NodeId>& node, int round)
    {
        switch (block.kind) {
        case BlockKind::Once: inside(block, node, round); return;
        case BlockKind::EachNode:
            for (const NodeId& each : m_plan.order) {
                inside(block, each, round);
            }
            return;
        case BlockKind::OnOneNode: inside(block, m_plan.order.front(), round); return;
        case BlockKind::Repeat:
            for (int again = 1; again <= block.timesMax; ++again) {
                inside(block, node, again);
            }
            return;
        }
    }

private:
    void inside(const Block& block, const std::optional<NodeId>& node, int round)
    {
        for (const StepTemplate& step : block.steps) {
            add(step, node, round);
        }
        for (const Block& inner : block.blocks) {
            this->block(inner, node, round);
        }
    }

    void add(const StepTemplate& from, const std::optional<NodeId>& node, int round)
    {
        if (m_plan.steps.size() > kPlanStepsMax) {
            return;
        }
        PlanStep step;
        step.id =
            StepId{QStringLiteral("%1").arg(m_plan.steps.size() + 1, 4, 10, QLatin1Char('0'))};
        step.kind = from.kind;
        step.title = from.title;
        step.node = from.kind == StepKind::WaitAllReady ? std::nullopt : node;
        step.when = from.when;
        step.round = round;
        step.expected = m_scale.expected(from.expected);
        step.warnAfter = m_scale.warnAfter(from.warnAfter);
        step.limit = m_scale.limit(from.limit);
        step.retry = RetryPolicy{from.retry.attemptsMax, m_scale.pause(from.retry.pause)};
        step.pointOfNoReturn = from.pointOfNoReturn;
        step.opensObligation = from.opensObligation;
        step.closesObligation = from.closesObligation;
        step.waitsFor = waitsFor(from, step.node);
        if (from.act) {
            setAct(step, concrete(*from.act));
        }
        m_plan.steps.push_back(std::move(step));
    }

    void setAct(PlanStep& step, const Act& act) const
    {
        const bool isVoter =
            step.node && std::find(m_voters.begin(), m_voters.end(), *step.node) != m_voters.end();
        step.takesVoterAway = isVoter && quorate::takesVoterAway(act);
        step.repeatable = isRepeatable(act);
        step.act = act;
        if (step.kind == StepKind::Act && !m_capabilities.contains(actName(act))) {
            step.kind = StepKind::Manual;
            step.act = manualFor(act, step.node ? nameOf(*step.node) : QString(), m_system);
            step.repeatable = false;
        }
    }

    [[nodiscard]] Act concrete(Act act) const
    {
        const PackageId package = m_plan.package ? m_plan.package->id : PackageId{};
        if (auto* install = std::get_if<act::InstallPackage>(&act)) {
            install->package = package;
        } else if (auto* stage = std::get_if<act::StagePackage>(&act)) {
            stage->package = package;
        } else if (auto* backup = std::get_if<act::TakeBackup>(&act)) {
            backup->folder = m_plan.backupFolder;
        }
        return act;
    }

    [[nodiscard]] QString nameOf(const NodeId& id) const
    {
        const NodeRecord* node = m_snapshot.node(id);
        return node != nullptr && !node->name.isEmpty() ? node->name : id.value;
    }

    [[nodiscard]] QString stableText() const
    {
        return m_plan.stabilisation < Seconds(1)
                   ? QStringLiteral("stable for %1 ms").arg(m_plan.stabilisation.count())
                   : QStringLiteral("stable for %1").arg(toDurationText(m_plan.stabilisation));
    }

    [[nodiscard]] QString waitsFor(const StepTemplate& step,
                                   const std::optional<NodeId>& node) const
    {
        switch (step.kind) {
        case StepKind::WaitBack: {
            const bool isVoter =
                node && std::find(m_voters.begin(), m_voters.end(), *node) != m_voters.end();
            return QStringLiteral("%1 ready, %2, %3%4")
                .arg(node ? nameOf(*node) : QString(), m_plan.targetVersion.toString(),
                     isVoter ? QStringLiteral("voter, ") : QString(), stableText());
        }
        case StepKind::WaitAllReady:
            return QStringLiteral("every node ready, %1").arg(stableText());
        case StepKind::Gate:
            return QStringLiteral("a fresh yes of the gate for %1")
                .arg(node ? nameOf(*node) : QString());
        case StepKind::Checks: return QStringLiteral("every check without an error");
        case StepKind::Manual: return QStringLiteral("a person's answer");
        case StepKind::Act: return {};
        }
        return {};
    }

    Plan& m_plan;
    SystemKind m_system;
    const ClusterSnapshot& m_snapshot;
    const std::vector<NodeId>& m_voters;
    const std::set<QString>& m_capabilities;
    Scale m_scale;
};

} // namespace

void unroll(Plan& plan, const Procedure& procedure, const ClusterSnapshot& snapshot,
            const std::vector<NodeId>& voters, const std::set<QString>& capabilities)
{
    Unroller unroller(plan, procedure.system, snapshot, voters, capabilities);
    for (const Block& block : procedure.blocks) {
        unroller.block(block, std::nullopt, 1);
    }
}

} // namespace quorate::procedure::detail
