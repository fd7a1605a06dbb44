// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "app/quoratectl/Json.h"
#include "app/quoratectl/Signals.h"

namespace quorate::ctl {
namespace {

/// What is worth a new line: phase, step, its state and what it waits for; not every percent.
struct Shown {
    run::RunPhase phase = run::RunPhase::Ready;
    int step = -1;
    run::StepState state = run::StepState::Planned;
    QString attention{};
    bool operator==(const Shown&) const = default;
};

Shown shownOf(const run::RunView& view)
{
    Shown shown{.phase = view.phase, .step = view.stepNumber};
    if (view.stepNumber > 0 && view.stepNumber <= int(view.steps.size())) {
        shown.state = view.steps[static_cast<std::size_t>(view.stepNumber - 1)].state;
    }
    shown.attention = view.attention ? view.attention->code : QString();
    return shown;
}

class Follower final : public QObject {
public:
    Follower(Session& session, RunId id)
        : QObject(&session)
        , m_session(session)
        , m_id(std::move(id))
    {
        service::RunService& runs = session.services().runs();
        connect(&runs, &service::RunService::runChanged, this, [this](const RunId& changed) {
            if (changed == m_id) {
                show();
            }
        });
        connect(&runs, &service::RunService::runsChanged, this, [this] { show(); });
        connect(new Signals(this), &Signals::interrupted, this, [this] { onInterrupt(); });
        show();
    }

private:
    [[nodiscard]] bool json() const { return m_session.arguments().json(); }

    void show()
    {
        const service::RunViewPtr view = m_session.services().runs().view(m_id);
        if (m_done || !view) {
            return;
        }
        const Shown shown = shownOf(*view);
        if (shown != m_shown) {
            m_shown = shown;
            sayLine(*view);
        }
        // An end is told by `runsChanged` only after the lease was given back.
        const bool released = !m_session.services().runs().activeRun(view->cluster.id).has_value();
        if (run::isEnded(view->phase) && released) {
            finish(*view, run::toString(view->phase),
                   view->phase == run::RunPhase::Succeeded ? kDone : kRefused);
        } else if (view->phase == run::RunPhase::Paused) {
            finish(*view, QStringLiteral("paused"), kRefused);
        }
    }

    void sayLine(const run::RunView& view)
    {
        if (json()) {
            printJson(stepLine(view, m_session.now()));
            return;
        }
        if (view.stepNumber > 0 && view.stepNumber <= int(view.steps.size())) {
            const run::StepView& step = view.steps[static_cast<std::size_t>(view.stepNumber - 1)];
            print(QStringLiteral("%1/%2 %3 %4: %5 %6")
                      .arg(view.stepNumber)
                      .arg(view.steps.size())
                      .arg(step.node ? step.node->value : QStringLiteral("cluster"), step.title,
                           run::toString(step.state),
                           step.result.isEmpty() ? step.waitingFor : step.result));
        } else {
            print(view.sentence);
        }
    }

    void finish(const run::RunView& view, const QString& result, int code)
    {
        m_done = true;
        const QString folder = m_session.arguments().has("--report")
                                   ? m_session.arguments().value("--report")
                                   : QString();
        if (!run::isEnded(view.phase) || folder.isEmpty()) {
            sayResult(view, result, code, {});
            return;
        }
        deliver(m_session.services().runs().exportReport(m_id, folder), this,
                [this, view, result, code](const Result<QStringList>& files) {
                    if (!files) {
                        printError(QStringLiteral("quoratectl: ") + describe(files.error()));
                    }
                    sayResult(view, result, code, files.value_or(QStringList()));
                });
    }

    void sayResult(const run::RunView& view, const QString& result, int code,
                   const QStringList& files)
    {
        if (json()) {
            QJsonObject line = summaryOf(view);
            line[QStringLiteral("run")] = view.id.value;
            line[QStringLiteral("result")] = result;
            line[QStringLiteral("files")] = QJsonArray::fromStringList(files);
            printJson(line);
        } else {
            print(bold(view.sentence));
            if (view.attention) {
                print(view.attention->title);
                print(view.attention->unharmed);
                print(view.attention->next);
            }
            if (!run::isEnded(view.phase)) {
                print(QStringLiteral("Go on with: quoratectl run resume %1").arg(view.id.value));
            }
        }
        m_session.end(code);
    }

    void onInterrupt()
    {
        const service::RunViewPtr view = m_session.services().runs().view(m_id);
        if (m_interrupted || !view) {
            printError(
                QStringLiteral("Left run %1 where it is. Go on with: quoratectl run resume %1")
                    .arg(m_id.value));
            if (json() && view) {
                QJsonObject line = summaryOf(*view);
                line[QStringLiteral("run")] = m_id.value;
                line[QStringLiteral("result")] = QStringLiteral("interrupted");
                printJson(line);
            }
            m_session.end(kRefused);
            return;
        }
        m_interrupted = true;
        auto asked = m_session.services().runs().command(m_id, run::RunCommand::Pause);
        printError(
            asked ? QStringLiteral(
                "Pausing: the step at work is finished and its node brought back first. "
                "Ctrl-C again leaves at once; the run can be resumed.")
                  : QStringLiteral(
                        "It cannot pause now (%1). Ctrl-C again leaves at once; the run can be "
                        "resumed.")
                        .arg(asked.error().message));
    }

    Session& m_session;
    RunId m_id;
    Shown m_shown;
    bool m_interrupted = false;
    bool m_done = false;
};

} // namespace

void followRun(Session& session, const RunId& id) { new Follower(session, id); }

} // namespace quorate::ctl
