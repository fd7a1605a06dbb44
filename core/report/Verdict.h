// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"
#include "core/report/Zip.h"

#include <QJsonObject>

namespace quorate::report {

enum class CheckState { Passed, Failed, NotPossible };
QString toString(CheckState state); ///< "passed", "failed", "not-possible"

struct EvidenceCheck {
    QString id; ///< "files", "signature", "file:plan.yaml" …, "journal", "plan", "replay",
                ///< "report", "page"
    CheckState state = CheckState::Passed;
    QString text; ///< one sentence: what was found
};

/// Unsigned: in itself consistent, but anybody could have made it.
enum class Standing { Intact, Unsigned, Broken };
QString toString(Standing standing);

struct EvidenceVerdict {
    RunId run;
    QString cluster;
    QString title;
    QString result; ///< what the manifest says of the run's end
    QString planHash;
    QString madeAt;
    QString madeBy;
    QString program;
    QString signer;          ///< subject of the certificate; empty when unsigned
    QByteArray signerSha256; ///< its fingerprint: whether to trust it is the reader's to decide
    bool isSigned = false;
    std::vector<EvidenceCheck> checks;

    [[nodiscard]] Standing standing() const;
    [[nodiscard]] QString sentence() const;
};
QJsonObject toJson(const EvidenceVerdict& verdict); ///< "format":"quorate-evidence-verdict/1"

/// Judges an archive by itself: no network, no store, nothing is unpacked to disk. An archive that
/// cannot be looked into at all is an error ("evidence-unreadable" and those of detail::unpackZip);
/// everything else is a check that failed.
[[nodiscard]] Result<EvidenceVerdict> verifyEvidence(const QString& path,
                                                     const EvidenceLimits& limits = {});

} // namespace quorate::report
