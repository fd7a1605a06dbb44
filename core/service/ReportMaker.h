// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"
#include "core/report/Signer.h"
#include "core/run/Journal.h"
#include "core/run/RunView.h"
#include "core/store/Store.h"

#include <QStringList>

namespace quorate::service {

/// All that a report of a run is made from.
struct ReportInput {
    store::RunRow row{};
    procedure::Plan plan{};
    run::RunView view{};
    std::vector<run::JournalRecord> journal{};
    std::vector<store::ActivityEntry> activity{}; ///< of all clusters
    report::EvidenceSignerPtr signer{};           ///< null: evidence is not signed
    QString unsignedBecause{};
};

/// The one way from the run service to core/report; handed to Services::open's context.
class ReportMaker {
public:
    ReportMaker() = default;
    ReportMaker(const ReportMaker&) = delete;
    ReportMaker& operator=(const ReportMaker&) = delete;
    virtual ~ReportMaker() = default;
    /// report.html, report.json and evidence.zip; their paths. Blocking; called on a pool thread.
    [[nodiscard]] virtual Result<QStringList> write(const ReportInput& input,
                                                    const QString& folder) const = 0;
    [[nodiscard]] virtual QString html(const ReportInput& input) const = 0;
};

} // namespace quorate::service
