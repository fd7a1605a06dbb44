// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Dialogs.h"
#include "ui/common/Theme.h"

#include <QDialog>

class QHBoxLayout;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace quorate::ui {

/// The frame of the façade's dialogs, and good for others: glyph and title, text that wraps,
/// details folded away that can be copied, buttons with verbs at the far end.
class PlainDialog final : public QDialog {
    Q_OBJECT

public:
    PlainDialog(const Theme& theme, QWidget* parent, const QString& title, Tone tone);
    void addText(const QString& text, Tone tone = Tone::Plain);
    void addDetails(const QString& details); ///< nothing when empty
    QLineEdit* addField(const QString& label, const QString& objectName);
    void addWidget(QWidget* widget);
    /// Closes with `result`.
    QPushButton* addAnswer(const QString& words, int result, const QString& objectName);

private:
    const Theme& m_theme;
    QVBoxLayout* m_body = nullptr;
    QHBoxLayout* m_buttons = nullptr;
};

/// The confirmation of a change: quorum sentence, consequence, what is sent, and a name to type
/// where damage is great.
[[nodiscard]] QDialog* makeConfirmDialog(const Theme& theme, QWidget* parent,
                                         const Confirmation& question);
/// The ids of the consents that are ticked in such a dialog.
[[nodiscard]] QStringList givenConsents(const QDialog& dialog);

} // namespace quorate::ui
