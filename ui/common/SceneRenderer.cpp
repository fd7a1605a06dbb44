// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/SceneRenderer.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <cmath>

namespace quorate::ui {

QImage SceneRenderer::render(QWidget& widget, const SceneOptions& options) const
{
    m_theme.setTextScale(options.textScale);
    m_theme.setMode(options.mode);
    widget.setLayoutDirection(options.direction);
    widget.setAttribute(Qt::WA_DontShowOnScreen); // laid out and polished as if shown
    widget.resize(options.size);
    widget.show();
    widget.resize(options.size);
    // What was posted by the change of theme and size (layouts, polish) must be done before the
    // picture; what was replaced goes, and makes room.
    QCoreApplication::sendPostedEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::sendPostedEvents();
    widget.ensurePolished();
    const QSize pixels(int(std::lround(widget.width() * options.pixelRatio)),
                       int(std::lround(widget.height() * options.pixelRatio)));
    QImage image(pixels, QImage::Format_RGB32);
    image.setDevicePixelRatio(options.pixelRatio);
    image.fill(m_theme.tokens().bg);
    widget.render(&image, QPoint(), QRegion(),
                  QWidget::DrawWindowBackground | QWidget::DrawChildren);
    return image;
}

Result<QString> SceneRenderer::renderToFile(QWidget& widget, const SceneOptions& options,
                                            const QString& path) const
{
    const QImage image = render(widget, options);
    QDir().mkpath(QFileInfo(path).absolutePath());
    if (!image.save(path, "PNG")) {
        return fail(ErrorKind::Storage, QStringLiteral("picture-not-written"),
                    QStringLiteral("The picture %1 cannot be written").arg(path),
                    QStringLiteral("Choose a folder that can be written to."));
    }
    return path;
}

} // namespace quorate::ui
