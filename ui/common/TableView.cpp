// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/TableView.h"

#include "ui/common/Notices.h"
#include "ui/common/StateDelegate.h"
#include "ui/common/TableText.h"

#include <QAction>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>
#include <QStyleOptionHeader>

#include <algorithm>
#include <utility>

namespace quorate::ui {
namespace {

constexpr int kColumnMin = 40;
constexpr int kColumnMax = 420;
constexpr int kFitRowsMax = 200; // rows looked at to find a width
constexpr int kStretchMin = 110; // a stretching column gives way to the others until then

/// Qt does not turn the titles round in right-to-left layouts.
class TableHeader final : public QHeaderView {
public:
    explicit TableHeader(QWidget* parent)
        : QHeaderView(Qt::Horizontal, parent)
    {
        setSectionsClickable(true);
    }

protected:
    void initStyleOptionForIndex(QStyleOptionHeader* option, int section) const override
    {
        QHeaderView::initStyleOptionForIndex(option, section);
        option->textAlignment = QStyle::visualAlignment(layoutDirection(), option->textAlignment);
    }
};

} // namespace

TableView::TableView(const Theme& theme, QWidget* parent)
    : QTableView(parent)
    , m_theme(theme)
    , m_proxy(new TableProxy(this))
    , m_delegate(new StateDelegate(theme, this))
    , m_empty(new EmptyState(theme, viewport()))
{
    m_growSoon.setSingleShot(true);
    connect(&m_growSoon, &QTimer::timeout, this, &TableView::growColumns);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setWordWrap(false);
    setTabKeyNavigation(false); // Tab leaves the table, arrows move in it
    setMouseTracking(true);
    setHorizontalScrollMode(ScrollPerPixel);
    setCornerButtonEnabled(false);
    setItemDelegate(m_delegate);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setUpHeader();
    makeActions();
    connect(m_empty, &EmptyState::actionChosen, this, &TableView::emptyActionChosen);
    connect(this, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        Q_EMIT idActivated(index.data(IdRole).toString());
    });
    connect(&theme, &Theme::changed, this, &TableView::applyTheme);
    applyTheme();
}

TableView::~TableView() { saveLayout(); }

void TableView::setUpHeader()
{
    setHorizontalHeader(new TableHeader(this));
    QHeaderView* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QHeaderView::sectionResized, this, [this](int, int oldSize, int newSize) {
        m_widthsAreChosen = m_widthsAreChosen || (!m_isFitting && oldSize > 0 && newSize > 0);
    });
    connect(header, &QWidget::customContextMenuRequested, this, [this](const QPoint& position) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        fillColumnMenu(*menu);
        menu->popup(horizontalHeader()->mapToGlobal(position));
    });
}

void TableView::makeActions()
{
    m_copy = new QAction(m_theme.icon(Glyph::Copy), tr("Copy"), this);
    m_copy->setShortcut(QKeySequence::Copy);
    m_copyCsv = new QAction(tr("Copy as CSV"), this);
    m_copyCsv->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    for (QAction* action : {m_copy, m_copyCsv}) {
        action->setShortcutContext(Qt::WidgetShortcut);
        addAction(action);
    }
    connect(m_copy, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(selectionAsText()); });
    connect(m_copyCsv, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(selectionAsCsv()); });
}

void TableView::applyTheme()
{
    setFont(m_theme.font(TextStyle::Body));
    verticalHeader()->setMinimumSectionSize(1);
    verticalHeader()->setDefaultSectionSize(m_theme.rowHeight());
    QHeaderView* header = horizontalHeader();
    header->setFont(m_theme.font(TextStyle::CaptionStrong));
    header->setMinimumSectionSize(m_theme.px(kColumnMin));
    header->setFixedHeight(m_theme.px(28));
    if (m_model && m_fitted && !m_widthsAreChosen) {
        fitColumns();
    }
    viewport()->update();
}

void TableView::setTable(TableModel* model)
{
    m_model = model;
    m_proxy->setSourceModel(model);
    setModel(m_proxy);
    m_proxy->setDynamicSortFilter(true);
    setSortingEnabled(true);
    horizontalHeader()->setSortIndicatorClearable(true);
    sortByColumn(-1, Qt::AscendingOrder); // the model's own order until a header is clicked
    for (int column = 0; column < int(model->columns().size()); ++column) {
        const ColumnInfo& info = model->columns()[size_t(column)];
        setColumnHidden(column, !info.shownAtFirst);
    }
    const auto onRows = [this] {
        updateEmptyState();
        if (!m_fitted) {
            fitColumns();
            m_fitted = m_proxy->rowCount() > 0; // the header alone says little
        }
    };
    for (const auto signal :
         {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved}) {
        connect(m_proxy, signal, this, onRows);
    }
    connect(m_proxy, &QAbstractItemModel::modelReset, this, onRows);
    connect(m_proxy, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex& first, const QModelIndex& last) {
                for (int column = first.column(); column <= last.column(); ++column) {
                    m_growColumns.insert(column);
                }
                m_growSoon.start();
            });
    onRows();
}

