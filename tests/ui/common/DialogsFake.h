// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Dialogs.h"

#include <deque>
#include <vector>

namespace quorate::ui {

/// Answers at once from queues and remembers what was asked. A question for which no answer is
/// queued is answered as cancelled, and counted in `unexpected`.
class DialogsFake final : public Dialogs {
public:
    std::deque<bool> confirmAnswers;
    QStringList consents; ///< given with each yes
    std::deque<int> chooseAnswers;
    std::deque<QString> textAnswers;
    std::deque<QString> fileAnswers; ///< open, save and directory alike
    /// Off: answers are kept until `answerNext()`, as with a real person.
    bool immediate = true;

    std::vector<Message> messages;
    std::vector<Error> errors;
    std::vector<Confirmation> confirmations;
    std::vector<Choice> choices;
    std::vector<TextQuestion> textQuestions;
    std::vector<FileQuestion> fileQuestions;
    int unexpected = 0;

    void showMessage(const Message& message, std::function<void()> closed) override
    {
        messages.push_back(message);
        later([closed] { call(closed); });
    }
    void showError(const Error& error, std::function<void()> closed) override
    {
        errors.push_back(error);
        later([closed] { call(closed); });
    }
    void askConfirmation(const Confirmation& question,
                         std::function<void(bool, const QStringList&)> answer) override
    {
        confirmations.push_back(question);
        later([this, answer] { call(answer, take(confirmAnswers, false), consents); });
    }
    void choose(const Choice& question, std::function<void(int)> answer) override
    {
        choices.push_back(question);
        later([this, answer] { call(answer, take(chooseAnswers, -1)); });
    }
    void askText(const TextQuestion& question, std::function<void(QString)> answer) override
    {
        textQuestions.push_back(question);
        later([this, answer] { call(answer, take(textAnswers, QString())); });
    }
    void askOpenFile(const FileQuestion& question, std::function<void(QString)> answer) override
    {
        askFile(question, std::move(answer));
    }
    void askSaveFile(const FileQuestion& question, std::function<void(QString)> answer) override
    {
        askFile(question, std::move(answer));
    }
    void askDirectory(const FileQuestion& question, std::function<void(QString)> answer) override
    {
        askFile(question, std::move(answer));
    }

    [[nodiscard]] bool isAsking() const { return !m_waiting.empty(); }
    void answerNext()
    {
        auto next = std::move(m_waiting.front());
        m_waiting.pop_front();
        next();
    }

private:
    template <typename Callback, typename... Values>
    static void call(const Callback& callback, Values&&... values)
    {
        if (callback) {
            callback(std::forward<Values>(values)...);
        }
    }
    template <typename T>
    T take(std::deque<T>& queue, T otherwise)
    {
        if (queue.empty()) {
            ++unexpected;
            return otherwise;
        }
        T value = std::move(queue.front());
        queue.pop_front();
        return value;
    }
    void later(std::function<void()> answer)
    {
        if (immediate) {
            answer();
        } else {
            m_waiting.push_back(std::move(answer));
        }
    }
    void askFile(const FileQuestion& question, std::function<void(QString)> answer)
    {
        fileQuestions.push_back(question);
        later([this, answer] { call(answer, take(fileAnswers, QString())); });
    }

    std::deque<std::function<void()>> m_waiting;
};

} // namespace quorate::ui
