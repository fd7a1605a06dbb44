// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Tokens.h"

#include "core/base/Error.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <vector>

namespace quorate::ui {

struct Message {
    Tone tone = Tone::Plain;
    QString title{};
    QString text{};
    QString details{}; ///< folded away, can be copied
};

/// Something that a change would also cost, and may not without being allowed by its own tick.
struct Consent {
    QString id{};
    QString text{};
};

/// A change that is about to be sent. The button says what it does; what it costs stands above it.
struct Confirmation {
    QString title{};          ///< "Reboot node-2"
    QString action{};         ///< the button: "Reboot node-2"
    QString quorumSentence{}; ///< the sentence while it lasts
    Tone quorumTone = Tone::Unknown;
    QString consequence{}; ///< who notices it, what cannot be undone
    QString whatIsSent{};  ///< folded away: the exact requests
    QString typedName{};   ///< not empty: the operator must type it (destructive, on production)
    std::vector<Consent> consents{}; ///< none is given at first
    bool destructive = false;
};

struct FileQuestion {
    QString title{};
    QString directory{};
    QString fileName{};    ///< proposed, when saving
    QStringList filters{}; ///< "Packages (*.pkg)"; the first is chosen
};

struct TextQuestion {
    QString title{};
    QString label{};
    QString text{};
    QString action{}; ///< the button
    bool secret = false;
};

struct Choice {
    QString title{};
    QString text{};
    QStringList options{}; ///< the buttons, most harmless first; Cancel is added
};

/// Everything a controller may ask a person. Answers come later by callback, never by a nested
/// event loop; a callback is not called after the façade is gone. One question at a time per window
/// is shown, the others wait behind it.
class Dialogs {
public:
    Dialogs() = default;
    Dialogs(const Dialogs&) = delete;
    Dialogs& operator=(const Dialogs&) = delete;
    virtual ~Dialogs() = default;

    virtual void showMessage(const Message& message, std::function<void()> closed) = 0;
    virtual void showError(const Error& error, std::function<void()> closed) = 0;
    virtual void
    askConfirmation(const Confirmation& question,
                    std::function<void(bool yes, const QStringList& consents)> answer) = 0;
    void confirm(const Confirmation& question, std::function<void(bool yes)> answer)
    {
        askConfirmation(question, [answer = std::move(answer)](bool yes, const QStringList&) {
            if (answer) {
                answer(yes);
            }
        });
    }
    /// The index of the option, −1: cancelled.
    virtual void choose(const Choice& question, std::function<void(int option)> answer) = 0;
    /// Null string: cancelled.
    virtual void askText(const TextQuestion& question,
                         std::function<void(QString text)> answer) = 0;
    /// Empty: cancelled.
    virtual void askOpenFile(const FileQuestion& question,
                             std::function<void(QString path)> answer) = 0;
    virtual void askSaveFile(const FileQuestion& question,
                             std::function<void(QString path)> answer) = 0;
    virtual void askDirectory(const FileQuestion& question,
                              std::function<void(QString path)> answer) = 0;
};

} // namespace quorate::ui
