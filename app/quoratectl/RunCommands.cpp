// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "app/quoratectl/Json.h"
#include "app/quoratectl/PlanFile.h"
#include "core/run/Machine.h"

#include <QFileInfo>
#include <QTimer>

#include <algorithm>

namespace quorate::ctl {
namespace {

constexpr std::chrono::seconds kLeasesLimit{5}; ///< our own choice; one answer takes some 50 ms

/// The run that is named; without a name the one that has not ended, or else the newest.
service::RunViewPtr chosenRun(Session& session)
{
    const auto runs = session.services().runs().runs();
    const QString name = session.arguments().positional(0);
    for (const service::RunViewPtr& view : runs) {
        if (name.isEmpty() ? !run::isEnded(view->phase) : view->id.value == name) {
            return view;
        }
    }
    return name.isEmpty() && !runs.empty() ? runs.front() : service::RunViewPtr();
}

void endUnknownRun(Session& session)
{
    const QString name = session.arguments().positional(0);
    if (const auto problem = session.services().runs().problemOf(RunId{name});
        problem && !name.isEmpty()) {
        session.endWith(*problem);
        return;
    }
    session.endWith(makeError(ErrorKind::NotFound, QStringLiteral("run-unknown"),
                              name.isEmpty() ? QStringLiteral("There is no run")
                                             : QStringLiteral("There is no run \"%1\"").arg(name),
                              QStringLiteral("quoratectl run list shows them")));
}

bool isOffered(const run::RunView& view, run::RunCommand command)
{
    return std::ranges::any_of(view.offers, [command](const run::CommandOffer& offer) {
        return offer.command == command;
    });
}

/// What --step names is another step than the one that the run is at: the answer was meant for
/// that.
std::optional<Error> otherStep(const Arguments& arguments, const run::RunView& view)
{
    const QString meant = arguments.value("--step");
    const run::StepView* now = run::currentStep(view);
    if (!arguments.has("--step") || now == nullptr) {
        return std::nullopt;
    }
    bool isNumber = false;
    if (meant == now->id.value
        || (meant.toInt(&isNumber) == now->id.value.toInt() && isNumber)) { // 7 for 0007
        return std::nullopt;
    }
    return makeError(ErrorKind::Precondition, QStringLiteral("other-step"),
                     QStringLiteral("Run %1 is at step %2, \"%3\", and not at %4")
                         .arg(view.id.value, now->id.value, now->title, meant),
                     QStringLiteral("quoratectl run show shows what it waits for"));
}

void sayDone(Session& session, const RunId& id, const QString& result, const QString& sentence)
{
    if (session.arguments().json()) {
        printJson({{QStringLiteral("run"), id.value}, {QStringLiteral("result"), result}});
    } else {
        print(sentence);
    }
    session.end(kDone);
}

void sayAsked(Session& session, const RunId& id, const QString& sentence)
{
    sayDone(session, id, QStringLiteral("asked"), sentence);
}

void startPlan(Session& session, const procedure::Plan& plan)
{
    service::StartRequest request;
    request.plan = plan;
    request.consented = session.arguments().has("--yes");
    request.startedBy = session.services().userName();
    for (const QString& warning : session.arguments().values("--accept")) {
        request.acceptedWarnings.push_back(warning);
    }
    session.whenReady<RunId>(session.services().runs().start(std::move(request)),
                             [&session](const RunId& id) { followRun(session, id, From::Start); });
}

/// First gives back what a killed program left: a run may have ended and its lease not. Not for
/// longer than somebody wants to wait for a list.
void afterLeases(Session& session, std::function<void()> next)
{
    auto once = std::make_shared<bool>(false);
    const auto go = [once, next = std::move(next)] {
        if (!std::exchange(*once, true)) {
            next();
        }
    };
    deliver(session.services().runs().releaseLeftLeases(), &session,
            [go](const Result<int>&) { go(); });
    QTimer::singleShot(kLeasesLimit, &session, go);
}

bool namesCluster(const Arguments& arguments)
{
    return arguments.has("--cluster") || arguments.namesKubeconfig();
}

/// A kubeconfig that is named lends what it signs in with: without a keychain that is kept nowhere.
void withAccess(Session& session, std::function<void()> next)
{
    if (session.arguments().namesKubeconfig()) {
        session.withCluster([next = std::move(next)](service::ClusterService&) { next(); });
    } else {
        next();
    }
}

} // namespace

void startUpgrade(Session& session)
{
    if (!session.arguments().has("--plan") || !session.arguments().has("--yes")) {
        session.endWith(
            usage(QStringLiteral("upgrade needs --plan FILE, and --yes for your consent")));
        return;
    }
    auto plan = readPlan(session.arguments().value("--plan"));
    if (!plan) {
        session.endWith(plan.error());
        return;
    }
    if (session.arguments().has("--package") && plan->package) {
        plan->package->path = QFileInfo(session.arguments().value("--package")).absoluteFilePath();
    }
    if (!namesCluster(session.arguments())) {
        startPlan(session, *plan);
        return;
    }
    session.withCluster([&session, plan = *plan](service::ClusterService& cluster) {
        const ClusterIdentity& here = cluster.status()->identity;
        if (here.id != plan.cluster.id) {
            session.endWith(makeError(
                ErrorKind::Precondition, QStringLiteral("other-cluster"),
                QStringLiteral("The plan is for %1, not for %2").arg(plan.cluster.name, here.name),
                QStringLiteral("Make a plan for this cluster")));
            return;
        }
        startPlan(session, plan);
    });
}

namespace {

void sayRuns(Session& session)
{
    QJsonArray list;
    std::vector<QStringList> rows;
    for (const service::RunViewPtr& view : session.services().runs().runs()) {
        list.append(summaryOf(*view));
        rows.push_back({view->id.value, view->cluster.name, run::toString(view->phase),
                        QStringLiteral("%1/%2").arg(view->stepNumber).arg(view->steps.size()),
                        view->startedAt ? toIso(*view->startedAt) : QStringLiteral("-"),
                        view->title});
    }
    if (session.arguments().json()) {
        printJson({{QStringLiteral("runs"), list}});
    } else {
        printTable({QStringLiteral("RUN"), QStringLiteral("CLUSTER"), QStringLiteral("STATE"),
                    QStringLiteral("STEP"), QStringLiteral("STARTED"), QStringLiteral("TITLE")},
                   rows);
    }
    session.end(kDone);
}

void sayRun(Session& session)
{
    const auto view = chosenRun(session);
    if (!view) {
        endUnknownRun(session);
        return;
    }
    if (session.arguments().json()) {
        printJson({{QStringLiteral("run"), toJson(*view)}});
        session.end(kDone);
        return;
    }
    print(bold(view->title));
    print(QStringLiteral("%1 · %2 · %3")
              .arg(view->id.value, run::toString(view->phase), view->sentence));
    if (view->attention) {
        print(view->attention->title);
        print(view->attention->unharmed);
        print(view->attention->next);
    }
    std::vector<QStringList> rows;
    for (const run::StepView& step : view->steps) {
        rows.push_back({step.id.value, step.node ? step.node->value : QStringLiteral("-"),
                        run::toString(step.state), step.title,
                        step.result.isEmpty() ? step.waitingFor : step.result});
    }
    printTable({QStringLiteral("STEP"), QStringLiteral("NODE"), QStringLiteral("STATE"),
                QStringLiteral("TITLE"), QStringLiteral("RESULT")},
               rows);
    for (const run::CommandOffer& offer : view->offers) {
        print(QStringLiteral("possible: %1: %2")
                  .arg(run::toString(offer.command), offer.consequence));
    }
    session.end(kDone);
}

/// A run of which nothing can be shown: it can only be given up.
void commandUnreadable(Session& session, run::RunCommand command)
{
    const RunId id{session.arguments().positional(0)};
    auto done = session.services().runs().command(id, command);
    if (!done) {
        session.endWith(done.error());
        return;
    }
    sayAsked(session, id,
             QStringLiteral("Run %1 is given up; the nodes are left as they are").arg(id.value));
}

void giveCommand(Session& session, run::RunCommand command)
{
    const auto view = chosenRun(session);
    if (!view) {
        if (!session.arguments().positional(0).isEmpty()) {
            commandUnreadable(session, command);
        } else {
            endUnknownRun(session);
        }
        return;
    }
    service::RunService& runs = session.services().runs();
    const RunId id = view->id;
    if (!isOffered(*view, command)) {
        session.endWith(makeError(ErrorKind::Precondition, QStringLiteral("not-offered"),
                                  QStringLiteral("\"%1\" is not possible now: %2")
                                      .arg(run::toString(command), view->sentence),
                                  QStringLiteral("quoratectl run show shows what is")));
        return;
    }
    if (const auto other = otherStep(session.arguments(), *view)) {
        session.endWith(*other);
        return;
    }
    if (auto done = runs.command(id, command); !done) {
        session.endWith(done.error());
        return;
    }
    if (command == run::RunCommand::Pause) {
        sayAsked(session, id, QStringLiteral("Asked run %1 to pause").arg(id.value));
        return;
    }
    const bool answers =
        command == run::RunCommand::ConfirmDone || command == run::RunCommand::ConfirmNotDone;
    if (answers && view->phase != run::RunPhase::Paused) {
        awaitTaken(session, *view); // only a run that somebody carries out asks
        return;
    }
    followRun(session, id, From::Command);
}

} // namespace

void listRuns(Session& session)
{
    withAccess(session, [&session] { afterLeases(session, [&session] { sayRuns(session); }); });
}

void showRun(Session& session)
{
    withAccess(session, [&session] { afterLeases(session, [&session] { sayRun(session); }); });
}

void commandRun(Session& session, run::RunCommand command)
{
    withAccess(session, [&session, command] {
        afterLeases(session, [&session, command] { giveCommand(session, command); });
    });
}

void restoredRun(Session& session)
{
    const auto view = chosenRun(session);
    if (!view) {
        endUnknownRun(session);
        return;
    }
    const QString titles = service::openTitles(*view).join(QStringLiteral(", "));
    if (auto done = session.services().runs().confirmRestored(view->id); !done) {
        session.endWith(done.error());
        return;
    }
    sayDone(session, view->id, QStringLiteral("restored"),
            QStringLiteral("Run %1: noted as restored by hand: %2").arg(view->id.value, titles));
}

void reportRun(Session& session)
{
    const auto view = chosenRun(session);
    if (!view) {
        endUnknownRun(session);
        return;
    }
    const QString folder = session.arguments().value("--report", QStringLiteral("."));
    session.whenReady<QStringList>(
        session.services().runs().exportReport(view->id, folder),
        [&session](const QStringList& paths) {
            if (session.arguments().json()) {
                printJson({{QStringLiteral("files"), QJsonArray::fromStringList(paths)}});
            } else {
                print(paths.join(QLatin1Char('\n')));
            }
            session.end(kDone);
        });
}

} // namespace quorate::ctl
