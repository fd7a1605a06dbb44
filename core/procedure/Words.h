// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Procedure.h"

#include <QStringList>

namespace quorate::procedure {

/// A word of a procedure or plan, all of which are plain ASCII.
inline QString word(const char* latin1) { return QString::fromLatin1(latin1); }

/// The words that procedures and plans are written in. The schema is held against these lists by a
/// test.
QString toString(When value); ///< "updates-available"
std::optional<When> whenFrom(const QString& text);
const QStringList& whenWords();

/// The word of a step: its act's name, or "checks", "gate", "wait-back", "wait-all-ready",
/// "manual".
QString stepWord(StepKind kind, const std::optional<Act>& act);
std::optional<StepKind> stepKindFrom(const QString& word); ///< Act for the name of an act
const QStringList& stepWords();
/// Names of all acts that a platform can be asked for (manual is not one: a person does it).
const QStringList& actWords();

const QStringList& parameterTypeWords(); ///< in the order of ParameterType
const QStringList& platformWords();
const QStringList& systemWords();
const QStringList& severityWords();

/// The fields of each map of a procedure file.
namespace field {
const QStringList& procedure();
const QStringList& source();
const QStringList& path();
const QStringList& users();
const QStringList& parameter();
const QStringList& obligation();
const QStringList& check();
const QStringList& block(); ///< of an item of a step list that is a block: exactly one of these
const QStringList& once();
const QStringList& each();
const QStringList& onOne();
const QStringList& repeat();
const QStringList& step();
const QStringList& retry();
const QStringList& ofDrain(); ///< those of step() that only a drain has
} // namespace field

} // namespace quorate::procedure
