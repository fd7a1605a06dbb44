// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"
#include "core/report/Report.h"
#include "core/run/Replay.h"

namespace quorate::report {
namespace {

/// Collects moments from the events and from what they did to the state.
class Observer {
public:
    void after(const run::RunEvent& happened, const run::RunState& state)
    {
        if (const auto* command = std::get_if<run::event::Commanded>(&happened.body)) {
            add(happened.at, QStringLiteral("command"), run::toString(command->command),
                command->by);
        } else if (const auto* resumed = std::get_if<run::event::Resumed>(&happened.body)) {
            add(happened.at, QStringLiteral("resumed"),
                QStringLiteral("Gone on with after an interruption"), resumed->by);
        }
        if (state.attention && state.attention != m_attention) {
            add(happened.at, QStringLiteral("attention"), state.attention->title, {});
        }
        m_attention = state.attention;
    }
    [[nodiscard]] std::vector<Moment> take() { return std::move(m_moments); }

private:
    void add(TimePoint at, const QString& kind, const QString& text, const QString& by)
    {
        m_moments.push_back({.at = at, .kind = kind, .text = text, .by = by});
    }

    std::optional<run::Attention> m_attention;
    std::vector<Moment> m_moments;
};

Error notOfThisPlan(qint64 sequence)
{
    return makeError(ErrorKind::Storage, QStringLiteral("journal-broken"),
                     QStringLiteral("Record %1 of the journal does not follow from the plan and "
                                    "the records before it")
                         .arg(sequence));
}

} // namespace

Result<Replayed> replayRun(const procedure::Plan& plan, const RunId& id,
                           const std::vector<run::JournalRecord>& records, TimePoint now)
{
    if (Result<void> chain = run::verifyChain(records); !chain) {
        return fail(std::move(chain).error());
    }
    run::RunState state = run::initialState(plan, id);
    Observer observer;
    for (const run::JournalRecord& record : records) {
        if (record.kind != QLatin1String("event")) {
            continue;
        }
        const Result<run::RunEvent> happened = run::eventFromJson(record.payload);
        if (!happened) {
            return fail(happened.error().withContext(
                QStringLiteral("journal record %1").arg(record.sequence)));
        }
        run::Transition transition = run::step(plan, std::move(state), *happened);
        state = std::move(transition.state);
        if (!transition.accepted) {
            return fail(notOfThisPlan(record.sequence));
        }
        observer.after(*happened, state);
    }
    Replayed out;
    out.view = run::viewOf(plan, state, now);
    out.view.planHash = procedure::planHash(plan);
    out.history = {.seen = state.live.snapshot, .moments = observer.take()};
    return out;
}

} // namespace quorate::report
