// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Notices.h"

#include "ui/common/ErrorText.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace quorate::ui {
namespace {
constexpr int kProgressSteps = 1000;
} // namespace

// --- EmptyState

EmptyState::EmptyState(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    auto* column = new QVBoxLayout(this);
    column->addStretch(1);
    m_why = new TextLabel(theme, TextStyle::Strong, {}, this);
    m_what = new TextLabel(theme, TextStyle::Body, {}, this, Tone::Muted);
    for (TextLabel* label : {m_why, m_what}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        column->addWidget(label);
    }
    m_action = new QPushButton(this);
    m_action->setObjectName(QStringLiteral("emptyStateButton"));
    column->addWidget(m_action, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(m_action, &QPushButton::clicked, this, &EmptyState::actionChosen);
    setText({}, {});
}

void EmptyState::setText(const QString& why, const QString& whatToDo, const QString& action)
{
    m_why->setText(why);
    m_what->setText(whatToDo);
    m_what->setVisible(!whatToDo.isEmpty());
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setSpokenText(this, whatToDo.isEmpty() ? why : why + QLatin1Char(' ') + whatToDo, false);
}

QString EmptyState::why() const { return m_why->text(); }

// --- NoticeBar

NoticeBar::NoticeBar(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    auto* row = new QHBoxLayout(this);
    m_glyphLabel = new QLabel(this);
    m_label = new TextLabel(theme, TextStyle::Body, {}, this);
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_action = new QPushButton(this);
    m_action->setProperty("kind", QStringLiteral("link"));
    m_action->setObjectName(QStringLiteral("noticeButton"));
    row->addWidget(m_glyphLabel, 0, Qt::AlignTop);
    row->addWidget(m_label, 1);
    row->addWidget(m_action);
    connect(m_action, &QPushButton::clicked, this, &NoticeBar::actionChosen);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    setVisible(false);
}

void NoticeBar::setNotice(Glyph glyph, Tone tone, const QString& text, const QString& action)
{
    if (glyph == m_glyph && tone == m_tone && text == m_label->text() && action == m_action->text()
        && toolTip().isEmpty() && isHidden() == text.isEmpty()) { // told every second
        return;
    }
    m_glyph = glyph;
    m_tone = tone;
    m_label->setText(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_glyphLabel->setVisible(glyph != Glyph::None);
    setToolTip({});
    setVisible(!text.isEmpty());
    setSpokenText(this, text, !text.isEmpty());
    onThemeChanged();
}

void NoticeBar::setError(const Error& error)
{
    const ErrorText text = errorText(error);
    setNotice(Glyph::Cross, Tone::Bad, text.title + QStringLiteral(". ") + text.sentences());
    setToolTip(text.details);
}

QString NoticeBar::text() const { return m_label->text(); }

void NoticeBar::onThemeChanged()
{
    const int across = theme().px(12);
    layout()->setContentsMargins(across, theme().px(8), across, theme().px(8));
    layout()->setSpacing(theme().px(10));
    m_glyphLabel->setPixmap(
        glyphPixmap(m_glyph, theme().color(m_tone), theme().px(14), devicePixelRatioF()));
    m_glyphLabel->setContentsMargins(0, theme().px(1), 0, 0);
    ThemedWidget::onThemeChanged();
}

void NoticeBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor edge = theme().color(m_tone);
    if (!theme().isHighContrast()) {
        edge.setAlphaF(0.35F);
    }
    painter.setPen(QPen(edge, 1));
    painter.setBrush(theme().back(m_tone));
    const double radius = theme().px(6);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

// --- ProgressRow

ProgressRow::ProgressRow(const Theme& theme, QWidget* parent)
    : ThemedWidget(theme, parent)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(5));
    auto* row = new QHBoxLayout;
    m_title = new TextLabel(theme, TextStyle::Body, {}, this);
    m_figures = new TextLabel(theme, TextStyle::Body, {}, this, Tone::Muted);
    m_cancel = new QToolButton(this);
    m_cancel->setIcon(theme.icon(Glyph::Close, Tone::Muted));
    m_cancel->setObjectName(QStringLiteral("progressCancelButton"));
    m_cancel->setToolTip(tr("Cancel"));
    m_cancel->setVisible(false);
    row->addWidget(m_title, 1);
    row->addWidget(m_figures);
    row->addWidget(m_cancel);
    column->addLayout(row);
    m_bar = new QProgressBar(this);
    m_bar->setTextVisible(false);
    m_bar->setRange(0, kProgressSteps);
    column->addWidget(m_bar);
    connect(m_cancel, &QToolButton::clicked, this, &ProgressRow::cancelRequested);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ProgressRow::setTitle(const QString& title)
{
    m_title->setText(title);
    m_bar->setAccessibleName(title);
    m_cancel->setAccessibleName(tr("Cancel %1").arg(title));
}

void ProgressRow::setProgress(const Progress& progress)
{
    QString figures = progress.state;
    if (figures.isEmpty() && progress.isBytes) {
        figures = transferText(progress.done, progress.total, progress.perSecond);
    } else if (figures.isEmpty()) {
        figures = tr("%1 of %2").arg(numberText(progress.done), numberText(progress.total));
    }
    m_figures->setText(figures);
    m_bar->setAccessibleDescription(figures);
    const double share = progress.total > 0
                             ? std::clamp(double(progress.done) / double(progress.total), 0.0, 1.0)
                             : 0.0;
    m_bar->setValue(int(share * kProgressSteps));
    const auto name = progress.tone == Tone::Ok     ? QStringLiteral("ok")
                      : progress.tone == Tone::Warn ? QStringLiteral("warn")
                      : progress.tone == Tone::Bad  ? QStringLiteral("bad")
                                                    : QString();
    if (m_bar->property("tone").toString() != name) {
        m_bar->setProperty("tone", name);
        m_bar->style()->unpolish(m_bar);
        m_bar->style()->polish(m_bar);
    }
    m_figures->setTone(progress.tone == Tone::Accent ? Tone::Muted : progress.tone);
}

void ProgressRow::setCancellable(bool cancellable) { m_cancel->setVisible(cancellable); }

QString ProgressRow::figures() const { return m_figures->text(); }

} // namespace quorate::ui
