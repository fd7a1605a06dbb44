// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "app/quoratectl/Json.h"
#include "app/quoratectl/Signals.h"

#include <QTimer>

namespace quorate::ctl {
namespace {

/// Our own choice: an answer about the lease takes some 50 ms, and it ends by itself in the end.
constexpr std::chrono::seconds kLeaveLimit{10};

/// What is worth a new line: phase, step, its state and what it waits for; not every percent.
struct Shown {
    run::RunPhase phase = run::RunPhase::Ready;
    int step = -1;
    run::StepState state = run::StepState::Planned;
    QString attention{};
    bool operator==(const Shown&) const = default;
};

Error notTakenUp(const RunId& id)
{
    return makeError(ErrorKind::Timeout, QStringLiteral("not-taken-up"),
                     QStringLiteral("The program that carries out run %1 did not take the command; "
                                    "it was taken back")
                         .arg(id.value),
                     QStringLiteral("Use that program, or end it and repeat the command"));
}

/// Nothing waits any longer, and nothing has come of it.
Error withoutEffect(const RunId& id)
{
    return makeError(ErrorKind::Timeout, QStringLiteral("not-taken-up"),
                     QStringLiteral("Run %1 stands as it did before the command").arg(id.value),
                     QStringLiteral("quoratectl run show shows what is possible"));
}

/// Whether the command still waited for the program that carries out the run.
bool takeBack(Session& session, const RunId& id)
{
    const auto waited = session.services().runs().withdraw(id);
    if (!waited) {
        printError(QStringLiteral("quoratectl: ") + describe(waited.error()));
    }
    return waited.value_or(false);
}

Shown shownOf(const run::RunView& view)
{
    Shown shown{.phase = view.phase, .step = view.stepNumber};
    if (const run::StepView* step = run::currentStep(view)) {
        shown.state = step->state;
    }
    shown.attention = view.attention ? view.attention->code : QString();
    return shown;
}

class Follower final : public QObject {
public:
    Follower(Session& session, RunId id, From from)
        : QObject(&session)
        , m_session(session)
        , m_id(std::move(id))
        , m_underWay(from == From::Start)
        , m_cancels(session.arguments().command() == QLatin1String("run cancel"))
    {
        service::RunService& runs = session.services().runs();
        connect(&runs, &service::RunService::commandFailed, this,
                [this](const RunId& failed, const Error& error) {
                    if (failed == m_id) {
                        m_session.endWith(error);
                    }
                });
        QTimer::singleShot(service::kTakenUpLimit, this, [this] { onTakenUpLimit(); });
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
        if (run::isEnded(view->phase)) {
            // A run that is to be cancelled and is has done what was wanted.
            const bool wanted = view->phase == run::RunPhase::Succeeded
                                || (view->phase == run::RunPhase::Cancelled && m_cancels);
            finish(*view, run::toString(view->phase), wanted ? kDone : kRefused);
        } else if (view->phase != run::RunPhase::Paused) {
            m_underWay = true;
        } else if (m_underWay) {
            finish(*view, QStringLiteral("paused"), kRefused);
        }
    }

    /// Who should have taken the command has not, or the run stands as it did before it.
    void onTakenUpLimit()
    {
        if (m_done) {
            return;
        }
        if (takeBack(m_session, m_id)) {
            m_session.endWith(notTakenUp(m_id));
        } else if (!m_underWay) {
            m_session.endWith(withoutEffect(m_id));
        }
    }

    void sayLine(const run::RunView& view)
    {
        if (json()) {
            printJson(stepLine(view, m_session.now()));
            return;
        }
        if (const run::StepView* step = run::currentStep(view)) {
            print(QStringLiteral("%1/%2 %3 %4: %5 %6")
                      .arg(view.stepNumber)
                      .arg(view.steps.size())
                      .arg(step->node ? step->node->value : QStringLiteral("cluster"), step->title,
                           run::toString(step->state),
                           step->result.isEmpty() ? step->waitingFor : step->result));
        } else {
            print(view.sentence);
        }
    }

    void finish(const run::RunView& view, const QString& result, int code)
    {
        m_done = true;
        leave([this, view, result, code] {
            if (run::isEnded(view.phase)) {
                report(view, result, code);
            } else {
                sayResult(view, result, code, {});
            }
        });
    }

    void report(const run::RunView& view, const QString& result, int code)
    {
        const QString folder = m_session.arguments().value("--report");
        if (folder.isEmpty()) {
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

    /// Nobody carries the run out after us: what it holds of the cluster is given back first.
    void leave(const std::function<void()>& then)
    {
        const auto once = [this, then] {
            if (!std::exchange(m_left, true)) {
                then();
            }
        };
        deliver(m_session.services().runs().leave(m_id), this,
                [once](const Result<bool>&) { once(); }); // not given back: it ends by itself
        QTimer::singleShot(kLeaveLimit, this, once);
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
    bool m_underWay = false; ///< Paused is news only after it was something else
    bool m_cancels = false;
    bool m_interrupted = false;
    bool m_done = false;
    bool m_left = false;
};

/// Of a run that another program carries out: only looks, so that Ctrl-C ends no more than itself.
class Awaiter final : public QObject {
public:
    Awaiter(Session& session, const run::RunView& asked)
        : QObject(&session)
        , m_session(session)
        , m_id(asked.id)
        , m_step(asked.stepNumber)
    {
        service::RunService& runs = session.services().runs();
        connect(&runs, &service::RunService::runChanged, this, [this] { look(); });
        connect(&runs, &service::RunService::runsChanged, this, [this] { look(); });
        QTimer::singleShot(service::kTakenUpLimit, this, [this] {
            m_session.endWith(takeBack(m_session, m_id) ? notTakenUp(m_id) : withoutEffect(m_id));
        });
    }

private:
    void look()
    {
        const service::RunViewPtr view = m_session.services().runs().view(m_id);
        if (m_done || !view
            || (view->stepNumber == m_step && view->phase != run::RunPhase::Paused
                && shownOf(*view).state == run::StepState::Waiting)) {
            return;
        }
        m_done = true;
        if (m_session.arguments().json()) {
            QJsonObject line = summaryOf(*view);
            line[QStringLiteral("run")] = m_id.value;
            line[QStringLiteral("result")] = QStringLiteral("taken");
            printJson(line);
        } else {
            print(QStringLiteral("The program that carries out run %1 has taken it: %2")
                      .arg(m_id.value, view->sentence));
        }
        m_session.end(kDone);
    }

    Session& m_session;
    RunId m_id;
    int m_step = 0;
    bool m_done = false;
};

} // namespace

void awaitTaken(Session& session, const run::RunView& asked) { new Awaiter(session, asked); }

void followRun(Session& session, const RunId& id, From from) { new Follower(session, id, from); }

} // namespace quorate::ctl
