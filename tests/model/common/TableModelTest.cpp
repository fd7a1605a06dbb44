// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ModelDump.h"
#include "tests/support/Wait.h"
#include "ui/common/SnapshotTableModel.h"
#include "ui/common/TableProxy.h"
#include "ui/common/TableText.h"

#include <gtest/gtest.h>

#include <QElapsedTimer>

#include <algorithm>
#include <random>

namespace quorate::ui {
namespace {

struct Row {
    int id = 0;
    int value = 0;
    bool operator==(const Row&) const = default;
};
using Model = SnapshotTableModel<Row>;

std::vector<Column<Row>> columns()
{
    std::vector<Column<Row>> columns; // pushed one by one: g++ 12.2 fails on the list of them
    columns.push_back(
        {.info = {.id = QStringLiteral("name"), .title = QStringLiteral("Name")},
         .text = [](const Row& row) { return QStringLiteral("node-%1").arg(row.id); }});
    columns.push_back({.info = {.id = QStringLiteral("value"),
                                .title = QStringLiteral("Value"),
                                .numeric = true,
                                .ageing = true},
                       .text = [](const Row& row) { return QString::number(row.value); },
                       .sortValue = [](const Row& row) { return QVariant(row.value); }});
    return columns;
}

QString idOf(const Row& row) { return QString::number(row.id); }

std::vector<Row> rowsOf(const Model& model)
{
    std::vector<Row> rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        rows.push_back(model.rowAt(row));
    }
    return rows;
}

/// A snapshot that differs from the last one in every way a cluster's can.
std::vector<Row> mutated(std::vector<Row> rows, std::mt19937& random)
{
    const auto upTo = [&](int limit) { return int(random() % unsigned(limit)); };
    const bool isWild = upTo(4) == 0; // many single changes at once: the path by layout change
    const int changes = isWild ? 120 : upTo(6);
    for (int change = 0; change < changes; ++change) {
        const int size = int(rows.size());
        switch (upTo(4)) {
        case 0:
            rows.insert(rows.begin() + upTo(size + 1),
                        {.id = int(random() % 100000), .value = upTo(9)});
            break;
        case 1:
            if (size > 0) {
                rows.erase(rows.begin() + upTo(size));
            }
            break;
        case 2:
            if (size > 1) {
                std::swap(rows[size_t(upTo(size))], rows[size_t(upTo(size))]);
            }
            break;
        default:
            if (size > 0) {
                rows[size_t(upTo(size))].value = upTo(1000);
            }
        }
    }
    std::vector<Row> unique;
    for (const Row& row : rows) {
        if (std::ranges::find(unique, row.id, &Row::id) == unique.end()) {
            unique.push_back(row);
        }
    }
    return unique;
}

TEST(TableModel, AnySnapshotEqualsAResetAndKeepsPersistentIndexes)
{
    for (unsigned seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        Model model(columns(), idOf);
        const test::ModelTester tester(&model);
        TableProxy proxy;
        proxy.setSourceModel(&model);
        proxy.sort(1);
        const test::ModelTester proxyTester(&proxy);
        std::vector<Row> rows;
        for (int id = 0; id < 200; ++id) {
            rows.push_back({.id = id, .value = int(random() % 50)});
        }
        model.setRows(rows);
        for (int round = 0; round < 12; ++round) {
            std::vector<std::pair<QString, QPersistentModelIndex>> kept;
            for (int row = 0; row < model.rowCount(); row += 7) {
                kept.emplace_back(model.idAt(row), model.index(row, 0));
            }
            rows = mutated(rows, random);
            model.setRows(rows);
            ASSERT_EQ(rowsOf(model), rows);
            for (const auto& [id, index] : kept) {
                const int now = model.rowOf(id);
                ASSERT_EQ(index.isValid(), now >= 0);
                ASSERT_TRUE(now < 0 || index.row() == now);
            }
            ASSERT_EQ(proxy.rowCount(), model.rowCount());
            for (int row = 1; row < proxy.rowCount(); ++row) {
                ASSERT_LE(proxy.index(row - 1, 1).data(SortRole).toInt(),
                          proxy.index(row, 1).data(SortRole).toInt());
            }
        }
    }
}

TEST(TableModel, SaysOnlyWhatIsDifferent)
{
    Model model(columns(), idOf);
    model.setRows({{1, 10}, {2, 20}, {3, 30}, {4, 40}});
    test::ValueSpy<QModelIndex, int, int> inserted(&model, &QAbstractItemModel::rowsInserted);
    test::ValueSpy<QModelIndex, int, int> removed(&model, &QAbstractItemModel::rowsRemoved);
    test::ValueSpy<QModelIndex, int, int, QModelIndex, int> moved(&model,
                                                                  &QAbstractItemModel::rowsMoved);
    test::ValueSpy<QModelIndex, QModelIndex, QList<int>> changed(&model,
                                                                 &QAbstractItemModel::dataChanged);
    int resets = 0;
    QObject::connect(&model, &QAbstractItemModel::modelReset, &model, [&resets] { ++resets; });

    model.setRows({{1, 10}, {2, 20}, {3, 30}, {4, 40}});
    EXPECT_EQ(inserted.count() + removed.count() + moved.count() + changed.count(), 0);
    model.setRows({{1, 10}, {2, 21}, {3, 30}, {4, 40}});
    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(std::get<0>(changed.values()[0]).row(), 1);
    EXPECT_EQ(std::get<1>(changed.values()[0]).row(), 1);
    // The cell alone: a view paints all of itself for any larger range.
    EXPECT_EQ(std::get<0>(changed.values()[0]).column(), 1);
    EXPECT_EQ(std::get<1>(changed.values()[0]).column(), 1);
    model.setRows({{4, 40}, {1, 10}, {2, 21}, {3, 30}});
    EXPECT_EQ(moved.count(), 1);
    model.setRows({{4, 40}, {2, 21}, {5, 50}, {3, 30}});
    EXPECT_EQ(removed.count(), 1);
    EXPECT_EQ(inserted.count(), 1);
    EXPECT_EQ(changed.count(), 1);
    EXPECT_EQ(resets, 0);
    EXPECT_EQ(test::dumpModel(model).join(QLatin1Char(';')),
              QStringLiteral("node-4 · 40;node-2 · 21;node-5 · 50;node-3 · 30"));
}

TEST(TableModel, ManyChangedRowsAreAnnouncedAsRows)
{
    Model model(columns(), idOf);
    std::vector<Row> rows;
    for (int id = 0; id < 20; ++id) {
        rows.push_back({.id = id, .value = id});
    }
    model.setRows(rows);
    for (Row& row : rows) {
        row.value += 100;
    }
    test::ValueSpy<QModelIndex, QModelIndex, QList<int>> changed(&model,
                                                                 &QAbstractItemModel::dataChanged);
    model.setRows(rows);
    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(std::get<0>(changed.values()[0]).row(), 0);
    EXPECT_EQ(std::get<1>(changed.values()[0]).row(), 19);
    EXPECT_EQ(std::get<1>(changed.values()[0]).column(), model.columnCount() - 1);
}

TEST(TableModel, TwiceTheSameIdBreaksNothing)
{
    Model model(columns(), idOf);
    const test::ModelTester tester(&model);
    model.setRows({{1, 10}, {1, 11}, {2, 20}});
    EXPECT_EQ(model.rowCount(), 3);
    model.setRows({{2, 20}, {1, 11}});
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(model.rowAt(1).value, 11);
}

TEST(TableModel, AgesAreRefreshedInTheirColumnOnly)
{
    Model model(columns(), idOf);
    model.setRows({{1, 10}, {2, 20}});
    test::ValueSpy<QModelIndex, QModelIndex, QList<int>> changed(&model,
                                                                 &QAbstractItemModel::dataChanged);
    model.refreshAges();
    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(std::get<0>(changed.values()[0]).column(), 1);
}

TEST(TableModel, FiveThousandChangedRowsAreQuick)
{
    constexpr int count = 5000;
    Model model(columns(), idOf);
    std::vector<Row> rows;
    for (int id = 0; id < count; ++id) {
        rows.push_back({.id = id, .value = id});
    }
    model.setRows(rows);
    for (Row& row : rows) {
        row.value += 1;
    }
    std::ranges::reverse(rows.begin(), rows.begin() + count / 2);
    std::erase_if(rows, [](const Row& row) { return row.id % 5 == 0; });
    for (int id = count; id < count + 1000; ++id) {
        rows.insert(rows.begin() + (id - count) * 3, {.id = id, .value = id});
    }
    QElapsedTimer timer;
    timer.start();
    model.setRows(rows);
    const double milliseconds = double(timer.nsecsElapsed()) / 1e6;
    RecordProperty("milliseconds", std::to_string(milliseconds));
    EXPECT_EQ(rowsOf(model), rows);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__)
    EXPECT_LE(milliseconds, 16.0); // a frame at 60 Hz
#endif
}