void TableView::fitColumns()
{
    if (m_model) {
        m_widthsAreChosen = false;
        m_natural.assign(m_model->columns().size(), 0);
        for (int column = 0; column < m_proxy->columnCount(); ++column) {
            m_natural[size_t(column)] = naturalWidth(column, 0, m_proxy->rowCount() - 1);
        }
        spreadColumns();
        m_fitted = true;
    }
}

/// Columns become wider when what is shown needs it (at first a row may know nothing of its node),
/// never narrower: nothing jumps.
void TableView::growColumns()
{
    const std::set<int> changed = std::exchange(m_growColumns, {});
    if (!m_model || !m_fitted || m_widthsAreChosen) {
        return;
    }
    const int first = std::max(rowAt(0), 0);
    const int last = rowAt(viewport()->height() - 1);
    const std::vector<int> before = m_natural;
    for (const int column : changed) {
        const int width = naturalWidth(column, first, last < 0 ? m_proxy->rowCount() - 1 : last);
        m_natural[size_t(column)] = std::max(m_natural[size_t(column)], width);
    }
    if (m_natural != before) {
        spreadColumns();
    }
}

/// What the title and these rows need in this column.
int TableView::naturalWidth(int column, int firstRow, int lastRow) const
{
    const QFontMetrics metrics(m_theme.font(TextStyle::CaptionStrong));
    lastRow = std::min(lastRow, firstRow + kFitRowsMax - 1);
    const QString title = m_model->columns()[size_t(column)].title;
    int width = metrics.horizontalAdvance(title) + m_theme.px(24);
    for (int row = firstRow; row <= lastRow; ++row) {
        width = std::max(width, m_delegate->sizeHint({}, m_proxy->index(row, column)).width());
    }
    return std::min(width + m_theme.px(8), m_theme.px(kColumnMax));
}

/// The room that is left goes to the stretching columns, or to all in proportion; room that is
/// missing is taken from the stretching ones.
void TableView::spreadColumns()
{
    if (m_widthsAreChosen || m_natural.empty()) {
        return;
    }
    int used = 0;
    int sharing = 0;
    const QList<int> shown = shownColumns();
    const auto stretches = [this](int column) {
        return m_model->columns()[size_t(column)].stretch;
    };
    const bool hasStretch = std::ranges::any_of(shown, stretches);
    for (const int column : shown) {
        used += m_natural[size_t(column)];
        if (!hasStretch || stretches(column)) {
            sharing += m_natural[size_t(column)];
        }
    }
    int left = viewport()->width() - used;
    m_isFitting = true;
    for (const int column : shown) {
        const int natural = m_natural[size_t(column)];
        int width = natural;
        if ((hasStretch && stretches(column)) || (!hasStretch && left > 0)) {
            const int share = sharing > 0 ? left * natural / sharing : 0;
            sharing -= natural;
            width = std::max(natural + share, std::min(natural, m_theme.px(kStretchMin)));
            left -= width - natural; // what this one cannot give is left to the next
        }
        setColumnWidth(column, width);
    }
    m_isFitting = false;
}

void TableView::setEmptyText(const QString& why, const QString& whatToDo, const QString& action)
{
    m_empty->setText(why, whatToDo, action);
    updateEmptyState();
}

void TableView::updateEmptyState()
{
    const bool isEmpty = m_proxy->rowCount() == 0;
    m_empty->setGeometry(viewport()->rect());
    m_empty->setVisible(isEmpty && !m_empty->why().isEmpty());
    setAccessibleDescription(isEmpty ? m_empty->accessibleName() : QString());
}

void TableView::setRowMenu(std::function<void(QMenu&, const QStringList&)> fill)
{
    m_fillRowMenu = std::move(fill);
}

QStringList TableView::selectedIds() const
{
    QList<int> rows;
    if (selectionModel() != nullptr) {
        for (const QModelIndex& index : selectionModel()->selectedRows()) {
            rows.append(index.row());
        }
    }
    std::ranges::sort(rows);
    QStringList ids;
    for (const int row : rows) {
        ids.append(m_proxy->index(row, 0).data(IdRole).toString());
    }
    return ids;
}

QString TableView::currentId() const { return currentIndex().data(IdRole).toString(); }

void TableView::selectId(const QString& id)
{
    const int row = m_model ? m_model->rowOf(id) : -1;
    if (row < 0) {
        clearSelection();
        return;
    }
    const QModelIndex index = m_proxy->mapFromSource(m_model->index(row, 0));
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect
                                                 | QItemSelectionModel::Rows);
}

