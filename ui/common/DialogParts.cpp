// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/DialogParts.h"

#include "ui/common/Labels.h"
#include "ui/common/Notices.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace quorate::ui {
namespace {

constexpr int kWidth = 460;
constexpr int kDetailsHeight = 140;
constexpr auto kConsentName = "consent-"; ///< object names begin with it, the id follows

Glyph glyphOf(Tone tone)
{
    switch (tone) {
    case Tone::Plain:
    case Tone::Muted: return Glyph::None;
    case Tone::Accent: return Glyph::Info;
    case Tone::Ok: return Glyph::Check;
    case Tone::Warn: return Glyph::Triangle;
    case Tone::Bad: return Glyph::Cross;
    case Tone::Unknown: return Glyph::Ring;
    }
    return Glyph::None;
}

} // namespace

PlainDialog::PlainDialog(const Theme& theme, QWidget* parent, const QString& title, Tone tone)
    : QDialog(parent)
    , m_theme(theme)
{
    setWindowTitle(title);
    setMinimumWidth(theme.px(kWidth));
    auto* column = new QVBoxLayout(this);
    const int margin = theme.px(20);
    column->setContentsMargins(margin, margin, margin, theme.px(16));
    column->setSpacing(theme.px(12));
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.px(10));
    if (glyphOf(tone) != Glyph::None) {
        auto* glyph = new QLabel(this);
        glyph->setPixmap(
            glyphPixmap(glyphOf(tone), theme.color(tone), theme.px(16), devicePixelRatioF()));
        glyph->setAccessibleName(glyphWord(glyphOf(tone)));
        head->addWidget(glyph);
    }
    auto* label = new TextLabel(theme, TextStyle::SentenceStrong, title, this);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    head->addWidget(label, 1);
    column->addLayout(head);
    m_body = new QVBoxLayout;
    m_body->setSpacing(theme.px(10));
    column->addLayout(m_body);
    column->addSpacing(theme.px(4));
    column->addStretch(1);
    m_buttons = new QHBoxLayout;
    m_buttons->setSpacing(theme.px(8));
    m_buttons->addStretch(1);
    column->addLayout(m_buttons);
}

void PlainDialog::addText(const QString& text, Tone tone)
{
    if (text.isEmpty()) {
        return;
    }
    auto* label = new TextLabel(m_theme, TextStyle::Body, text, this, tone);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_body->addWidget(label);
    setAccessibleDescription(accessibleDescription().isEmpty()
                                 ? text
                                 : accessibleDescription() + QLatin1Char(' ') + text);
}

void PlainDialog::addDetails(const QString& details)
{
    if (details.isEmpty()) {
        return;
    }
    auto* toggle = new QToolButton(this);
    toggle->setObjectName(QStringLiteral("detailsButton"));
    toggle->setText(tr("Details"));
    toggle->setCheckable(true);
    toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    toggle->setIcon(m_theme.icon(Glyph::ChevronRight, Tone::Muted));
    auto* copy = new QToolButton(this);
    copy->setObjectName(QStringLiteral("copyDetailsButton"));
    copy->setText(tr("Copy"));
    copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copy->setIcon(m_theme.icon(Glyph::Copy, Tone::Muted));
    auto* row = new QHBoxLayout;
    row->addWidget(toggle);
    row->addWidget(copy);
    row->addStretch(1);
    m_body->addLayout(row);
    auto* text = new QPlainTextEdit(details, this);
    text->setObjectName(QStringLiteral("detailsText"));
    text->setAccessibleName(tr("Details"));
    text->setReadOnly(true);
    text->setFont(m_theme.font(TextStyle::Fixed));
    text->setFixedHeight(m_theme.px(kDetailsHeight));
    text->hide();
    m_body->addWidget(text);
    connect(toggle, &QToolButton::toggled, this, [this, toggle, text](bool isOpen) {
        toggle->setIcon(
            m_theme.icon(isOpen ? Glyph::ChevronDown : Glyph::ChevronRight, Tone::Muted));
        text->setVisible(isOpen);
        adjustSize();
    });
    connect(copy, &QToolButton::clicked, this,
            [details] { QGuiApplication::clipboard()->setText(details); });
}

QLineEdit* PlainDialog::addField(const QString& label, const QString& objectName)
{
    auto* field = new QLineEdit(this);
    field->setObjectName(objectName);
    field->setAccessibleName(label);
    auto* words = new TextLabel(m_theme, TextStyle::Body, label, this);
    words->setWordWrap(true);
    words->setTextFormat(Qt::PlainText);
    words->setBuddy(field);
    m_body->addWidget(words);
    m_body->addWidget(field);
    return field;
}

void PlainDialog::addWidget(QWidget* widget) { m_body->addWidget(widget); }

QPushButton* PlainDialog::addAnswer(const QString& words, int result, const QString& objectName)
{
    auto* button = new QPushButton(words, this);
    button->setObjectName(objectName);
    button->setAutoDefault(false);
    m_buttons->addWidget(button);
    connect(button, &QPushButton::clicked, this, [this, result] { done(result); });
    return button;
}

QDialog* makeConfirmDialog(const Theme& theme, QWidget* parent, const Confirmation& question)
{
    auto* dialog = new PlainDialog(theme, parent, question.title, Tone::Plain);
    dialog->setObjectName(QStringLiteral("confirmDialog"));
    if (!question.quorumSentence.isEmpty()) {
        auto* notice = new NoticeBar(theme, dialog);
        notice->setObjectName(QStringLiteral("quorumNotice"));
        notice->setNotice(glyphOf(question.quorumTone), question.quorumTone,
                          question.quorumSentence);
        dialog->addWidget(notice);
        dialog->setAccessibleDescription(question.quorumSentence);
    }
    dialog->addText(question.consequence);
    for (const Consent& consent : question.consents) {
        auto* check = new QCheckBox(consent.text, dialog);
        check->setObjectName(QLatin1String(kConsentName) + consent.id);
        dialog->addWidget(check);
    }
    dialog->addDetails(question.whatIsSent);
    QLineEdit* field = nullptr;
    if (!question.typedName.isEmpty()) {
        field = dialog->addField(PlainDialog::tr("Type %1 to confirm:").arg(question.typedName),
                                 QStringLiteral("typedNameField"));
    }
    QPushButton* cancel = dialog->addAnswer(PlainDialog::tr("Cancel"), QDialog::Rejected,
                                            QStringLiteral("cancelButton"));
    QPushButton* accept =
        dialog->addAnswer(question.action, QDialog::Accepted, QStringLiteral("confirmButton"));
    accept->setProperty("kind", question.destructive ? QStringLiteral("danger")
                                                     : QStringLiteral("primary"));
    if (question.destructive) {
        cancel->setFocus(); // Enter alone never destroys
    } else {
        accept->setDefault(true);
    }
    if (field != nullptr) {
        accept->setEnabled(false);
        field->setFocus();
        QObject::connect(field, &QLineEdit::textChanged, accept,
                         [accept, name = question.typedName](const QString& text) {
                             accept->setEnabled(text == name);
                         });
    }
    return dialog;
}

QStringList givenConsents(const QDialog& dialog)
{
    QStringList given;
    for (const QCheckBox* check : dialog.findChildren<QCheckBox*>()) {
        if (check->isChecked() && check->objectName().startsWith(QLatin1String(kConsentName))) {
            given.append(check->objectName().mid(int(qstrlen(kConsentName))));
        }
    }
    return given;
}

} // namespace quorate::ui
