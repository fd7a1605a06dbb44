// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Store.h"

#include "core/store/Migrations.h"
#include "core/store/Sql.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSqlError>

#include <atomic>

namespace quorate::store {
namespace {

constexpr auto kOwnerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner;

/// Each Store has a connection of its own, also when one process opens a file twice.
QString nextConnectionName()
{
    static std::atomic_int counter = 0;
    return QStringLiteral("quorate-store-%1").arg(++counter);
}

Error openError(const QString& path, const QString& reason)
{
    return makeError(ErrorKind::Storage, QStringLiteral("store-unavailable"),
                     QStringLiteral("Cannot open the store %1: %2").arg(path, reason),
                     QStringLiteral("Check that the folder exists and can be written, or choose "
                                    "another one with --home"));
}

/// SQLite gives its -wal and -shm files the mode of the main file, so that this one is enough.
Result<void> makePrivateFile(const QString& path)
{
    QFile file(path);
    if (!file.exists() && !file.open(QIODevice::ReadWrite | QIODevice::NewOnly, kOwnerOnly)
        && !QFileInfo::exists(path)) {
        return fail(openError(path, file.errorString()));
    }
    if (!QFile::setPermissions(path, kOwnerOnly)) {
        return fail(openError(path, QStringLiteral("its rights cannot be limited to its owner")));
    }
    return {};
}

/// Pages of the write-ahead log after which it is carried over into the file, and then written over
/// from its beginning. SQLite's own 1000 let it grow for hundreds of records, and a write that
/// makes a file longer takes longer to reach the disk than one that does not.
constexpr int kLogPagesMax = 100;

Result<void> prepare(QSqlDatabase& database)
{
    for (const QString& pragma :
         {QStringLiteral("PRAGMA journal_mode = WAL"), QStringLiteral("PRAGMA synchronous = FULL"),
          QStringLiteral("PRAGMA foreign_keys = ON"),
          QStringLiteral("PRAGMA wal_autocheckpoint = %1").arg(kLogPagesMax)}) {
        if (auto done = detail::execute(database, pragma); !done) {
            return fail(std::move(done).error());
        }
    }
    return detail::migrate(database);
}

} // namespace

Store::Store(QString connection, const Clock& clock)
    : m_connection(std::move(connection))
    , m_clock(clock)
    , m_statements(std::make_unique<detail::Statements>())
{}

Store::~Store()
{
    m_statements.reset();
    {
        QSqlDatabase database = QSqlDatabase::database(m_connection, false);
        database.close();
    }
    QSqlDatabase::removeDatabase(m_connection);
}

QSqlDatabase Store::database() const { return QSqlDatabase::database(m_connection, false); }

Result<std::unique_ptr<Store>> Store::open(const QString& path, const Clock& clock)
{
    if (auto made = makePrivateFile(path); !made) {
        return fail(std::move(made).error());
    }
    std::unique_ptr<Store> store(new Store(nextConnectionName(), clock));
    QSqlDatabase database =
        QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), store->m_connection);
    if (!database.isValid()) {
        return fail(openError(path, QStringLiteral("Qt's SQLite driver is not installed")));
    }
    database.setDatabaseName(QFileInfo(path).absoluteFilePath());
    database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(kBusyMax.count()));
    if (!database.open()) {
        return fail(openError(path, database.lastError().text()));
    }
    if (auto ready = prepare(database); !ready) {
        return fail(std::move(ready).error().withContext(QStringLiteral("opening the store")));
    }
    return store;
}

Result<QString> Store::setting(const QString& key, const QString& fallback)
{
    QSqlDatabase connection = database();
    auto query = detail::execute(connection,
                                 QStringLiteral("SELECT value FROM settings WHERE key = ?"), {key});
    if (!query) {
        return fail(std::move(query).error());
    }
    return query->next() ? query->value(0).toString() : fallback;
}

Result<void> Store::setSetting(const QString& key, const QString& value)
{
    return write(QStringLiteral("INSERT INTO settings (key, value) VALUES (?, ?) "
                                "ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
                 {key, value});
}

Result<void> Store::write(const QString& statement, const QVariantList& values)
{
    QSqlDatabase connection = database();
    auto done = detail::execute(connection, statement, values);
    if (!done) {
        return fail(std::move(done).error());
    }
    return {};
}

} // namespace quorate::store
