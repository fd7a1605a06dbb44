// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/secret/SecretStore.h"
#include "core/service/ClusterRegistry.h"
#include "core/service/RunService.h"
#include "core/service/UpgradeService.h"

namespace quorate::service {

class ActivityFeed;
class ReportMaker;
struct EvidenceIdentity;

/// Everything a front end needs, wired once in main. Destroying it stops polling and runs (a run
/// that was at work is found again at the next start).
class Services {
public:
    struct Options {
        QString home{};     ///< folder for store, backups, reports, logs; made with mode 0700
        QString userName{}; ///< who acts, for journal and lease
        bool useKeychain = true;
        std::optional<Millis> pollForeground{};       ///< default 2 s
        std::shared_ptr<const ReportMaker> reports{}; ///< null: those of core/report
        /// For tests that stand between runs and their journal; what it returns outlives the
        /// services.
        std::function<run::Journal&(run::Journal&)> wrapJournal{};
    };
    [[nodiscard]] static Result<std::unique_ptr<Services>> open(const Options& options);
    ~Services();

    [[nodiscard]] ClusterRegistry& clusters();
    [[nodiscard]] UpgradeService& upgrades();
    [[nodiscard]] RunService& runs();
    [[nodiscard]] store::Store& store(); ///< profiles, activity, settings
    [[nodiscard]] ActivityFeed& activity();
    [[nodiscard]] Async<EvidenceIdentity> evidenceIdentity();
    [[nodiscard]] const Clock& clock() const;
    [[nodiscard]] QString home() const;
    [[nodiscard]] QString userName() const;

private:
    struct Parts;
    explicit Services(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace quorate::service
