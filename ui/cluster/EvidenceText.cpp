// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/EvidenceText.h"

#include "core/net/TrustStore.h"

#include <QCoreApplication>

namespace quorate::ui {
namespace {

struct EvidenceWords {
    Q_DECLARE_TR_FUNCTIONS(EvidenceText)
};

} // namespace

QString evidenceText(const service::EvidenceIdentity& identity)
{
    if (identity.sha256.isEmpty()) {
        return EvidenceWords::tr("Evidence is not signed here. %1.").arg(identity.reason);
    }
    return EvidenceWords::tr("Evidence is signed here by \"%1\". Who checks it compares this "
                             "fingerprint (SHA-256):\n%2")
        .arg(identity.subject, net::fingerprintText(identity.sha256));
}

} // namespace quorate::ui
