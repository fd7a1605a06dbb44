// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/Services.h"

#include "core/service/ActivityFeed.h"
#include "core/service/KubernetesConnections.h"
#include "core/service/NodeAdminConnections.h"
#include "core/service/ReportGlue.h"
#include "core/service/RunServiceImpl.h"
#include "core/service/UpgradeServiceImpl.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QSysInfo>

namespace quorate::service {
namespace {

constexpr auto kStoreName = "quorate.db";

Result<void> makeHome(const QString& path)
{
    constexpr auto kOwner =
        QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner;
    const bool existed = QDir(path).exists();
    if (path.isEmpty() || (!existed && !QDir().mkpath(path))
        || (!existed && !QFile::setPermissions(path, kOwner))) {
        return fail(ErrorKind::Storage, QStringLiteral("no-home"),
                    QStringLiteral("Cannot make the folder \"%1\"").arg(path),
                    QStringLiteral("Choose another one with --home"));
    }
    return {};
}

} // namespace

/// In the order of dependence: destroyed from the last to the first.
struct Services::Parts {
    Parts(std::unique_ptr<store::Store> theStore, std::shared_ptr<const Clock> theClock)
        : clock(std::move(theClock))
        , store(std::move(theStore))
    {}
    std::shared_ptr<const Clock> clock;
    std::unique_ptr<store::Store> store;
    ActivityFeed activity{[this](int countMax) {
        return store->activity(countMax).value_or(std::vector<store::ActivityEntry>{});
    }};
    QObject root;
    std::unique_ptr<secret::SecretStore> secrets;
    std::unique_ptr<Context> context;
    std::unique_ptr<Pool> pool;
    std::unique_ptr<ClusterRegistryImpl> registry;
    std::unique_ptr<UpgradeServiceImpl> upgrades;
    std::unique_ptr<RunServiceImpl> runs;
};

Services::Services(std::unique_ptr<Parts> parts)
    : m_parts(std::move(parts))
{}

Services::~Services() = default;

Result<std::unique_ptr<Services>> Services::open(const Options& options)
{
    const QString home = QDir::cleanPath(QDir().absoluteFilePath(options.home));
    if (auto made = makeHome(home); !made) {
        return fail(std::move(made).error());
    }
    const auto clock = std::make_shared<const SystemClock>();
    auto store = store::Store::open(home + QLatin1Char('/') + QLatin1String(kStoreName), *clock);
    if (!store) {
        return fail(std::move(store).error());
    }
    auto parts = std::make_unique<Parts>(*std::move(store), clock);
    parts->secrets =
        options.useKeychain ? secret::makeKeychainStore(nullptr) : secret::makeMemoryStore();
    parts->context.reset(
        new Context{.store = *parts->store, .clock = clock, .secrets = *parts->secrets});
    Context& context = *parts->context;
    context.userName = options.userName.isEmpty() ? QStringLiteral("operator") : options.userName;
    context.hostName = QSysInfo::machineHostName();
    context.home = home;
    context.reports = options.reports;
    if (!context.reports) {
        context.reports =
            makeReportMaker(clock, context.actor(),
                            QStringLiteral("quorate ") + QCoreApplication::applicationVersion());
    }
    context.pollForeground = options.pollForeground.value_or(context.pollForeground);
    useNodeAdmin(context, &parts->root);
    useKubernetes(context, &parts->root);

    parts->pool = std::make_unique<Pool>();
    auto registry = ClusterRegistryImpl::open(context);
    if (!registry) {
        return fail(std::move(registry).error());
    }
    parts->registry = *std::move(registry);
    parts->upgrades = std::make_unique<UpgradeServiceImpl>(context, *parts->registry, *parts->pool);
    run::Journal& journal =
        options.wrapJournal ? options.wrapJournal(*parts->store) : *parts->store;
    parts->runs =
        std::make_unique<RunServiceImpl>(context, *parts->registry, *parts->pool, journal);
    return std::unique_ptr<Services>(new Services(std::move(parts)));
}

ClusterRegistry& Services::clusters() { return *m_parts->registry; }
UpgradeService& Services::upgrades() { return *m_parts->upgrades; }
RunService& Services::runs() { return *m_parts->runs; }
store::Store& Services::store() { return *m_parts->store; }
ActivityFeed& Services::activity() { return m_parts->activity; }
Async<EvidenceIdentity> Services::evidenceIdentity()
{
    return service::evidenceIdentity(*m_parts->secrets);
}
const Clock& Services::clock() const { return *m_parts->clock; }
QString Services::home() const { return m_parts->context->home; }
QString Services::userName() const { return m_parts->context->userName; }

} // namespace quorate::service
