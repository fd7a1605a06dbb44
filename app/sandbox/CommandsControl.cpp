// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Commands.h"

#include "app/sandbox/Authority.h"
#include "app/sandbox/Faults.h"
#include "app/sandbox/Files.h"
#include "app/sandbox/PackageFile.h"
#include "app/sandbox/Processes.h"
#include "app/sandbox/Supervisor.h"
#include "core/base/Clock.h"
#include "core/base/Json.h"

#include <QDir>
#include <QFile>

#include <cstdio>
#include <httplib.h>
#include <thread>

namespace quorate::sandbox {

namespace {

constexpr Millis kUpLimit = Seconds(45); ///< a busy machine needs a while for seven processes
constexpr Millis kUpPoll = Millis(100);

constexpr const char* kHelp =
    R"(quorate-sandbox: a practice cluster on this machine. Nothing real is touched by it.

  quorate-sandbox up --dir DIR [--system mss|cm] [--nodes N] [--speed 60] [--port 19443]
      starts N nodes on 127.0.0.1:PORT and following, or the cluster that DIR has already; returns when all
      answer and prints DIR/cluster.json
  quorate-sandbox down --dir DIR
      ends all nodes; their state stays in DIR
  quorate-sandbox status --dir DIR
      who runs, and which faults are on
  quorate-sandbox power --dir DIR --node node-2 off|on
      a power cut (the process is killed), and the power back
  quorate-sandbox fault --dir DIR --node node-2 NAME [--off]
      hang, garbage, http-500, cut-upload, disk-full, returns-old, never-returns, verify-fails,
      other-certificate, slow
  quorate-sandbox package --dir DIR --version 14.2.0 -o FILE [--size 16M] [--system mss|cm] [--name NAME]
                          [--from RANGE,RANGE…] [--unsigned | --stranger]
      writes a practice package, and its signature beside it as FILE.p7s

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
)";

Result<Settings> settingsOf(const Options& options)
{
    const Result<QString> folder = options.required("--dir");
    return folder ? Settings::load(*folder) : fail(folder.error());
}

Result<QString> nodeOf(const Options& options, const Settings& settings)
{
    Result<QString> node = options.required("--node");
    if (node && settings.find(*node) == nullptr) {
        return usage(QStringLiteral("there is no %1 in this cluster").arg(*node));
    }
    return node;
}

/// What the node answers to a member's question, without a login: its own greeting.
Result<QJsonObject> greet(const Settings& settings, const NodeEntry& node)
{
    httplib::SSLClient client("127.0.0.1", node.port);
    client.set_ca_cert_path(settings.path(QStringLiteral("ca.pem")).toStdString());
    client.enable_server_certificate_verification(true);
    client.set_connection_timeout(1);
    client.set_read_timeout(1);
    const Result<QByteArray> secret = readFile(settings.path(QStringLiteral("cluster.secret")));
    if (!secret) {
        return fail(secret.error());
    }
    const httplib::Result answer = client.Get(
        "/internal/status", httplib::Headers{{"Authorization", "Bearer " + secret->toStdString()}});
    if (!answer || answer->status != 200) {
        return fail(ErrorKind::Transport, QStringLiteral("no-answer"),
                    QStringLiteral("%1 does not answer").arg(node.id));
    }
    return parseJsonObject(QByteArray::fromStdString(answer->body));
}

QString defaultRange(const QString& system, const Version& version)
{
    if (system == QLatin1String("cm") && version.minor > 0) {
        return QStringLiteral(">=%1.%2.0 <%3")
            .arg(version.major)
            .arg(version.minor - 1)
            .arg(version.toString());
    }
    return QStringLiteral(">=%1.0.0 <%2").arg(version.major).arg(version.toString());
}

} // namespace

Result<void> startNode(const Settings& settings, const QString& node, bool fast)
{
    QStringList arguments{QStringLiteral("supervise"), QStringLiteral("--dir"), settings.folder,
                          QStringLiteral("--node"), node};
    if (fast) {
        arguments.append(QStringLiteral("--fast"));
    }
    const Result<pid_t> started =
        startDetached(arguments, settings.nodeFolder(node) + QStringLiteral("/node.log"));
    return started ? Result<void>() : fail(started.error());
}

