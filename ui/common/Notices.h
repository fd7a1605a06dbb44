// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/ThemedWidget.h"

#include "core/base/Error.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace quorate::ui {

class TextLabel;

/// Why there is nothing here, and what to do about it.
class EmptyState final : public ThemedWidget {
    Q_OBJECT

public:
    explicit EmptyState(const Theme& theme, QWidget* parent = nullptr);
    void setText(const QString& why, const QString& whatToDo, const QString& action = {});
    [[nodiscard]] QString why() const;

Q_SIGNALS:
    void actionChosen();

private:
    TextLabel* m_why = nullptr;
    TextLabel* m_what = nullptr;
    QPushButton* m_action = nullptr;
};

/// A coloured strip across a pane: open obligations, read-only mode, an error that stays. Announced
/// when it appears.
class NoticeBar final : public ThemedWidget {
    Q_OBJECT

public:
    explicit NoticeBar(const Theme& theme, QWidget* parent = nullptr);
    /// Empty text hides the bar.
    void setNotice(Glyph glyph, Tone tone, const QString& text, const QString& action = {});
    void setError(const Error& error); ///< errorText's title and sentences, details in the tool tip
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void actionChosen();

protected:
    void paintEvent(QPaintEvent* event) override;
    void onThemeChanged() override;

private:
    QLabel* m_glyphLabel = nullptr;
    TextLabel* m_label = nullptr;
    QPushButton* m_action = nullptr;
    Glyph m_glyph = Glyph::None;
    Tone m_tone = Tone::Plain;
};

/// One piece of long work: title, bar, "412 MB of 1.0 GB · 96 MB/s · 6 s left", and a cancel that
/// works.
class ProgressRow final : public ThemedWidget {
    Q_OBJECT

public:
    struct Progress {
        qint64 done = 0;
        qint64 total = 0;         ///< 0: not known yet
        double perSecond = 0;     ///< 0: not known yet
        bool isBytes = true;      ///< else plain counts
        QString state{};          ///< replaces the figures: "verifying", "waiting for node-2"
        Tone tone = Tone::Accent; ///< Ok when done, Bad when failed
    };
    explicit ProgressRow(const Theme& theme, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    void setProgress(const Progress& progress);
    void setCancellable(bool cancellable);
    [[nodiscard]] QString figures() const;

Q_SIGNALS:
    void cancelRequested();

private:
    TextLabel* m_title = nullptr;
    TextLabel* m_figures = nullptr;
    QProgressBar* m_bar = nullptr;
    QToolButton* m_cancel = nullptr;
};

} // namespace quorate::ui
