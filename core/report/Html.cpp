// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/ReportText.h"

namespace quorate::report {

using namespace detail;

namespace {

// Dark on light, for paper; nothing may be fetched, whatever a hostile name holds.
constexpr auto kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<style>
:root{color-scheme:light}
body{font:14px/1.45 sans-serif;color:#1c2128;background:#fff;max-width:960px;margin:32px auto;padding:0 24px}
h1{font-size:22px;margin:0 0 4px}h2{font-size:15px;margin:28px 0 8px}
p{margin:4px 0}.result{font-size:16px;font-weight:600;margin:12px 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0}dt{color:#59636e}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:13px}
th{text-align:left;color:#59636e;font-weight:600}
th,td{padding:4px 10px 4px 0;border-bottom:1px solid #d8dee4;vertical-align:top;overflow-wrap:anywhere}
tr{break-inside:avoid}tr.failed td{font-weight:600}tr.skipped td,tr.planned td{color:#59636e}
svg{width:100%;max-width:720px;font:11px sans-serif}svg text{fill:#59636e}
.grid{stroke:#e6eaef}.majority{stroke:#b3261e;stroke-dasharray:5 4}
.ready{fill:none;stroke:#0b6e4f;stroke-width:2}
@media print{body{margin:0;max-width:none;padding:0}h2{break-after:avoid}}
</style>
)";

QString fact(const QString& name, const QString& value)
{
    return value.isEmpty()
               ? QString()
               : QStringLiteral("<dt>%1</dt><dd>%2</dd>\n").arg(escaped(name), escaped(value));
}

QString heading(const QString& text) { return QStringLiteral("<h2>%1</h2>\n").arg(escaped(text)); }

QString packageText(const procedure::Plan& plan)
{
    if (!plan.package) {
        return {};
    }
    return QStringLiteral("%1 %2, signed by %3, SHA-256 %4")
        .arg(plan.package->name, plan.package->version.toString(), plan.package->signedBy,
             QString::fromLatin1(plan.package->sha256.toHex()));
}

QString factsList(const run::RunView& view, const procedure::Plan& plan, TimePoint now)
{
    QString out = QStringLiteral("<dl>\n");
    out +=
        fact(QStringLiteral("Cluster"),
             QStringLiteral("%1 (%2, %3)")
                 .arg(view.cluster.name, displayName(view.cluster.system), view.cluster.address));
    out += fact(QStringLiteral("Procedure"),
                QStringLiteral("%1 (%2)").arg(plan.procedureTitle, plan.procedure.value));
    out += fact(QStringLiteral("Package"), packageText(plan));
    out += fact(QStringLiteral("Started by"), view.startedBy);
    out += fact(QStringLiteral("Started"), timeText(view.startedAt));
    out += fact(QStringLiteral("Ended"),
                view.endedAt ? timeText(view.endedAt) : QStringLiteral("not yet"));
    if (view.startedAt && view.endedAt) {
        out += fact(QStringLiteral("Took"), toDurationText(*view.endedAt - *view.startedAt));
    }
    out += fact(QStringLiteral("Run"), view.id.value);
    out += fact(QStringLiteral("Plan"), QStringLiteral("SHA-256 %1").arg(view.planHash));
    out += fact(QStringLiteral("This report"), timeText(now));
    return out + QStringLiteral("</dl>\n");
}

QString attentionText(const run::RunView& view)
{
    if (!view.attention) {
        return {};
    }
    const run::Attention& attention = *view.attention;
    QString out = heading(QStringLiteral("Waits for a person"));
    for (const QString& line : {attention.title, attention.unharmed, attention.next}) {
        out += QStringLiteral("<p>%1</p>\n").arg(escaped(line));
    }
    return out;
}

QString warningsList(const run::RunView& view, const procedure::Plan& plan)
{
    const auto accepted = acceptedWarnings(plan, view);
    if (accepted.empty()) {
        return QStringLiteral("<p>None.</p>\n");
    }
    QString out = QStringLiteral("<ul>\n");
    for (const auto& [id, text] : accepted) {
        out += QStringLiteral("<li>%1</li>\n")
                   .arg(escaped(text.isEmpty() ? id : QStringLiteral("%1 (%2)").arg(text, id)));
    }
    return out + QStringLiteral("</ul>\n");
}

} // namespace

QString runHtml(const run::RunView& view, const procedure::Plan& plan, TimePoint now,
                const History& history)
{
    QString out = QString::fromLatin1(kHead);
    out += QStringLiteral("<title>%1</title></head><body>\n<h1>%1</h1>\n").arg(escaped(view.title));
    out += QStringLiteral("<p class=\"result\">%1: %2</p>\n")
               .arg(escaped(run::toString(view.phase)), escaped(view.sentence));
    out += factsList(view, plan, now);
    out += attentionText(view);
    out += heading(QStringLiteral("Versions")) + nodesTable(nodeLines(plan, history));
    out += heading(QStringLiteral("Voters ready")) + votersChart(view, now);
    out += heading(QStringLiteral("Steps")) + stepsTable(view, now);
    out += heading(QStringLiteral("What had to be undone")) + obligationsTable(view);
    out += heading(QStringLiteral("Warnings that were accepted")) + warningsList(view, plan);
    out += heading(QStringLiteral("People")) + momentsTable(history);
    return out + QStringLiteral("</body></html>\n");
}

} // namespace quorate::report
