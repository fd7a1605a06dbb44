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

QString wordsOf(const QString& statement) { return statement.section(QLatin1Char(' '), 0, 3); }

Result<void> bindAndExecute(QSqlDatabase& database, QSqlQuery& query, const QString& statement,
                            const QVariantList& values)
{
    for (int at = 0; at < values.size(); ++at) {
        query.bindValue(at, bindable(values[at]));
    }
    if (!query.exec()) {
        return fail(sqlError(database, query.lastError(), wordsOf(statement)));
    }
    return {};
}

Result<QSqlQuery> prepared(QSqlDatabase& database, const QString& statement)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.prepare(statement)) {
        return fail(sqlError(database, query.lastError(), wordsOf(statement)));
    }
    return query;
}

using Execute = std::function<Result<void>(const QString&)>;

Result<void> transact(const Execute& execute, const std::function<Result<void>()>& work)
{
    if (auto begun = execute(QStringLiteral("BEGIN IMMEDIATE")); !begun) {
        return begun;
    }
    auto worked = work();
    if (worked) {
        worked = execute(QStringLiteral("COMMIT"));
    }
    if (!worked) {
        // The first error is the one to tell; a failed rollback leaves nothing to commit either.
        static_cast<void>(execute(QStringLiteral("ROLLBACK")));
    }
    return worked;
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
    auto query = prepared(database, statement);
    if (!query) {
        return query;
    }
    if (auto done = bindAndExecute(database, *query, statement, values); !done) {
        return fail(std::move(done).error());
    }
    return query;
}

Result<QSqlQuery*> Statements::execute(QSqlDatabase& database, const QString& statement,
                                       const QVariantList& values)
{
    auto known = m_prepared.find(statement);
    if (known == m_prepared.end()) {
        auto query = prepared(database, statement);
        if (!query) {
            return fail(std::move(query).error());
        }
        known = m_prepared.emplace(statement, *std::move(query)).first;
    }
    if (auto done = bindAndExecute(database, known->second, statement, values); !done) {
        return fail(std::move(done).error());
    }
    return &known->second;
}

Result<void> inTransaction(QSqlDatabase& database, const std::function<Result<void>()>& work)
{
    return transact(
        [&database](const QString& statement) -> Result<void> {
            auto done = execute(database, statement);
            return done ? Result<void>() : fail(std::move(done).error());
        },
        work);
}

Result<void> inTransaction(Statements& statements, QSqlDatabase& database,
                           const std::function<Result<void>()>& work)
{
    return transact(
        [&statements, &database](const QString& statement) -> Result<void> {
            auto done = statements.execute(database, statement);
            return done ? Result<void>() : fail(std::move(done).error());
        },
        work);
}

} // namespace quorate::store::detail
