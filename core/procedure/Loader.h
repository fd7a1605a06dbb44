// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Procedure.h"

namespace quorate::procedure {

/// Reads a procedure. Validation errors name file:line:column, the field, and what it may be;
/// unknown fields and capabilities are errors; bounded in size, depth and number of steps.
/// `resources/procedures/procedure.schema.json` is the same contract for editors; a test holds the
/// two together.
[[nodiscard]] Result<Procedure> parseProcedure(const QByteArray& yaml, const QString& fileName);
/// All procedures that come with Quorate (compiled in), then those of `folder` (operator's copies;
/// may be empty).
[[nodiscard]] Result<std::vector<Procedure>> loadProcedures(const QString& folder = {});

} // namespace quorate::procedure