QList<int> TableView::shownColumns() const
{
    QList<int> columns;
    for (int visual = 0; visual < horizontalHeader()->count(); ++visual) {
        const int column = horizontalHeader()->logicalIndex(visual);
        if (!isColumnHidden(column)) {
            columns.append(column);
        }
    }
    return columns;
}

QList<int> TableView::rowsToCopy() const
{
    QList<int> rows;
    for (int row = 0; row < m_proxy->rowCount(); ++row) {
        if (!selectionModel()->hasSelection() || selectionModel()->isRowSelected(row)) {
            rows.append(row);
        }
    }
    return rows;
}

QString TableView::selectionAsText() const
{
    return m_model ? tableAsText(*m_proxy, rowsToCopy(), shownColumns()) : QString();
}

QString TableView::selectionAsCsv() const
{
    return m_model ? tableAsCsv(*m_proxy, rowsToCopy(), shownColumns()) : QString();
}

void TableView::fillColumnMenu(QMenu& menu)
{
    if (!m_model) {
        return;
    }
    for (int column = 0; column < int(m_model->columns().size()); ++column) {
        QAction* action = menu.addAction(m_model->columns()[size_t(column)].title);
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        action->setEnabled(isColumnHidden(column) || shownColumns().size() > 1); // one must stay
        connect(action, &QAction::toggled, this, [this, column](bool shown) {
            setColumnHidden(column, !shown);
            spreadColumns();
        });
    }
    menu.addSeparator();
    QAction* fit = menu.addAction(tr("Fit column widths"));
    connect(fit, &QAction::triggered, this, &TableView::fitColumns);
}

void TableView::rememberLayout(QSettings* settings, const QString& key)
{
    m_settings = settings;
    m_layoutKey = key;
    if (settings == nullptr || !m_model) {
        return;
    }
    QStringList ids; // a layout of other columns is not read
    for (const ColumnInfo& info : m_model->columns()) {
        ids.append(info.id);
    }
    if (settings->value(key + QStringLiteral("/columns")).toStringList() == ids) {
        m_isFitting = true;
        m_fitted = horizontalHeader()->restoreState(
            settings->value(key + QStringLiteral("/header")).toByteArray());
        m_widthsAreChosen =
            m_fitted && settings->value(key + QStringLiteral("/widthsAreChosen")).toBool();
        m_fitted = m_widthsAreChosen;
        m_isFitting = false;
        if (!m_fitted) { // order and choice of columns are remembered; widths only when somebody
                         // chose them
            fitColumns();
            m_fitted = m_proxy->rowCount() > 0;
        }
    }
}

void TableView::saveLayout()
{
    if (!m_settings || !m_model) {
        return;
    }
    QStringList ids;
    for (const ColumnInfo& info : m_model->columns()) {
        ids.append(info.id);
    }
    m_settings->setValue(m_layoutKey + QStringLiteral("/columns"), ids);
    m_settings->setValue(m_layoutKey + QStringLiteral("/header"), horizontalHeader()->saveState());
    m_settings->setValue(m_layoutKey + QStringLiteral("/widthsAreChosen"), m_widthsAreChosen);
}

void TableView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QTableView::selectionChanged(selected, deselected);
    Q_EMIT selectedIdsChanged();
}

void TableView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    m_empty->setGeometry(viewport()->rect());
    spreadColumns();
}

void TableView::openRowMenu(const QPoint& globalPosition)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (m_fillRowMenu) {
        m_fillRowMenu(*menu, selectedIds());
    }
    if (!menu->isEmpty()) {
        menu->addSeparator();
    }
    menu->addActions({m_copy, m_copyCsv});
    menu->popup(globalPosition);
}

void TableView::contextMenuEvent(QContextMenuEvent* event)
{
    if (event->reason() == QContextMenuEvent::Mouse) {
        openRowMenu(event->globalPos());
        return;
    }
    const QRect row = visualRect(currentIndex());
    openRowMenu(viewport()->mapToGlobal(row.isValid() ? row.bottomLeft() : QPoint()));
}

void TableView::keyPressEvent(QKeyEvent* event)
{
    const bool isShiftF10 = event->key() == Qt::Key_F10 && event->modifiers() == Qt::ShiftModifier;
    if (isShiftF10 || event->key() == Qt::Key_Menu) {
        const QRect row = visualRect(currentIndex());
        openRowMenu(viewport()->mapToGlobal(row.isValid() ? row.bottomLeft() : QPoint()));
        event->accept();
        return;
    }
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isEnter && currentIndex().isValid()) {
        Q_EMIT idActivated(currentId());
        return;
    }
    QTableView::keyPressEvent(event);
}

} // namespace quorate::ui
