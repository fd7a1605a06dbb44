// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/run/DyingJournal.h"

#include <QFile>
#include <QStringList>

#include <unistd.h>

namespace quorate::runtest {

namespace {

QString essenceOf(const run::JournalRecord& record)
{
    const QJsonObject& payload = record.payload;
    const QString what = payload.value(QStringLiteral("event")).toString()
                         + payload.value(QStringLiteral("effect")).toString();
    const QString act =
        payload.value(QStringLiteral("act")).toObject().value(QStringLiteral("act")).toString();
    return record.kind + QLatin1Char(':') + what + (act.isEmpty() ? QString() : u'/' + act);
}

} // namespace

DyingJournal::DyingJournal(run::Journal& inner, Death death, const QString& placesFile)
    : m_inner(inner)
    , m_death(death)
    , m_placesFile(placesFile)
{
    QFile file(placesFile);
    if (file.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> lines = file.readAll().split('\n');
        for (const QByteArray& line : lines) {
            m_used.insert(QString::fromUtf8(line));
        }
    }
}

QString DyingJournal::placeOf(const RunId& run, const std::vector<run::JournalRecord>& records)
{
    QStringList parts{m_where ? m_where(run) : QString()};
    for (const run::JournalRecord& record : records) {
        parts.append(essenceOf(record));
    }
    const QString place = parts.join(QLatin1Char(' '));
    const int times = ++m_repeats[place];
    return times > kRepeatsMax ? QString() : QStringLiteral("%1 #%2").arg(place).arg(times);
}

void DyingJournal::dieAt(const QString& place) const
{
    QFile file(m_placesFile);
    if (file.open(QIODevice::WriteOnly | QIODevice::Append)) {
        file.write(place.toUtf8() + '\n');
        file.close();
    }
    ::_exit(kExitCode); // nothing is flushed, closed or given back
}

Result<void> DyingJournal::append(const RunId& run, const std::vector<run::JournalRecord>& records)
{
    const QString place = m_death == Death::Never ? QString() : placeOf(run, records);
    const bool dies = !place.isEmpty() && !m_used.contains(place);
    if (dies && m_death == Death::Before) {
        dieAt(place);
    }
    Result<void> written = m_inner.append(run, records);
    if (dies && written) {
        dieAt(place);
    }
    return written;
}

} // namespace quorate::runtest
