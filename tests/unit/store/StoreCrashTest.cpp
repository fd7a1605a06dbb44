// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ChildProcess.h"
#include "tests/support/Environment.h"
#include "tests/unit/store/StoreSupport.h"

namespace quorate::store {
namespace {

/// Killed at work, again and again: what was called durable is there, and no batch is there in
/// part.
TEST(StoreCrash, KilledWriterLeavesOnlyCompleteBatches)
{
    for (int round = 1; round <= 5; ++round) {
        const test::TempDir folder;
        const QString path = folder.path(QStringLiteral("quorate.db"));
        test::ChildProcess writer;
        ASSERT_TRUE(writer.start(test::buildPath(QStringLiteral("tests/store_writer")), {path}));
        const QRegularExpression enough(QStringLiteral("^%1$").arg(round * 30),
                                        QRegularExpression::MultilineOption);
        ASSERT_TRUE(writer.waitForOutput(enough));
        writer.killNow();

        const QList<QByteArray> lines = writer.output().trimmed().split('\n');
        const ManualClock clock;
        auto store = Store::open(path, clock);
        ASSERT_TRUE(store) << describe(store.error()).toStdString();
        const auto records = (*store)->read(RunId{QStringLiteral("r1")});
        ASSERT_TRUE(records);
        EXPECT_EQ(records->size() % 3, 0U);
        EXPECT_GE(static_cast<qint64>(records->size()), lines.last().toLongLong());
        for (std::size_t i = 0; i < records->size(); ++i) {
            EXPECT_EQ((*records)[i].sequence, static_cast<qint64>(i + 1));
        }
    }
}

} // namespace
} // namespace quorate::store
