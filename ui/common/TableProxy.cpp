// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/TableProxy.h"

namespace quorate::ui {
namespace {

bool isText(const QVariant& value) { return value.typeId() == QMetaType::QString; }

} // namespace

TableProxy::TableProxy(QObject* parent) : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
    m_collator.setNumericMode(true);
    m_collator.setCaseSensitivity(Qt::CaseInsensitive);
}

void TableProxy::setFilterText(const QString& text)
{
    m_filterText = text;
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void TableProxy::setAccept(std::function<bool(const QString&)> accept)
{
    m_accept = std::move(accept);
    invalidateFilter();
}

bool TableProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant one = left.data(SortRole);
    const QVariant other = right.data(SortRole);
    if (isText(one) && isText(other)) {
        const int order = m_collator.compare(one.toString(), other.toString());
        if (order != 0) {
            return order < 0;
        }
    } else {
        const QPartialOrdering order = QVariant::compare(one, other);
        if (order == QPartialOrdering::Less) {
            return true;
        }
        if (order == QPartialOrdering::Greater) {
            return false;
        }
        if (one.isValid() != other.isValid()) {
            return other.isValid(); // what is not known comes first
        }
    }
    return left.data(IdRole).toString() < right.data(IdRole).toString();
}

bool TableProxy::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const QAbstractItemModel* source = sourceModel();
    if (m_accept && !m_accept(source->index(row, 0, parent).data(IdRole).toString())) {
        return false;
    }
    for (const QString& word : m_words) {
        bool isFound = false;
        for (int column = 0; column < source->columnCount(parent) && !isFound; ++column) {
            const QString text = source->index(row, column, parent).data(Qt::DisplayRole).toString();
            isFound = text.contains(word, Qt::CaseInsensitive);
        }
        if (!isFound) {
            return false;
        }
    }
    return true;
}

} // namespace quorate::ui
