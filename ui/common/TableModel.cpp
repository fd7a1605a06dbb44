// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/TableModel.h"

#include <algorithm>
#include <numeric>

namespace quorate::ui {
namespace {

/// A careless server may list an id twice; the second gets a name of its own instead of breaking
/// the diff.
void makeUnique(std::vector<QString>& ids)
{
    QHash<QString, int> seen;
    seen.reserve(qsizetype(ids.size()));
    for (QString& id : ids) {
        const int count = seen[id]++;
        if (count > 0) {
            id += QStringLiteral("\n%1").arg(count + 1);
        }
    }
}

QHash<QString, int> positionsOf(const std::vector<QString>& ids)
{
    QHash<QString, int> positions;
    positions.reserve(qsizetype(ids.size()));
    for (int row = 0; row < int(ids.size()); ++row) {
        positions.insert(ids[size_t(row)], row);
    }
    return positions;
}

/// Marks the members of a longest increasing subsequence: the rows that need not move.
std::vector<bool> stayingRows(const std::vector<int>& targets)
{
    std::vector<int> tails; // index of the smallest last element of each length
    std::vector<int> before(targets.size(), -1);
    for (int index = 0; index < int(targets.size()); ++index) {
        const auto place = std::ranges::lower_bound(
            tails, targets[size_t(index)], {}, [&](int tail) { return targets[size_t(tail)]; });
        if (place != tails.begin()) {
            before[size_t(index)] = *(place - 1);
        }
        if (place == tails.end()) {
            tails.push_back(index);
        } else {
            *place = index;
        }
    }
    std::vector<bool> staying(targets.size(), false);
    for (int at = tails.empty() ? -1 : tails.back(); at >= 0; at = before[size_t(at)]) {
        staying[size_t(at)] = true;
    }
    return staying;
}

struct Range {
    int first = 0;
    int count = 0;
};

template <typename Matches>
std::vector<Range> rangesWhere(int size, Matches matches)
{
    std::vector<Range> ranges;
    for (int row = 0; row < size; ++row) {
        if (!matches(row)) {
            continue;
        }
        if (!ranges.empty() && ranges.back().first + ranges.back().count == row) {
            ++ranges.back().count;
        } else {
            ranges.push_back({row, 1});
        }
    }
    return ranges;
}

/// Takes the element at `from` out and puts it in at `to`.
template <typename List>
void shift(List& list, int from, int to)
{
    if (from < to) {
        std::rotate(list.begin() + from, list.begin() + from + 1, list.begin() + to + 1);
    } else {
        std::rotate(list.begin() + to, list.begin() + from, list.begin() + from + 1);
    }
}

} // namespace

TableModel::TableModel(std::vector<ColumnInfo> columns, QObject* parent)
    : QAbstractTableModel(parent)
    , m_columns(std::move(columns))
{}

int TableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_ids.size());
}

int TableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

QVariant TableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ColumnInfo& info = m_columns[size_t(index.column())];
    switch (role) {
    case IdRole: return m_ids[size_t(index.row())];
    case StyleRole: return int(info.style);
    case NumericRole: return info.numeric;
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (info.numeric ? Qt::AlignTrailing : Qt::AlignLeading));
    case Qt::AccessibleTextRole: {
        const QString text = cell(index.row(), index.column(), Qt::DisplayRole).toString();
        const QVariant glyph = cell(index.row(), index.column(), TrailingGlyphRole);
        const QString word = glyph.isValid() ? glyphWord(Glyph(glyph.toInt())) : QString();
        return word.isEmpty() ? text : text + QStringLiteral(", ") + word;
    }
    default: return cell(index.row(), index.column(), role);
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= int(m_columns.size())) {
        return {};
    }
    const ColumnInfo& info = m_columns[size_t(section)];
    switch (role) {
    case Qt::DisplayRole: return info.title;
    case Qt::ToolTipRole: return info.toolTip.isEmpty() ? QVariant() : QVariant(info.toolTip);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (info.numeric ? Qt::AlignTrailing : Qt::AlignLeading));
    default: return {};
    }
}

