// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/screenshots/Scenes.h"
#include "ui/common/SceneRenderer.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDialog>
#include <QDir>
#include <QTextStream>

int main(int argc, char** argv)
{
    using namespace quorate;
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("quorate-screenshots"));
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Pictures of every window, from fixtures; reaches no network."));
    parser.addHelpOption();
    const QCommandLineOption theme(QStringLiteral("theme"),
                                   QStringLiteral("light, dark or high-contrast"),
                                   QStringLiteral("NAME"), QStringLiteral("light"));
    const QCommandLineOption out(QStringLiteral("out"), QStringLiteral("Folder for the pictures"),
                                 QStringLiteral("DIR"), QStringLiteral("."));
    const QCommandLineOption only(QStringLiteral("only"), QStringLiteral("Only this scene"),
                                  QStringLiteral("SCENE"));
    parser.addOptions({theme, out, only});
    parser.process(app);

    ui::Theme shown;
    shown.install(app);
    ui::SceneOptions options;
    const QString name = parser.value(theme);
    options.mode = name == QLatin1String("dark")            ? ui::ThemeMode::Dark
                   : name == QLatin1String("high-contrast") ? ui::ThemeMode::HighContrast
                                                            : ui::ThemeMode::Light;
    options.pixelRatio = app.devicePixelRatio();
    shown.setMode(options.mode);
    QDir().mkpath(parser.value(out));
    int failures = 0;
    for (const auto& scene : scenes::catalogue()) {
        if (parser.isSet(only) && parser.value(only) != scene.name) {
            continue;
        }
        std::unique_ptr<scenes::Stage> stage;
        QWidget* widget = scene.build(stage, shown);
        const QString path = QStringLiteral("%1/%2.png").arg(parser.value(out), scene.name);
        if (widget == nullptr) {
            QTextStream(stderr) << scene.name << ": nothing to picture" << Qt::endl;
            ++failures;
            continue;
        }
        auto sized = options;
        if (qobject_cast<QDialog*>(widget) != nullptr) {
            const QSize own = widget->testAttribute(Qt::WA_Resized) ? widget->size() : QSize();
            widget->adjustSize();
            sized.size = own.expandedTo(widget->size()).expandedTo(widget->sizeHint());
        }
        if (const auto done = ui::SceneRenderer(shown).renderToFile(*widget, sized, path); !done) {
            QTextStream(stderr) << describe(done.error()) << Qt::endl;
            ++failures;
        }
        for (int index = 0; index < static_cast<int>(stage->clusters.clusters().size()); ++index) {
            failures += stage->clusters.at(index).offline().attempts; // a scene reaches nothing
        }
    }
    return failures == 0 ? 0 : 1;
}
