// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/common/Samples.h"

#include "ui/common/Format.h"

#include <QDateTime>

namespace quorate::ui::samples {
namespace {

QString text(const char* utf8) { return QString::fromUtf8(utf8); }

LaneSegment segment(const char* label, TimePoint start, TimePoint end, SegmentState state)
{
    static int number = 0;
    return {.id = QStringLiteral("segment-%1").arg(++number),
            .label = text(label),
            .start = start,
            .end = end,
            .state = state,
            .detail = QStringLiteral("limit 15 min")};
}

} // namespace

TimePoint at(int hour, int minute)
{
    const QDateTime local(QDate(2026, 3, 2), QTime(hour % 24, minute));
    return TimePoint(Millis(local.toMSecsSinceEpoch()));
}

QuorumBannerText banner(bool isRunning)
{
    if (isRunning) {
        return {
            .tone = Tone::Warn,
            .glyph = Glyph::Triangle,
            .head = text("2 of 3 voters ready"),
            .rest = text(
                ", 2 needed, node-2 is restarting (planned). One more failure stops the cluster."),
            .age = text("live · 1 s")};
    }
    return {.tone = Tone::Ok,
            .glyph = Glyph::Dot,
            .head = text("3 of 3 voters ready"),
            .rest = text(", 2 needed. One node may fail without stopping the cluster."),
            .age = text("live · 1 s")};
}

RingData ring(int nodes, bool isBroken)
{
    RingData data;
    for (int index = 0; index < nodes; ++index) {
        const bool isDown = isBroken && index == 2;
        data.nodes.push_back({.id = QString::number(index),
                              .name = QStringLiteral("node-%1").arg(index + 1),
                              .stateWord = isDown ? text("cannot be reached") : text("ready"),
                              .tone = isDown ? Tone::Bad : Tone::Ok,
                              .glyph = isDown ? Glyph::Cross : Glyph::Check,
                              .leader = index == 0});
        for (int other = 0; other < index; ++other) {
            data.links.push_back(
                {.from = index, .to = other, .ok = !isDown && !(isBroken && other == 2)});
        }
    }
    return data;
}

StepChartData voters()
{
    return {.observed = {{at(0, 0), 3}, {at(8, 14), 2}, {at(10, 25), 3}},
            .forecast = {},
            .start = at(0, 0),
            .end = at(23, 0),
            .majority = 2,
            .voters = 3};
}

LaneChartData lanes()
{
    using enum SegmentState;
    LaneChartData data;
    data.start = at(22, 0);
    data.end = at(22, 0) + std::chrono::minutes(79);
    data.now = at(22, 37);
    const TimePoint eleven = at(22, 0) + std::chrono::minutes(60);
    data.lanes = {
        {.id = text("3"),
         .title = text("node-3"),
         .segments = {segment("Drain", at(22, 0), at(22, 2), Done),
                      segment("Install", at(22, 3), at(22, 10), Done),
                      segment("Reboot", at(22, 10), at(22, 17), Done),
                      segment("Back, stable", at(22, 17), at(22, 26), Done)}},
        {.id = text("2"),
         .title = text("node-2"),
         .segments = {segment("Install", at(22, 26), at(22, 34), Done),
                      segment("Reboot", at(22, 34), at(22, 41), Running),
                      segment("wait until back", at(22, 41), at(22, 50), Planned)}},
        {.id = text("1"),
         .title = text("node-1"),
         .leader = true,
         .segments = {segment("install", at(22, 50), at(22, 58), Planned),
                      segment("reboot", at(22, 58), eleven + std::chrono::minutes(4), Planned),
                      segment("wait until back", eleven + std::chrono::minutes(4),
                              eleven + std::chrono::minutes(13), Planned)}},
        {.id = text("c"),
         .title = text("cluster"),
         .segments = {segment("scale", eleven + std::chrono::minutes(13),
                              eleven + std::chrono::minutes(19), Planned)}}};
    data.voters = {.observed = {{at(22, 0), 3}, {at(22, 10), 2}, {at(22, 17), 3}, {at(22, 34), 2}},
                   .forecast = {{at(22, 37), 2},
                                {at(22, 41), 3},
                                {at(22, 58), 2},
                                {eleven + std::chrono::minutes(4), 3}},
                   .start = data.start,
                   .end = data.end,
                   .majority = 2,
                   .voters = 3};
    return data;
}

std::vector<AttentionItem> attention()
{
    return {{.id = text("certificate"),
             .text = text("Cluster certificate ends in 19 days"),
             .action = text("Replace…")},
            {.id = text("disk"),
             .text = text("node-3: 11.2 GB free, an upgrade needs 12"),
             .action = text("Clear logs…")},
            {.id = text("backup"),
             .glyph = Glyph::Check,
             .tone = Tone::Ok,
             .text = text("Backup of today 01:00, downloaded")},
            {.id = text("stage"),
             .glyph = Glyph::Ring,
             .tone = Tone::Unknown,
             .text = text("2 of 3 nodes hold package 14.2.0"),
             .action = text("Stage…")}};
}

std::vector<EventItem> events()
{
    return {{text("10:41"), text("mss-metering restarted itself on node-3")},
            {text("09:02"), text("Property websocket.compression.enable changed by ops1")},
            {text("02:25"), text("node-2 ready again after 11 min")}};
}

std::vector<KeyValueItem> certificate()
{
    return {{text("issued by"), text("Example Issuing CA 3")},
            {text("valid"), text("2026-03-01 → 2027-03-01 (365 d)")},
            {.key = text("key"), .value = text("EC P-256, matches"), .glyph = Glyph::Check},
            {.key = text("SHA-256"), .value = text("9C:1E:40:…:7A"), .style = TextStyle::Fixed}};
}

std::vector<NodeRow> nodeRows()
{
    return {{.name = text("node-1"),
             .state = text("Ready"),
             .role = text("voter, leader"),
             .address = text("10.20.0.11"),
             .freeGigabytes = 48.0,
             .load = 0.62,
             .leader = true},
            {.name = text("node-2"),
             .state = text("Ready"),
             .role = text("voter"),
             .address = text("10.20.0.12"),
             .freeGigabytes = 46.3,
             .load = 0.40},
            {.name = text("node-3"),
             .state = text("Restarting"),
             .tone = Tone::Accent,
             .glyph = Glyph::Turning,
             .role = text("voter"),
             .address = text("10.20.0.13"),
             .freeGigabytes = 11.2,
             .load = 0.51,
             .age = 2}};
}

std::unique_ptr<SnapshotTableModel<NodeRow>> nodeModel()
{
    using Row = NodeRow;
    std::vector<Column<Row>> columns;
    columns.push_back(
        {.info = {.id = text("name"), .title = text("Node"), .style = TextStyle::Body},
         .text = [](const Row& row) { return row.name; },
         .trailingGlyph = [](const Row& row) { return row.leader ? Glyph::Star : Glyph::None; }});
    columns.push_back({.info = {.id = text("state"), .title = text("State")},
                       .text = [](const Row& row) { return row.state; },
                       .tone = [](const Row& row) { return row.tone; },
                       .glyph = [](const Row& row) { return row.glyph; }});
    columns.push_back({.info = {.id = text("role"), .title = text("Role")},
                       .text = [](const Row& row) { return row.role; }});
    columns.push_back(
        {.info = {.id = text("address"), .title = text("Address"), .style = TextStyle::Fixed},
         .text = [](const Row& row) { return row.address; }});
    columns.push_back(
        {.info = {.id = text("free"), .title = text("Disk free"), .numeric = true},
         .text = [](const Row& row) { return bytesText(qint64(row.freeGigabytes * 1e9)); },
         .sortValue = [](const Row& row) { return QVariant(row.freeGigabytes); },
         .tone = [](const Row& row) { return row.freeGigabytes < 12 ? Tone::Warn : Tone::Plain; },
         .glyph =
             [](const Row& row) {
                 return row.freeGigabytes < 12 ? Glyph::Triangle : Glyph::None;
             }});
    columns.push_back({.info = {.id = text("load"), .title = text("Load"), .numeric = true},
                       .text = [](const Row& row) { return decimalText(row.load, 2); },
                       .sortValue = [](const Row& row) { return QVariant(row.load); }});
    columns.push_back(
        {.info = {.id = text("age"), .title = text("Age"), .numeric = true, .ageing = true},
         .text = [](const Row& row) { return durationText(Seconds(row.age)); },
         .sortValue = [](const Row& row) { return QVariant(row.age); },
         .tone = [](const Row&) { return Tone::Muted; },
         .ageMs = [](const Row& row) { return qint64(row.age) * 1000; }});
    return std::make_unique<SnapshotTableModel<Row>>(std::move(columns),
                                                     [](const Row& row) { return row.name; });
}

} // namespace quorate::ui::samples
