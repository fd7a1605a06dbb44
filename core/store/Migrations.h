// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QSqlDatabase>

namespace quorate::store::detail {

/// The schema number that this program writes; the number of the last migration.
int schemaNewest();

/// Brings the file to the newest schema, one numbered step after the other, each in its own
/// transaction. Precondition-free for an empty file. Storage errors: "store-newer" (written by a
/// newer program; nothing is touched), "store-foreign" (an SQLite file that is not ours).
[[nodiscard]] Result<void> migrate(QSqlDatabase& database);

} // namespace quorate::store::detail
