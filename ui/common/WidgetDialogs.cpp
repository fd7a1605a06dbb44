// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/WidgetDialogs.h"

#include "ui/common/DialogParts.h"
#include "ui/common/ErrorText.h"
#include "ui/common/Labels.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace quorate::ui {
namespace {

struct DialogWords {
    Q_DECLARE_TR_FUNCTIONS(WidgetDialogs)
};

Message messageOf(const Error& error)
{
    const ErrorText text = errorText(error);
    return {.tone = error.kind == ErrorKind::Precondition || error.kind == ErrorKind::Cancelled
                        ? Tone::Warn
                        : Tone::Bad,
            .title = text.title,
            .text = text.sentences(),
            .details = text.details};
}

} // namespace

WidgetDialogs::WidgetDialogs(const Theme& theme, QWidget* parent)
    : m_theme(theme)
    , m_parent(parent)
{}

WidgetDialogs::~WidgetDialogs() = default;

void WidgetDialogs::open(QDialog* dialog)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowModality(Qt::WindowModal);
    if (m_current) {
        m_waiting.push_back(dialog);
        return;
    }
    m_current = dialog;
    QObject::connect(dialog, &QDialog::finished, &m_life, [this] {
        m_current = nullptr;
        while (!m_waiting.empty()) {
            const QPointer<QDialog> next = m_waiting.front();
            m_waiting.pop_front();
            if (next) {
                open(next);
                return;
            }
        }
    });
    dialog->open();
}

void WidgetDialogs::showMessage(const Message& message, std::function<void()> closed)
{
    auto* dialog = new PlainDialog(m_theme, m_parent, message.title, message.tone);
    dialog->setObjectName(QStringLiteral("messageDialog"));
    dialog->addText(message.text);
    dialog->addDetails(message.details);
    dialog->addAnswer(DialogWords::tr("Close"), QDialog::Accepted, QStringLiteral("closeButton"))
        ->setDefault(true);
    QObject::connect(dialog, &QDialog::finished, &m_life, [closed = std::move(closed)] {
        if (closed) {
            closed();
        }
    });
    open(dialog);
}

void WidgetDialogs::showError(const Error& error, std::function<void()> closed)
{
    showMessage(messageOf(error), std::move(closed));
}

void WidgetDialogs::askConfirmation(const Confirmation& question,
                                    std::function<void(bool, const QStringList&)> answer)
{
    auto* dialog = makeConfirmDialog(m_theme, m_parent, question);
    QObject::connect(dialog, &QDialog::finished, &m_life,
                     [dialog, answer = std::move(answer)](int result) {
                         if (answer) {
                             answer(result == QDialog::Accepted, givenConsents(*dialog));
                         }
                     });
    open(dialog);
}

void WidgetDialogs::choose(const Choice& question, std::function<void(int)> answer)
{
    auto* dialog = new PlainDialog(m_theme, m_parent, question.title, Tone::Plain);
    dialog->setObjectName(QStringLiteral("chooseDialog"));
    dialog->addText(question.text);
    dialog->addAnswer(DialogWords::tr("Cancel"), QDialog::Rejected, QStringLiteral("cancelButton"));
    for (int option = 0; option < int(question.options.size()); ++option) {
        // Results from 1 on mean options; 0 is QDialog::Rejected.
        dialog
            ->addAnswer(question.options[option], option + 1,
                        QStringLiteral("option%1Button").arg(option))
            ->setDefault(option == 0);
    }
    QObject::connect(dialog, &QDialog::finished, &m_life, [answer = std::move(answer)](int result) {
        if (answer) {
            answer(result - 1);
        }
    });
    open(dialog);
}

void WidgetDialogs::askText(const TextQuestion& question, std::function<void(QString)> answer)
{
    auto* dialog = new PlainDialog(m_theme, m_parent, question.title, Tone::Plain);
    dialog->setObjectName(QStringLiteral("textDialog"));
    QLineEdit* field = dialog->addField(question.label, QStringLiteral("textField"));
    field->setText(question.text);
    if (question.secret) {
        field->setEchoMode(QLineEdit::Password);
    }
    dialog->addAnswer(DialogWords::tr("Cancel"), QDialog::Rejected, QStringLiteral("cancelButton"));
    dialog->addAnswer(question.action, QDialog::Accepted, QStringLiteral("acceptButton"))
        ->setDefault(true);
    QObject::connect(dialog, &QDialog::finished, &m_life,
                     [field, answer = std::move(answer)](int result) {
                         if (answer) {
                             answer(result == QDialog::Accepted ? QStringLiteral("") + field->text()
                                                                : QString());
                         }
                     });
    open(dialog);
}

QFileDialog* WidgetDialogs::makeFileDialog(const FileQuestion& question)
{
    auto* dialog = new QFileDialog(m_parent, question.title, question.directory);
    dialog->setNameFilters(question.filters);
    return dialog;
}

void WidgetDialogs::openFileDialog(QFileDialog* dialog, std::function<void(QString)> answer)
{
    QObject::connect(
        dialog, &QDialog::finished, &m_life, [dialog, answer = std::move(answer)](int result) {
            const QStringList files = dialog->selectedFiles();
            if (answer) {
                answer(result == QDialog::Accepted && !files.isEmpty() ? files.front() : QString());
            }
        });
    open(dialog);
}

void WidgetDialogs::askOpenFile(const FileQuestion& question, std::function<void(QString)> answer)
{
    QFileDialog* dialog = makeFileDialog(question);
    dialog->setFileMode(QFileDialog::ExistingFile);
    openFileDialog(dialog, std::move(answer));
}

void WidgetDialogs::askSaveFile(const FileQuestion& question, std::function<void(QString)> answer)
{
    QFileDialog* dialog = makeFileDialog(question);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(question.fileName);
    openFileDialog(dialog, std::move(answer));
}

void WidgetDialogs::askDirectory(const FileQuestion& question, std::function<void(QString)> answer)
{
    QFileDialog* dialog = makeFileDialog(question);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    openFileDialog(dialog, std::move(answer));
}

} // namespace quorate::ui
