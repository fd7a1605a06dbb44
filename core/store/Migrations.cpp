// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Migrations.h"

#include "core/store/Sql.h"

#include <QStringList>

#include <vector>

namespace quorate::store::detail {
namespace {

/// "Quor" as SQLite's application id: tells our file from another program's.
constexpr int kApplicationId = 0x51756F72;

/// Never edit a step that was released; add one. Times are milliseconds since 1970, UTC.
const std::vector<QStringList>& migrations()
{
    static const std::vector<QStringList> steps{
        // 1: first schema
        {
            QStringLiteral("CREATE TABLE profiles (id TEXT PRIMARY KEY, position INTEGER NOT NULL, "
                           "file TEXT NOT NULL, "
                           "user TEXT NOT NULL, read_only INTEGER NOT NULL, reserve INTEGER NOT "
                           "NULL) WITHOUT ROWID"),
            QStringLiteral(
                "CREATE TABLE pins (host_port TEXT PRIMARY KEY, sha256 BLOB NOT NULL, "
                "accepted_at INTEGER NOT NULL, accepted_by TEXT NOT NULL) WITHOUT ROWID"),
            QStringLiteral("CREATE TABLE runs (id TEXT PRIMARY KEY, number INTEGER NOT NULL "
                           "UNIQUE, cluster TEXT NOT NULL, "
                           "title TEXT NOT NULL, plan BLOB NOT NULL, plan_hash TEXT NOT NULL, "
                           "started_by TEXT NOT NULL, "
                           "created_at INTEGER NOT NULL, ended INTEGER NOT NULL, outcome TEXT NOT "
                           "NULL) WITHOUT ROWID"),
            QStringLiteral("CREATE TABLE journal (run TEXT NOT NULL REFERENCES runs(id), sequence "
                           "INTEGER NOT NULL, "
                           "at INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, "
                           "previous BLOB NOT NULL, "
                           "hash BLOB NOT NULL, PRIMARY KEY (run, sequence)) WITHOUT ROWID"),
            QStringLiteral("CREATE TABLE run_commands (number INTEGER PRIMARY KEY AUTOINCREMENT, "
                           "run TEXT NOT NULL REFERENCES runs(id), command TEXT NOT NULL, actor "
                           "TEXT NOT NULL, "
                           "at INTEGER NOT NULL)"),
            QStringLiteral(
                "CREATE TABLE activity (sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor "
                "TEXT NOT NULL, "
                "cluster TEXT, kind TEXT NOT NULL, text TEXT NOT NULL, hash BLOB NOT NULL)"),
            QStringLiteral("CREATE TABLE history (cluster TEXT NOT NULL, at INTEGER NOT NULL, "
                           "ready INTEGER NOT NULL, "
                           "voters INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (cluster, "
                           "at)) WITHOUT ROWID"),
            QStringLiteral(
                "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"),
            QStringLiteral("PRAGMA application_id = %1").arg(kApplicationId),
        },
        // 2: where the lease of a Kubernetes cluster is kept, and whether its etcd can be asked
        {
            QStringLiteral(
                "ALTER TABLE profiles ADD COLUMN lease_namespace TEXT NOT NULL DEFAULT ''"),
            QStringLiteral("ALTER TABLE profiles ADD COLUMN keeps_etcd INTEGER NOT NULL DEFAULT 0"),
        },
        // 3: the step at which whoever wished something of a run saw it
        {
            QStringLiteral("ALTER TABLE run_commands ADD COLUMN step TEXT NOT NULL DEFAULT ''"),
        },
        // 4: of which runs an operator said that what they left open was restored by hand
        {
            QStringLiteral("CREATE TABLE obligations_restored (run TEXT PRIMARY KEY REFERENCES "
                           "runs(id), restored_at INTEGER NOT NULL, restored_by TEXT NOT NULL) "
                           "WITHOUT ROWID"),
        },
    };
    return steps;
}

Result<int> number(QSqlDatabase& database, const QString& statement)
{
    auto query = execute(database, statement);
    if (!query) {
        return fail(std::move(query).error());
    }
    return query->next() ? query->value(0).toInt() : 0;
}

Result<void> applyStep(QSqlDatabase& database, int schema)
{
    return inTransaction(database, [&database, schema]() -> Result<void> {
        // Another process may have done it while this one waited for the lock.
        auto present = number(database, QStringLiteral("PRAGMA user_version"));
        if (!present) {
            return fail(std::move(present).error());
        }
        if (*present >= schema) {
            return {};
        }
        for (const QString& statement : migrations()[static_cast<std::size_t>(schema - 1)]) {
            if (auto done = execute(database, statement); !done) {
                return fail(std::move(done).error());
            }
        }
        // A pragma takes no bound values; the number is ours.
        auto marked = execute(database, QStringLiteral("PRAGMA user_version = %1").arg(schema));
        if (!marked) {
            return fail(std::move(marked).error());
        }
        return {};
    });
}

Result<void> refuseForeign(QSqlDatabase& database, int present)
{
    auto application = number(database, QStringLiteral("PRAGMA application_id"));
    auto tables = number(database, QStringLiteral("SELECT count(*) FROM sqlite_master"));
    if (!application || !tables) {
        return fail(!application ? application.error() : tables.error());
    }
    if (*application == kApplicationId || (present == 0 && *application == 0 && *tables == 0)) {
        return {};
    }
    return fail(ErrorKind::Storage, QStringLiteral("store-foreign"),
                QStringLiteral("%1 is a database of another program").arg(database.databaseName()),
                QStringLiteral("Choose another folder with --home"));
}

} // namespace

int schemaNewest() { return static_cast<int>(migrations().size()); }

Result<void> migrate(QSqlDatabase& database)
{
    auto present = number(database, QStringLiteral("PRAGMA user_version"));
    if (!present) {
        return fail(std::move(present).error());
    }
    // Read before written: a second process may just be making the file.
    if (auto ours = *present == 0 ? inTransaction(
                        database,
                        [&database]() -> Result<void> {
                            auto now = number(database, QStringLiteral("PRAGMA user_version"));
                            return now ? refuseForeign(database, *now)
                                       : Result<void>(fail(now.error()));
                        })
                                  : refuseForeign(database, *present);
        !ours) {
        return ours;
    }
    if (*present > schemaNewest()) {
        return fail(
            ErrorKind::Storage, QStringLiteral("store-newer"),
            QStringLiteral(
                "The store %1 was written by a newer Quorate (schema %2, this one knows %3)")
                .arg(database.databaseName())
                .arg(*present)
                .arg(schemaNewest()),
            QStringLiteral("Use that version, or another folder with --home"));
    }
    for (int schema = *present + 1; schema <= schemaNewest(); ++schema) {
        if (auto done = applyStep(database, schema); !done) {
            return done;
        }
    }
    return {};
}

} // namespace quorate::store::detail
