// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quorate/Background.h"
#include "app/quorate/DemoDriver.h"
#include "app/quorate/Instance.h"
#include "ui/common/WidgetDialogs.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QSettings>
#include <QStandardPaths>
#include <QTextStream>
#include <QTimer>

namespace {

using namespace quorate;

struct Arguments {
    QString home;
    QString clusterFile;
    QString demoFolder;
    QString package;
    Millis demoLook{0};
    bool firstPaint = false;
};

Arguments parseArguments(const QApplication& app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Quorate: see clustered appliances as their nodes do, and upgrade them "
                       "without losing quorum."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption home(
        QStringLiteral("home"),
        QStringLiteral("Folder for settings, journal, backups and your own procedures."),
        QStringLiteral("DIR"));
    const QCommandLineOption open(QStringLiteral("open"),
                                  QStringLiteral("Connect the cluster of this cluster file."),
                                  QStringLiteral("FILE"));
    const QCommandLineOption demo(QStringLiteral("demo-drive"),
                                  QStringLiteral("Play the guided upgrade of a practice cluster by "
                                                 "itself; pictures and report go into DIR."),
                                  QStringLiteral("DIR"));
    const QCommandLineOption package(QStringLiteral("package"),
                                     QStringLiteral("The package for --demo-drive."),
                                     QStringLiteral("FILE"));
    const QCommandLineOption look(
        QStringLiteral("demo-look"),
        QStringLiteral("How long --demo-drive looks at each page before it goes on."),
        QStringLiteral("MS"), QStringLiteral("1500"));
    const QCommandLineOption firstPaint(
        QStringLiteral("exit-after-first-paint"),
        QStringLiteral("End once the window is painted (for measuring the start)."));
    parser.addOptions({home, open, demo, package, look, firstPaint});
    parser.process(app);
    Arguments arguments;
    arguments.home = parser.isSet(home)
                         ? QDir(parser.value(home)).absolutePath()
                         : QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation);
    arguments.clusterFile =
        parser.isSet(open) ? QDir().absoluteFilePath(parser.value(open)) : QString();
    arguments.demoFolder = parser.value(demo);
    arguments.package = parser.value(package);
    arguments.demoLook = Millis(parser.value(look).toInt());
    arguments.firstPaint = parser.isSet(firstPaint);
    return arguments;
}

QString userName()
{
    const QString user = qEnvironmentVariable("USER");
    return user.isEmpty() ? qEnvironmentVariable("USERNAME", QStringLiteral("operator")) : user;
}

} // namespace

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("quorate"));
    QApplication::setApplicationVersion(QStringLiteral(QUORATE_VERSION));
    const Arguments arguments = parseArguments(app);

    app::Instance instance(arguments.home);
    if (instance.handOver(arguments.clusterFile)) {
        return 0;
    }
    instance.listen();

    service::Services::Options options;
    options.home = arguments.home;
    options.userName = userName();
    auto services = service::Services::open(options);
    ui::Theme theme;
    QSettings settings(arguments.home + QStringLiteral("/window.ini"), QSettings::IniFormat);
    theme.setMode(static_cast<ui::ThemeMode>(settings.value(QStringLiteral("theme"), 0).toInt()));
    theme.install(app, services ? ui::Theme::Sheet::Later : ui::Theme::Sheet::Now);
    if (!services) {
        QTextStream(stderr) << describe(services.error()) << Qt::endl;
        ui::WidgetDialogs dialogs(theme, nullptr);
        dialogs.showError(services.error(), [&app] { app.exit(1); });
        return QApplication::exec();
    }

    service::Services& all = **services;
    ui::WidgetDialogs dialogs(theme, nullptr);
    const ui::UiContext context{
        theme,          dialogs,          all.clock(),    all.clusters(),
        all.upgrades(), all.runs(),       all.activity(), [&all] { return all.evidenceIdentity(); },
        &settings,      options.userName, arguments.home};
    ui::MainWindow window(context);
    theme.applySheet();
    dialogs.setParent(&window);
    app::Background background(window, all.runs(), theme);
    QObject::connect(&background, &app::Background::finished, &app, &QApplication::quit);
    QObject::connect(&instance, &app::Instance::requested, &window, [&](const QString& file) {
        background.showWindow();
        if (!file.isEmpty()) {
            window.openConnectDialog(file);
        }
    });
    window.show();
    if (!arguments.clusterFile.isEmpty()) {
        window.openConnectDialog(arguments.clusterFile);
    }
    app::DemoDriver driver({arguments.demoFolder, arguments.package, arguments.demoLook}, window,
                           all, nullptr);
    if (!arguments.demoFolder.isEmpty()) {
        QObject::connect(
            &driver, &app::DemoDriver::finished, &app, [](int code) { QApplication::exit(code); },
            Qt::QueuedConnection);
        driver.start();
    }
    if (arguments.firstPaint) {
        QTimer::singleShot(0, &window, [&window] {
            window.repaint();
            QApplication::exit(0);
        });
    }
    return QApplication::exec();
}
