// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Commands.h"

#include <QCoreApplication>
#include <QStandardPaths>
#include <QTimer>

namespace {

using namespace quorate;

QString userName()
{
    const QString user = qEnvironmentVariable("USER");
    return user.isEmpty() ? qEnvironmentVariable("USERNAME", QStringLiteral("operator")) : user;
}

int sayHelp(const ctl::Arguments& arguments)
{
    if (arguments.has("--version")) {
        ctl::print(QStringLiteral("quoratectl ") + QStringLiteral(QUORATE_VERSION));
    } else if (const ctl::CommandSpec* command = ctl::findCommand(arguments.command())) {
        ctl::print(ctl::helpText(*command).trimmed());
    } else {
        ctl::print(ctl::helpText().trimmed());
    }
    return arguments.has("--help") || arguments.has("--version") ? ctl::kDone : ctl::kUsage;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(
        QStringLiteral("quorate")); // the same home as the window's
    QCoreApplication::setApplicationVersion(QStringLiteral(QUORATE_VERSION));
    const QStringList words = QCoreApplication::arguments().mid(1);
    auto arguments = ctl::Arguments::parse(words);
    if (!arguments) {
        ctl::sayError(arguments.error(), words.contains(QStringLiteral("--json")));
        return words.contains(QStringLiteral("status")) ? ctl::kCouldNotTell : ctl::kUsage;
    }
    if (arguments->has("--help") || arguments->has("--version") || arguments->command().isEmpty()) {
        return sayHelp(*arguments);
    }
    ctl::setColors(!arguments->has("--no-color") && !qEnvironmentVariableIsSet("NO_COLOR"));

    service::Services::Options options;
    options.home = arguments->value(
        "--home", QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation));
    options.userName = userName();
    auto services = service::Services::open(options);
    if (!services) {
        ctl::sayError(services.error(), arguments->json());
        return ctl::exitCodeOf(services.error(), arguments->command());
    }
    ctl::Session session(*std::move(arguments), **services);
    QTimer::singleShot(0, &session, [&session] { ctl::startCommand(session); });
    return QCoreApplication::exec();
}
