// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Clock.h"
#include "core/report/Signer.h"
#include "core/secret/SecretStore.h"
#include "core/service/ReportMaker.h"

namespace quorate::service {

/// What signs evidence here, or why nothing does.
struct EvidenceKey {
    report::EvidenceSignerPtr signer{};
    QString unsignedBecause{};
};
/// The installation's key from the keychain; made and kept there when there is none yet. A keychain
/// that is absent, locked or slow is no error: then there is no signer, and a reason. The same
/// where secrets go with the process: a key that nobody can find again would vouch for nothing.
[[nodiscard]] Async<EvidenceKey> evidenceKey(secret::SecretStore& secrets, const QString& owner,
                                             TimePoint now);

/// Whose key signs evidence here, as a reader of evidence compares it.
struct EvidenceIdentity {
    QString subject{};
    QByteArray sha256{}; ///< of the certificate; empty: nothing is signed
    QString reason{};    ///< why not
};
/// Looks only: a key is made when the first evidence is.
[[nodiscard]] Async<EvidenceIdentity> evidenceIdentity(secret::SecretStore& secrets);

/// Reports by core/report.
[[nodiscard]] std::shared_ptr<const ReportMaker> makeReportMaker(std::shared_ptr<const Clock> clock,
                                                                 QString madeBy, QString program);

} // namespace quorate::service