int TableModel::columnOf(const QString& columnId) const
{
    const auto found = std::ranges::find(m_columns, columnId, &ColumnInfo::id);
    return found == m_columns.end() ? -1 : int(found - m_columns.begin());
}

int TableModel::rowOf(const QString& id) const
{
    const auto found = std::ranges::find(m_ids, id);
    return found == m_ids.end() ? -1 : int(found - m_ids.begin());
}

void TableModel::refreshAges()
{
    for (int column = 0; column < int(m_columns.size()) && !m_ids.empty(); ++column) {
        if (m_columns[size_t(column)].ageing) {
            Q_EMIT dataChanged(index(0, column), index(int(m_ids.size()) - 1, column),
                               {Qt::DisplayRole, AgeRole, ToneRole});
        }
    }
}

void TableModel::applyIds(std::vector<QString> newIds)
{
    if (newIds == m_ids) { // as it mostly is: thousands of rows need not be looked up
        std::vector<int> same(m_ids.size());
        std::iota(same.begin(), same.end(), 0);
        updateKept(same);
        return;
    }
    makeUnique(newIds);
    const Positions wanted = positionsOf(newIds);
    removeMissing(wanted);
    // Before the inserts: a sorting proxy finds their places among rows it knows.
    updateKept(placesOf(wanted));
    reorderKept(placesOf(wanted));
    insertNew(newIds);
}

std::vector<int> TableModel::placesOf(const Positions& wanted) const
{
    std::vector<int> places;
    places.reserve(m_ids.size());
    for (const QString& id : m_ids) {
        places.push_back(wanted.value(id));
    }
    return places;
}

void TableModel::removeRange(int first, int count)
{
    beginRemoveRows({}, first, first + count - 1);
    m_ids.erase(m_ids.begin() + first, m_ids.begin() + first + count);
    eraseRows(first, count);
    endRemoveRows();
}

void TableModel::removeMissing(const Positions& wanted)
{
    const int size = int(m_ids.size());
    const auto isMissing = [&](int row) { return !wanted.contains(m_ids[size_t(row)]); };
    const std::vector<Range> ranges = rangesWhere(size, isMissing);
    if (int(ranges.size()) <= kSingleStepsMax) {
        for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
            removeRange(range->first, range->count);
        }
        return;
    }
    std::vector<int> order(size_t(size), 0);
    std::iota(order.begin(), order.end(), 0);
    const auto kept =
        std::stable_partition(order.begin(), order.end(), [&](int row) { return !isMissing(row); });
    const int keptCount = int(kept - order.begin());
    permute(order);
    removeRange(keptCount, size - keptCount);
}

/// A sorting proxy puts changed rows among the others by binary search, so the others must be as it
/// knows them: each range is announced before the next one changes, or all are announced at once.
void TableModel::updateKept(const std::vector<int>& incoming)
{
    const std::vector<Range> ranges = rangesWhere(
        int(m_ids.size()), [&](int row) { return isDifferent(row, incoming[size_t(row)]); });
    const auto count = [](int sum, const Range& range) { return sum + range.count; };
    if (std::accumulate(ranges.begin(), ranges.end(), 0, count) <= kCellwiseRowsMax) {
        for (const Range& range : ranges) {
            for (int row = range.first; row < range.first + range.count; ++row) {
                updateCells(row, incoming[size_t(row)]);
            }
        }
        return;
    }
    const int lastColumn = int(m_columns.size()) - 1;
    const bool isOneByOne = int(ranges.size()) <= kSingleStepsMax;
    for (const Range& range : ranges) {
        for (int row = range.first; row < range.first + range.count; ++row) {
            updateRow(row, incoming[size_t(row)]);
        }
        if (isOneByOne) {
            Q_EMIT dataChanged(index(range.first, 0),
                               index(range.first + range.count - 1, lastColumn));
        }
    }
    if (!isOneByOne) {
        const Range& last = ranges.back();
        Q_EMIT dataChanged(index(ranges.front().first, 0),
                           index(last.first + last.count - 1, lastColumn));
    }
}

