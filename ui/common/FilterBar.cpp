// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/FilterBar.h"

#include "ui/common/Format.h"
#include "ui/common/Labels.h"

#include <QAction>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>

namespace quorate::ui {

FilterBar::FilterBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
{
    m_row = new QHBoxLayout(this);
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(theme.px(10));
    m_field = new QLineEdit(this);
    m_field->setObjectName(QStringLiteral("filterField"));
    m_field->setClearButtonEnabled(true);
    m_field->addAction(theme.icon(Glyph::Search, Tone::Muted), QLineEdit::LeadingPosition);
    m_field->setMaximumWidth(theme.px(280));
    m_field->installEventFilter(this);
    m_counts = new TextLabel(theme, TextStyle::Body, {}, this, Tone::Muted);
    m_row->addWidget(m_field, 1);
    m_row->addWidget(m_counts);
    m_row->addStretch(1);
    setFocusProxy(m_field);
    setPlaceholder(tr("Filter"));
    connect(m_field, &QLineEdit::textChanged, this, &FilterBar::textChanged);
}

QString FilterBar::text() const { return m_field->text(); }

void FilterBar::setText(const QString& text) { m_field->setText(text); }

void FilterBar::setPlaceholder(const QString& text)
{
    m_field->setPlaceholderText(text);
    m_field->setAccessibleName(text);
}

void FilterBar::setCounts(int shown, int all)
{
    m_counts->setText(shown == all ? numberText(all)
                                   : tr("%1 of %2").arg(numberText(shown), numberText(all)));
}

void FilterBar::addWidget(QWidget* widget) { m_row->addWidget(widget); }

void FilterBar::focusField()
{
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
}

bool FilterBar::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape && !m_field->text().isEmpty()) {
            m_field->clear();
            return true;
        }
        if (key == Qt::Key_Down) {
            Q_EMIT leaveDown();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace quorate::ui
