// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Sql.h"
#include "core/store/Store.h"

#include <QCryptographicHash>

namespace quorate::store {
namespace {

constexpr int kHashBytes = 32;
/// Longer than any chart shows; keeps the file small. Our own choice.
constexpr Millis kHistoryMax = std::chrono::hours(24 * 30);

/// Each field with its length in front, so that no two entries have the same text to hash.
QByteArray hashOf(const ActivityEntry& entry, const QByteArray& previous)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&hash](const QByteArray& field) {
        hash.addData(QByteArray::number(field.size()) + ':' + field);
    };
    add(QByteArray::number(entry.sequence));
    add(QByteArray::number(detail::toNumber(entry.at)));
    add(entry.actor.toUtf8());
    add(entry.cluster ? '=' + entry.cluster->value.toUtf8() : QByteArray());
    add(entry.kind.toUtf8());
    add(entry.text.toUtf8());
    add(previous);
    return hash.result();
}

ActivityEntry entryOf(const QSqlQuery& query)
{
    ActivityEntry entry{.sequence = query.value(0).toLongLong(),
                        .at = detail::toTime(query.value(1)),
                        .actor = query.value(2).toString(),
                        .cluster = std::nullopt,
                        .kind = query.value(4).toString(),
                        .text = query.value(5).toString(),
                        .hash = query.value(6).toByteArray()};
    if (!query.value(3).isNull()) {
        entry.cluster = ClusterId{query.value(3).toString()};
    }
    return entry;
}

} // namespace

Result<void> Store::addActivity(const QString& actor, const std::optional<ClusterId>& cluster,
                                const QString& kind, const QString& text)
{
    QSqlDatabase connection = database();
    return detail::inTransaction(connection, [&]() -> Result<void> {
        auto last = detail::execute(
            connection,
            QStringLiteral("SELECT sequence, hash FROM activity ORDER BY sequence DESC LIMIT 1"));
        if (!last) {
            return fail(std::move(last).error());
        }
        QByteArray previous(kHashBytes, '\0');
        ActivityEntry entry{.sequence = 1,
                            .at = m_clock.now(),
                            .actor = actor,
                            .cluster = cluster,
                            .kind = kind,
                            .text = text,
                            .hash = {}};
        if (last->next()) {
            entry.sequence = last->value(0).toLongLong() + 1;
            previous = last->value(1).toByteArray();
        }
        last->finish();
        const QVariant clusterValue =
            cluster ? QVariant(cluster->value) : QVariant(QMetaType::fromType<QString>());
        return write(
            QStringLiteral("INSERT INTO activity (sequence, at, actor, cluster, kind, text, hash) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?)"),
            {entry.sequence, detail::toNumber(entry.at), actor, clusterValue, kind, text,
             hashOf(entry, previous)});
    });
}

Result<std::vector<ActivityEntry>> Store::activity(int countMax)
{
    QSqlDatabase connection = database();
    auto query = m_statements->execute( // asked each second, by a window that is left alone
        connection,
        QStringLiteral("SELECT sequence, at, actor, cluster, kind, text, hash FROM activity "
                       "ORDER BY sequence DESC LIMIT ?"),
        {countMax});
    if (!query) {
        return fail(std::move(query).error());
    }
    std::vector<ActivityEntry> list;
    while ((*query)->next()) {
        list.push_back(entryOf(**query));
    }
    (*query)->finish();
    return list;
}

Result<void> Store::verifyActivity()
{
    QSqlDatabase connection = database();
    auto query = detail::execute(
        connection,
        QStringLiteral("SELECT sequence, at, actor, cluster, kind, text, hash FROM activity "
                       "ORDER BY sequence"));
    if (!query) {
        return fail(std::move(query).error());
    }
    QByteArray previous(kHashBytes, '\0');
    qint64 expected = 1;
    while (query->next()) {
        const ActivityEntry entry = entryOf(*query);
        if (entry.sequence != expected || entry.hash != hashOf(entry, previous)) {
            return fail(
                ErrorKind::Storage, QStringLiteral("activity-broken"),
                QStringLiteral(
                    "The activity log was changed: entry %1 does not follow from the one before")
                    .arg(expected),
                QStringLiteral("Compare it with a backup of %1").arg(connection.databaseName()));
        }
        previous = entry.hash;
        ++expected;
    }
    return {};
}

Result<void> Store::addHistory(const ClusterId& cluster, const HistoryPoint& point)
{
    QSqlDatabase connection = database();
    return detail::inTransaction(connection, [&]() -> Result<void> {
        auto written = write(
            QStringLiteral("INSERT OR REPLACE INTO history (cluster, at, ready, voters, state) "
                           "VALUES (?, ?, ?, ?, ?)"),
            {cluster.value, detail::toNumber(point.at), point.ready, point.voters, point.state});
        if (!written) {
            return written;
        }
        return write(QStringLiteral("DELETE FROM history WHERE cluster = ? AND at < ?"),
                     {cluster.value, detail::toNumber(point.at - kHistoryMax)});
    });
}

Result<std::vector<HistoryPoint>> Store::history(const ClusterId& cluster, TimePoint since)
{
    QSqlDatabase connection = database();
    auto query = detail::execute(connection,
                                 QStringLiteral("SELECT at, ready, voters, state FROM history "
                                                "WHERE cluster = ? AND at >= ? ORDER BY at"),
                                 {cluster.value, detail::toNumber(since)});
    if (!query) {
        return fail(std::move(query).error());
    }
    std::vector<HistoryPoint> list;
    while (query->next()) {
        list.push_back({.at = detail::toTime(query->value(0)),
                        .ready = query->value(1).toInt(),
                        .voters = query->value(2).toInt(),
                        .state = query->value(3).toString()});
    }
    return list;
}

} // namespace quorate::store
