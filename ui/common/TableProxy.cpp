// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/TableProxy.h"

namespace quorate::ui {
namespace {

bool isText(const QVariant& value) { return value.typeId() == QMetaType::QString; }

qsizetype digitsFrom(QStringView text, qsizetype from)
{
    qsizetype end = from;
    while (end < text.size() && text[end].isDigit()) {
        ++end;
    }
    return end - from;
}

qsizetype lettersFrom(QStringView text, qsizetype from)
{
    qsizetype end = from;
    while (end < text.size() && !text[end].isDigit()) {
        ++end;
    }
    return end - from;
}

int compareDigits(QStringView one, QStringView other)
{
    while (one.size() > 1 && one.front() == QLatin1Char('0')) {
        one = one.mid(1);
    }
    while (other.size() > 1 && other.front() == QLatin1Char('0')) {
        other = other.mid(1);
    }
    return one.size() != other.size() ? (one.size() < other.size() ? -1 : 1) : one.compare(other);
}

/// Letters by the locale, runs of digits by their value. (QCollator's own numeric mode does nothing
/// in the C locale.)
int compareNaturally(const QCollator& collator, QStringView one, QStringView other)
{
    qsizetype left = 0;
    qsizetype right = 0;
    while (left < one.size() && right < other.size()) {
        const qsizetype leftDigits = digitsFrom(one, left);
        const qsizetype rightDigits = digitsFrom(other, right);
        const bool areNumbers = leftDigits > 0 && rightDigits > 0;
        const qsizetype leftSize =
            areNumbers ? leftDigits : std::max(lettersFrom(one, left), leftDigits);
        const qsizetype rightSize =
            areNumbers ? rightDigits : std::max(lettersFrom(other, right), rightDigits);
        const QStringView leftPart = one.mid(left, leftSize);
        const QStringView rightPart = other.mid(right, rightSize);
        int order = 0;
        if (leftPart != rightPart) { // mostly equal, as in "node-": the collator is dear
            order = areNumbers ? compareDigits(leftPart, rightPart)
                               : collator.compare(leftPart, rightPart);
        }
        if (order != 0) {
            return order;
        }
        left += leftSize;
        right += rightSize;
    }
    return int(one.size() - left > 0) - int(other.size() - right > 0);
}

} // namespace

TableProxy::TableProxy(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
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
        const int order = compareNaturally(m_collator, one.toString(), other.toString());
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
            const QString text =
                source->index(row, column, parent).data(Qt::DisplayRole).toString();
            isFound = text.contains(word, Qt::CaseInsensitive);
        }
        if (!isFound) {
            return false;
        }
    }
    return true;
}

} // namespace quorate::ui
