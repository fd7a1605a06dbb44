// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/Report.h"

namespace quorate::report::detail {

/// One node before the run, and as it was seen last.
struct NodeLine {
    NodeId id;
    Version before;
    std::optional<Version> after; ///< nullopt: it was not seen
    std::optional<TimePoint> seenAt;
    bool isUpgraded = false; ///< in the plan's order; others were on the target already
};
std::vector<NodeLine> nodeLines(const procedure::Plan& plan, const History& history);

/// What kind of step: the word that plans use for it ("gate", "reboot").
QString stepWordOf(const procedure::Plan& plan, std::size_t index);
/// The texts of the warnings that were accepted, by id; the id alone when the plan has no such one.
std::vector<std::pair<QString, QString>> acceptedWarnings(const procedure::Plan& plan,
                                                          const run::RunView& view);
/// "2026-11-21 10:04:05 UTC"; "–" for none.
QString timeText(const std::optional<TimePoint>& time);

/// Escaped for HTML text and double-quoted attributes. What could change how the text around it is
/// read (control characters, reversed writing) becomes U+FFFD.
QString escaped(const QString& text);

/// The point with the fewest ready voters of those that are known; nullptr: there is none.
const run::VotersPoint* lowestKnown(const run::RunView& view);

/// The observed number of ready voters as a stepped line over time, with the majority, as an
/// <svg> element; a sentence when nothing was observed.
QString votersChart(const run::RunView& view, TimePoint now);

QString stepsTable(const run::RunView& view, TimePoint now);
QString nodesTable(const std::vector<NodeLine>& nodes);
QString obligationsTable(const run::RunView& view);
QString momentsTable(const History& history);

} // namespace quorate::report::detail
