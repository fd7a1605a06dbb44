// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/UiContext.h"

#include <QObject>

#include <map>
#include <set>
#include <stop_token>

namespace quorate::ui {

/// The wizard without widgets: what was chosen, what came of it, and whether one may go on. Later
/// choices are dropped when an earlier one changes, so that a plan never belongs to another
/// package.
class UpgradeController final : public QObject {
    Q_OBJECT

public:
    enum class Page { Package, Method, Checks, Plan, Staging };

    UpgradeController(const UiContext& context, service::ClusterService& cluster, QObject* parent);
    ~UpgradeController() override;

    [[nodiscard]] Page page() const { return m_page; }
    [[nodiscard]] bool canGoOn() const { return whyNot().isEmpty(); }
    [[nodiscard]] QString
    whyNot() const; ///< what is missing on this page, one sentence; empty: nothing
    [[nodiscard]] bool isBusy() const { return m_busy; }
    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; }
    [[nodiscard]] service::ClusterService& cluster() { return m_cluster; }
    void goOn(); ///< from the last page: starts the run
    void goBack();

    // Package
    void choosePackage(const QString& path);
    [[nodiscard]] const std::optional<Package>& package() const { return m_package; }
    [[nodiscard]] std::pair<qint64, qint64> readProgress() const { return m_read; }
    // Method
    [[nodiscard]] const std::vector<procedure::Procedure>& methods() const { return m_methods; }
    void chooseMethod(const ProcedureId& id);
    [[nodiscard]] const procedure::Procedure* method() const;
    /// Without one there is no page to choose it on, and none to stage it.
    [[nodiscard]] bool needsPackage() const;
    [[nodiscard]] Page firstPage() const;
    [[nodiscard]] QString
    parameter(const procedure::ParameterSpec& spec) const; ///< its default until it is set
    void setParameter(const QString& id, const QString& value);
    // Checks
    void runChecks();
    [[nodiscard]] const std::vector<procedure::CheckResult>& checks() const { return m_checks; }
    /// Staging puts the package on the nodes; that it is not there yet does not block before.
    [[nodiscard]] static bool isSettledByStaging(const procedure::CheckResult& result);
    // Plan
    [[nodiscard]] const std::optional<procedure::Plan>& plan() const { return m_plan; }
    [[nodiscard]] const std::optional<simulate::Summary>& simulation() const
    {
        return m_simulation;
    }
    void accept(const QString& warningId, bool accepted);
    [[nodiscard]] bool isAccepted(const QString& warningId) const
    {
        return m_accepted.contains(warningId);
    }
    /// Warnings of the plan and failed warnings of the checks, by id, that need a yes.
    [[nodiscard]] std::vector<procedure::PlanWarning> warnings() const;
    void typeConsent(const QString& text);
    [[nodiscard]] QString consentWord() const; ///< what is to be typed; empty: no consent is needed
    [[nodiscard]] bool hasConsent() const;
    // Staging
    void startStaging();
    void stopStaging(); ///< what was sent stays; starting again goes on from there
    [[nodiscard]] bool isStaging() const { return m_staging; }
    [[nodiscard]] bool isStaged() const { return m_staged; }
    [[nodiscard]] const std::map<NodeId, platform::StagingProgress>& progress() const
    {
        return m_progress;
    }

Q_SIGNALS:
    void changed();
    void stagingChanged();
    void started(const quorate::RunId& id);

private:
    void setProblem(const Error& error);
    void setBusy(bool busy);
    void dropFrom(Page page);
    void makePlan();
    void simulate();
    void onStaged(Result<std::vector<StagedPackage>> outcome);
    void startRun();
    [[nodiscard]] service::PlanRequest request() const;
    [[nodiscard]] bool checksBlock() const;

    const UiContext& m_context;
    service::ClusterService& m_cluster;
    Page m_page = Page::Package;
    bool m_busy = false;
    std::optional<Error> m_problem;
    std::optional<Package> m_package;
    std::pair<qint64, qint64> m_read;
    std::vector<procedure::Procedure> m_methods;
    std::optional<ProcedureId> m_method;
    std::map<QString, QString> m_parameters; ///< where they differ from the defaults
    std::vector<procedure::CheckResult> m_checks;
    bool m_checked = false;
    std::optional<procedure::Plan> m_plan;
    std::optional<simulate::Summary> m_simulation;
    std::set<QString> m_accepted;
    QString m_consent;
    bool m_staging = false;
    bool m_staged = false;
    std::map<NodeId, platform::StagingProgress> m_progress;
    std::stop_source m_work; ///< reading, simulating
    std::stop_source m_stagingStop;
    int m_generation = 0; ///< answers of an older one are dropped
};

} // namespace quorate::ui
