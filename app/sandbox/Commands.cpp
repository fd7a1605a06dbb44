// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Commands.h"

#include "app/sandbox/Authority.h"
#include "app/sandbox/Faults.h"
#include "app/sandbox/Files.h"
#include "app/sandbox/Processes.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <cstdio>

namespace quorate::sandbox {

namespace {

constexpr int kPortDefault = 19443;
constexpr int kNodesMax = 7; // etcd's advice; more voters only cost
constexpr int kSpeedDefault = 60;
constexpr int kSpeedMax = 3600; ///< what plans know (core/procedure)

Result<void> writeUsers(const Settings& settings)
{
    QJsonObject users;
    for (const bool canWrite : {true, false}) {
        const QString user = canWrite ? QStringLiteral("operator") : QStringLiteral("auditor");
        const QString password = randomHex(12);
        const QByteArray salt = QByteArray::fromHex(randomHex(16).toLatin1());
        const QByteArray hash = passwordHash(password.toUtf8(), salt);
        users.insert(user, QJsonObject{{QStringLiteral("salt"), QString::fromLatin1(salt.toHex())},
                                       {QStringLiteral("hash"), QString::fromLatin1(hash.toHex())},
                                       {QStringLiteral("canWrite"), canWrite}});
        const QString file = canWrite ? QStringLiteral("credentials.json")
                                      : QStringLiteral("credentials-readonly.json");
        const Result<void> written = writeDurably(
            settings.path(file),
            QJsonObject{{QStringLiteral("user"), user}, {QStringLiteral("password"), password}},
            Access::OwnerOnly);
        if (!written) {
            return written;
        }
    }
    return writeDurably(settings.path(QStringLiteral("users.json")), users, Access::OwnerOnly);
}

Result<void> writeIdentities(const Settings& settings)
{
    Result<Identity> authority =
        makeAuthority(QStringLiteral("Quorate practice CA %1").arg(settings.name));
    if (!authority) {
        return fail(authority.error());
    }
    Result<void> saved = authority->save(settings.path(QStringLiteral("ca.pem")),
                                         settings.path(QStringLiteral("ca.key")));
    const Result<Identity> publisher = makePublisher(QStringLiteral("Quorate practice publisher"));
    if (!saved || !publisher) {
        return saved ? fail(publisher.error()) : saved;
    }
    saved = publisher->save(settings.path(QStringLiteral("publisher.pem")),
                            settings.path(QStringLiteral("publisher.key")));
    for (const NodeEntry& node : settings.nodes) {
        const QString folder = settings.nodeFolder(node.id);
        const Result<void> made = saved ? makeFolder(Faults(folder).folder()) : saved;
        const Result<Identity> server = makeServer(*authority, node.id, {node.id});
        if (!made || !server) {
            return made ? fail(server.error()) : made;
        }
        saved = server->save(folder + QStringLiteral("/server.pem"),
                             folder + QStringLiteral("/server.key"));
    }
    return saved;
}

Result<void> writeClusterFile(const Settings& settings)
{
    const Result<QByteArray> authority = readFile(settings.path(QStringLiteral("ca.pem")));
    const Result<QByteArray> publisher = readFile(settings.path(QStringLiteral("publisher.pem")));
    const Result<CertificatePtr> certificate =
        publisher ? certificateFromPem(*publisher)
                  : Result<CertificatePtr>(fail(publisher.error()));
    if (!authority || !certificate) {
        return fail(authority ? certificate.error() : authority.error());
    }
    QJsonArray nodes;
    for (const NodeEntry& node : settings.nodes) {
        nodes.append(
            QJsonObject{{QStringLiteral("id"), node.id},
                        {QStringLiteral("name"), node.id},
                        {QStringLiteral("address"), QStringLiteral("https://") + node.address()}});
    }
    const QJsonObject publisherTrust{
        {QStringLiteral("name"), QStringLiteral("Quorate practice publisher")},
        {QStringLiteral("certificate"), QString::fromLatin1(*publisher)},
        {QStringLiteral("sha256"), fingerprint(certificate->get())}};
    const QJsonObject practice{{QStringLiteral("speed"), settings.speed},
                               {QStringLiteral("credentials"), QStringLiteral("credentials.json")}};
    return writeDurably(settings.path(QStringLiteral("cluster.json")),
                        QJsonObject{{QStringLiteral("format"), QStringLiteral("quorate-cluster/1")},
                                    {QStringLiteral("name"), settings.name},
                                    {QStringLiteral("system"), settings.system},
                                    {QStringLiteral("platform"), QStringLiteral("nodeadmin")},
                                    {QStringLiteral("environment"), QStringLiteral("practice")},
                                    {QStringLiteral("nodes"), nodes},
                                    {QStringLiteral("ca"), QString::fromLatin1(*authority)},
                                    {QStringLiteral("publisher"), publisherTrust},
                                    {QStringLiteral("practice"), practice}});
}

Result<Settings> describeCluster(const Options& options, const QString& folder)
{
    const Result<int> count = options.number("--nodes", 3, 1, kNodesMax);
    const Result<int> speed = options.number("--speed", kSpeedDefault, 1, kSpeedMax);
    const Result<int> port = options.number("--port", kPortDefault, 1024, 65535 - kNodesMax);
    for (const Result<int>* number : {&count, &speed, &port}) {
        if (!*number) {
            return fail(number->error());
        }
    }
    Settings settings;
    settings.folder = folder;
    settings.system = options.value("--system", QStringLiteral("mss"));
    if (settings.system != QLatin1String("mss") && settings.system != QLatin1String("cm")) {
        return usage(QStringLiteral("--system is mss or cm; \"%1\" cannot be practised yet")
                         .arg(settings.system));
    }
    settings.version = settings.system == QLatin1String("mss") ? QStringLiteral("14.1.0")
                                                               : QStringLiteral("2.10.0");
    settings.name = QStringLiteral("practice-") + settings.system;
    settings.speed = *speed;
    for (int node = 0; node < *count; ++node) {
        settings.nodes.push_back({QStringLiteral("node-%1").arg(node + 1), *port + node});
    }
    return settings;
}

Result<void> create(const Settings& settings)
{
    if (!QDir(settings.folder).isEmpty()) {
        return fail(ErrorKind::Conflict, QStringLiteral("folder-in-use"),
                    QStringLiteral("%1 has other files in it").arg(settings.folder),
                    QStringLiteral("Choose an empty or a new folder"));
    }
    const Result<void> made = makeFolder(settings.folder);
    const Result<void> identities = made ? writeIdentities(settings) : made;
    const Result<void> users = identities ? writeUsers(settings) : identities;
    const Result<void> secret = users
                                    ? writeDurably(settings.path(QStringLiteral("cluster.secret")),
                                                   randomHex(32).toLatin1(), Access::OwnerOnly)
                                    : users;
    const Result<void> file = secret ? writeClusterFile(settings) : secret;
    return file ? settings.save() : file; // last: with it the folder is a complete cluster
}

} // namespace

Result<void> up(const Options& options)
{
    const Result<QString> folder = options.required("--dir");
    if (!folder) {
        return fail(folder.error());
    }
    const QString absolute = QDir(*folder).absolutePath();
    const bool existing = QFileInfo::exists(absolute + QStringLiteral("/sandbox.json"));
    Result<Settings> settings =
        existing ? Settings::load(absolute) : describeCluster(options, absolute);
    if (!settings) {
        return fail(settings.error());
    }
    std::vector<NodeEntry> toStart;
    QStringList ids;
    for (const NodeEntry& node : settings->nodes) {
        ids.append(node.id);
        if (existing && processOf(*settings, node.id, kSupervisorPid)) {
            continue; // runs already
        }
        if (!portIsFree(node.port)) {
            return fail(ErrorKind::Transport, QStringLiteral("port-in-use"),
                        QStringLiteral("port %1, wanted for %2, is used by another program")
                            .arg(node.port)
                            .arg(node.id),
                        QStringLiteral("Choose others with --port"));
        }
        toStart.push_back(node);
    }
    if (!existing) {
        if (const Result<void> created = create(*settings); !created) {
            return created;
        }
    }
    for (const NodeEntry& node : toStart) {
        if (const Result<void> started = startNode(*settings, node.id, true); !started) {
            return started;
        }
    }
    if (Result<void> answered = waitForNodes(*settings, ids); !answered) {
        for (const NodeEntry& node : toStart) {
            endNode(*settings, node.id, true); // a half-started cluster would only be in the way
        }
        return answered;
    }
    std::printf("%s\n", qPrintable(settings->path(QStringLiteral("cluster.json"))));
    return {};
}

} // namespace quorate::sandbox
