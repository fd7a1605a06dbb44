// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/Journal.h"

#include "core/procedure/Planner.h"
#include "core/run/Replay.h"

#include <QCryptographicHash>
#include <QJsonDocument>

namespace quorate::run {
namespace {

constexpr qsizetype kHashBytes = 32; // SHA-256
constexpr qsizetype kHashShown = 12; ///< digits of a hash in a sentence; enough to tell plans apart

Error broken(qint64 sequence, const QString& what)
{
    return makeError(ErrorKind::Storage, QStringLiteral("journal-broken"),
                     QStringLiteral("The journal is not as it was written: record %1 %2")
                         .arg(sequence)
                         .arg(what),
                     QStringLiteral("Do not resume this run; look at the nodes and plan anew"));
}

/// Old journals do not name their plan.
Result<void> checkPlan(const procedure::Plan& plan, const RunEvent& happened)
{
    const auto* started = std::get_if<event::Started>(&happened.body);
    if (started == nullptr || started->planHash.isEmpty()) {
        return {};
    }
    const QString here = procedure::planHash(plan);
    if (started->planHash == here) {
        return {};
    }
    return fail(
        ErrorKind::Storage, QStringLiteral("journal-of-another-plan"),
        QStringLiteral("The run was started with the plan %1, but the plan kept for it is %2")
            .arg(started->planHash.left(kHashShown), here.left(kHashShown)),
        QStringLiteral("Do not resume this run; look at the nodes and plan anew"));
}

/// The state after the events of the records.
Result<RunState> fold(const procedure::Plan& plan, const RunId& id,
                      const std::vector<JournalRecord>& records)
{
    RunState state = initialState(plan, id);
    for (const JournalRecord& record : records) {
        if (record.kind != QLatin1String("event")) {
            continue;
        }
        Result<RunEvent> happened = eventFromJson(record.payload);
        if (!happened) {
            return fail(std::move(happened).error().withContext(
                QStringLiteral("journal record %1").arg(record.sequence)));
        }
        if (Result<void> same = checkPlan(plan, *happened); !same) {
            return fail(std::move(same).error());
        }
        Transition transition = step(plan, std::move(state), *happened);
        state = std::move(transition.state);
        if (!transition.accepted) {
            return fail(broken(record.sequence, QStringLiteral("does not belong to this plan")));
        }
    }
    return state;
}

} // namespace

QByteArray hashOf(const JournalRecord& record)
{
    // Lengths go in front, so that no text can be moved from one field to the next without a change
    // of the hash. Qt writes an object's keys sorted: compact JSON is canonical.
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&hash](const QByteArray& field) {
        hash.addData(QByteArray::number(field.size()));
        hash.addData(QByteArrayView(":"));
        hash.addData(field);
    };
    add(QByteArray::number(record.sequence));
    add(toIso(record.at).toUtf8());
    add(record.kind.toUtf8());
    add(QJsonDocument(record.payload).toJson(QJsonDocument::Compact));
    add(record.previousHash);
    return hash.result();
}

Result<void> verifyChain(const std::vector<JournalRecord>& records)
{
    QByteArray previous(kHashBytes, '\0');
    qint64 expected = 1;
    for (const JournalRecord& record : records) {
        if (record.sequence != expected) {
            return fail(broken(expected, QStringLiteral("is missing")));
        }
        if (record.previousHash != previous) {
            return fail(broken(expected, QStringLiteral("does not follow the one before it")));
        }
        if (record.hash != hashOf(record)) {
            return fail(broken(expected, QStringLiteral("was changed")));
        }
        previous = record.hash;
        ++expected;
    }
    return {};
}

std::vector<JournalRecord> recordsFor(const JournalRecord* last, const RunEvent& happened,
                                      const std::vector<Effect>& effects)
{
    std::vector<JournalRecord> records;
    qint64 sequence = last != nullptr ? last->sequence : 0;
    QByteArray previous = last != nullptr ? last->hash : QByteArray(kHashBytes, '\0');
    const auto add = [&](const QString& kind, QJsonObject payload) {
        JournalRecord record{++sequence, happened.at, kind, std::move(payload), previous, {}};
        record.hash = hashOf(record);
        previous = record.hash;
        records.push_back(std::move(record));
    };
    add(QStringLiteral("event"), toJson(happened));
    for (const Effect& wanted : effects) {
        if (isIntent(wanted)) {
            add(QStringLiteral("intent"), toJson(wanted));
        }
    }
    return records;
}

Result<RunState> replay(const procedure::Plan& plan, const RunId& id,
                        const std::vector<JournalRecord>& records)
{
    if (Result<void> chain = verifyChain(records); !chain) {
        return fail(std::move(chain).error());
    }
    return fold(plan, id, records);
}

} // namespace quorate::run