TEST(TableProxy, SortsNumbersInNamesAndRawValues)
{
    Model model(columns(), idOf);
    TableProxy proxy;
    proxy.setSourceModel(&model);
    model.setRows({{10, 9}, {2, 100}, {1, 20}});
    proxy.sort(0);
    EXPECT_EQ(test::dumpModel(proxy).join(QLatin1Char(';')),
              QStringLiteral("node-1 · 20;node-2 · 100;node-10 · 9"));
    proxy.sort(1, Qt::DescendingOrder);
    EXPECT_EQ(test::dumpModel(proxy).join(QLatin1Char(';')),
              QStringLiteral("node-2 · 100;node-1 · 20;node-10 · 9"));
}

TEST(TableProxy, EveryWordOfTheFilterMustOccur)
{
    Model model(columns(), idOf);
    TableProxy proxy;
    proxy.setSourceModel(&model);
    model.setRows({{10, 9}, {2, 100}, {1, 20}});
    proxy.setFilterText(QStringLiteral("NODE-1 20"));
    EXPECT_EQ(test::dumpModel(proxy).join(QLatin1Char(';')), QStringLiteral("node-1 · 20"));
    proxy.setFilterText({});
    proxy.setAccept([](const QString& id) { return id == QStringLiteral("2"); });
    EXPECT_EQ(test::dumpModel(proxy).join(QLatin1Char(';')), QStringLiteral("node-2 · 100"));
}

TEST(TableText, TextAndCsv)
{
    std::vector<Column<Row>> declared = columns();
    declared[0].text = [](const Row& row) {
        const QStringList texts{QStringLiteral("plain"), QStringLiteral("a,\"b\""),
                                QStringLiteral("=HYPERLINK(1)"), QStringLiteral("-5")};
        return texts.value(row.id);
    };
    Model model(declared, idOf);
    model.setRows({{0, 1}, {1, 2}, {2, 3}, {3, 4}});
    EXPECT_EQ(tableAsText(model, {0, 1}, {1, 0}),
              QStringLiteral("Value\tName\n1\tplain\n2\ta,\"b\"\n"));
    EXPECT_EQ(tableAsCsv(model, {0, 1, 2, 3}, {0}),
              QStringLiteral("Name\r\nplain\r\n\"a,\"\"b\"\"\"\r\n'=HYPERLINK(1)\r\n-5\r\n"));
}

} // namespace
} // namespace quorate::ui
