// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Procedure.h"

#include <QStringList>

namespace quorate::procedure {

/// Of a procedure, by id, as texts.
using ParameterValues = std::map<QString, QString>;

/// Nothing wrong with `value` for a parameter of this type: empty. Otherwise what it must be.
QString parameterProblem(ParameterType type, const QString& value);

/// The procedure's defaults, and `given` over them. Validation errors "parameter-unknown" and
/// "bad-parameter", which name the parameter and what it may be.
[[nodiscard]] Result<ParameterValues> parameterValues(const Procedure& procedure,
                                                      const ParameterValues& given);

namespace detail {

/// A flag that is true, or any other value that is not empty.
bool isGiven(const ParameterValues& values, const QString& id);

/// The names in braces of a text: "{command}".
QStringList placeholdersIn(const QString& text);
/// Puts the values in place of their names, then `node` in place of "{node}", also where a value
/// has it.
QString filledIn(const QString& text, const ParameterValues& values, const QString& node);

/// Sets the fields of a drain that parameters fill in.
void fillDrain(act::Drain& drain, const std::map<QString, QString>& from,
               const ParameterValues& values);

} // namespace detail
} // namespace quorate::procedure
