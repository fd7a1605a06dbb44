// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Dialogs.h"
#include "ui/common/Theme.h"

#include <QDialog>
#include <QPointer>

#include <deque>

class QFileDialog;

namespace quorate::ui {

/// The real façade: window-modal dialogs over `parent`, opened and never executed.
class WidgetDialogs final : public Dialogs {
public:
    WidgetDialogs(const Theme& theme, QWidget* parent);
    ~WidgetDialogs() override;
    /// Whose window the next dialogs belong to.
    void setParent(QWidget* parent) { m_parent = parent; }

    void showMessage(const Message& message, std::function<void()> closed) override;
    void showError(const Error& error, std::function<void()> closed) override;
    void askConfirmation(const Confirmation& question,
                         std::function<void(bool, const QStringList&)> answer) override;
    void choose(const Choice& question, std::function<void(int)> answer) override;
    void askText(const TextQuestion& question, std::function<void(QString)> answer) override;
    void askOpenFile(const FileQuestion& question, std::function<void(QString)> answer) override;
    void askSaveFile(const FileQuestion& question, std::function<void(QString)> answer) override;
    void askDirectory(const FileQuestion& question, std::function<void(QString)> answer) override;

private:
    void open(QDialog* dialog);
    [[nodiscard]] QFileDialog* makeFileDialog(const FileQuestion& question);
    void openFileDialog(QFileDialog* dialog, std::function<void(QString)> answer);

    const Theme& m_theme;
    QPointer<QWidget> m_parent;
    QPointer<QDialog> m_current;
    std::deque<QPointer<QDialog>> m_waiting; ///< asked while another is open
    QObject m_life;                          ///< connections end with it
};

} // namespace quorate::ui
