// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Store.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"

#include <QCryptographicHash>

namespace quorate::store {

/// Records in a row, as a runner would write them (the store looks at numbers and previous hashes
/// only).
inline std::vector<run::JournalRecord> recordsAfter(qint64 sequence, const QByteArray& previousHash,
                                                    int count)
{
    std::vector<run::JournalRecord> list;
    QByteArray previous = previousHash;
    for (int i = 1; i <= count; ++i) {
        run::JournalRecord record;
        record.sequence = sequence + i;
        record.at = TimePoint(Millis(1'800'000'000'000 + record.sequence));
        record.kind = QStringLiteral("event");
        record.payload = QJsonObject{{QStringLiteral("n"), double(record.sequence)}};
        record.previousHash = previous;
        record.hash = QCryptographicHash::hash(QByteArray::number(record.sequence),
                                               QCryptographicHash::Sha256);
        previous = record.hash;
        list.push_back(record);
    }
    return list;
}

inline QByteArray noHash() { return QByteArray(32, '\0'); }

class StoreTest : public testing::Test {
protected:
    void SetUp() override { reopen(); }
    void reopen()
    {
        m_store.reset();
        auto opened = Store::open(path(), m_clock);
        ASSERT_TRUE(opened) << describe(opened.error()).toStdString();
        m_store = *std::move(opened);
    }
    void createRun(const QString& id)
    {
        const auto done = m_store->createRun({.id = RunId{id},
                                              .cluster = ClusterId{QStringLiteral("c1")},
                                              .title = QStringLiteral("Upgrade to 14.2.0"),
                                              .planYaml = "format: 1\n",
                                              .planHash = QStringLiteral("abc"),
                                              .startedBy = QStringLiteral("ops1"),
                                              .createdAt = m_clock.now()});
        ASSERT_TRUE(done) << describe(done.error()).toStdString();
    }
    [[nodiscard]] QString path() const { return m_folder.path(QStringLiteral("quorate.db")); }

    test::TempDir m_folder;
    ManualClock m_clock;
    std::unique_ptr<Store> m_store;
};

} // namespace quorate::store
