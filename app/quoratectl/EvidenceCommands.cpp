// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"
#include "core/report/Verdict.h"

namespace quorate::ctl {
namespace {

using report::CheckState;
using report::EvidenceVerdict;
using report::Standing;

/// The archive may be anybody's: nothing of it may steer the terminal.
QString harmless(QString text)
{
    for (QChar& character : text) {
        if (!character.isPrint()) {
            character = QChar::ReplacementCharacter;
        }
    }
    return text;
}

QString markOf(CheckState state)
{
    switch (state) {
    case CheckState::Passed: return QStringLiteral("ok      ");
    case CheckState::Failed: return QStringLiteral("FAILED  ");
    case CheckState::NotPossible: return QStringLiteral("?       ");
    }
    return {};
}

QString fingerprintOf(const QByteArray& sha256)
{
    return sha256.isEmpty() ? QStringLiteral("none")
                            : QString::fromLatin1(sha256.toHex(':')).toUpper();
}

void show(const EvidenceVerdict& verdict)
{
    print(bold(harmless(verdict.title)));
    print(harmless(QStringLiteral("  cluster      %1").arg(verdict.cluster)));
    print(harmless(QStringLiteral("  run          %1, %2").arg(verdict.run.value, verdict.result)));
    print(harmless(QStringLiteral("  plan         %1").arg(verdict.planHash)));
    print(harmless(QStringLiteral("  made         %1 by %2, %3")
                       .arg(verdict.madeAt, verdict.madeBy, verdict.program)));
    if (verdict.isSigned) {
        print(harmless(QStringLiteral("  signed by    %1").arg(verdict.signer)));
        print(QStringLiteral("  fingerprint  %1").arg(fingerprintOf(verdict.signerSha256)));
    }
    for (const report::EvidenceCheck& check : verdict.checks) {
        print(QStringLiteral("  ") + markOf(check.state) + harmless(check.text));
    }
    print(bold(harmless(verdict.sentence())));
}

int exitCodeOf(Standing standing)
{
    switch (standing) {
    case Standing::Intact: return kDone;
    case Standing::Unsigned: return kCouldNotTell;
    case Standing::Broken: return kRefused;
    }
    return kRefused;
}

} // namespace

void verifyEvidence(Session& session)
{
    const auto verdict = report::verifyEvidence(session.arguments().positional(0));
    if (!verdict) {
        session.endWith(verdict.error());
        return;
    }
    if (session.arguments().json()) {
        printJson(report::toJson(*verdict));
    } else {
        show(*verdict);
    }
    session.end(exitCodeOf(verdict->standing()));
}

} // namespace quorate::ctl
