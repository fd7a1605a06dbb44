// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Sql.h"
#include "core/store/Store.h"

#include <QJsonDocument>

namespace quorate::store {
namespace {

const QString& runColumns()
{
    static const QString columns = QStringLiteral(
        "id, cluster, title, plan, plan_hash, started_by, created_at, ended, outcome, "
        "restored_at, restored_by");
    return columns;
}

const QString& runTables()
{
    static const QString tables =
        QStringLiteral("runs LEFT JOIN obligations_restored ON obligations_restored.run = runs.id");
    return tables;
}

/// The machine's clock in milliseconds since 1970, as SQLite reads it.
const QString& wallMillis()
{
    static const QString expression =
        QStringLiteral("CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)");
    return expression;
}

RunRow rowOf(const QSqlQuery& query)
{
    return {.id = RunId{query.value(0).toString()},
            .cluster = ClusterId{query.value(1).toString()},
            .title = query.value(2).toString(),
            .planYaml = query.value(3).toByteArray(),
            .planHash = query.value(4).toString(),
            .startedBy = query.value(5).toString(),
            .createdAt = detail::toTime(query.value(6)),
            .ended = query.value(7).toBool(),
            .outcome = query.value(8).toString(),
            .restoredAt =
                query.isNull(9) ? std::nullopt : std::optional(detail::toTime(query.value(9))),
            .restoredBy = query.value(10).toString()};
}

Error noSuchRun(const RunId& id)
{
    return makeError(ErrorKind::NotFound, QStringLiteral("run-unknown"),
                     QStringLiteral("There is no run \"%1\" in this store").arg(id.value),
                     QStringLiteral("List the runs to see their names"));
}

/// The batch must continue what lies in the file: a second writer, or a gap, is refused as a whole.
Result<void> checkContinues(detail::Statements& statements, QSqlDatabase& database,
                            const RunId& run, const run::JournalRecord& first)
{
    auto query = statements.execute(
        database,
        QStringLiteral(
            "SELECT sequence, hash FROM journal WHERE run = ? ORDER BY sequence DESC LIMIT 1"),
        {run.value});
    if (!query) {
        return fail(std::move(query).error());
    }
    qint64 last = 0;
    QByteArray hash(32, '\0');
    if ((*query)->next()) {
        last = (*query)->value(0).toLongLong();
        hash = (*query)->value(1).toByteArray();
    }
    (*query)->finish();
    if (first.sequence == last + 1 && first.previousHash == hash) {
        return {};
    }
    return fail(
        ErrorKind::Conflict, QStringLiteral("journal-conflict"),
        QStringLiteral(
            "The journal of run %1 ends at record %2 and cannot be continued with record %3")
            .arg(run.value)
            .arg(last)
            .arg(first.sequence),
        QStringLiteral("Another program has carried this run on; open it again"));
}

} // namespace

Result<void> Store::createRun(const RunRow& row)
{
    return write(QStringLiteral("INSERT INTO runs (id, number, cluster, title, plan, plan_hash, "
                                "started_by, created_at, "
                                "ended, outcome) VALUES (?, (SELECT ifnull(max(number), 0) + 1 "
                                "FROM runs), ?, ?, ?, ?, ?, ?, "
                                "?, ?)"),
                 {row.id.value, row.cluster.value, row.title, row.planYaml, row.planHash,
                  row.startedBy, detail::toNumber(row.createdAt), row.ended, row.outcome});
}

Result<void> Store::endRun(const RunId& id, const QString& outcome)
{
    return write(QStringLiteral("UPDATE runs SET ended = 1, outcome = ? WHERE id = ?"),
                 {outcome, id.value});
}

Result<void> Store::setRestored(const RunId& id, const QString& actor)
{
    return write(QStringLiteral("INSERT INTO obligations_restored (run, restored_at, restored_by) "
                                "VALUES (?, ?, ?) ON CONFLICT (run) DO NOTHING"),
                 {id.value, detail::toNumber(m_clock.now()), actor});
}

Result<std::vector<RunRow>> Store::runs()
{
    QSqlDatabase connection = database();
    static const QString statement =
        QStringLiteral("SELECT %1 FROM %2 ORDER BY number DESC").arg(runColumns(), runTables());
    auto query = m_statements->execute(connection, statement); // asked as often as activity()
    if (!query) {
        return fail(std::move(query).error());
    }
    std::vector<RunRow> list;
    while ((*query)->next()) {
        list.push_back(rowOf(**query));
    }
    (*query)->finish();
    return list;
}

Result<RunRow> Store::run(const RunId& id)
{
    QSqlDatabase connection = database();
    auto query = detail::execute(
        connection, QStringLiteral("SELECT %1 FROM %2 WHERE id = ?").arg(runColumns(), runTables()),
        {id.value});
    if (!query) {
        return fail(std::move(query).error());
    }
    if (!query->next()) {
        return fail(noSuchRun(id));
    }
    return rowOf(*query);
}

Result<void> Store::append(const RunId& run, const std::vector<run::JournalRecord>& records)
{
    if (records.empty()) {
        return {};
    }
    QSqlDatabase connection = database();
    auto done = detail::inTransaction(*m_statements, connection, [&]() -> Result<void> {
        if (auto fits = checkContinues(*m_statements, connection, run, records.front()); !fits) {
            return fits;
        }
        for (const run::JournalRecord& record : records) {
            const QByteArray payload = QJsonDocument(record.payload).toJson(QJsonDocument::Compact);
            auto written = m_statements->execute(
                connection,
                QStringLiteral(
                    "INSERT INTO journal (run, sequence, at, kind, payload, previous, hash) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)"),
                {run.value, record.sequence, detail::toNumber(record.at), record.kind,
                 QString::fromUtf8(payload), record.previousHash, record.hash});
            if (!written) {
                return fail(std::move(written).error());
            }
        }
        return {};
    });
    if (!done) {
        return fail(std::move(done).error().withContext(
            QStringLiteral("writing the journal of run %1").arg(run.value)));
    }
    return {};
}

Result<std::vector<run::JournalRecord>> Store::read(const RunId& run)
{
    QSqlDatabase connection = database();
    auto query = detail::execute(
        connection,
        QStringLiteral("SELECT sequence, at, kind, payload, previous, hash FROM journal "
                       "WHERE run = ? ORDER BY sequence"),
        {run.value});
    if (!query) {
        return fail(std::move(query).error());
    }
    std::vector<run::JournalRecord> list;
    while (query->next()) {
        QJsonParseError problem;
        const auto payload = QJsonDocument::fromJson(query->value(3).toByteArray(), &problem);
        if (problem.error != QJsonParseError::NoError || !payload.isObject()) {
            return fail(ErrorKind::Storage, QStringLiteral("journal-damaged"),
                        QStringLiteral("Record %1 of the journal of run %2 cannot be read")
                            .arg(query->value(0).toLongLong())
                            .arg(run.value),
                        QStringLiteral("Restore the store from a backup"));
        }
        list.push_back({.sequence = query->value(0).toLongLong(),
                        .at = detail::toTime(query->value(1)),
                        .kind = query->value(2).toString(),
                        .payload = payload.object(),
                        .previousHash = query->value(4).toByteArray(),
                        .hash = query->value(5).toByteArray()});
    }
    return list;
}

Result<qint64> Store::addRunCommand(const RunId& run, const QString& command, const StepId& step,
                                    const QString& actor)
{
    QSqlDatabase connection = database();
    static const QString statement =
        QStringLiteral(
            "INSERT INTO run_commands (run, command, step, actor, at) VALUES (?, ?, ?, ?, %1)")
            .arg(wallMillis());
    auto query = detail::execute(connection, statement, {run.value, command, step.value, actor});
    if (!query) {
        return fail(std::move(query).error());
    }
    return query->lastInsertId().toLongLong();
}

Result<qint64> Store::lastRunCommand(const RunId& run)
{
    QSqlDatabase connection = database();
    auto query = detail::execute(
        connection, QStringLiteral("SELECT ifnull(max(number), 0) FROM run_commands WHERE run = ?"),
        {run.value});
    if (!query) {
        return fail(std::move(query).error());
    }
    return query->next() ? query->value(0).toLongLong() : 0;
}

Result<bool> Store::removeRunCommand(qint64 number)
{
    QSqlDatabase connection = database();
    auto query = detail::execute(
        connection, QStringLiteral("DELETE FROM run_commands WHERE number = ?"), {number});
    if (!query) {
        return fail(std::move(query).error());
    }
    return query->numRowsAffected() > 0;
}

Result<std::vector<RunCommandRow>> Store::takeRunCommands(const RunId& run)
{
    QSqlDatabase connection = database();
    std::vector<RunCommandRow> list;
    // Looked at without the write lock first: this is asked twice a second and is nearly always
    // empty.
    auto waiting = detail::execute(
        connection, QStringLiteral("SELECT count(*) FROM run_commands WHERE run = ?"), {run.value});
    if (!waiting) {
        return fail(std::move(waiting).error());
    }
    if (!waiting->next() || waiting->value(0).toInt() == 0) {
        return list;
    }
    waiting->finish();
    auto done = detail::inTransaction(connection, [&]() -> Result<void> {
        static const QString statement =
            QStringLiteral("SELECT number, command, step, actor, %1 - at FROM run_commands "
                           "WHERE run = ? ORDER BY number")
                .arg(wallMillis());
        auto query = detail::execute(connection, statement, {run.value});
        if (!query) {
            return fail(std::move(query).error());
        }
        while (query->next()) {
            list.push_back({.number = query->value(0).toLongLong(),
                            .command = query->value(1).toString(),
                            .step = StepId{query->value(2).toString()},
                            .actor = query->value(3).toString(),
                            .age = Millis(query->value(4).toLongLong())});
        }
        query->finish();
        return write(QStringLiteral("DELETE FROM run_commands WHERE run = ?"), {run.value});
    });
    if (!done) {
        return fail(std::move(done).error());
    }
    return list;
}

} // namespace quorate::store
