// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Sql.h"

#include <QSqlError>

namespace quorate::store::detail {
namespace {

constexpr auto kSqliteBusy = "5";   ///< SQLITE_BUSY
constexpr auto kSqliteLocked = "6"; ///< SQLITE_LOCKED
constexpr auto kSqliteFull = "13";  ///< SQLITE_FULL

/// Qt binds a null text as NULL; to us it is an empty one. A true NULL is a null QVariant.
QVariant bindable(const QVariant& value)
{
    if (value.isNull()) {
        return value;
    }
    if (value.typeId() == QMetaType::QString && value.toString().isNull()) {
        return QStringLiteral("");
    }
    if (value.typeId() == QMetaType::QByteArray && value.toByteArray().isNull()) {
        return QByteArray("");
    }
    return value;
}

Result<void> plain(QSqlDatabase& database, const QString& statement)
{
    auto done = execute(database, statement);
    if (!done) {
        return fail(std::move(done).error());
    }
    return {};
}

} // namespace

Error sqlError(const QSqlDatabase& database, const QSqlError& error, const QString& doing)
{
    const QString native = error.nativeErrorCode();
    const QString path = database.databaseName();
    Error result;
    if (native == QLatin1String(kSqliteBusy) || native == QLatin1String(kSqliteLocked)) {
        result = makeError(ErrorKind::Storage, QStringLiteral("store-busy"),
                           QStringLiteral("Another program holds the store %1").arg(path),
                           QStringLiteral("End the other program, or try again in a moment"));
    } else if (native == QLatin1String(kSqliteFull)) {
        result = makeError(ErrorKind::Storage, QStringLiteral("store-disk-full"),
                           QStringLiteral("The disk of the store %1 is full").arg(path),
                           QStringLiteral("Free some space and try again"));
    } else {
        const QString reason =
            error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
        result = makeError(ErrorKind::Storage, QStringLiteral("store-failed"),
                           QStringLiteral("The store %1 failed: %2").arg(path, reason),
                           QStringLiteral("Check the disk and the rights of the folder"));
    }
    return result.withContext(doing);
}

Result<QSqlQuery> execute(QSqlDatabase& database, const QString& statement,
                          const QVariantList& values)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    const QString doing = statement.section(QLatin1Char(' '), 0, 3);
    if (!query.prepare(statement)) {
        return fail(sqlError(database, query.lastError(), doing));
    }
    for (const QVariant& value : values) {
        query.addBindValue(bindable(value));
    }
    if (!query.exec()) {
        return fail(sqlError(database, query.lastError(), doing));
    }
    return query;
}

Result<void> inTransaction(QSqlDatabase& database, const std::function<Result<void>()>& work)
{
    if (auto begun = plain(database, QStringLiteral("BEGIN IMMEDIATE")); !begun) {
        return begun;
    }
    auto worked = work();
    if (worked) {
        worked = plain(database, QStringLiteral("COMMIT"));
    }
    if (!worked) {
        // The first error is the one to tell; a failed rollback leaves nothing to commit either.
        static_cast<void>(plain(database, QStringLiteral("ROLLBACK")));
    }
    return worked;
}

} // namespace quorate::store::detail
