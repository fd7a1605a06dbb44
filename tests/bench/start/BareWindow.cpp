// SPDX-License-Identifier: GPL-3.0-or-later
// What any Qt program with a table and a chart costs before it does anything: the measure for our
// own start.
#include <QApplication>
#include <QChartView>
#include <QLineSeries>
#include <QMainWindow>
#include <QSplitter>
#include <QStandardItemModel>
#include <QTableView>

namespace {

constexpr int kRows = 12;
constexpr int kColumns = 8;
constexpr int kPoints = 288; ///< a day of one reading every five minutes, as our own chart shows

QWidget* makeTable(QWidget* parent)
{
    auto* model = new QStandardItemModel(kRows, kColumns, parent);
    for (int row = 0; row < kRows; ++row) {
        for (int column = 0; column < kColumns; ++column) {
            model->setItem(row, column,
                           new QStandardItem(QStringLiteral("cell %1.%2").arg(row).arg(column)));
        }
    }
    auto* table = new QTableView(parent);
    table->setModel(model);
    return table;
}

QWidget* makeChart(QWidget* parent)
{
    auto* series = new QLineSeries;
    for (int point = 0; point < kPoints; ++point) {
        series->append(point, 2 + point / 40 % 2);
    }
    auto* chart = new QChart;
    chart->addSeries(series);
    chart->createDefaultAxes();
    return new QChartView(chart, parent);
}

} // namespace

int main(int argc, char** argv)
{
    const QApplication app(argc, argv);
    QMainWindow window;
    auto* splitter = new QSplitter(Qt::Vertical, &window);
    splitter->addWidget(makeTable(splitter));
    splitter->addWidget(makeChart(splitter));
    window.setCentralWidget(splitter);
    window.resize(1280, 800); // as our own window
    window.show();
    return QApplication::exec();
}
