// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/RunView.h"

#include <algorithm>

namespace quorate::run {

QString toString(RunPhase phase)
{
    switch (phase) {
    case RunPhase::Ready: return QStringLiteral("ready");
    case RunPhase::Resuming: return QStringLiteral("resuming");
    case RunPhase::Running: return QStringLiteral("running");
    case RunPhase::Pausing: return QStringLiteral("pausing");
    case RunPhase::Paused: return QStringLiteral("paused");
    case RunPhase::Cancelling: return QStringLiteral("cancelling");
    case RunPhase::Succeeded: return QStringLiteral("succeeded");
    case RunPhase::Failed: return QStringLiteral("failed");
    case RunPhase::Cancelled: return QStringLiteral("cancelled");
    }
    return {};
}

bool isEnded(RunPhase phase)
{
    return phase == RunPhase::Succeeded || phase == RunPhase::Failed
           || phase == RunPhase::Cancelled;
}

QString toString(StepState state)
{
    switch (state) {
    case StepState::Planned: return QStringLiteral("planned");
    case StepState::Next: return QStringLiteral("next");
    case StepState::Running: return QStringLiteral("running");
    case StepState::Waiting: return QStringLiteral("waiting");
    case StepState::Done: return QStringLiteral("done");
    case StepState::Skipped: return QStringLiteral("skipped");
    case StepState::Failed: return QStringLiteral("failed");
    }
    return {};
}

QString toString(RunCommand command)
{
    switch (command) {
    case RunCommand::Resume: return QStringLiteral("resume");
    case RunCommand::Pause: return QStringLiteral("pause");
    case RunCommand::Cancel: return QStringLiteral("cancel");
    case RunCommand::RetryStep: return QStringLiteral("retry-step");
    case RunCommand::SkipStep: return QStringLiteral("skip-step");
    case RunCommand::ConfirmDone: return QStringLiteral("confirm-done");
    case RunCommand::ConfirmNotDone: return QStringLiteral("confirm-not-done");
    }
    return {};
}

bool answersStep(RunCommand command)
{
    switch (command) {
    case RunCommand::RetryStep:
    case RunCommand::SkipStep:
    case RunCommand::ConfirmDone:
    case RunCommand::ConfirmNotDone: return true;
    case RunCommand::Resume:
    case RunCommand::Pause:
    case RunCommand::Cancel: return false;
    }
    return false;
}

QString ObligationView::text() const
{
    return !node || title.contains(node->value) ? title
                                                : QStringLiteral("%1 (%2)").arg(title, node->value);
}

void closeObligations(RunView& view, TimePoint at)
{
    for (ObligationView& obligation : view.obligations) {
        if (obligation.isOpen()) {
            obligation.closedAt = at;
        }
    }
}

const StepView* currentStep(const RunView& view)
{
    const auto number = static_cast<std::size_t>(std::max(view.stepNumber, 0));
    return number == 0 || number > view.steps.size() ? nullptr : &view.steps[number - 1];
}

StepId currentStepId(const RunView& view)
{
    const StepView* step = currentStep(view);
    return step == nullptr ? StepId{} : step->id;
}

} // namespace quorate::run