Result<void> waitForNodes(const Settings& settings, const QStringList& nodes)
{
    const SystemClock clock;
    const TimePoint limit = clock.now() + kUpLimit;
    QString missing;
    while (clock.now() < limit) {
        missing.clear();
        for (const QString& id : nodes) {
            const Result<QJsonObject> greeting = greet(settings, *settings.find(id));
            if (!greeting || greeting->value(QStringLiteral("leader")).toString().isEmpty()
                || greeting->value(QStringLiteral("state")).toString()
                       == QLatin1String("starting")) {
                missing = id;
                break;
            }
        }
        if (missing.isEmpty()) {
            return {};
        }
        std::this_thread::sleep_for(kUpPoll);
    }
    return fail(
        ErrorKind::Timeout, QStringLiteral("not-up"),
        QStringLiteral("%1 did not become ready within %2").arg(missing, toDurationText(kUpLimit)),
        QStringLiteral("Look into %1/node.log").arg(settings.nodeFolder(missing)));
}

Result<void> down(const Options& options)
{
    const Result<Settings> settings = settingsOf(options);
    if (!settings) {
        return fail(settings.error());
    }
    for (const NodeEntry& node : settings->nodes) {
        endNode(*settings, node.id, false);
    }
    return {};
}

Result<void> power(const Options& options)
{
    const Result<Settings> settings = settingsOf(options);
    const Result<QString> node = settings ? nodeOf(options, *settings) : fail(settings.error());
    if (!node) {
        return fail(node.error());
    }
    if (options.words() == QStringList{QStringLiteral("off")}) {
        endNode(*settings, *node, true);
        return {};
    }
    if (options.words() != QStringList{QStringLiteral("on")}) {
        return usage(QStringLiteral("power needs off or on"));
    }
    if (processOf(*settings, *node, kSupervisorPid)) {
        return fail(ErrorKind::Conflict, QStringLiteral("already-on"),
                    QStringLiteral("%1 runs already").arg(*node));
    }
    return startNode(*settings, *node, false);
}

Result<void> switchFault(const Options& options)
{
    const Result<Settings> settings = settingsOf(options);
    const Result<QString> node = settings ? nodeOf(options, *settings) : fail(settings.error());
    if (!node) {
        return fail(node.error());
    }
    const QString name = options.words().value(0);
    if (options.words().size() != 1 || !Faults::names().contains(name)) {
        return usage(QStringLiteral("the fault is one of %1")
                         .arg(Faults::names().join(QStringLiteral(", "))));
    }
    const QString path = Faults(settings->nodeFolder(*node)).folder() + QLatin1Char('/') + name;
    if (options.has("--off")) {
        QFile::remove(path);
        return {};
    }
    return writeDurably(path, QByteArray());
}

Result<void> package(const Options& options)
{
    const Result<Settings> settings = settingsOf(options);
    const Result<QString> text = options.required("--version");
    const Result<QString> file = options.required("-o");
    const Result<qint64> size = parseSize(options.value("--size", QStringLiteral("16M")));
    if (!settings || !text || !file || !size) {
        return fail(!settings ? settings.error()
                    : !text   ? text.error()
                    : !file   ? file.error()
                              : size.error());
    }
    const Result<Version> version = Version::parse(*text);
    if (!version) {
        return usage(QStringLiteral("\"%1\" is not a version such as 14.2.0").arg(*text));
    }
    Manifest manifest;
    manifest.system = options.value("--system", settings->system);
    manifest.name = options.value("--name", QStringLiteral("quorate-practice-") + manifest.system);
    manifest.version = version->toString();
    const QString ranges = options.value("--from", defaultRange(manifest.system, *version));
    for (const QString& range : ranges.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (!matches(range, *version)) {
            return usage(
                QStringLiteral("\"%1\" is not a range such as \">=14.0.0 <14.2.0\"").arg(range));
        }
        manifest.from.append(range.trimmed());
    }
    manifest.notes = QStringLiteral("Practice package; its payload is random.");
    manifest.payloadSizeBytes = *size;
    if (options.has("--unsigned")) {
        return writePackage(*file, manifest, nullptr);
    }
    const Result<Identity> signer =
        options.has("--stranger") ? makePublisher(QStringLiteral("A publisher nobody knows"))
                                  : Identity::load(settings->path(QStringLiteral("publisher.pem")),
                                                   settings->path(QStringLiteral("publisher.key")));
    return signer ? writePackage(*file, manifest, &*signer) : fail(signer.error());
}

