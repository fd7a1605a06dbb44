// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Time.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariantList>

#include <functional>
#include <map>

namespace quorate::store::detail {

/// The Storage error of a failed statement or connection, with the file's path. Code "store-busy"
/// when another program held the file for longer than Store::kBusyMax, otherwise "store-failed".
Error sqlError(const QSqlDatabase& database, const QSqlError& error, const QString& doing);

/// Prepares, binds in order, and executes one statement.
[[nodiscard]] Result<QSqlQuery> execute(QSqlDatabase& database, const QString& statement,
                                        const QVariantList& values = {});

/// Runs `work` in one write transaction; rolls back when it fails. The write lock is taken at once
/// (BEGIN IMMEDIATE), so that what `work` reads cannot change under it.
[[nodiscard]] Result<void> inTransaction(QSqlDatabase& database,
                                         const std::function<Result<void>()>& work);

/// Statements that are prepared once for a connection, for what is written or asked often. Must end
/// before the connection is closed; on the connection's thread.
class Statements {
public:
    /// As execute() above; valid until the same statement is executed again. Whoever reads rows
    /// calls finish() on it before the transaction ends: an open read holds back the checkpoint.
    [[nodiscard]] Result<QSqlQuery*> execute(QSqlDatabase& database, const QString& statement,
                                             const QVariantList& values = {});

private:
    std::map<QString, QSqlQuery> m_prepared;
};
/// As above, with BEGIN and COMMIT prepared.
[[nodiscard]] Result<void> inTransaction(Statements& statements, QSqlDatabase& database,
                                         const std::function<Result<void>()>& work);

inline qint64 toNumber(TimePoint time) { return time.time_since_epoch().count(); }
inline TimePoint toTime(const QVariant& value) { return TimePoint(Millis(value.toLongLong())); }

} // namespace quorate::store::detail
