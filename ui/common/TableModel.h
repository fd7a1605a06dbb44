// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Theme.h"

#include <QAbstractTableModel>
#include <QHash>

#include <vector>

namespace quorate::ui {

/// What a cell says beyond its text. All answers are raw values, so that sorting never depends on
/// words.
enum TableRole {
    SortRole = Qt::UserRole + 1,
    ToneRole,          ///< int of Tone
    GlyphRole,         ///< int of Glyph, before the text
    IdRole,            ///< the row's id, the same in every column
    AgeRole,           ///< milliseconds, where the column shows an age
    StyleRole,         ///< int of TextStyle
    NumericRole,       ///< true: right aligned, tabular figures
    TrailingGlyphRole, ///< int of Glyph, after the text (leader's star)
};

struct ColumnInfo {
    QString id{}; ///< stable: names the column in the remembered layout and in CSV
    QString title{};
    bool numeric = false;
    TextStyle style = TextStyle::Body;
    bool shownAtFirst = true;
    bool ageing = false;  ///< its text changes by itself as time passes
    bool stretch = false; ///< takes the room that is left
    QString toolTip{};    ///< of the header
};

/// The half of SnapshotTableModel that does not depend on the row's type: columns, roles, and the
/// diff.
class TableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit TableModel(std::vector<ColumnInfo> columns, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    [[nodiscard]] const std::vector<ColumnInfo>& columns() const { return m_columns; }
    [[nodiscard]] int columnOf(const QString& columnId) const; ///< −1: none
    [[nodiscard]] int rowOf(const QString& id) const;          ///< −1: none
    [[nodiscard]] const QString& idAt(int row) const { return m_ids[size_t(row)]; }
    /// Says that the texts of ageing columns are others now; call once a second.
    void refreshAges();

protected:
    /// How many single steps are worth announcing; beyond it one layout change is cheaper for views
    /// and proxies.
    static constexpr int kSingleStepsMax = 32;

    /// Up to so many changed rows are announced cell by cell: a view paints a single changed cell
    /// alone, and all of itself for anything more.
    static constexpr int kCellwiseRowsMax = 8;

    /// Brings the rows to `newIds` by the hooks below: removes, updates, moves, inserts, in this
    /// order.
    void applyIds(std::vector<QString> newIds);

    virtual QVariant cell(int row, int column, int role) const = 0;
    [[nodiscard]] virtual bool isDifferent(int row, int incoming) const = 0;
    /// Columns in which row `incoming` of the new snapshot will look or sort otherwise than `row`.
    [[nodiscard]] virtual std::vector<int> changedColumns(int row, int incoming) const = 0;
    virtual void
    updateRow(int row, int incoming) = 0; ///< takes row `incoming` of the new snapshot into `row`
    virtual void eraseRows(int first, int count) = 0;
    virtual void insertIncoming(int row, const std::vector<int>& incoming) = 0;
    virtual void moveRow(int from, int to) = 0;                 ///< `to` counts after the removal
    virtual void permuteRows(const std::vector<int>& from) = 0; ///< new row i is old row from[i]

private:
    using Positions = QHash<QString, int>;
    void removeMissing(const Positions& wanted);
    void updateKept(const std::vector<int>& incoming); ///< one for each row, in their order
    void updateCells(int row, int incoming);
    void reorderKept(std::vector<int> targets);
    [[nodiscard]] std::vector<int> placesOf(const Positions& wanted) const;
    void insertNew(const std::vector<QString>& newIds);
    void removeRange(int first, int count);
    void permute(const std::vector<int>& from);

    std::vector<ColumnInfo> m_columns;
    std::vector<QString> m_ids;
};

} // namespace quorate::ui
