// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tidy/Tidy.h"

#include <algorithm>

namespace quorate::tidy {

QString Finding::toText() const
{
    const QString place = line == 0 ? path : QStringLiteral("%1:%2").arg(path).arg(line);
    return QStringLiteral("%1: [%2] %3").arg(place, rule, message);
}

Findings checkSource(const QString& path, const QString& text)
{
    const SourceText source = readSource(path, text);
    Findings findings = checkForm(source);
    for (const auto& more : {checkLayers(source), checkBans(source)}) {
        findings.insert(findings.end(), more.begin(), more.end());
    }
    return findings;
}

const std::vector<Allowance>& allowances()
{
    static const std::vector<Allowance> list = {
        {"ssl-errors", "core/net/CurlTrust.cpp",
         "is the trust store's judge inside the handshake, for every connection"},
        {"colour", "ui/common/Glyph.cpp",
         "replaces the black of our drawings by the colour that the theme gave"},
        {"sleep", "app/sandbox/",
         "a practice node has threads of its own, which pace heartbeats and pretended work"},
        {"layer", "app/screenshots/",
         "draws the scenes of tests/fixtures; a tool for us that is never shipped"},
        {"event-loop", "app/screenshots/",
         "lets a window settle before it is drawn, as a test would; never shipped"},
        {"sleep", "tests/bench/support/",
         "watches other processes from outside, which tell nobody when they are ready"},
        {"random", "app/sandbox/Consensus.cpp",
         "election time-outs of real processes must differ from each other"},
    };
    return list;
}

Findings applyAllowances(Findings findings, const std::vector<Allowance>& list)
{
    Findings stale;
    for (const Allowance& allowance : list) {
        const QString path = QString::fromUtf8(allowance.path);
        const auto excused = [&](const Finding& finding) {
            const bool here = path.endsWith(QLatin1Char('/')) ? finding.path.startsWith(path)
                                                              : finding.path == path;
            return here && finding.rule == QLatin1String(allowance.rule);
        };
        if (std::erase_if(findings, excused) == 0) {
            stale.push_back(
                {path, 0, QStringLiteral("stale-allowance"),
                 QStringLiteral("nothing breaks rule %1 here any more: remove the allowance")
                     .arg(QLatin1String(allowance.rule))});
        }
    }
    findings.insert(findings.end(), stale.begin(), stale.end());
    return findings;
}

} // namespace quorate::tidy
