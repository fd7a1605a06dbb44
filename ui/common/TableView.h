// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/TableProxy.h"

#include <QPointer>
#include <QTableView>
#include <QTimer>

#include <set>

class QAction;
class QMenu;
class QSettings;

namespace quorate::ui {

class EmptyState;
class StateDelegate;

/// The one table of the program: no grid, hairline rows, sort by header, column chooser on the
/// header's context menu, copy as text (Ctrl+C) and CSV (Ctrl+Shift+C), remembered layout, words
/// instead of an empty table, row actions by mouse, Menu key and Shift+F10. Give it a TableModel;
/// it puts the proxy between.
class TableView final : public QTableView {
    Q_OBJECT

public:
    explicit TableView(const Theme& theme, QWidget* parent = nullptr);
    ~TableView() override;

    void setTable(TableModel* model);
    [[nodiscard]] TableProxy* proxy() const { return m_proxy; }
    /// Nothing is remembered when `settings` is null.
    /// Reads the layout remembered under `key` and writes it there when the view goes. Call after
    /// setTable.
    void rememberLayout(QSettings* settings, const QString& key);
    /// What stands there while there is no row; `action` is a button when not empty.
    void setEmptyText(const QString& why, const QString& whatToDo, const QString& action = {});
    /// Fills the context menu for the rows selected now.
    void setRowMenu(std::function<void(QMenu& menu, const QStringList& ids)> fill);

    [[nodiscard]] QStringList selectedIds() const; ///< in the order shown
    [[nodiscard]] QString currentId() const;
    void selectId(const QString& id);
    [[nodiscard]] QString selectionAsText() const; ///< all shown rows when none is selected
    [[nodiscard]] QString selectionAsCsv() const;
    [[nodiscard]] QAction* copyAction() const { return m_copy; }
    [[nodiscard]] QAction* copyCsvAction() const { return m_copyCsv; }
    /// Widths by content, the room left over shared out; happens by itself until somebody drags a
    /// header.
    void fitColumns();
    void saveLayout();
    /// Fills `menu` with one checkable action per column (also for the View menu).
    void fillColumnMenu(QMenu& menu);

Q_SIGNALS:
    void selectedIdsChanged();
    void idActivated(const QString& id); ///< Enter or double click
    void emptyActionChosen();

protected:
    void selectionChanged(const QItemSelection& selected,
                          const QItemSelection& deselected) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void applyTheme();
    void setUpHeader();
    void makeActions();
    void updateEmptyState();
    void growColumns();
    [[nodiscard]] int naturalWidth(int column, int firstRow, int lastRow) const;
    void spreadColumns();
    void openRowMenu(const QPoint& globalPosition);
    [[nodiscard]] QList<int> shownColumns() const; ///< logical, in the order shown
    [[nodiscard]] QList<int> rowsToCopy() const;

    const Theme& m_theme;
    TableProxy* m_proxy = nullptr;
    QPointer<TableModel> m_model;
    StateDelegate* m_delegate = nullptr;
    EmptyState* m_empty = nullptr;
    QAction* m_copy = nullptr;
    QAction* m_copyCsv = nullptr;
    std::function<void(QMenu&, const QStringList&)> m_fillRowMenu;
    QPointer<QSettings> m_settings;
    QString m_layoutKey;
    bool m_fitted = false;
    bool m_isFitting = false;
    bool m_widthsAreChosen = false; ///< by a person, now or in the remembered layout
    std::vector<int> m_natural;     ///< widths by content
    QTimer m_growSoon;              ///< many changes, one look
    std::set<int> m_growColumns;    ///< those that have changed since
};

} // namespace quorate::ui
