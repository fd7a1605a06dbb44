// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/Theme.h"

#include "core/base/Result.h"

#include <QImage>
#include <QWidget>

namespace quorate::ui {

/// What a picture is taken at.
struct SceneOptions {
    QSize size{1280, 800}; ///< logical pixels
    double pixelRatio = 1.0;
    double textScale = 1.0;
    ThemeMode mode = ThemeMode::Light;
    Qt::LayoutDirection direction = Qt::LeftToRight;
};

/// Takes the picture of a widget as it would stand on a screen, for the catalogue of screenshots
/// and for tests. The theme is set for the picture and left so.
class SceneRenderer final {
public:
    explicit SceneRenderer(Theme& theme)
        : m_theme(theme)
    {}
    [[nodiscard]] QImage render(QWidget& widget, const SceneOptions& options) const;
    /// Storage error when the file cannot be written.
    [[nodiscard]] Result<QString> renderToFile(QWidget& widget, const SceneOptions& options,
                                               const QString& path) const;

private:
    Theme& m_theme;
};

} // namespace quorate::ui