Result<void> status(const Options& options)
{
    const Result<Settings> settings = settingsOf(options);
    if (!settings) {
        return fail(settings.error());
    }
    std::printf("Practice cluster %s (%s), speed %d, in %s\n", qPrintable(settings->name),
                qPrintable(settings->system), settings->speed, qPrintable(settings->folder));
    for (const NodeEntry& node : settings->nodes) {
        QString line = QStringLiteral("off");
        if (processOf(*settings, node.id, kNodePid)) {
            const Result<QJsonObject> greeting = greet(*settings, node);
            line = greeting ? QStringLiteral("%1, %2").arg(
                       greeting->value(QStringLiteral("state")).toString(),
                       greeting->value(QStringLiteral("version")).toString())
                            : QStringLiteral("runs, does not answer");
        } else if (processOf(*settings, node.id, kSupervisorPid)) {
            line = QStringLiteral("restarting");
        }
        const QStringList faults = Faults(settings->nodeFolder(node.id)).active();
        std::printf("  %s  https://%s  %s%s\n", qPrintable(node.id), qPrintable(node.address()),
                    qPrintable(line),
                    faults.isEmpty() ? ""
                                     : qPrintable(QStringLiteral("  faults: ")
                                                  + faults.join(QStringLiteral(", "))));
    }
    return {};
}

int run(const QStringList& arguments)
{
    const QString command = arguments.value(0);
    if (command.isEmpty() || command == QLatin1String("help")
        || arguments.contains(QStringLiteral("--help"))) {
        std::fputs(kHelp, command.isEmpty() ? stderr : stdout);
        return command.isEmpty() ? 2 : 0;
    }
    struct Command {
        const char* name;
        Result<void> (*carryOut)(const Options&);
        QStringList withValue;
        QStringList flags;
        int words;
    };
    const auto list = [](const char* text) {
        return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    const Command commands[] = {{"up", up, list("--dir --system --nodes --speed --port"), {}, 0},
                                {"down", down, list("--dir"), {}, 0},
                                {"status", status, list("--dir"), {}, 0},
                                {"power", power, list("--dir --node"), {}, 1},
                                {"fault", switchFault, list("--dir --node"), list("--off"), 1},
                                {"package", package,
                                 list("--dir --version --size --system --name --from -o"),
                                 list("--unsigned --stranger"), 0},
                                {"supervise", nullptr, list("--dir --node"), list("--fast"), 0},
                                {"node", nullptr, list("--dir --node"), list("--fast"), 0}};
    const auto* known =
        std::find_if(std::begin(commands), std::end(commands),
                     [&](const Command& one) { return command == QLatin1String(one.name); });
    Result<Options> options =
        known == std::end(commands)
            ? usage(QStringLiteral("there is no command %1").arg(command))
            : Options::parse(arguments.mid(1), known->withValue, known->flags);
    if (options && options->words().size() != known->words) {
        options = usage(QStringLiteral("wrong number of words after %1").arg(command));
    }
    Result<void> outcome = options ? Result<void>() : fail(options.error());
    if (options && known->carryOut != nullptr) {
        outcome = known->carryOut(*options);
    } else if (options) {
        const Result<Settings> settings = settingsOf(*options);
        const Result<QString> node =
            settings ? nodeOf(*options, *settings) : fail(settings.error());
        if (node) {
            return command == QLatin1String("node")
                       ? runNode(*settings, *node, options->has("--fast"))
                       : superviseNode(*settings, *node, options->has("--fast"));
        }
        outcome = fail(node.error());
    }
    if (!outcome) {
        std::fprintf(stderr, "quorate-sandbox: %s\n", qPrintable(describe(outcome.error())));
        return outcome.error().code == QLatin1String("usage") ? 2 : 1;
    }
    return 0;
}

} // namespace quorate::sandbox