void TableModel::updateCells(int row, int incoming)
{
    const std::vector<int> columns = changedColumns(row, incoming);
    updateRow(row, incoming);
    for (const int column : columns) {
        Q_EMIT dataChanged(index(row, column), index(row, column));
    }
}

void TableModel::reorderKept(std::vector<int> targets)
{
    if (std::ranges::is_sorted(targets)) {
        return;
    }
    std::vector<bool> placed = stayingRows(targets);
    std::vector<int> movers; // their targets
    for (size_t row = 0; row < placed.size(); ++row) {
        if (!placed[row]) {
            movers.push_back(targets[row]);
        }
    }
    if (int(movers.size()) > kSingleStepsMax) {
        std::vector<int> order(targets.size());
        std::iota(order.begin(), order.end(), 0);
        std::ranges::sort(order, {}, [&](int row) { return targets[size_t(row)]; });
        permute(order);
        return;
    }
    std::ranges::sort(movers);
    for (const int target : movers) {
        const int from = int(std::ranges::find(targets, target) - targets.begin());
        int before = 0; // behind the last placed row that precedes it, counted as the rows are now
        for (int row = 0; row < int(targets.size()); ++row) {
            if (placed[size_t(row)] && targets[size_t(row)] < target) {
                before = row + 1;
            }
        }
        placed[size_t(from)] = true;
        if (before == from || before == from + 1) {
            continue;
        }
        const int to = before > from ? before - 1 : before;
        beginMoveRows({}, from, from, {}, before);
        shift(m_ids, from, to);
        moveRow(from, to);
        endMoveRows();
        shift(targets, from, to);
        shift(placed, from, to);
    }
}

void TableModel::insertNew(const std::vector<QString>& newIds)
{
    QHash<QString, bool> present;
    present.reserve(qsizetype(m_ids.size()));
    for (const QString& id : m_ids) {
        present.insert(id, true);
    }
    const std::vector<Range> ranges = rangesWhere(
        int(newIds.size()), [&](int row) { return !present.contains(newIds[size_t(row)]); });
    const auto insertAt = [&](int row, const std::vector<int>& incoming) {
        beginInsertRows({}, row, row + int(incoming.size()) - 1);
        std::vector<QString> ids;
        for (const int source : incoming) {
            ids.push_back(newIds[size_t(source)]);
        }
        m_ids.insert(m_ids.begin() + row, ids.begin(), ids.end());
        insertIncoming(row, incoming);
        endInsertRows();
    };
    std::vector<int> incoming;
    if (int(ranges.size()) <= kSingleStepsMax) {
        for (const Range& range : ranges) {
            incoming.resize(size_t(range.count));
            std::iota(incoming.begin(), incoming.end(), range.first);
            insertAt(range.first, incoming);
        }
        return;
    }
    for (const Range& range : ranges) {
        for (int row = range.first; row < range.first + range.count; ++row) {
            incoming.push_back(row);
        }
    }
    insertAt(int(m_ids.size()), incoming);
    const Positions now = positionsOf(m_ids);
    std::vector<int> order;
    for (const QString& id : newIds) {
        order.push_back(now.value(id));
    }
    permute(order);
}

void TableModel::permute(const std::vector<int>& from)
{
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    std::vector<int> newRowOf(from.size());
    std::vector<QString> ids(from.size());
    for (int row = 0; row < int(from.size()); ++row) {
        newRowOf[size_t(from[size_t(row)])] = row;
        ids[size_t(row)] = std::move(m_ids[size_t(from[size_t(row)])]);
    }
    m_ids = std::move(ids);
    permuteRows(from);
    const QModelIndexList before = persistentIndexList();
    QModelIndexList after;
    after.reserve(before.size());
    for (const QModelIndex& old : before) {
        after.append(index(newRowOf[size_t(old.row())], old.column()));
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

} // namespace quorate::ui
