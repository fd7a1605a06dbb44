// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/TableModel.h"

#include <functional>
#include <memory>

namespace quorate::ui {

/// One column, declared. Only `info` and `text` are needed. Push columns one by one: g++ 12.2 has
/// an internal error on a braced list of them.
template <typename Row>
struct Column {
    ColumnInfo info{};
    std::function<QString(const Row&)> text{};
    std::function<QVariant(const Row&)> sortValue = {}; ///< a number, time or text; empty: the text
    std::function<Tone(const Row&)> tone = {};
    std::function<Glyph(const Row&)> glyph = {};
    std::function<Glyph(const Row&)> trailingGlyph = {};
    std::function<QString(const Row&)> toolTip = {};
    std::function<qint64(const Row&)> ageMs = {};
};

/// A table of values: `setRows` takes a whole snapshot and tells the views only what is different,
/// by the rows' ids, so that selection, current row and scroll position stay. Rows need operator==
/// and an id that is theirs alone.
template <typename Row>
class SnapshotTableModel final : public TableModel {
public:
    SnapshotTableModel(std::vector<Column<Row>> columns, std::function<QString(const Row&)> id,
                       QObject* parent = nullptr)
        : TableModel(infosOf(columns), parent)
        , m_declared(std::move(columns))
        , m_id(std::move(id))
    {}

    void setRows(std::vector<Row> rows)
    {
        std::vector<QString> ids;
        ids.reserve(rows.size());
        for (const Row& row : rows) {
            ids.push_back(m_id(row));
        }
        m_incoming = std::move(rows);
        applyIds(std::move(ids));
        m_incoming.clear();
    }
    [[nodiscard]] const Row& rowAt(int row) const { return *m_rows[size_t(row)]; }
    /// Null when there is no such row.
    [[nodiscard]] const Row* find(const QString& id) const
    {
        const int row = rowOf(id);
        return row < 0 ? nullptr : m_rows[size_t(row)].get();
    }

protected:
    QVariant cell(int row, int column, int role) const override
    {
        const Row& value = *m_rows[size_t(row)];
        const Column<Row>& declared = m_declared[size_t(column)];
        switch (role) {
        case Qt::DisplayRole: return declared.text(value);
        case SortRole: return declared.sortValue ? declared.sortValue(value) : declared.text(value);
        case ToneRole: return declared.tone ? QVariant(int(declared.tone(value))) : QVariant();
        case GlyphRole: return declared.glyph ? QVariant(int(declared.glyph(value))) : QVariant();
        case TrailingGlyphRole:
            return declared.trailingGlyph ? QVariant(int(declared.trailingGlyph(value)))
                                          : QVariant();
        case Qt::ToolTipRole:
            return declared.toolTip ? QVariant(declared.toolTip(value)) : QVariant();
        case AgeRole: return declared.ageMs ? QVariant(declared.ageMs(value)) : QVariant();
        default: return {};
        }
    }
    bool isDifferent(int row, int incoming) const override
    {
        return !(*m_rows[size_t(row)] == m_incoming[size_t(incoming)]);
    }
    std::vector<int> changedColumns(int row, int incoming) const override
    {
        const Row& before = *m_rows[size_t(row)];
        const Row& after = m_incoming[size_t(incoming)];
        const auto differs = [&](const auto& part) { return part && part(before) != part(after); };
        std::vector<int> columns;
        for (int column = 0; column < int(m_declared.size()); ++column) {
            const Column<Row>& each = m_declared[size_t(column)];
            if (differs(each.text) || differs(each.tone) || differs(each.glyph)
                || differs(each.trailingGlyph) || differs(each.toolTip) || differs(each.ageMs)
                || differs(each.sortValue)) {
                columns.push_back(column);
            }
        }
        return columns;
    }
    void updateRow(int row, int incoming) override
    {
        *m_rows[size_t(row)] = std::move(m_incoming[size_t(incoming)]);
    }
    void eraseRows(int first, int count) override
    {
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + first + count);
    }
    void insertIncoming(int row, const std::vector<int>& incoming) override
    {
        std::vector<std::unique_ptr<Row>> fresh;
        fresh.reserve(incoming.size());
        for (const int index : incoming) {
            fresh.push_back(std::make_unique<Row>(std::move(m_incoming[size_t(index)])));
        }
        m_rows.insert(m_rows.begin() + row, std::make_move_iterator(fresh.begin()),
                      std::make_move_iterator(fresh.end()));
    }
    void moveRow(int from, int to) override
    {
        auto moved = std::move(m_rows[size_t(from)]);
        m_rows.erase(m_rows.begin() + from);
        m_rows.insert(m_rows.begin() + to, std::move(moved));
    }
    void permuteRows(const std::vector<int>& from) override
    {
        std::vector<std::unique_ptr<Row>> next;
        next.reserve(from.size());
        for (const int index : from) {
            next.push_back(std::move(m_rows[size_t(index)]));
        }
        m_rows = std::move(next);
    }

private:
    static std::vector<ColumnInfo> infosOf(const std::vector<Column<Row>>& columns)
    {
        std::vector<ColumnInfo> infos;
        for (const Column<Row>& column : columns) {
            infos.push_back(column.info);
        }
        return infos;
    }

    std::vector<Column<Row>> m_declared;
    std::function<QString(const Row&)> m_id;
    std::vector<std::unique_ptr<Row>> m_rows;
    std::vector<Row> m_incoming;
};

} // namespace quorate::ui
