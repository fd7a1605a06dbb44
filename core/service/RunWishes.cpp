// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunServiceImpl that passes commands from one process to the one that drives the run.
#include "core/service/RunServiceImpl.h"
#include "core/service/Runner.h"

#include <algorithm>

namespace quorate::service {
namespace {

/// Why nobody reckons with a wish any longer; empty when somebody may. Of a clock that was set back
/// nothing is known but by how much.
QString staleness(const store::RunCommandRow& wish, qint64 wishesBefore)
{
    if (wish.number <= wishesBefore) {
        return QStringLiteral("it was asked of who carried the run out before");
    }
    if (std::chrono::abs(wish.age) >= kTakenUpLimit) {
        return QStringLiteral("it was asked %1 before")
            .arg(toDurationText(std::chrono::abs(wish.age)));
    }
    return {};
}

} // namespace

Result<void> RunServiceImpl::askElsewhere(const RunId& id, run::RunCommand command)
{
    const Entry* entry = entryOf(id);
    const StepId step = entry && entry->view ? run::currentStepId(*entry->view) : StepId{};
    const auto number =
        m_context.store.addRunCommand(id, run::toString(command), step, m_context.actor());
    if (!number) {
        return fail(number.error());
    }
    m_asked[id].push_back(*number);
    return {};
}

Result<bool> RunServiceImpl::withdraw(const RunId& id)
{
    bool waited = false;
    for (const qint64 number : std::exchange(m_asked[id], {})) {
        const auto removed = m_context.store.removeRunCommand(number);
        if (!removed) {
            return removed; // it is not taken later than kTakenUpLimit either
        }
        waited = waited || *removed;
    }
    return waited;
}

void RunServiceImpl::takeCommands()
{
    std::vector<RunId> ids; // what a command leads to may change the list of runs
    for (const auto& [id, driven] : m_driven) {
        if (!driven.leaving) {
            ids.push_back(id);
        }
    }
    for (const RunId& id : ids) {
        const auto wishes = m_context.store.takeRunCommands(id);
        if (!wishes) {
            qWarning("%s", qUtf8Printable(describe(wishes.error())));
            return;
        }
        for (const store::RunCommandRow& wish : *wishes) {
            takeWish(id, wish);
        }
    }
}

/// Whoever asked may be gone: the activity says what did not come true.
void RunServiceImpl::takeWish(const RunId& id, const store::RunCommandRow& wish)
{
    const auto driven = m_driven.find(id);
    QString refusal = QStringLiteral("the run was just being left");
    if (driven != m_driven.end() && !driven->second.leaving) {
        const run::RunView view = driven->second.runner->view();
        const auto offer =
            std::ranges::find(view.offers, wish.command, [](const run::CommandOffer& each) {
                return run::toString(each.command);
            });
        refusal = staleness(wish, driven->second.wishesBefore);
        if (refusal.isEmpty() && offer == view.offers.end()) {
            refusal = QStringLiteral("it was not possible then");
        }
        if (refusal.isEmpty() && run::answersStep(offer->command)
            && run::currentStepId(view) != wish.step) {
            refusal = QStringLiteral("the run was at another step by then");
        }
        if (refusal.isEmpty()) {
            const auto done = driven->second.runner->command(offer->command, wish.actor);
            refusal = done ? QString() : describe(done.error());
        }
    }
    const Entry* entry = entryOf(id);
    if (refusal.isEmpty() || !entry) {
        return;
    }
    const auto noted = m_context.store.addActivity(
        wish.actor, entry->row.cluster, QStringLiteral("run"),
        QStringLiteral("Run %1: \"%2\", asked by %3, was not carried out: %4")
            .arg(id.value, wish.command, wish.actor, refusal));
    if (!noted) {
        qWarning("%s", qUtf8Printable(describe(noted.error())));
    }
}

} // namespace quorate::service
