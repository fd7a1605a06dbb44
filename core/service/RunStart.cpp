// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunServiceImpl that begins and takes over runs.
#include "core/platform/LeaseRefusal.h"
#include "core/procedure/Checks.h"
#include "core/procedure/Planner.h"
#include "core/service/RunServiceImpl.h"
#include "core/service/Runner.h"
#include "core/service/UpgradeServiceImpl.h"

#include <QDir>
#include <QUuid>

#include <algorithm>

namespace quorate::service {
namespace {

constexpr int kRunIdDigits =
    8; ///< enough to tell runs of one installation apart, short enough to type

Error precondition(const char* code, const QString& message, const QString& cure)
{
    return makeError(ErrorKind::Precondition, QString::fromLatin1(code), message, cure);
}

bool stagesPackage(const procedure::Plan& plan)
{
    return std::ranges::any_of(plan.steps, [](const procedure::PlanStep& step) {
        return step.act && std::holds_alternative<act::StagePackage>(*step.act);
    });
}

/// Backups are as private as the rest of the home folder.
Result<void> makePrivateFolder(const QString& path)
{
    constexpr auto kOwner =
        QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner;
    if (path.isEmpty() || QDir(path).exists()) {
        return {};
    }
    if (!QDir().mkpath(path) || !QFile::setPermissions(path, kOwner)) {
        return fail(ErrorKind::Storage, QStringLiteral("cannot-make-folder"),
                    QStringLiteral("Cannot make the folder %1").arg(path),
                    QStringLiteral("Choose another one, or check your rights"));
    }
    return {};
}

} // namespace

Result<void> RunServiceImpl::judgeRequest(const StartRequest& request)
{
    const procedure::Plan& plan = request.plan;
    ClusterService* service = m_registry.service(plan.cluster.id);
    if (!service) {
        return fail(unknownCluster(plan.cluster.id));
    }
    if (const auto active = activeInStore(plan.cluster.id)) {
        return fail(precondition(
            "run-active", QStringLiteral("Run %1 of this cluster has not ended").arg(active->value),
            QStringLiteral("Resume it, or cancel it first")));
    }
    if (service->status()->readOnly) {
        return fail(precondition("read-only", QStringLiteral("This cluster is read-only here"),
                                 QStringLiteral("Switch read-only mode off first")));
    }
    for (const procedure::PlanWarning& warning : plan.warnings) {
        const auto& accepted = request.acceptedWarnings;
        if (warning.severity != Severity::Info
            && std::ranges::find(accepted, warning.id) == accepted.end()) {
            return fail(precondition(
                "warnings-not-accepted",
                QStringLiteral("Warning %1 is not accepted: %2").arg(warning.id, warning.text),
                QStringLiteral("Accept it by its name, or put right what it warns of")));
        }
    }
    if (plan.cutsUsersOff && !request.consented) {
        return fail(precondition(
            "no-consent", QStringLiteral("This plan cuts users off: %1").arg(plan.userImpact),
            QStringLiteral("Say that you agree to it")));
    }
    return makePrivateFolder(plan.backupFolder);
}

Async<RunId> RunServiceImpl::start(StartRequest request)
{
    if (auto judged = judgeRequest(request); !judged) {
        return ready<RunId>(fail(std::move(judged).error()));
    }
    Resolver<RunId> out;
    if (request.plan.package) {
        verifyPackage(request, out);
    } else {
        runChecks(request, std::nullopt, out);
    }
    return out.future();
}

void RunServiceImpl::verifyPackage(const StartRequest& request, const Resolver<RunId>& out)
{
    const procedure::PlanPackage planned = *request.plan.package;
    deliver(
        inspectOnPool(m_pool, m_context, m_registry, planned.path, request.plan.cluster.id, {}, {}),
        this, [this, request, out, planned](Result<Package> package) {
            if (!package) {
                out.resolve(fail(std::move(package).error()));
            } else if (package->sha256 != planned.sha256) {
                out.resolve(fail(precondition(
                    "package-changed",
                    QStringLiteral("%1 is not the file that was planned").arg(planned.path),
                    QStringLiteral("Bring the planned file back, or make a new plan"))));
            } else {
                runChecks(request, *std::move(package), out);
            }
        });
}

void RunServiceImpl::runChecks(const StartRequest& request, std::optional<Package> package,
                               const Resolver<RunId>& out)
{
    ClusterService* service = m_registry.service(request.plan.cluster.id);
    if (!service) {
        out.resolve(fail(unknownCluster(request.plan.cluster.id)));
        return;
    }
    auto fresh =
        andThen(service->platform().prepare({}), [service](bool) { return service->refresh(); });
    deliver(std::move(fresh), this,
            [this, service, request, package, out](const Result<StatusPtr>& status) {
                if (!status) {
                    out.resolve(fail(status.error()));
                    return;
                }
                if (auto refusal = platform::leaseRefusal(service->platform().capabilities())) {
                    out.resolve(fail(*std::move(refusal)));
                    return;
                }
                procedure::CheckContext context;
                context.now = m_context.clock->now();
                context.targetVersion = request.plan.targetVersion;
                context.policy = request.plan.policy;
                if (package) {
                    context.package = package->id();
                    context.packageSha256 = package->sha256;
                    context.packageBytes = package->sizeBytes;
                }
                QStringList blocking;
                for (const auto& result :
                     procedure::runChecks(request.plan.checks, *(*status)->snapshot, context)) {
                    if (result.blocks()) {
                        blocking.append(QStringLiteral("%1: %2").arg(result.title, result.text));
                    }
                }
                if (!blocking.isEmpty()) {
                    out.resolve(fail(precondition(
                        "checks-failed", blocking.join(QStringLiteral("; ")),
                        QStringLiteral("Put it right and start again; nothing was sent"))));
                    return;
                }
                out.resolve(begin(request, package));
            });
}

Result<RunId> RunServiceImpl::begin(const StartRequest& request, std::optional<Package> package)
{
    // Asked again: the checks took their time.
    if (const auto active = activeInStore(request.plan.cluster.id)) {
        return fail(precondition(
            "run-active", QStringLiteral("Run %1 of this cluster has not ended").arg(active->value),
            QStringLiteral("Resume it, or cancel it first")));
    }
    store::RunRow row{.id = RunId{QUuid::createUuid().toString(QUuid::Id128).left(kRunIdDigits)},
                      .cluster = request.plan.cluster.id,
                      .planYaml = procedure::toYaml(request.plan),
                      .planHash = procedure::planHash(request.plan),
                      .startedBy =
                          request.startedBy.isEmpty() ? m_context.actor() : request.startedBy,
                      .createdAt = m_context.clock->now()};
    row.title =
        run::viewOf(request.plan, run::initialState(request.plan, row.id), row.createdAt).title;
    // Locked before it is in the store: whoever sees it there sees that it is driven.
    auto driven = drive(row, request.plan, std::move(package));
    if (!driven) {
        return fail(std::move(driven).error());
    }
    Result<void> started = m_context.store.createRun(row);
    m_entries.insert(m_entries.begin(), {row, {}});
    if (started) {
        started = (*driven)->runner->start(request.acceptedWarnings, row.startedBy);
    }
    if (!started) {
        m_driven.erase(row.id);
        m_entries.erase(m_entries.begin());
        static_cast<void>(
            m_context.store.endRun(row.id, QStringLiteral("failed"))); // the first error is told
        return fail(std::move(started).error());
    }
    auto noted = m_context.store.addActivity(
        row.startedBy, row.cluster, QStringLiteral("run"),
        QStringLiteral("Run %1 started: %2").arg(row.id.value, row.title));
    if (!noted) {
        qWarning("%s", qUtf8Printable(describe(noted.error())));
    }
    onRunnerChanged(row.id);
    Q_EMIT runsChanged();
    return row.id;
}

Result<RunServiceImpl::Driven*> RunServiceImpl::drive(const store::RunRow& row,
                                                      procedure::Plan plan,
                                                      std::optional<Package> package)
{
    ClusterService* service = m_registry.service(row.cluster);
    if (!service) {
        return fail(unknownCluster(row.cluster));
    }
    // Asked before it is locked: what is asked for from then on is meant for us.
    const auto wishesBefore = m_context.store.lastRunCommand(row.id);
    if (!wishesBefore) {
        return fail(wishesBefore.error());
    }
    auto lock = std::make_unique<QLockFile>(lockPath(row.id));
    lock->setStaleLockTime(0);
    if (!lock->tryLock(0)) {
        return fail(precondition("run-driven-elsewhere",
                                 QStringLiteral("Another program drives run %1").arg(row.id.value),
                                 QStringLiteral("Use that one, or end it first")));
    }
    std::vector<NodeRecord> nodes;
    for (const NodeRecord& known : service->status()->snapshot->nodes) {
        NodeRecord record;
        record.id = known.id;
        record.name = known.name;
        record.address = known.address;
        if (!record.address.isEmpty()) {
            nodes.push_back(std::move(record));
        }
    }
    auto runner = std::make_unique<Runner>(Runner::Options{.platform = service->platform(),
                                                           .journal = m_journal,
                                                           .clock = *m_context.clock,
                                                           .nodes = std::move(nodes),
                                                           .package = std::move(package)},
                                           std::move(plan), row.id);
    const RunId id = row.id;
    connect(runner.get(), &Runner::changed, this, [this, id] { onRunnerChanged(id); });
    connect(runner.get(), &Runner::ended, this, [this, id] { onRunnerEnded(id); });
    Driven& driven = m_driven[id];
    driven = {std::move(lock), std::move(runner), *wishesBefore};
    m_commands.start();
    return &driven;
}

Result<void> RunServiceImpl::takeOver(const store::RunRow& row, run::RunCommand command)
{
    auto plan = procedure::planFromYaml(row.planYaml, QStringLiteral("run %1").arg(row.id.value));
    if (!plan) {
        return fail(std::move(plan).error());
    }
    const RunViewPtr seen = view(row.id);
    const StepId step = seen ? run::currentStepId(*seen) : StepId{};
    if (!stagesPackage(*plan) || !plan->package) {
        return takeOverNow(row, *plan, std::nullopt, command, step);
    }
    // The file is read again first; what then goes wrong is told by `commandFailed`.
    deliver(inspectOnPool(m_pool, m_context, m_registry, plan->package->path, row.cluster, {}, {}),
            this, [this, row, plan = *plan, command, step](Result<Package> package) {
                std::optional<Package> file;
                if (package && package->sha256 == plan.package->sha256) {
                    file = *std::move(package);
                }
                if (auto taken = takeOverNow(row, plan, std::move(file), command, step); !taken) {
                    Q_EMIT commandFailed(row.id, taken.error());
                }
            });
    return {};
}

Result<void> RunServiceImpl::takeOverNow(const store::RunRow& row, const procedure::Plan& plan,
                                         std::optional<Package> package, run::RunCommand command,
                                         const StepId& step)
{
    auto driven = drive(row, plan, std::move(package));
    if (!driven) {
        return fail(std::move(driven).error());
    }
    Runner& runner = *(*driven)->runner;
    Result<void> taken = runner.load();
    if (taken && run::answersStep(command) && run::currentStepId(runner.view()) != step) {
        taken =
            fail(precondition("other-step", // another program has carried it on meanwhile
                              QStringLiteral("Run %1 is at another step by now").arg(row.id.value),
                              QStringLiteral("Look at the run again")));
    }
    if (taken) {
        taken = runner.command(command, m_context.actor());
    }
    if (!taken) {
        m_driven.erase(row.id);
        return taken;
    }
    auto noted = m_context.store.addActivity(
        m_context.actor(), row.cluster, QStringLiteral("run"),
        QStringLiteral("Run %1: %2").arg(row.id.value, run::toString(command)));
    onRunnerChanged(row.id);
    return noted;
}

} // namespace quorate::service
