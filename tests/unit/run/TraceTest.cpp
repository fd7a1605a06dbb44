// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/DataDriven.h"
#include "tests/support/Test.h"
#include "tests/unit/run/RunPlans.h"

#include <QDir>

using namespace quorate;
using namespace quorate::run;
using quorate::test::RunBench;

namespace {

/// Each event of a run with what it came to and what it asked for; looks that changed nothing are
/// left out.
class Tracer {
public:
    QString traceOf(const test::Directive& directive)
    {
        const int nodes = directive.number(QStringLiteral("nodes"), 3);
        const bool mss = directive.text(QStringLiteral("plan")) == QLatin1String("mss");
        RunBench bench(mss ? test::mssPlan(nodes) : test::cmPlan(nodes));
        m_lines.clear();
        const QString lost = directive.text(QStringLiteral("lose-answer-of"));
        const QString down = directive.text(QStringLiteral("down-before"));
        const int steps = directive.number(QStringLiteral("steps"), 1000);
        note(bench, bench.feed(event::Started{bench.state.id, QStringLiteral("ops"), {}}),
             "started");
        note(bench,
             bench.feed(
                 event::LeaseAnswered{false, std::optional(bench.now + std::chrono::hours(8))}),
             "lease");
        for (int turn = 0;
             turn < 2000 && !isEnded(bench.state.phase) && bench.state.current < steps; ++turn) {
            if (bench.state.phase == RunPhase::Paused) {
                m_lines.append(
                    QStringLiteral("waits for a person: %1").arg(bench.state.attention->title));
                break;
            }
            if (bench.current().title == down) {
                bench.node(1).answers = false;
            }
            turnOnce(bench, lost);
        }
        m_lines.append(
            QStringLiteral("= %1").arg(viewOf(bench.plan, bench.state, bench.now).sentence));
        return m_lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
    }

private:
    void turnOnce(RunBench& bench, const QString& lost)
    {
        const bool loses = !lost.isEmpty() && bench.current().title == lost;
        if (bench.state.stage == Stage::Sent && loses) {
            const Error error = makeError(ErrorKind::Timeout, QStringLiteral("no-answer"),
                                          QStringLiteral("no answer"));
            note(bench, bench.feed(event::Performed{bench.state.serial, fail(error)}), "no answer");
        } else if (bench.state.stage == Stage::Probe) {
            note(bench, bench.feed(event::Probed{bench.state.serial, ProbeOutcome::Running}),
                 "probed: running");
            note(bench, bench.feed(event::Probed{bench.state.serial, ProbeOutcome::Done}),
                 "probed: done");
        } else if (bench.state.stage == Stage::Sent || bench.state.stage == Stage::Follow) {
            bench.succeed();
            note(bench, Transition{bench.state, bench.effects, bench.journal.back(), true},
                 "operation succeeded");
        } else {
            bench.wait(Seconds(9));
            note(bench, bench.look(), "looked");
        }
    }

    void note(const RunBench& bench, const Transition& transition, const char* what)
    {
        if (!transition.record) {
            return;
        }
        const auto seconds =
            std::chrono::duration_cast<Seconds>(bench.now - bench.plan.plannedAt).count();
        QString where = toString(transition.state.phase);
        if (bench.state.current >= 0) {
            const auto& step = bench.current();
            where = QStringLiteral("%1 %2 %3, %4")
                        .arg(step.id.value, step.title,
                             step.node ? step.node->value : QStringLiteral("cluster"),
                             toString(transition.state.stage));
        }
        m_lines.append(
            QStringLiteral("%1 s %2 → %3").arg(seconds, 5).arg(QString::fromLatin1(what), where));
        for (const Effect& effect : transition.effects) {
            if (!std::holds_alternative<effect::LookNow>(effect)) {
                m_lines.append(QStringLiteral("          ") + toText(effect));
            }
        }
    }

    QStringList m_lines;
};

} // namespace

TEST(RunTrace, Golden)
{
    Tracer tracer;
    test::runDataDrivenFolder(
        QStringLiteral(QUORATE_SOURCE_DIR "/tests/golden/run"),
        [&](const test::Directive& directive) { return tracer.traceOf(directive); });
}
