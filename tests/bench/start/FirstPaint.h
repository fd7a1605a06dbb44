// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

namespace quorate::bench {

/// Watches an X server from outside, the same way for any program: a window counts as painted when
/// it is a child of the root, viewable, larger than 200 × 100, and shows at least `kColoursMin`
/// colours. A window that is mapped but still has only its background is not painted.
class FirstPaint {
public:
    static constexpr int kColoursMin =
        8; ///< any text with its smoothed edges has more; a cleared window has one or two

    FirstPaint();
    ~FirstPaint();
    FirstPaint(const FirstPaint&) = delete;
    FirstPaint& operator=(const FirstPaint&) = delete;

    [[nodiscard]] bool isConnected() const;
    /// Forgets all windows seen so far.
    void reset();
    /// Looks once, after waiting at most about a millisecond for news.
    [[nodiscard]] bool isPainted();

private:
    struct Display;
    void takeEvents();
    [[nodiscard]] bool showsContent(unsigned int window) const;

    std::unique_ptr<Display> m_display;
    std::vector<unsigned int> m_windows; ///< mapped since the last reset
};

} // namespace quorate::bench
