// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/upgrade/UpgradeController.h"

#include <QPointer>

#include <algorithm>

namespace quorate::ui {
namespace {

/// Enough for every single fault of three nodes. A build with all checks in it simulates some fifty
/// times slower.
#ifdef NDEBUG
constexpr int kSimulatedRuns = 150;
#else
constexpr int kSimulatedRuns = 8;
#endif

} // namespace

using procedure::CheckOutcome;
using procedure::CheckResult;

UpgradeController::UpgradeController(const UiContext& context, service::ClusterService& cluster,
                                     QObject* parent)
    : QObject(parent)
    , m_context(context)
    , m_cluster(cluster)
{
    const ClusterIdentity& identity = cluster.status()->identity;
    m_methods = context.upgrades.procedures(identity.system);
    std::erase_if(m_methods, [&identity](const procedure::Procedure& each) {
        return !each.platform.isEmpty() && each.platform != identity.platform;
    });
    if (m_methods.size() == 1) {
        m_method = m_methods.front().id;
    }
    m_page = firstPage();
}

UpgradeController::~UpgradeController()
{
    m_work.request_stop();
    m_stagingStop.request_stop();
}

void UpgradeController::setProblem(const Error& error)
{
    m_problem = error;
    m_busy = false;
    Q_EMIT changed();
}

void UpgradeController::setBusy(bool busy)
{
    m_busy = busy;
    if (busy) {
        m_problem.reset();
    }
    Q_EMIT changed();
}

void UpgradeController::dropFrom(Page page)
{
    ++m_generation;
    m_work.request_stop();
    m_work = {};
    if (page <= Page::Checks) {
        m_checks.clear();
        m_checked = false;
    }
    if (page <= Page::Plan) {
        m_plan.reset();
        m_simulation.reset();
        m_accepted.clear();
        m_consent.clear();
    }
    if (page <= Page::Method) {
        m_staged = false;
        m_progress.clear();
    }
}

service::PlanRequest UpgradeController::request() const
{
    service::PlanRequest request;
    request.cluster = m_cluster.status()->identity.id;
    request.procedure = m_method.value_or(ProcedureId{});
    if (needsPackage()) {
        request.package = m_package;
    }
    request.parameters = m_parameters;
    return request;
}

bool UpgradeController::needsPackage() const
{
    const procedure::Procedure* chosen = method();
    return chosen != nullptr
               ? chosen->needsPackage
               : m_methods.empty()
                     || std::ranges::any_of(m_methods, &procedure::Procedure::needsPackage);
}

UpgradeController::Page UpgradeController::firstPage() const
{
    return needsPackage() ? Page::Package : Page::Method;
}

QString UpgradeController::parameter(const procedure::ParameterSpec& spec) const
{
    const auto found = m_parameters.find(spec.id);
    return found == m_parameters.end() ? spec.defaultValue : found->second;
}

void UpgradeController::setParameter(const QString& id, const QString& value)
{
    m_parameters[id] = value;
    dropFrom(Page::Checks);
    Q_EMIT changed();
}

const procedure::Procedure* UpgradeController::method() const
{
    const auto found = std::ranges::find_if(
        m_methods, [this](const procedure::Procedure& each) { return each.id == m_method; });
    return found == m_methods.end() ? nullptr : &*found;
}

bool UpgradeController::isSettledByStaging(const CheckResult& result)
{
    return result.id == QLatin1String("package-staged-everywhere");
}

bool UpgradeController::checksBlock() const
{
    return std::ranges::any_of(m_checks, [](const CheckResult& each) {
        return each.blocks() && !isSettledByStaging(each);
    });
}

QString UpgradeController::whyNot() const
{
    if (m_busy) {
        return tr("Quorate is still at work on this page.");
    }
    switch (m_page) {
    case Page::Package: return m_package ? QString() : tr("Choose a package first.");
    case Page::Method: return method() != nullptr ? QString() : tr("Choose a method first.");
    case Page::Checks:
        if (!m_checked) {
            return tr("The checks have not been run.");
        }
        return checksBlock() ? tr("A check that failed has to be cured first.") : QString();
    case Page::Plan:
        if (!m_plan) {
            return tr("There is no plan.");
        }
        if (!m_simulation) {
            return tr("The simulation has not ended yet.");
        }
        if (!m_simulation->violations.empty()) {
            return tr("The simulation found a way to lose the quorum.");
        }
        for (const auto& warning : warnings()) {
            if (!isAccepted(warning.id)) {
                return tr("Each warning has to be accepted.");
            }
        }
        return hasConsent() ? QString()
                            : tr("Users are cut off: type %1 to consent.").arg(consentWord());
    case Page::Staging:
        return m_staged ? QString() : tr("The package has to be on every node first.");
    }
    return {};
}

void UpgradeController::goOn()
{
    if (!canGoOn()) {
        return;
    }
    m_problem.reset();
    switch (m_page) {
    case Page::Package: m_page = Page::Method; break;
    case Page::Method:
        m_page = Page::Checks;
        runChecks();
        break;
    case Page::Checks:
        m_page = Page::Plan;
        makePlan();
        break;
    case Page::Plan:
        if (!needsPackage()) {
            startRun();
            return;
        }
        m_page = Page::Staging;
        break;
    case Page::Staging: startRun(); return;
    }
    Q_EMIT changed();
}

void UpgradeController::goBack()
{
    if (m_page == firstPage() || m_staging) {
        return;
    }
    m_problem.reset();
    m_busy = false;
    m_page = static_cast<Page>(static_cast<int>(m_page) - 1);
    Q_EMIT changed();
}

void UpgradeController::choosePackage(const QString& path)
{
    dropFrom(Page::Package);
    m_package.reset();
    m_read = {0, 0};
    setBusy(true);
    const int generation = m_generation;
    // Whoever leaves the wizard while a package is read or staged hears of it no more.
    const auto progress = [this, self = QPointer(this), generation](qint64 done, qint64 total) {
        if (self && generation == m_generation) {
            m_read = {done, total};
            Q_EMIT stagingChanged();
        }
    };
    deliver(m_context.upgrades.inspect(path, m_cluster.status()->identity.id, progress,
                                       m_work.get_token()),
            this, [this, generation](Result<Package> package) {
                if (generation != m_generation) {
                    return;
                }
                if (!package) {
                    setProblem(package.error());
                    return;
                }
                m_package = *std::move(package);
                setBusy(false);
            });
}

void UpgradeController::chooseMethod(const ProcedureId& id)
{
    if (m_method != id) {
        m_method = id;
        m_parameters.clear();
        dropFrom(Page::Checks);
        Q_EMIT changed();
    }
}

void UpgradeController::runChecks()
{
    dropFrom(Page::Checks);
    setBusy(true);
    const int generation = m_generation;
    deliver(m_context.upgrades.check(request()), this,
            [this, generation](Result<std::vector<CheckResult>> results) {
                if (generation != m_generation) {
                    return;
                }
                if (!results) {
                    setProblem(results.error());
                    return;
                }
                m_checks = *std::move(results);
                m_checked = true;
                setBusy(false);
            });
}

void UpgradeController::makePlan()
{
    dropFrom(Page::Plan);
    setBusy(true);
    const int generation = m_generation;
    deliver(m_context.upgrades.plan(request()), this,
            [this, generation](Result<procedure::Plan> plan) {
                if (generation != m_generation) {
                    return;
                }
                if (!plan) {
                    setProblem(plan.error());
                    return;
                }
                m_plan = *std::move(plan);
                setBusy(false);
                simulate();
            });
}

void UpgradeController::simulate()
{
    const int generation = m_generation;
    simulate::Options options;
    options.runs = kSimulatedRuns;
    deliver(m_context.upgrades.simulate(*m_plan, options, m_work.get_token()), this,
            [this, generation](Result<simulate::Summary> summary) {
                if (generation != m_generation) {
                    return;
                }
                if (!summary) {
                    setProblem(summary.error());
                    return;
                }
                m_simulation = *std::move(summary);
                Q_EMIT changed();
            });
}

std::vector<procedure::PlanWarning> UpgradeController::warnings() const
{
    std::vector<procedure::PlanWarning> list;
    if (m_plan) {
        list = m_plan->warnings;
    }
    for (const CheckResult& result : m_checks) {
        const bool known =
            std::ranges::any_of(list, [&](const auto& each) { return each.id == result.id; });
        if (!known && result.severity == Severity::Warning
            && result.outcome != CheckOutcome::Passed) {
            list.push_back({result.id, Severity::Warning,
                            QStringLiteral("%1: %2").arg(result.title, result.text)});
        }
    }
    return list;
}

void UpgradeController::accept(const QString& warningId, bool accepted)
{
    if (accepted) {
        m_accepted.insert(warningId);
    } else {
        m_accepted.erase(warningId);
    }
    Q_EMIT changed();
}

QString UpgradeController::consentWord() const
{
    return m_plan && m_plan->cutsUsersOff ? m_plan->cluster.name : QString();
}

void UpgradeController::typeConsent(const QString& text)
{
    m_consent = text;
    Q_EMIT changed();
}

bool UpgradeController::hasConsent() const
{
    return consentWord().isEmpty() || m_consent == consentWord();
}

void UpgradeController::startStaging()
{
    if (m_staging || m_staged || !m_plan || !m_package) {
        return;
    }
    m_staging = true;
    m_problem.reset();
    m_stagingStop = {};
    const auto listener = [this, self = QPointer(this)](const platform::StagingProgress& progress) {
        if (self) { // its end comes later than that of a wizard which is left
            m_progress[progress.node] = progress;
            Q_EMIT stagingChanged();
        }
    };
    deliver(m_context.upgrades.stage(m_plan->cluster.id, *m_package, m_plan->order, listener,
                                     m_stagingStop.get_token()),
            this,
            [this](Result<std::vector<StagedPackage>> outcome) { onStaged(std::move(outcome)); });
    Q_EMIT changed();
}

void UpgradeController::stopStaging() { m_stagingStop.request_stop(); }

void UpgradeController::onStaged(Result<std::vector<StagedPackage>> outcome)
{
    m_staging = false;
    if (outcome) {
        m_staged = true;
    } else if (outcome.error().kind != ErrorKind::Cancelled) {
        m_problem = outcome.error();
    }
    Q_EMIT stagingChanged();
    Q_EMIT changed();
}

void UpgradeController::startRun()
{
    service::StartRequest start;
    start.plan = *m_plan;
    start.acceptedWarnings.assign(m_accepted.begin(), m_accepted.end());
    start.consented = hasConsent();
    start.startedBy = m_context.userName;
    setBusy(true);
    deliver(m_context.runs.start(std::move(start)), this, [this](Result<RunId> id) {
        if (!id) {
            setProblem(id.error());
            return;
        }
        setBusy(false);
        Q_EMIT started(*id);
    });
}

} // namespace quorate::ui
