// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Unroll.h"

#include "core/procedure/ManualText.h"
#include "core/procedure/Scale.h"

#include <algorithm>

namespace quorate::procedure::detail {
namespace {

class Unroller {
public:
    Unroller(Plan& plan, const Procedure& procedure, const UnrollInput& input)
        : m_plan(plan)
        , m_procedure(procedure)
        , m_input(input)
        , m_scale(plan.speed)
    {}

    void block(const Block& block, const std::optional<NodeId>& node, int round)
    {
        switch (block.kind) {
        case BlockKind::Once: inside(block, node, round); return;
        case BlockKind::EachNode:
            m_inEach = true;
            for (const NodeId& each : m_plan.order) {
                inside(block, each, round);
            }
            m_inEach = false;
            return;
        case BlockKind::OnOneNode:
            if (!m_plan.order.empty()) {
                inside(block, m_plan.order.front(), round);
            }
            return;
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
        const ParameterValues& values = m_input.parameters;
        const bool isLeftOut =
            (!from.onlyWith.isEmpty() && !isGiven(values, from.onlyWith))
            || (!from.onlyWithout.isEmpty() && isGiven(values, from.onlyWithout));
        if (m_plan.steps.size() > kPlanStepsMax || isLeftOut) {
            return;
        }
        PlanStep step;
        step.id =
            StepId{QStringLiteral("%1").arg(m_plan.steps.size() + 1, 4, 10, QLatin1Char('0'))};
        step.kind = from.kind;
        step.title = filledIn(from.title, values, node ? nameOf(*node) : QString());
        step.node = from.kind == StepKind::WaitAllReady ? std::nullopt : node;
        step.when = from.when;
        step.round = round;
        step.expected = m_scale.expected(from.expected);
        step.warnAfter = m_scale.warnAfter(from.warnAfter);
        step.limit = m_scale.limit(from.limit);
        step.retry = RetryPolicy{from.retry.attemptsMax, m_scale.pause(from.retry.pause)};
        step.pointOfNoReturn = from.pointOfNoReturn;
        step.opensObligation = obligation(from.opensObligation, node);
        step.closesObligation = obligation(from.closesObligation, node);
        step.waitsFor = waitsFor(from, step.node);
        if (from.act) {
            setAct(step, concrete(from, step.node), from.takesNodeAway);
        }
        m_plan.steps.push_back(std::move(step));
    }

    void setAct(PlanStep& step, const Act& act, bool takesNodeAway) const
    {
        step.takesVoterAway =
            step.node && isVoter(*step.node) && (takesNodeAway || quorate::takesVoterAway(act));
        step.repeatable = isRepeatable(act);
        step.act = act;
        if (step.kind == StepKind::Act && !m_input.capabilities.contains(actName(act))) {
            step.kind = StepKind::Manual;
            step.act =
                manualFor(act, step.node ? nameOf(*step.node) : QString(), m_procedure.system);
            step.repeatable = false;
        } else if (const auto* drain = std::get_if<act::Drain>(&act)) {
            // The operator's own limit ends the drain, not ours for its step.
            step.limit =
                std::max<Millis>(step.limit, Seconds(drain->limitSeconds) + act::kDrainEnding);
        }
    }

    /// In `each` a debt is every node's own.
    std::optional<QString> obligation(const std::optional<QString>& id,
                                      const std::optional<NodeId>& node)
    {
        if (!id) {
            return std::nullopt;
        }
        const auto spec = std::ranges::find(m_procedure.obligations, *id, &ObligationSpec::id);
        if (spec == m_procedure.obligations.end()) {
            return std::nullopt;
        }
        ObligationSpec made = *spec;
        if (m_inEach && node) {
            made.id += QLatin1Char('/') + node->value;
            made.title += QStringLiteral(": ") + nameOf(*node);
        }
        if (std::ranges::find(m_plan.obligations, made.id, &ObligationSpec::id)
            == m_plan.obligations.end()) {
            m_plan.obligations.push_back(made);
        }
        return made.id;
    }

    [[nodiscard]] Act concrete(const StepTemplate& from, const std::optional<NodeId>& node) const
    {
        Act act = *from.act;
        const PackageId package = m_plan.package ? m_plan.package->id : PackageId{};
        if (auto* install = std::get_if<act::InstallPackage>(&act)) {
            install->package = package;
        } else if (auto* stage = std::get_if<act::StagePackage>(&act)) {
            stage->package = package;
        } else if (auto* backup = std::get_if<act::TakeBackup>(&act)) {
            backup->folder = m_plan.backupFolder;
        } else if (auto* drain = std::get_if<act::Drain>(&act)) {
            fillDrain(*drain, from.fromParameters, m_input.parameters);
        } else if (auto* manual = std::get_if<act::Manual>(&act)) {
            const QString name = node ? nameOf(*node) : QString();
            manual->instructions = filledIn(manual->instructions, m_input.parameters, name);
            manual->question = filledIn(manual->question, m_input.parameters, name);
        }
        return act;
    }

    [[nodiscard]] QString nameOf(const NodeId& id) const
    {
        const NodeRecord* node = m_input.snapshot.node(id);
        return node != nullptr && !node->name.isEmpty() ? node->name : id.value;
    }

    [[nodiscard]] bool isVoter(const NodeId& id) const
    {
        return std::ranges::find(m_input.voters, id) != m_input.voters.end();
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
            QStringList parts{(node ? nameOf(*node) : QString()) + QStringLiteral(" ready")};
            if (m_plan.package) {
                parts.append(m_plan.targetVersion.toString());
            }
            if (node && isVoter(*node)) {
                parts.append(QStringLiteral("voter"));
            }
            return (parts << stableText()).join(QStringLiteral(", "));
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
    const Procedure& m_procedure;
    const UnrollInput& m_input;
    Scale m_scale;
    bool m_inEach = false;
};

} // namespace

void unroll(Plan& plan, const Procedure& procedure, const UnrollInput& input)
{
    plan.obligations.clear();
    Unroller unroller(plan, procedure, input);
    for (const Block& block : procedure.blocks) {
        unroller.block(block, std::nullopt, 1);
    }
}

} // namespace quorate::procedure::detail
