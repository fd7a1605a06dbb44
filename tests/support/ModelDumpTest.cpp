// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ModelDump.h"
#include "tests/support/Test.h"

#include <QStringListModel>

namespace quorate::test {
namespace {

/// A list that says it grew without saying so in time.
class BrokenModel final : public QAbstractListModel {
public:
    int rowCount(const QModelIndex& parent) const override { return parent.isValid() ? 0 : m_rows; }
    QVariant data(const QModelIndex&, int) const override { return {}; }
    void growWithoutInsert()
    {
        beginInsertRows({}, m_rows, m_rows);
        endInsertRows(); // m_rows stays: the promise is broken
    }

private:
    int m_rows = 1;
};

TEST(ModelDump, OneLineARow)
{
    QStringListModel model({QStringLiteral("a"), QStringLiteral("b")});
    const ModelTester tester(&model);
    EXPECT_EQ(dumpModel(model), QStringList({QStringLiteral("a"), QStringLiteral("b")}));
    EXPECT_EQ(dumpModel(model, {.roles = {Qt::DisplayRole, Qt::EditRole}, .header = true}),
              QStringList({QStringLiteral("1"), QStringLiteral("a|a"), QStringLiteral("b|b")}));
}

TEST(ModelTesterDeathTest, BrokenModelEndsTheProgram)
{
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(
        {
            BrokenModel model;
            const ModelTester tester(&model);
            model.growWithoutInsert();
        },
        "FAIL!");
}

} // namespace
} // namespace quorate::test
