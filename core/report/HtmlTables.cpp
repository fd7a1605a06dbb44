// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Words.h"
#include "core/report/ReportText.h"

#include <algorithm>

namespace quorate::report::detail {
namespace {

/// Marks that reverse or isolate the direction of writing. Source: Unicode 15, Bidi_Control.
bool turnsWriting(QChar character)
{
    const char16_t code = character.unicode();
    return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E)
           || (code >= 0x2066 && code <= 0x2069);
}

QString row(const QStringList& cells)
{
    QString out = QStringLiteral("<tr>");
    for (const QString& cell : cells) {
        out += QStringLiteral("<td>%1</td>").arg(escaped(cell));
    }
    return out + QStringLiteral("</tr>\n");
}

QString table(const QStringList& heads, const QString& rows)
{
    QString out = QStringLiteral("<table><thead><tr>");
    for (const QString& head : heads) {
        out += QStringLiteral("<th>%1</th>").arg(escaped(head));
    }
    return out + QStringLiteral("</tr></thead>\n<tbody>\n") + rows
           + QStringLiteral("</tbody></table>\n");
}

const QString kNone = QStringLiteral("\u2013");

QString took(const run::StepView& step, TimePoint now)
{
    return step.startedAt ? toDurationText(step.endedAt.value_or(now) - *step.startedAt) : kNone;
}

} // namespace

QString escaped(const QString& text)
{
    QString clean = text;
    for (QChar& character : clean) {
        const bool isControl = character.category() == QChar::Other_Control
                               && character != QLatin1Char('\n') && character != QLatin1Char('\t');
        if (isControl || turnsWriting(character)) {
            character = QChar::ReplacementCharacter;
        }
    }
    return clean.toHtmlEscaped();
}

QString timeText(const std::optional<TimePoint>& time)
{
    if (!time) {
        return kNone;
    }
    const QString iso = toIso(*time);
    return QStringLiteral("%1 %2 UTC").arg(iso.left(10), iso.mid(11, 8));
}

QString stepWordOf(const procedure::Plan& plan, std::size_t index)
{
    if (index >= plan.steps.size()) {
        return {};
    }
    return procedure::stepWord(plan.steps[index].kind, plan.steps[index].act);
}

std::vector<std::pair<QString, QString>> acceptedWarnings(const procedure::Plan& plan,
                                                          const run::RunView& view)
{
    std::vector<std::pair<QString, QString>> out;
    for (const QString& id : view.acceptedWarnings) {
        const auto known = std::ranges::find(plan.warnings, id, &procedure::PlanWarning::id);
        out.emplace_back(id, known == plan.warnings.end() ? QString() : known->text);
    }
    return out;
}

std::vector<NodeLine> nodeLines(const procedure::Plan& plan, const History& history)
{
    std::vector<NodeLine> out;
    for (const auto& [id, version] : plan.sourceVersions) {
        NodeLine line;
        line.id = id;
        line.before = version;
        line.isUpgraded = std::ranges::find(plan.order, id) != plan.order.end();
        const NodeRecord* record = history.seen ? history.seen->node(id) : nullptr;
        if (record != nullptr && record->last) {
            line.after = record->last->self.version;
            line.seenAt = record->last->observedAt;
        }
        out.push_back(line);
    }
    return out;
}

QString stepsTable(const run::RunView& view, TimePoint now)
{
    QString rows;
    for (const run::StepView& step : view.steps) {
        const QString state = run::toString(step.state);
        rows += QStringLiteral("<tr class=\"%1\">").arg(state)
                + row({step.id.value, step.title, step.node ? step.node->value : kNone, state,
                       timeText(step.startedAt), took(step, now),
                       step.result.isEmpty() ? step.waitingFor : step.result})
                      .mid(QStringLiteral("<tr>").size());
    }
    return table({QStringLiteral("Step"), QStringLiteral("What"), QStringLiteral("Node"),
                  QStringLiteral("State"), QStringLiteral("Since"), QStringLiteral("Took"),
                  QStringLiteral("Result")},
                 rows);
}

QString nodesTable(const std::vector<NodeLine>& nodes)
{
    QString rows;
    for (const NodeLine& node : nodes) {
        rows += row({node.id.value, node.before.toString(),
                     node.after ? node.after->toString() : QStringLiteral("not seen"),
                     timeText(node.seenAt),
                     node.isUpgraded ? QString() : QStringLiteral("not part of this run")});
    }
    return table({QStringLiteral("Node"), QStringLiteral("Before"), QStringLiteral("After"),
                  QStringLiteral("Last seen"), QString()},
                 rows);
}

QString obligationsTable(const run::RunView& view)
{
    if (view.obligations.empty()) {
        return QStringLiteral("<p>None.</p>\n");
    }
    QString rows;
    for (const run::ObligationView& obligation : view.obligations) {
        const bool isOpen = obligation.isOpen();
        rows += row({obligation.text(), timeText(obligation.openedAt),
                     isOpen ? QStringLiteral("still open") : timeText(obligation.closedAt)});
    }
    return table(
        {QStringLiteral("To be undone"), QStringLiteral("Since"), QStringLiteral("Undone")}, rows);
}

QString momentsTable(const History& history)
{
    if (history.moments.empty()) {
        return QStringLiteral("<p>Nobody was needed, and nobody interfered.</p>\n");
    }
    QString rows;
    for (const Moment& moment : history.moments) {
        rows += row({timeText(moment.at), moment.kind, moment.text,
                     moment.by.isEmpty() ? kNone : moment.by});
    }
    return table({QStringLiteral("When"), QStringLiteral("Kind"), QStringLiteral("What"),
                  QStringLiteral("By")},
                 rows);
}

} // namespace quorate::report::detail
