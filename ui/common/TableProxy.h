// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/TableModel.h"

#include <QCollator>
#include <QSortFilterProxyModel>

#include <functional>

namespace quorate::ui {

/// Sorts on SortRole (texts by the locale, with numbers in them as numbers: node-2 before node-10;
/// ties by id) and filters: every word of the filter must occur in some column's text.
class TableProxy final : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit TableProxy(QObject* parent = nullptr);
    void setFilterText(const QString& text);
    [[nodiscard]] QString filterText() const { return m_filterText; }
    /// A further condition on the row's id; empty: none.
    void setAccept(std::function<bool(const QString& id)> accept);

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QString m_filterText;
    QStringList m_words;
    std::function<bool(const QString&)> m_accept;
    QCollator m_collator;
};

} // namespace quorate::ui
