// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/ThemedWidget.h"

namespace quorate::ui {

/// The quorum sentence as it is shown: "<head><rest>", head in bold.
struct QuorumBannerText {
    Tone tone = Tone::Unknown;
    Glyph glyph = Glyph::Ring;
    QString head{}; ///< "3 of 3 voters ready"
    QString rest{}; ///< ", 2 needed. One node may fail without stopping the cluster."
    QString age{};  ///< "live · 1 s"; empty: not shown
    bool stale = false;
    bool operator==(const QuorumBannerText&) const = default;
};

/// One sentence rules the window: glyph, sentence (wraps), age at the far end. Its accessible name
/// is the sentence; a change of the sentence (not of the age) is announced.
class QuorumBanner final : public ThemedWidget {
    Q_OBJECT

public:
    explicit QuorumBanner(const Theme& theme, QWidget* parent = nullptr);
    void setText(const QuorumBannerText& text);
    [[nodiscard]] const QuorumBannerText& text() const { return m_text; }
    [[nodiscard]] QString sentence() const { return m_text.head + m_text.rest; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void onThemeChanged() override;

private:
    [[nodiscard]] int textLeft() const;
    [[nodiscard]] int ageWidthNow() const;
    void updateAge(int widthBefore);
    void paintSentence(QPainter& painter, const QRectF& glyphBox);

    QuorumBannerText m_text;
    int m_ageWidth = 0;    ///< with the gap before it
    int m_sentenceEnd = 0; ///< right of it nothing of the sentence was painted; 0: never painted
};

} // namespace quorate::ui
