// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/TableText.h"

#include <QAbstractItemModel>

namespace quorate::ui {
namespace {

QString csvCell(QString text)
{
    if (!text.isEmpty() && QStringLiteral("=+-@\t\r").contains(text.front())) {
        bool isNumber = false;
        static_cast<void>(text.toDouble(&isNumber));
        if (!isNumber) {
            text.prepend(QLatin1Char('\''));
        }
    }
    const bool needsQuotes = text.contains(QLatin1Char(',')) || text.contains(QLatin1Char('"'))
                             || text.contains(QLatin1Char('\n'))
                             || text.contains(QLatin1Char('\r'));
    if (needsQuotes) {
        text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        text = QLatin1Char('"') + text + QLatin1Char('"');
    }
    return text;
}

QString textCell(QString text)
{
    return text.replace(QLatin1Char('\t'), QLatin1Char(' '))
        .replace(QLatin1Char('\n'), QLatin1Char(' '));
}

template <typename Cell>
QString joined(const QAbstractItemModel& model, const QList<int>& rows, const QList<int>& columns,
               const QString& separator, const QString& end, Cell cell)
{
    QString all;
    QStringList line;
    for (const int column : columns) {
        line.append(cell(model.headerData(column, Qt::Horizontal).toString()));
    }
    all += line.join(separator) + end;
    for (const int row : rows) {
        line.clear();
        for (const int column : columns) {
            line.append(cell(model.index(row, column).data(Qt::AccessibleTextRole).toString()));
        }
        all += line.join(separator) + end;
    }
    return all;
}

} // namespace

QString tableAsText(const QAbstractItemModel& model, const QList<int>& rows,
                    const QList<int>& columns)
{
    return joined(model, rows, columns, QStringLiteral("\t"), QStringLiteral("\n"), textCell);
}

QString tableAsCsv(const QAbstractItemModel& model, const QList<int>& rows,
                   const QList<int>& columns)
{
    return joined(model, rows, columns, QStringLiteral(","), QStringLiteral("\r\n"), csvCell);
}

} // namespace quorate::ui
