// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/detail/Engine.h"

#include <algorithm>

namespace quorate::run {

using procedure::Plan;
using procedure::PlanStep;
using procedure::StepKind;

namespace {

/// Then no node may leave without it, and a run that has skipped it could not go on.
bool insistsOnBackup(const Plan& plan)
{
    return std::ranges::any_of(plan.checks, [](const procedure::CheckSpec& spec) {
        return spec.id == QLatin1String("backup-recent") && spec.severity == Severity::Error;
    });
}

/// Leaving these out harms no quorum; what it means is said in the consequence.
bool isSkippable(const Plan& plan, const RunState& state, const PlanStep& step)
{
    if (step.closesObligation) {
        return false;
    }
    switch (step.kind) {
    case StepKind::Checks:
    case StepKind::Gate: return false;
    case StepKind::WaitBack: return state.nodeOut != step.node;
    case StepKind::WaitAllReady:
    case StepKind::Manual: return true;
    case StepKind::Act: break;
    }
    if (detail::takesBackup(step) && insistsOnBackup(plan)) {
        return false;
    }
    // Between an install and the end of the hold a restart may be what brings the node back.
    return !(step.act && std::holds_alternative<act::Reboot>(*step.act)
             && state.nodeOut == step.node)
           && !plan.steps.empty();
}

QString skipConsequence(const Plan& plan, const PlanStep& step)
{
    const QString node = step.node ? step.node->value : QStringLiteral("the cluster");
    if (detail::isInstall(step)) {
        return QStringLiteral(
                   "%1 stays on its present version; versions are mixed until it is upgraded")
            .arg(node);
    }
    if (detail::takesBackup(step)) {
        return QStringLiteral("There is no backup to go back to. %1").arg(plan.undo).trimmed();
    }
    if (step.kind == StepKind::WaitAllReady) {
        return QStringLiteral(
            "The run goes on although not every node is ready; every gate is still asked");
    }
    return QStringLiteral("\"%1\" is left out on %2").arg(step.title, node);
}

QString cancelConsequence(const Plan& plan, const RunState& state)
{
    QStringList parts;
    if (state.nodeOut) {
        parts.append(
            QStringLiteral("%1 is brought back and waited for first").arg(state.nodeOut->value));
    }
    for (const ObligationView& obligation : state.obligations) {
        if (obligation.isOpen()) {
            parts.append(QStringLiteral("\"%1\" is undone").arg(obligation.text()));
        }
    }
    const auto done = static_cast<int>(detail::doneNodes(plan, state).size());
    const auto all = static_cast<int>(plan.order.size());
    if (done > 0 && done < all) {
        parts.append(
            QStringLiteral("%1 of %2 nodes stay upgraded: versions are mixed").arg(done).arg(all));
    }
    if (parts.isEmpty()) {
        return QStringLiteral("Nothing more is sent; the cluster stays as it is");
    }
    return parts.join(QStringLiteral("; "));
}

std::vector<CommandOffer> whilePaused(const Plan& plan, const RunState& state)
{
    std::vector<CommandOffer> offers;
    const QString code = state.attention ? state.attention->code : QString();
    const bool ending = state.returnTo == RunPhase::Cancelling;
    const PlanStep* step = state.current >= 0 ? &detail::stepAt(plan, state.current) : nullptr;
    const auto add = [&offers](RunCommand command, const QString& title,
                               const QString& consequence) {
        offers.push_back(CommandOffer{command, title, consequence});
    };
    if (code == QLatin1String("operation-failed")) {
        if (step->act) {
            add(RunCommand::RetryStep, QStringLiteral("Retry \"%1\"").arg(step->title),
                QStringLiteral(
                    "It is asked whether it was done after all; only if not it is sent again"));
        }
        if (!ending && isSkippable(plan, state, *step)) {
            add(RunCommand::SkipStep, QStringLiteral("Skip \"%1\"").arg(step->title),
                skipConsequence(plan, *step));
        }
    } else if (code == QLatin1String("warnings-not-accepted")) {
        add(RunCommand::Resume, QStringLiteral("Check again"),
            QStringLiteral("The checks run again"));
        add(RunCommand::SkipStep, QStringLiteral("Accept the warnings"),
            QStringLiteral("The run goes on in spite of them; your name is recorded"));
    } else if (code == QLatin1String("limit-passed")) {
        add(RunCommand::Resume, QStringLiteral("Wait again"),
            QStringLiteral("The limit starts anew; nothing is sent"));
        if (!ending && step->kind == StepKind::WaitAllReady) {
            add(RunCommand::SkipStep, QStringLiteral("Do not wait"), skipConsequence(plan, *step));
        }
    } else if (code == QLatin1String("outcome-unknown")) {
        add(RunCommand::Resume, QStringLiteral("Ask again"),
            QStringLiteral("Only asks; nothing is sent twice"));
        add(RunCommand::ConfirmDone, QStringLiteral("It was done"),
            QStringLiteral("The run goes on as if the node had said so; your name is recorded"));
    } else {
        add(RunCommand::Resume, QStringLiteral("Resume"),
            code == QLatin1String("paused")
                ? QStringLiteral("Goes on with the next step")
                : QStringLiteral("Everything is looked at again before anything is sent"));
    }
    if (ending) {
        add(RunCommand::Cancel, QStringLiteral("End now"),
            state.nodeOut
                ? QStringLiteral("The run ends; %1 is left as it is").arg(state.nodeOut->value)
                : QStringLiteral("The run ends and leaves everything as it is"));
    } else {
        add(RunCommand::Cancel, QStringLiteral("Cancel the run"), cancelConsequence(plan, state));
    }
    return offers;
}

} // namespace

std::vector<CommandOffer> offersOf(const Plan& plan, const RunState& state)
{
    std::vector<CommandOffer> offers;
    if (isEnded(state.phase) || state.phase == RunPhase::Ready) {
        return offers;
    }
    if (state.live.overlay && state.phase == RunPhase::Paused
        && state.live.overlay == state.attention) {
        return whilePaused(plan, state); // nobody carries it out, but why it waits is the same
    }
    if (state.live.overlay) {
        offers.push_back({RunCommand::Resume, QStringLiteral("Resume"), state.live.overlay->next});
        if (state.live.overlay->code == QLatin1String("interrupted")) {
            offers.push_back({RunCommand::Cancel, QStringLiteral("Cancel the run"),
                              cancelConsequence(plan, state)});
        }
        return offers;
    }
    if (state.stage == Stage::Ask && state.phase != RunPhase::Paused
        && state.phase != RunPhase::Resuming) {
        const auto* manual = std::get_if<act::Manual>(&*detail::stepAt(plan, state.current).act);
        const QString question = manual != nullptr ? manual->question : QString();
        offers.push_back({RunCommand::ConfirmDone, QStringLiteral("It is done"), question});
        offers.push_back({RunCommand::ConfirmNotDone, QStringLiteral("It is not done"),
                          QStringLiteral("The run pauses")});
    }
    switch (state.phase) {
    case RunPhase::Paused: return whilePaused(plan, state);
    case RunPhase::Running: {
        const std::optional<NodeId> before = detail::nextToLeave(plan, state);
        offers.push_back({RunCommand::Pause,
                          before ? QStringLiteral("Pause before %1").arg(before->value)
                                 : QStringLiteral("Pause before the next step"),
                          state.nodeOut
                              ? QStringLiteral("%1 is brought back first").arg(state.nodeOut->value)
                              : QStringLiteral("The step at work is finished first")});
        offers.push_back(
            {RunCommand::Cancel, QStringLiteral("Cancel the run"), cancelConsequence(plan, state)});
        break;
    }
    case RunPhase::Pausing:
        offers.push_back({RunCommand::Resume, QStringLiteral("Do not pause"),
                          QStringLiteral("The run goes on")});
        offers.push_back(
            {RunCommand::Cancel, QStringLiteral("Cancel the run"), cancelConsequence(plan, state)});
        break;
    case RunPhase::Resuming:
        offers.push_back(
            {RunCommand::Cancel, QStringLiteral("Cancel the run"), cancelConsequence(plan, state)});
        break;
    case RunPhase::Ready:
    case RunPhase::Cancelling:
    case RunPhase::Succeeded:
    case RunPhase::Failed:
    case RunPhase::Cancelled: break;
    }
    return offers;
}

} // namespace quorate::run
