// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Theme.h"

#include <QWidget>

class QHBoxLayout;
class QLineEdit;

namespace quorate::ui {

class TextLabel;

/// Search field over a table, "12 of 300" beside it, room for chips and buttons. Ctrl+F (set by the
/// pane) focuses it, Esc empties it, Down goes to the table.
class FilterBar final : public QWidget {
    Q_OBJECT

public:
    explicit FilterBar(const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QString text() const;
    void setText(const QString& text);
    void setPlaceholder(const QString& text);
    void setCounts(int shown, int all);
    void addWidget(QWidget* widget); ///< at the far end
    void focusField();

Q_SIGNALS:
    void textChanged(const QString& text);
    void leaveDown();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QLineEdit* m_field = nullptr;
    TextLabel* m_counts = nullptr;
    QHBoxLayout* m_row = nullptr;
};

} // namespace quorate::ui
