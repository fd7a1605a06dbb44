// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/TableView.h"
#include "tests/support/TempDir.h"
#include "tests/support/Wait.h"
#include "tests/ui/common/Samples.h"
#include "ui/common/Notices.h"
#include "ui/common/StateDelegate.h"

#include <gtest/gtest.h>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>
#include <QTest>

namespace quorate::ui {
namespace {

QString text(const char* utf8) { return QString::fromUtf8(utf8); }

class Table : public testing::Test {
protected:
    void SetUp() override
    {
        theme.install(*qApp);
        theme.setTextScale(1.0);
        view.resize(800, 300);
        view.setTable(model.get());
        view.setEmptyText(text("No node is known."), text("Connect a cluster."));
        model->setRows(samples::nodeRows());
    }
    Theme theme;
    std::unique_ptr<SnapshotTableModel<samples::NodeRow>> model = samples::nodeModel();
    TableView view{theme};
};

TEST_F(Table, CopiesTheSelectedRowsInTheOrderShown)
{
    view.sortByColumn(0, Qt::DescendingOrder);
    view.selectRow(0);
    QTest::keyClick(
        &view, Qt::Key_C,
        Qt::ControlModifier); // the shortcut needs an active window, the action does not
    view.copyAction()->trigger();
    EXPECT_EQ(QGuiApplication::clipboard()->text(),
              text("Node\tState\tRole\tAddress\tDisk "
                   "free\tLoad\tAge\nnode-3\tRestarting\tvoter\t10.20.0.13\t11.2 GB\t0.51\t2 s\n"));
    view.setColumnHidden(2, true);
    view.copyCsvAction()->trigger();
    EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith(text("Node,State,Address,")));
}

TEST_F(Table, KeepsSelectionAndScrollOverSnapshots)
{
    std::vector<samples::NodeRow> rows;
    for (int index = 0; index < 300; ++index) {
        samples::NodeRow row = samples::nodeRows()[0];
        row.name = text("node-%1").arg(index);
        rows.push_back(row);
    }
    model->setRows(rows);
    view.show();
    view.selectId(text("node-150"));
    view.verticalScrollBar()->setValue(140);
    const int scroll = view.verticalScrollBar()->value();
    ASSERT_GT(scroll, 0);
    for (samples::NodeRow& row : rows) {
        row.load += 1;
    }
    std::swap(rows[150], rows[151]);
    rows.pop_back();
    model->setRows(rows);
    EXPECT_EQ(view.selectedIds(), QStringList(text("node-150")));
    EXPECT_EQ(view.currentId(), text("node-150"));
    EXPECT_EQ(view.verticalScrollBar()->value(), scroll);
}

TEST_F(Table, SaysWhyItIsEmpty)
{
    view.show();
    auto* empty = view.findChild<EmptyState*>();
    ASSERT_NE(empty, nullptr);
    EXPECT_FALSE(empty->isVisible());
    model->setRows({});
    EXPECT_TRUE(empty->isVisible());
    EXPECT_EQ(empty->accessibleName(), text("No node is known. Connect a cluster."));
    view.proxy()->setFilterText(text("nothing like it"));
    model->setRows(samples::nodeRows());
    EXPECT_TRUE(empty->isVisible());
    view.proxy()->setFilterText({});
    EXPECT_FALSE(empty->isVisible());
}

TEST_F(Table, OffersTheRowsActionsByKeyboard)
{
    QStringList asked;
    view.setRowMenu([&asked](QMenu& menu, const QStringList& ids) {
        asked = ids;
        menu.addAction(text("Drain…"));
    });
    view.show();
    view.selectId(text("node-2"));
    QTest::keyClick(&view, Qt::Key_F10, Qt::ShiftModifier);
    EXPECT_EQ(asked, QStringList(text("node-2")));
    auto* menu = view.findChild<QMenu*>();
    ASSERT_NE(menu, nullptr);
    EXPECT_EQ(menu->actions().front()->text(), text("Drain…"));
    menu->close();
    test::ValueSpy activated(&view, &TableView::idActivated);
    QTest::keyClick(&view, Qt::Key_Return);
    EXPECT_EQ(activated.last(), text("node-2"));
    EXPECT_EQ(activated.count(), 1);
}

TEST_F(Table, RemembersItsLayout)
{
    const test::TempDir folder;
    QSettings settings(folder.path() + text("/layout.ini"), QSettings::IniFormat);
    QMenu menu;
    view.fillColumnMenu(menu);
    menu.actions()[2]->setChecked(false);
    view.horizontalHeader()->moveSection(0, 1);
    view.rememberLayout(&settings, text("nodes"));
    view.saveLayout();

    TableView next(theme);
    next.resize(800, 300);
    next.setTable(model.get());
    next.rememberLayout(&settings, text("nodes"));
    EXPECT_TRUE(next.isColumnHidden(2));
    EXPECT_EQ(next.horizontalHeader()->visualIndex(0), 1);
}

TEST_F(Table, ColumnsFillTheRoomUntilSomebodyDragsThem)
{
    view.show();
    test::drainEvents();
    const QHeaderView* header = view.horizontalHeader();
    EXPECT_EQ(header->length(), view.viewport()->width());
    view.resize(1000, 300);
    test::drainEvents();
    EXPECT_EQ(header->length(), view.viewport()->width());
    view.horizontalHeader()->resizeSection(0, 77);
    view.resize(1200, 300);
    EXPECT_EQ(header->sectionSize(0), 77);
}

TEST_F(Table, ColumnsGrowWhenMoreIsKnownAndDoNotShrinkAgain)
{
    view.show();
    auto rows = samples::nodeRows();
    const int before = view.columnWidth(2);
    rows[0].role = text("voter, leader, and a good deal more than was known at first");
    model->setRows(rows);
    EXPECT_TRUE(test::waitUntil([&] { return view.columnWidth(2) > before; }));
    const int grown = view.columnWidth(2);
    rows[0].role = text("voter");
    model->setRows(rows);
    test::drainEvents();
    EXPECT_EQ(view.columnWidth(2), grown);
}

TEST_F(Table, WidthsAreRememberedOnlyWhenSomebodyChoseThem)
{
    const test::TempDir folder;
    QSettings settings(folder.path() + text("/layout.ini"), QSettings::IniFormat);
    view.show();
    view.rememberLayout(&settings, text("nodes"));
    view.saveLayout();
    TableView wider(theme);
    wider.resize(1100, 300);
    wider.setTable(model.get());
    wider.rememberLayout(&settings, text("nodes"));
    wider.show();
    EXPECT_EQ(wider.horizontalHeader()->length(), wider.viewport()->width());

    wider.horizontalHeader()->resizeSection(0, 77);
    wider.saveLayout();
    TableView same(theme);
    same.setTable(model.get());
    same.rememberLayout(&settings, text("nodes"));
    same.show();
    EXPECT_EQ(same.columnWidth(0), 77);
}

TEST_F(Table, FiguresAreOfOneWidth)
{
    const QFontMetricsF metrics(theme.font(TextStyle::Body));
    EXPECT_EQ(tabularWidth(metrics, text("111.1")), tabularWidth(metrics, text("888.8")));
}

} // namespace
} // namespace quorate::ui
