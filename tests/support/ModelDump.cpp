// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ModelDump.h"

#include <QAbstractItemModelTester>

namespace quorate::test {
namespace {

QString cellText(const QAbstractItemModel& model, const QModelIndex& index,
                 const std::vector<int>& roles)
{
    QStringList texts;
    for (const int role : roles) {
        texts.append(model.data(index, role).toString());
    }
    return texts.join(QLatin1Char('|'));
}

} // namespace

QStringList dumpModel(const QAbstractItemModel& model, const DumpOptions& options,
                      const QModelIndex& parent, int depth)
{
    const QString separator = QStringLiteral(" · ");
    QStringList lines;
    if (options.header && depth == 0) {
        QStringList names;
        for (int column = 0; column < model.columnCount(parent); ++column) {
            names.append(model.headerData(column, Qt::Horizontal).toString());
        }
        lines.append(names.join(separator));
    }
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(parent); ++column) {
            cells.append(cellText(model, model.index(row, column, parent), options.roles));
        }
        lines.append(QString(depth * 2, QLatin1Char(' ')) + cells.join(separator));
        lines.append(dumpModel(model, options, model.index(row, 0, parent), depth + 1));
    }
    return lines;
}

ModelTester::ModelTester(QAbstractItemModel* model)
    : m_tester(std::make_unique<QAbstractItemModelTester>(
        model, QAbstractItemModelTester::FailureReportingMode::Fatal))
{}

} // namespace quorate::test
