// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Plan.h"

#include <QStringList>

namespace quorate::procedure::detail {

/// Which parts of a plan go into its text. What lies on this workstation (paths) is no part of the
/// hash.
enum class PlanTextParts { All, Hashed };

/// The plan's text without its `hash:` line; `hashLine` is put where it belongs when not empty.
QByteArray planText(const Plan& plan, PlanTextParts parts, const QString& hash);

/// The fields of each map of a plan file.
namespace planField {
const QStringList& plan();
const QStringList& procedure();
const QStringList& cluster();
const QStringList& package();
const QStringList& policy();
const QStringList& warning();
const QStringList& step();
} // namespace planField

} // namespace quorate::procedure::detail
