// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/ServiceTables.h"

#include "ui/common/Format.h"

#include <QCoreApplication>

namespace quorate::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("ServiceTables", text); }

Tone readyTone(const Workload& workload)
{
    if (workload.ready >= workload.wanted) {
        return workload.progress.isEmpty() ? Tone::Ok : Tone::Warn;
    }
    return workload.ready == 0 ? Tone::Bad : Tone::Warn;
}

Glyph readyGlyph(const Workload& workload)
{
    switch (readyTone(workload)) {
    case Tone::Ok: return Glyph::Check;
    case Tone::Bad: return Glyph::Cross;
    default: return Glyph::Triangle; // what is neither well nor gone
    }
}

} // namespace

std::vector<WorkloadRow> workloadRows(const Inventory& inventory)
{
    std::vector<WorkloadRow> rows;
    rows.reserve(inventory.workloads.size());
    for (const Workload& workload : inventory.workloads) {
        rows.push_back(
            {QStringLiteral("%1 %2/%3").arg(workload.kind, workload.nameSpace, workload.name),
             workload});
    }
    return rows;
}

std::vector<EventRow> eventRows(const Inventory& inventory, bool warningsOnly)
{
    std::vector<EventRow> rows;
    QHash<QString, int> seen; // the same thing may have been noted by two sources
    for (const ClusterEvent& event : inventory.events) {
        if (warningsOnly && !event.warning) {
            continue;
        }
        const QString key =
            event.object + QLatin1Char('\n') + event.reason + QLatin1Char('\n') + event.message;
        rows.push_back({QStringLiteral("%1\n%2").arg(key).arg(seen[key]++), event});
    }
    return rows;
}

WorkloadTableModel* makeWorkloadTableModel(QObject* parent)
{
    using Row = WorkloadRow;
    std::vector<Column<Row>> columns;
    columns.push_back({.info = {.id = QStringLiteral("name"), .title = tr("Name"), .stretch = true},
                       .text = [](const Row& row) { return row.workload.name; },
                       .toolTip = [](const Row& row) { return row.id; }});
    columns.push_back({.info = {.id = QStringLiteral("namespace"), .title = tr("Namespace")},
                       .text = [](const Row& row) { return row.workload.nameSpace; }});
    columns.push_back({.info = {.id = QStringLiteral("kind"), .title = tr("Kind")},
                       .text = [](const Row& row) { return row.workload.kind; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("ready"), .title = tr("Ready")},
         .text =
             [](const Row& row) {
                 return tr("%1 of %2").arg(row.workload.ready).arg(row.workload.wanted);
             },
         .sortValue =
             [](const Row& row) { return QVariant(row.workload.ready - row.workload.wanted); },
         .tone = [](const Row& row) { return readyTone(row.workload); },
         .glyph = [](const Row& row) { return readyGlyph(row.workload); },
         .toolTip = [](const Row& row) { return row.workload.progress; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("restarts"), .title = tr("Restarts"), .numeric = true},
         .text = [](const Row& row) { return QString::number(row.workload.restarts); },
         .sortValue = [](const Row& row) { return QVariant(row.workload.restarts); },
         .tone =
             [](const Row& row) { return row.workload.restarts > 0 ? Tone::Warn : Tone::Plain; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("nodes"), .title = tr("Nodes")},
         .text = [](const Row& row) { return row.workload.nodes.join(QStringLiteral(", ")); }});
    columns.push_back(
        {.info = {.id = QStringLiteral("image"), .title = tr("Image"), .style = TextStyle::Fixed},
         .text = [](const Row& row) { return row.workload.images.join(QStringLiteral(", ")); },
         .toolTip = [](const Row& row) { return row.workload.images.join(QLatin1Char('\n')); }});
    return new WorkloadTableModel(
        std::move(columns), [](const Row& row) { return row.id; }, parent);
}

EventTableModel* makeEventTableModel(QObject* parent)
{
    using Row = EventRow;
    std::vector<Column<Row>> columns;
    columns.push_back({.info = {.id = QStringLiteral("time"),
                                .title = tr("Last seen"),
                                .style = TextStyle::Fixed},
                       .text = [](const Row& row) { return dateTimeText(row.event.lastAt); },
                       .sortValue =
                           [](const Row& row) {
                               return QVariant(qint64(row.event.lastAt.time_since_epoch().count()));
                           },
                       .toolTip = [](const Row& row) { return utcText(row.event.lastAt); }});
    columns.push_back(
        {.info = {.id = QStringLiteral("reason"), .title = tr("Reason")},
         .text = [](const Row& row) { return row.event.reason; },
         .tone = [](const Row& row) { return row.event.warning ? Tone::Warn : Tone::Plain; },
         .glyph =
             [](const Row& row) { return row.event.warning ? Glyph::Triangle : Glyph::None; }});
    columns.push_back({.info = {.id = QStringLiteral("object"), .title = tr("Object")},
                       .text = [](const Row& row) { return row.event.object; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("count"), .title = tr("Times"), .numeric = true},
         .text = [](const Row& row) { return QString::number(row.event.count); },
         .sortValue = [](const Row& row) { return QVariant(row.event.count); }});
    columns.push_back(
        {.info = {.id = QStringLiteral("message"), .title = tr("What"), .stretch = true},
         .text = [](const Row& row) { return row.event.message; },
         .toolTip = [](const Row& row) { return row.event.message; }});
    return new EventTableModel(
        std::move(columns), [](const Row& row) { return row.id; }, parent);
}

} // namespace quorate::ui
