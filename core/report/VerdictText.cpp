// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/Verdict.h"

#include <QJsonArray>

#include <algorithm>

namespace quorate::report {

QString toString(CheckState state)
{
    switch (state) {
    case CheckState::Passed: return QStringLiteral("passed");
    case CheckState::Failed: return QStringLiteral("failed");
    case CheckState::NotPossible: return QStringLiteral("not-possible");
    }
    return {};
}

QString toString(Standing standing)
{
    switch (standing) {
    case Standing::Intact: return QStringLiteral("intact");
    case Standing::Unsigned: return QStringLiteral("unsigned");
    case Standing::Broken: return QStringLiteral("broken");
    }
    return {};
}

Standing EvidenceVerdict::standing() const
{
    if (std::ranges::find(checks, CheckState::Failed, &EvidenceCheck::state) != checks.end()) {
        return Standing::Broken;
    }
    return isSigned ? Standing::Intact : Standing::Unsigned;
}

QString EvidenceVerdict::sentence() const
{
    switch (standing()) {
    case Standing::Intact:
        return QStringLiteral(
                   "Intact since %1 signed it. Compare the fingerprint with the signer's")
            .arg(signer);
    case Standing::Unsigned:
        return QStringLiteral("Consistent in itself, but not signed: it proves nothing by itself");
    case Standing::Broken:
        return QStringLiteral("Not to be relied on: %1")
            .arg(std::ranges::find(checks, CheckState::Failed, &EvidenceCheck::state)->text);
    }
    return {};
}

QJsonObject toJson(const EvidenceVerdict& verdict)
{
    QJsonArray checks;
    for (const EvidenceCheck& check : verdict.checks) {
        checks.append(QJsonObject{{QStringLiteral("id"), check.id},
                                  {QStringLiteral("state"), toString(check.state)},
                                  {QStringLiteral("text"), check.text}});
    }
    QJsonValue signer;
    if (verdict.isSigned) {
        signer = QJsonObject{
            {QStringLiteral("subject"), verdict.signer},
            {QStringLiteral("sha256"), QString::fromLatin1(verdict.signerSha256.toHex())}};
    }
    return {{QStringLiteral("format"), QStringLiteral("quorate-evidence-verdict/1")},
            {QStringLiteral("standing"), toString(verdict.standing())},
            {QStringLiteral("sentence"), verdict.sentence()},
            {QStringLiteral("run"), verdict.run.value},
            {QStringLiteral("cluster"), verdict.cluster},
            {QStringLiteral("title"), verdict.title},
            {QStringLiteral("result"), verdict.result},
            {QStringLiteral("planHash"), verdict.planHash},
            {QStringLiteral("madeAt"), verdict.madeAt},
            {QStringLiteral("madeBy"), verdict.madeBy},
            {QStringLiteral("program"), verdict.program},
            {QStringLiteral("signer"), signer},
            {QStringLiteral("checks"), checks}};
}

} // namespace quorate::report
