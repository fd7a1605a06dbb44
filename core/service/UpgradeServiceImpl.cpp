// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/UpgradeServiceImpl.h"

#include "core/procedure/Loader.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <algorithm>

namespace quorate::service {
namespace {

constexpr qint64 kProcedureBytesMax =
    1024 * 1024;                         ///< our own bound; the shipped ones have some kilobytes
constexpr Millis kProgressInterval{100}; ///< ten times a second is as quick as anybody reads

quorum::Policy planPolicy(int reserve, double speed)
{
    quorum::Policy policy;
    policy.reserve = reserve;
    policy.freshnessMax =
        Millis(static_cast<Millis::rep>(double(policy.freshnessMax.count()) / speed));
    return policy;
}

QString backupFolderOf(const Context& context, const PlanRequest& request,
                       const QString& clusterName)
{
    if (!request.backupFolder.isEmpty()) {
        return QDir::cleanPath(QDir().absoluteFilePath(request.backupFolder));
    }
    static const QRegularExpression others(QStringLiteral("[^A-Za-z0-9._-]+"));
    QString name = clusterName;
    name.replace(others, QStringLiteral("-"));
    while (name.startsWith(QLatin1Char('.'))) {
        name.remove(0, 1);
    }
    return context.home + QStringLiteral("/backups/")
           + (name.isEmpty() ? request.cluster.value : name.left(80));
}

/// People call nodes by their names.
std::vector<NodeId> idsOf(std::vector<NodeId> nodes, const ClusterSnapshot& snapshot)
{
    for (NodeId& node : nodes) {
        const auto named = std::ranges::find(snapshot.nodes, node.value, &NodeRecord::name);
        if (snapshot.node(node) == nullptr && named != snapshot.nodes.end()) {
            node = named->id;
        }
    }
    return nodes;
}

/// At most ten calls a second, and always the last one.
std::function<void(qint64, qint64)> throttled(Pool& pool, const Clock& clock,
                                              std::function<void(qint64, qint64)> progress)
{
    if (!progress) {
        return {};
    }
    auto last = std::make_shared<TimePoint>();
    return [&pool, &clock, last, progress = std::move(progress)](qint64 done, qint64 total) {
        const TimePoint now = clock.now();
        if (now - *last < kProgressInterval && done < total) {
            return;
        }
        *last = now;
        pool.post([progress, done, total] { progress(done, total); });
    };
}

} // namespace

Error unknownCluster(const ClusterId& id)
{
    return makeError(ErrorKind::NotFound, QStringLiteral("cluster-unknown"),
                     QStringLiteral("There is no cluster \"%1\" here").arg(id.value),
                     QStringLiteral("Connect it first"));
}

Async<Package> inspectOnPool(Pool& pool, const Context& context,
                             const ClusterRegistryImpl& registry, const QString& path,
                             const std::optional<ClusterId>& cluster,
                             std::function<void(qint64, qint64)> progress, std::stop_token stop)
{
    package::PublisherTrust trust;
    for (const ClusterId& id : cluster ? std::vector{*cluster} : registry.clusters()) {
        const store::ClusterProfile* profile = registry.profile(id);
        if (profile && !profile->file.publisherCertificate.isEmpty()) {
            trust.certificates.push_back(profile->file.publisherCertificate);
        }
    }
    auto work = [path, trust, clock = context.clock,
                 report =
                     throttled(pool, *context.clock, std::move(progress))](std::stop_token token) {
        return package::inspectPackage(path, trust, *clock, report, std::move(token));
    };
    return pool.run<Package>(std::move(work), std::move(stop));
}

UpgradeServiceImpl::UpgradeServiceImpl(Context& context, ClusterRegistryImpl& registry, Pool& pool)
    : m_context(context)
    , m_registry(registry)
    , m_pool(pool)
{}

void UpgradeServiceImpl::addFolder(const QString& path, Library& library)
{
    const QDir folder(path);
    for (const QString& name :
         folder.entryList({QStringLiteral("*.yaml")}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly)) {
            library.errors.push_back(
                makeError(ErrorKind::Storage, QStringLiteral("cannot-read"),
                          QStringLiteral("%1: %2").arg(file.fileName(), file.errorString())));
            continue;
        }
        auto parsed = procedure::parseProcedure(file.read(kProcedureBytesMax), file.fileName());
        if (!parsed) {
            library.errors.push_back(std::move(parsed).error());
        } else if (library.find(parsed->id)) {
            library.errors.push_back(makeError(ErrorKind::Validation,
                                               QStringLiteral("procedure-id-taken"),
                                               QStringLiteral("%1: the id \"%2\" is taken already")
                                                   .arg(file.fileName(), parsed->id.value),
                                               QStringLiteral("Give the copy an id of its own")));
        } else {
            library.procedures.push_back(*std::move(parsed));
        }
    }
}

const UpgradeServiceImpl::Library& UpgradeServiceImpl::library() const
{
    if (!m_library) {
        m_library.emplace();
        if (auto shipped = procedure::loadProcedures({})) {
            m_library->procedures = *std::move(shipped);
        } else {
            m_library->errors.push_back(std::move(shipped).error());
        }
        addFolder(m_context.home + QStringLiteral("/procedures"), *m_library);
    }
    return *m_library;
}

const procedure::Procedure* UpgradeServiceImpl::Library::find(const ProcedureId& id) const
{
    const auto found = std::ranges::find(procedures, id, &procedure::Procedure::id);
    return found == procedures.end() ? nullptr : &*found;
}

std::vector<procedure::Procedure> UpgradeServiceImpl::procedures(SystemKind system) const
{
    std::vector<procedure::Procedure> list;
    std::ranges::copy_if(
        library().procedures, std::back_inserter(list),
        [system](const procedure::Procedure& each) { return each.system == system; });
    return list;
}

Result<ClusterService*> UpgradeServiceImpl::serviceOf(const ClusterId& id)
{
    ClusterService* service = m_registry.service(id);
    if (!service) {
        return fail(unknownCluster(id));
    }
    return service;
}

Async<Package> UpgradeServiceImpl::inspect(QString path, std::optional<ClusterId> cluster,
                                           std::function<void(qint64, qint64)> progress,
                                           std::stop_token stop)
{
    return inspectOnPool(m_pool, m_context, m_registry, path, cluster, std::move(progress),
                         std::move(stop));
}

Async<std::vector<procedure::CheckResult>> UpgradeServiceImpl::check(PlanRequest request)
{
    using Results = std::vector<procedure::CheckResult>;
    auto service = serviceOf(request.cluster);
    const procedure::Procedure* found = library().find(request.procedure);
    if (!service || !found) {
        return ready<Results>(
            fail(service ? makeError(
                     ErrorKind::NotFound, QStringLiteral("procedure-unknown"),
                     QStringLiteral("There is no procedure \"%1\"").arg(request.procedure.value))
                         : service.error()));
    }
    return andThen((*service)->refresh(),
                   [request, specs = found->checks,
                    clock = m_context.clock](const StatusPtr& status) -> Result<Results> {
                       procedure::CheckContext context;
                       context.now = clock->now();
                       context.policy.reserve = request.reserve;
                       if (request.package) {
                           context.package = request.package->id();
                           context.packageSha256 = request.package->sha256;
                           context.packageBytes = request.package->sizeBytes;
                           context.targetVersion = request.package->manifest.version;
                       }
                       return procedure::runChecks(specs, *status->snapshot, context);
                   });
}

Async<procedure::Plan> UpgradeServiceImpl::plan(PlanRequest request)
{
    auto service = serviceOf(request.cluster);
    if (!service) {
        return ready<procedure::Plan>(fail(std::move(service).error()));
    }
    Resolver<procedure::Plan> out;
    auto fresh = andThen((*service)->platform().prepare({}),
                         [cluster = *service](bool) { return cluster->refresh(); });
    deliver(std::move(fresh), this, [this, out, request](const Result<StatusPtr>& status) {
        if (status) {
            out.resolve(planOn(request, **status));
        } else {
            out.resolve(fail(status.error()));
        }
    });
    return out.future();
}

Result<procedure::Plan> UpgradeServiceImpl::planOn(const PlanRequest& request,
                                                   const ClusterStatus& status)
{
    const procedure::Procedure* found = library().find(request.procedure);
    if (!found) {
        return fail(ErrorKind::NotFound, QStringLiteral("procedure-unknown"),
                    QStringLiteral("There is no procedure \"%1\"").arg(request.procedure.value),
                    QStringLiteral("List the procedures to see their names"));
    }
    procedure::PlanOptions options;
    options.speed = status.speed;
    options.policy = planPolicy(request.reserve, status.speed);
    options.backupFolder = backupFolderOf(m_context, request, status.identity.name);
    options.parameters = request.parameters;
    options.nodes = idsOf(request.nodes, *status.snapshot);
    options.capabilities = m_registry.service(request.cluster)->platform().capabilities().acts;
    return procedure::makePlan(*found, *status.snapshot, request.package, options);
}

Async<simulate::Summary>
UpgradeServiceImpl::simulate(procedure::Plan plan, simulate::Options options, std::stop_token stop)
{
    auto work = [plan = std::move(plan),
                 options](std::stop_token token) -> Result<simulate::Summary> {
        auto summary = simulate::simulate(plan, options, token);
        if (token.stop_requested()) {
            return fail(cancelledError());
        }
        return summary;
    };
    return m_pool.run<simulate::Summary>(std::move(work), std::move(stop));
}

Async<std::vector<StagedPackage>> UpgradeServiceImpl::stage(ClusterId cluster, Package package,
                                                            std::vector<NodeId> nodes,
                                                            platform::StagingListener listener,
                                                            std::stop_token stop)
{
    using Staged = std::vector<StagedPackage>;
    auto service = serviceOf(cluster);
    if (!service) {
        return ready<Staged>(fail(std::move(service).error()));
    }
    if ((*service)->status()->readOnly) {
        return ready<Staged>(fail(ErrorKind::Precondition, QStringLiteral("read-only"),
                                  QStringLiteral("This cluster is read-only here"),
                                  QStringLiteral("Switch read-only mode off first")));
    }
    const auto status = (*service)->status();
    if (auto judged = procedure::judgePackage(procedures(status->identity.system),
                                              *status->snapshot, package);
        !judged) {
        return ready<Staged>(fail(std::move(judged).error()));
    }
    const QString title = QStringLiteral("Stage %1 (SHA-256 %2) on %3 nodes")
                              .arg(package.id().value, QString::fromLatin1(package.sha256.toHex()))
                              .arg(nodes.size());
    auto noted =
        m_context.store.addActivity(m_context.actor(), cluster, QStringLiteral("act"), title);
    if (!noted) {
        return ready<Staged>(fail(std::move(noted).error()));
    }
    Resolver<Staged> out;
    deliver((*service)->platform().stage(std::move(package), std::move(nodes), std::move(listener),
                                         std::move(stop)),
            this, [this, out, cluster, title](Result<Staged> staged) {
                auto ended = m_context.store.addActivity(
                    m_context.actor(), cluster, QStringLiteral("act"),
                    staged ? title + QStringLiteral(": done")
                           : QStringLiteral("%1: failed: %2").arg(title, staged.error().message));
                if (staged && !ended) {
                    staged = fail(std::move(ended).error());
                }
                out.resolve(std::move(staged));
            });
    return out.future();
}

} // namespace quorate::service
